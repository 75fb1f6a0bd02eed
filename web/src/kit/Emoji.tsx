import { ActionIcon, Popover } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState, type Ref } from 'react';
import { loadEmoji } from './emojiGroups';
import { whenIdle } from './idle';
import { Loading } from './states';
import { useLanguage, useTexts } from './texts';

const loadPicker = () => import('./EmojiPicker');
const EmojiPicker = lazy(loadPicker);

interface Props {
  /** The focus is the caller's then: where the emoji goes. */
  pick: (emoji: string) => void;
  /** For a key that presses the button. */
  button?: Ref<HTMLButtonElement>;
  keys?: string;
}

/** A button that lets one pick an emoji. The pictures and their names are loaded when the browser has nothing else to do. */
export function Emoji({ pick, button, keys }: Props) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState(false);
  const language = useLanguage();
  useEffect(() => whenIdle(() => void Promise.all([loadPicker(), loadEmoji(language)]).catch(() => undefined)), [language]);
  return (
    <Popover
      opened={open} onChange={setOpen} position="top-start" width={336} trapFocus returnFocus={!picked} shadow="md" withinPortal={false}
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <ActionIcon
          ref={button} variant="subtle" color="gray" aria-label={t('kit.emoji')} title={keys ? `${t('kit.emoji')} (${keys})` : t('kit.emoji')}
          onClick={() => {
            setPicked(false);
            setOpen(!open);
          }}
        >
          <IconMoodSmile size={18} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('kit.emoji')} p="xs">
        <Suspense fallback={<Loading />}>
          <EmojiPicker
            pick={(emoji) => {
              setPicked(true);
              setOpen(false);
              pick(emoji);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
