import { ActionIcon, Button, Chip, Group, NumberInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { tag, useLanguage, useTexts } from '../kit/texts';
import { Section } from './form';
import type { MailAccount } from './kinds';

type Pause = NonNullable<MailAccount['maintenance']>[number];

interface Props {
  pauses: Pause[];
  set: (pauses: Pause[]) => void;
  wrong: (field: string) => string | undefined;
}

/** The short names of the days, Monday first. */
function useDays(): string[] {
  const language = useLanguage();
  return useMemo(() => {
    const name = new Intl.DateTimeFormat(language && tag(), { weekday: 'short', timeZone: 'UTC' });
    return Array.from({ length: 7 }, (_, day) => name.format(Date.UTC(2024, 0, 1 + day)));
  }, [language]);
}

/** Times at which the mail server is looked after: no alert is raised then. */
export function MailPauses({ pauses, set, wrong }: Props) {
  const t = useTexts();
  const days = useDays();
  const put = (i: number, part: Partial<Pause>) => set(pauses.map((p, at) => (at === i ? { ...p, ...part } : p)));
  return (
    <Section title={t('manager.mail_pauses')} more={t('manager.mail_pauses_more')}>
      {pauses.map((p, i) => (
        <div key={i} className="pause-row" role="group" aria-label={t('manager.mail_pause', { n: i + 1 })}>
          <TextInput type="time" label={t('manager.mail_pause_from')} value={p.from} error={wrong(`maintenance[${i}].from`)} onChange={(e) => put(i, { from: e.currentTarget.value })} />
          <NumberInput
            label={t('manager.mail_pause_minutes')} value={p.minutes} error={wrong(`maintenance[${i}].minutes`)} min={1} max={10_080} suffix=" min" clampBehavior="strict" allowDecimal={false}
            onChange={(n) => put(i, { minutes: Number(n) || 1 })}
          />
          <Chip.Group multiple value={(p.days ?? []).map(String)} onChange={(chosen) => put(i, { days: chosen.map(Number).sort() })}>
            <Group gap={4} role="group" aria-label={t('manager.mail_pause_days')}>
              {days.map((name, day) => (
                <Chip key={day} value={String(day)} size="xs">
                  {name}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: p.from })} onClick={() => set(pauses.filter((_, at) => at !== i))}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={pauses.length >= 20} onClick={() => set([...pauses, { from: '22:00', minutes: 60, days: [] }])}>
          {t('manager.mail_add_pause')}
        </Button>
      </div>
    </Section>
  );
}
