import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent. Shade 8 is --accent of kit/tokens.css, within a shade. */
const petrol: MantineColorsTuple = [
  '#e8f6f7', '#d3ebed', '#a6d7db', '#7cc8cf', '#58c4ce', '#38a5ae', '#2a949d', '#17828b', '#0b6b74', '#00525a',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: 8,
  colors: { petrol },
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
    Tooltip: { defaultProps: { openDelay: 400, withinPortal: true } },
    Menu: { defaultProps: { shadow: 'md', radius: 6, withinPortal: true } },
  },
});

/** The nonce of this page, which the server put where styles may be written. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
