import { Textarea } from '@mantine/core';
import { useTexts } from '../kit/texts';
import type { Skill } from './kinds';
import type { FormProps } from './Subject';

export function SkillForm({ body, set, wrong }: FormProps<Skill>) {
  const t = useTexts();
  return (
    <Textarea
      label={t('manager.description')} value={body.description ?? ''} error={wrong('description')} maxLength={1000} autosize minRows={2}
      onChange={(e) => set({ description: e.currentTarget.value })}
    />
  );
}
