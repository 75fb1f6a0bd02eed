import { Alert, MultiSelect, NumberInput, Select, Switch } from '@mantine/core';
import { domainName } from '../kit/names';
import { useTexts, type Key } from '../kit/texts';
import { useDispositionChoices, useScheduleChoices } from './choices';
import { DescriptionField, NameField, Section, type Check, type FormProps } from './form';
import type { Queue } from './kinds';
import { fieldNames } from './labels';
import { Steps } from './Steps';

const policies = ['longest_idle', 'least_occupied', 'highest_level', 'preference'] as const;
const waits = ['objective_s', 'offer_s', 'preferred_hold_s', 'customer_grace_s'] as const;
const hints: Record<(typeof waits)[number] | 'wrap_up_s', Key> = {
  objective_s: 'manager.objective_s_more', offer_s: 'manager.offer_s_more', preferred_hold_s: 'manager.preferred_hold_s_more',
  customer_grace_s: 'manager.customer_grace_s_more', wrap_up_s: 'manager.wrap_up_s_more',
};
const outsides = ['offline_form', 'message', 'accept'] as const;

export function checkQueue({ name, body }: { name: string; body: Queue }, check: Check): void {
  check.name(name);
  body.steps.forEach((step, i) => {
    if (i > 0) check.that(step.after_s > body.steps[i - 1]!.after_s, `steps[${i}].after_s`, 'manager.check_after', { n: body.steps[i - 1]!.after_s });
  });
}

export function QueueForm({ name, setName, body, set, wrong, thing }: FormProps<Queue>) {
  const t = useTexts();
  const dispositions = useDispositionChoices();
  const schedules = useScheduleChoices();
  const seconds = (field: (typeof waits)[number] | 'wrap_up_s') => (
    <NumberInput
      key={field} label={t(fieldNames[field]!)} description={t(hints[field])} value={body[field]} error={wrong(field)} min={0} suffix=" s"
      clampBehavior="strict" onChange={(value) => set({ [field]: Number(value) || 0 })}
    />
  );
  const toggle = (field: 'auto_accept' | 'no_wrap_up' | 'wrap_up_frees_slot' | 'no_answer_stays' | 'cherry_pick' | 'disposition_needed') => (
    <Switch key={field} label={t(fieldNames[field]!)} checked={body[field]} onChange={(e) => set({ [field]: e.currentTarget.checked })} />
  );
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <Select
          label={t('manager.medium')} value={body.domain} error={wrong('domain')} onChange={(domain) => domain && set({ domain })}
          data={['chat', 'email', 'voice', 'outbound'].map((value) => ({ value, label: domainName(t, value) }))}
        />
      </div>
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <Section title={t('manager.steps')} more={t('manager.steps_more')}>
        <Select
          label={t('manager.policy')} description={t(`manager.policy_${body.policy}_more` as Key)} value={body.policy} error={wrong('policy')}
          onChange={(policy) => policy && set({ policy: policy as Queue['policy'] })} data={policies.map((value) => ({ value, label: t(`manager.policy_${value}`) }))}
        />
        <Steps queue={body} id={thing?.id} set={(steps) => set({ steps })} wrong={wrong} />
      </Section>
      <Section title={t('manager.hours_of')} more={t('manager.hours_of_more')}>
        <div className="pair">
          <Select
            label={t('manager.schedule')} value={body.schedule ?? ''} error={wrong('schedule')} data={[{ value: '', label: t('manager.always_open') }, ...schedules]}
            onChange={(schedule) => set({ schedule: schedule || undefined })}
          />
          {body.schedule && (
            <Select
              label={t('manager.outside')} description={t(`manager.outside_${body.outside ?? 'offline_form'}_more` as Key)} value={body.outside ?? 'offline_form'}
              error={wrong('outside')} data={outsides.map((value) => ({ value, label: t(`manager.outside_${value}`) }))}
              onChange={(outside) => set({ outside: outside as Queue['outside'] })}
            />
          )}
        </div>
      </Section>
      <Section title={t('manager.minimum')} more={t('manager.minimum_more')}>
        <div className="pair">
          <NumberInput
            label={t('manager.minimum_available')} value={body.minimum?.available ?? 0} error={wrong('minimum.available')} min={0} max={10_000} clampBehavior="strict"
            onChange={(value) => set({ minimum: { ...body.minimum, available: Number(value) || 0 } })}
          />
          {(body.minimum?.available ?? 0) > 0 && (
            <Select
              label={t('manager.minimum_schedule')} value={body.minimum?.schedule ?? ''} error={wrong('minimum.schedule')}
              data={[{ value: '', label: t('manager.minimum_always') }, ...schedules]}
              onChange={(schedule) => set({ minimum: { available: body.minimum?.available ?? 0, schedule: schedule || undefined } })}
            />
          )}
        </div>
      </Section>
      <Section title={t('manager.waiting_times')}>
        <div className="pair">
          {waits.map(seconds)}
          <NumberInput
            label={t('manager.waiting_max')} description={t('manager.waiting_max_more')} value={body.waiting_max} error={wrong('waiting_max')} min={0} clampBehavior="strict"
            onChange={(value) => set({ waiting_max: Number(value) || 0 })}
          />
        </div>
        <div className="switches">
          {(['auto_accept', 'no_answer_stays', 'cherry_pick'] as const).map(toggle)}
          <Switch label={t('manager.may_decline')} checked={body.may_decline !== false} onChange={(e) => set({ may_decline: e.currentTarget.checked })} />
        </div>
      </Section>
      <Section title={t('manager.wrap_up')}>
        <div className="switches">{toggle('no_wrap_up')}</div>
        {body.no_wrap_up ? (
          body.disposition_needed && <Alert color="yellow" variant="light" p="xs">{t('manager.check_no_wrap_up')}</Alert>
        ) : (
          <>
            <div className="pair">{seconds('wrap_up_s')}</div>
            <div className="switches">{(['wrap_up_frees_slot', 'disposition_needed'] as const).map(toggle)}</div>
            <MultiSelect
              label={t('manager.dispositions')} description={t('manager.dispositions_more')} value={body.dispositions ?? []} error={wrong('dispositions')} data={dispositions}
              onChange={(chosen) => set({ dispositions: chosen })} searchable
            />
          </>
        )}
      </Section>
    </>
  );
}
