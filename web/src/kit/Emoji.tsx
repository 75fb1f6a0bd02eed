import { ActionIcon, Popover } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { Loading } from './states';
import { useTexts } from './texts';

const EmojiPicker = lazy(() => import('./EmojiPicker'));

/** A button that lets one pick an emoji. The pictures and their names are loaded when it is opened. */
export function Emoji({ pick }: { pick: (emoji: string) => void }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" width={336} trapFocus returnFocus shadow="md" withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('kit.emoji')} title={t('kit.emoji')} onClick={() => setOpen(!open)}>
          <IconMoodSmile size={18} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('kit.emoji')} p="xs">
        <Suspense fallback={<Loading />}>
          <EmojiPicker
            pick={(emoji) => {
              setOpen(false);
              pick(emoji);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
