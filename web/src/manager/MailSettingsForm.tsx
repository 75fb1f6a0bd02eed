import { MultiSelect, NumberInput, Switch, TagsInput } from '@mantine/core';
import { useTexts } from '../kit/texts';
import { useAgentChoices } from './choices';
import type { MailSettings } from './chatSettings';
import { Section, type Check, type FormProps } from './form';
import { useMailQueueChoices } from './MailAliases';
import { workingIn } from './rest';

const lists = ['offline_to', 'alerts_to', 'transcripts_to'] as const;
const folders = ['retention_done_d', 'retention_exceptions_d', 'retention_sent_d'] as const;

export function checkMailSettings({ body }: { body: MailSettings }, check: Check): void {
  for (const field of lists) check.that((body[field] ?? []).every((address) => /^[^\s@]+@[^\s@]+$/.test(address)), field, 'manager.check_mail');
}

/** How a business unit handles mails. */
export function MailSettingsForm({ body, set, wrong }: FormProps<MailSettings>) {
  const t = useTexts();
  const agents = useAgentChoices();
  const queues = useMailQueueChoices(workingIn());
  return (
    <>
      <Section title={t('manager.mail_approval')} more={t('manager.mail_approval_more')}>
        <Switch label={t('manager.mail_approve_all')} checked={body.approve_all} onChange={(e) => set({ approve_all: e.currentTarget.checked })} />
        {!body.approve_all && (
          <div className="pair">
            <MultiSelect
              label={t('manager.mail_approve_agents')} value={body.approve_agents ?? []} error={wrong('approve_agents')} data={agents} searchable onChange={(chosen) => set({ approve_agents: chosen })}
            />
            <MultiSelect
              label={t('manager.mail_approve_queues')} value={body.approve_queues ?? []} error={wrong('approve_queues')} data={queues} searchable onChange={(chosen) => set({ approve_queues: chosen })}
            />
          </div>
        )}
      </Section>
      <Section title={t('manager.mail_intake')}>
        <div className="pair">
          <NumberInput
            label={t('manager.mail_hold')} description={t('manager.mail_hold_more')} value={Math.round(body.hold_s / 60)} error={wrong('hold_s')} min={0} max={10_080} suffix=" min" clampBehavior="strict"
            allowDecimal={false} onChange={(n) => set({ hold_s: (Number(n) || 0) * 60 })}
          />
          <NumberInput
            label={t('manager.mail_loop')} description={t('manager.mail_loop_more')} value={body.loop_per_hour} error={wrong('loop_per_hour')} min={0} max={100_000} clampBehavior="strict" allowDecimal={false}
            onChange={(n) => set({ loop_per_hour: Number(n) || 0 })}
          />
        </div>
      </Section>
      <Section title={t('manager.mail_retention')} more={t('manager.mail_retention_more')}>
        <div className="triple">
          {folders.map((field) => (
            <NumberInput
              key={field} label={t(`manager.mail_${field}`)} value={body[field] || ''} error={wrong(field)} min={0} max={36_500} clampBehavior="strict" allowDecimal={false} placeholder={t('manager.mail_for_ever')}
              onChange={(n) => set({ [field]: Number(n) || 0 })}
            />
          ))}
        </div>
      </Section>
      <Section title={t('manager.mail_notices')} more={t('manager.mail_notices_more')}>
        {lists.map((field) => (
          <TagsInput
            key={field} label={t(`manager.mail_${field}`)} description={t(`manager.mail_${field}_more`)} value={body[field] ?? []} error={wrong(field)} maxTags={20} acceptValueOnBlur
            onChange={(addresses) => set({ [field]: addresses.map((address) => address.trim()) })}
          />
        ))}
        <Switch
          label={t('manager.mail_transcript_to_customer')} description={t('manager.mail_transcript_to_customer_more')} checked={body.transcript_to_customer ?? false}
          onChange={(e) => set({ transcript_to_customer: e.currentTarget.checked })}
        />
      </Section>
    </>
  );
}
