import { NumberInput, Radio } from '@mantine/core';
import { useTexts } from '../kit/texts';
import type { ContactData } from './chatSettings';
import { Section, type FormProps } from './form';

/** The profiles: what the program is delivered with, and what the classic web interface allows. */
const profiles = {
  free: { keys: 100, key_length: 64, value_length: 1000 },
  classic: { keys: 99, key_length: 32, value_length: 128 },
} as const;

const same = (a: ContactData, b: ContactData) => a.keys === b.keys && a.key_length === b.key_length && a.value_length === b.value_length;

/** How much contact data a contact of the unit may have. */
export function ContactDataForm({ body, set, wrong }: FormProps<ContactData>) {
  const t = useTexts();
  const profile = same(body, profiles.free) ? 'free' : same(body, profiles.classic) ? 'classic' : 'own';
  const limit = (field: keyof ContactData, label: 'manager.contact_data_keys' | 'manager.contact_data_key' | 'manager.contact_data_value', max: number) => (
    <NumberInput label={t(label)} value={body[field]} error={wrong(`settings.${field}`)} min={1} max={max} clampBehavior="strict" onChange={(n) => set({ [field]: Number(n) || 1 })} />
  );
  return (
    <Section title={t('manager.subject_contact_data')} more={t('manager.contact_data_more')}>
      <Radio.Group label={t('manager.contact_data_profile')} value={profile} onChange={(to) => (to === 'free' || to === 'classic') && set(profiles[to])}>
        <Radio value="free" label={t('manager.contact_data_free')} />
        <Radio value="classic" label={t('manager.contact_data_classic')} />
        <Radio value="own" label={t('manager.contact_data_own')} disabled={profile !== 'own'} />
      </Radio.Group>
      <div className="pair">
        {limit('keys', 'manager.contact_data_keys', 500)}
        {limit('key_length', 'manager.contact_data_key', 200)}
        {limit('value_length', 'manager.contact_data_value', 4000)}
      </div>
    </Section>
  );
}
