import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { languages, useTexts } from '../kit/texts';
import { NameField, Section, type Check, type FormProps } from './form';
import type { Unit } from './kinds';
import { timeZones } from './ScheduleForm';

/** The media whose new contacts may be bounded. */
const media = ['webchat', 'email', 'voice', 'callback', 'task'] as const;

export function checkUnit({ name, body }: { name: string; body: Unit }, check: Check): void {
  check.name(name);
  check.needed('time_zone', body.time_zone);
}

export function UnitForm({ name, setName, body, set, wrong }: FormProps<Unit>) {
  const t = useTexts();
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} hint={t('manager.unit_name_more')} />
      <div className="pair">
        <Select
          label={t('manager.time_zone')} value={body.time_zone} error={wrong('time_zone')} searchable limit={200}
          data={[...new Set([body.time_zone, ...timeZones()])].filter(Boolean)} onChange={(zone) => set({ time_zone: zone ?? '' })}
        />
        <Select
          label={t('app.language')} value={body.language} error={wrong('language')} data={languages.map(({ value, label }) => ({ value, label }))}
          onChange={(language) => language && set({ language })}
        />
      </div>
      <TextInput
        className="short" label={t('manager.country')} description={t('manager.country_more')} value={body.country ?? ''} error={wrong('country')} maxLength={2} autoComplete="off"
        onChange={(e) => set({ country: e.currentTarget.value.toUpperCase() })}
      />
      <Switch
        label={t('manager.pick_by_permission')} description={t('manager.pick_by_permission_more')} checked={body.pick_by_permission ?? false}
        onChange={(e) => set({ pick_by_permission: e.currentTarget.checked })}
      />
      <Section title={t('manager.bounds')} more={t('manager.bounds_more')}>
        <div className="pair">
          {(['users', 'queues'] as const).map((what) => (
            <NumberInput
              key={what} label={t(`manager.quota_${what}`)} value={body.quota?.[what] || ''} error={wrong('quota')} min={0} max={100_000} clampBehavior="strict"
              onChange={(n) => set({ quota: { ...body.quota, [what]: Number(n) || undefined } })}
            />
          ))}
        </div>
      </Section>
      <Switch
        label={t('manager.monitoring_shown')} description={t('manager.monitoring_shown_more')} checked={body.monitoring_shown ?? false}
        onChange={(e) => set({ monitoring_shown: e.currentTarget.checked })}
      />
      <Section title={t('manager.congestion')} more={t('manager.congestion_more')}>
        <div className="pair">
          {media.map((medium) => (
            <NumberInput
              key={medium} label={t(`manager.medium_${medium}`)} value={body.congestion?.[medium] ?? ''} error={wrong('congestion')} min={1} max={100_000} allowDecimal={false}
              onChange={(n) => {
                const { [medium]: _, ...others } = body.congestion ?? {};
                set({ congestion: n === '' ? others : { ...others, [medium]: Number(n) } });
              }}
            />
          ))}
        </div>
      </Section>
      <Switch
        label={t('manager.unit_disabled')} description={t('manager.unit_disabled_more')} checked={body.disabled} onChange={(e) => set({ disabled: e.currentTarget.checked })}
      />
    </>
  );
}
