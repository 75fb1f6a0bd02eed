import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent. Shade 8 is --accent of kit/tokens.css, within a shade. */
const petrol: MantineColorsTuple = [
  '#e8f6f7', '#d3ebed', '#a6d7db', '#7cc8cf', '#58c4ce', '#38a5ae', '#2a949d', '#17828b', '#0b6b74', '#00525a',
];

/** The library's dark surfaces in the same slate as the tokens. */
const dark: MantineColorsTuple = [
  '#e7ecf1', '#a7b4c1', '#8b99a8', '#5c6b7b', '#3a4757', '#2a3542', '#1c242e', '#171e26', '#121820', '#0f141a',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: 8,
  colors: { petrol, dark },
  defaultRadius: 6,
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontSizes: { xs: '12px', sm: '13.5px', md: '14px', lg: '16px', xl: '20px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    MultiSelect: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    // Fields beside each other stay in line, whether they are explained or not.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Tooltip: { defaultProps: { openDelay: 400, withinPortal: true } },
    // The page itself never scrolls, so there is nothing to lock; the library's lock
    // would write a style without the nonce.
    ModalRoot: { defaultProps: { lockScroll: false, radius: 8 } },
    // Menus belong to the top bar, so they stay within that landmark.
    Menu: { defaultProps: { shadow: 'md', radius: 6, withinPortal: false, withInitialFocusPlaceholder: false } },
  },
});

/** The library's colours of text and lines are the tokens, which have the contrast that is needed. */
export const resolver: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-2)',
    '--mantine-color-placeholder': 'var(--ink-2)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--panel-2)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-disabled-color': 'var(--ink-2)',
  };
  return { variables: {}, light: both, dark: both };
};

/** The nonce of this page, which the server put where styles may be written. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
