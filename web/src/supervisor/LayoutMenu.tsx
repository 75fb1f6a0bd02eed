import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core';
import { IconArrowUp, IconLayoutDashboard } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import type { TableName } from './views';

export const allTables: TableName[] = ['queues', 'contacts', 'agents', 'workflow'];

/** Which tables are on the floor, and which comes first: that one has the whole width. */
export function LayoutMenu({ shown, set }: { shown: TableName[]; set: (shown: TableName[]) => void }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const order = [...shown, ...allTables.filter((name) => !shown.includes(name))];
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus shadow="md" withinPortal={false}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconLayoutDashboard size={15} aria-hidden="true" />} onClick={() => setOpen(!open)}>
          {t('supervisor.layout')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('supervisor.layout')} className="layout">
        <p>{t('supervisor.layout_more')}</p>
        <ul>
          {order.map((name, i) => {
            const on = shown.includes(name);
            return (
              <li key={name}>
                <Checkbox
                  label={t(`supervisor.${name}`)} checked={on} disabled={on && shown.length === 1}
                  onChange={() => set(on ? shown.filter((one) => one !== name) : [...shown, name])}
                />
                <ActionIcon
                  variant="subtle" color="gray" disabled={!on || i === 0} aria-label={t('supervisor.layout_up', { name: t(`supervisor.${name}`) })}
                  onClick={() => {
                    const next = [...shown];
                    [next[i - 1], next[i]] = [next[i]!, next[i - 1]!];
                    set(next);
                  }}
                >
                  <IconArrowUp size={15} aria-hidden="true" />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
