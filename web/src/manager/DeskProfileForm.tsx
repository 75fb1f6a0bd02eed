import { NumberInput, Select } from '@mantine/core';
import { useTexts } from '../kit/texts';
import { useAbsenceChoices } from './choices';
import { DescriptionField, NameField, type Check, type FormProps } from './form';
import type { DeskProfile } from './kinds';

export const acceptances = ['queue', 'at_once', 'by_hand'] as const;

export function checkDeskProfile({ name }: { name: string }, check: Check): void {
  check.name(name);
}

/** How the desks work of those who name it; what it leaves open the queues say. */
export function DeskProfileForm({ name, setName, body, set, wrong }: FormProps<DeskProfile>) {
  const t = useTexts();
  const reasons = useAbsenceChoices();
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <div className="pair">
        <Select
          label={t('manager.desk_accept')} value={body.accept} error={wrong('accept')} data={acceptances.map((value) => ({ value, label: t(`manager.accept_${value}`) }))}
          onChange={(accept) => accept && set({ accept: accept as DeskProfile['accept'] })}
        />
        <NumberInput
          label={t('manager.wrap_up_s')} description={t('manager.desk_wrap_up_more')} value={body.wrap_up_s} error={wrong('wrap_up_s')} min={0} max={86_400} suffix=" s"
          clampBehavior="strict" onChange={(n) => set({ wrap_up_s: Number(n) || 0 })}
        />
      </div>
      <Select
        label={t('manager.desk_no_answer')} description={t('manager.desk_no_answer_more')} value={body.no_answer ?? ''} error={wrong('no_answer')}
        data={[{ value: '', label: t('app.reason_no_answer') }, ...reasons]} searchable={reasons.length > 8} onChange={(no_answer) => set({ no_answer: no_answer || undefined })}
      />
    </>
  );
}
