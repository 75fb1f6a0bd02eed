import { ActionIcon, Button, NumberInput, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTexts } from '../kit/texts';
import { useSkillChoices } from './choices';
import type { SkillLevel } from './kinds';

interface Props {
  label: string;
  value: SkillLevel[];
  change: (value: SkillLevel[]) => void;
  /** What the number means: what one has, or what is asked for at least. */
  atLeast?: boolean;
}

/** Skills with their levels: what an agent has, or what a step asks for. */
export function SkillLevels({ label, value, change, atLeast }: Props) {
  const t = useTexts();
  const choices = useSkillChoices();
  const free = choices.filter((c) => !value.some((v) => v.skill === c.value));
  const put = (i: number, part: Partial<SkillLevel>) => change(value.map((v, at) => (at === i ? { ...v, ...part } : v)));
  return (
    <fieldset className="levels">
      <legend>{label}</legend>
      {value.map((v, i) => {
        const name = choices.find((c) => c.value === v.skill)?.label ?? '';
        return (
          <div key={v.skill} className="level">
            <Select
              size="xs" aria-label={t('manager.skill')} value={v.skill} searchable data={choices.filter((c) => c.value === v.skill || free.includes(c))}
              onChange={(skill) => skill && put(i, { skill })}
            />
            <NumberInput
              size="xs" aria-label={t(atLeast ? 'manager.level_least' : 'manager.level_of', { name })} min={1} max={100} clampBehavior="strict" value={v.level}
              prefix={atLeast ? '≥ ' : undefined} onChange={(level) => level !== '' && put(i, { level: Number(level) })}
            />
            <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name })} onClick={() => change(value.filter((_, at) => at !== i))}>
              <IconX size={16} aria-hidden="true" />
            </ActionIcon>
          </div>
        );
      })}
      <Button
        size="compact-xs" variant="default" leftSection={<IconPlus size={12} aria-hidden="true" />} disabled={free.length === 0}
        onClick={() => free[0] && change([...value, { skill: free[0].value, level: 50 }])}
      >
        {t('manager.add_skill')}
      </Button>
    </fieldset>
  );
}
