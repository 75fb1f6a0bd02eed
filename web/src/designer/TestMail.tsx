import { Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTexts } from '../kit/texts';
import type { TestContact, TestEmail } from './api';

/** What a test asks of a made-up e-mail; sender and alias are those of the contact. */
export interface Mail {
  subject: string;
  body: string;
  attachment_names: string[];
  auto: string;
  spam: boolean;
}

export const blankMail: Mail = { subject: '', body: '', attachment_names: [], auto: '', spam: false };

/** The kinds of programs that one may want to try. */
const kinds = ['auto_submitted', 'vacation', 'list', 'bulk', 'bounce'] as const;

/** The message as the channel would tell of it. */
export function mailOf(mail: Mail, contact: Pick<TestContact, 'source' | 'destination' | 'name'>): TestEmail & { sender_name: string; bounce: boolean } {
  return {
    ...mail, alias: contact.destination, sender: contact.source, sender_name: contact.name, sender_domain: contact.source.split('@').at(-1) ?? '', bounce: mail.auto === 'bounce',
    ...((mail.auto || mail.spam) && { no_reply: mail.spam ? 'A filter calls it spam.' : 'A program wrote it.' }),
  };
}

/** The message of a made-up contact. */
export function MailForm({ mail, set }: { mail: Mail; set: (mail: Mail) => void }) {
  const t = useTexts();
  return (
    <>
      <TextInput size="xs" label={t('designer.test_subject')} value={mail.subject} maxLength={900} autoComplete="off" onChange={(e) => set({ ...mail, subject: e.currentTarget.value })} />
      <Textarea size="xs" label={t('designer.test_body')} value={mail.body} autosize minRows={2} maxRows={8} maxLength={16_000} onChange={(e) => set({ ...mail, body: e.currentTarget.value })} />
      <TagsInput size="xs" label={t('designer.test_attachments')} value={mail.attachment_names} acceptValueOnBlur onChange={(attachment_names) => set({ ...mail, attachment_names })} />
      <div className="halves">
        <Select
          size="xs" label={t('designer.test_auto')} value={mail.auto || '-'} data={[{ value: '-', label: t('designer.test_person') }, ...kinds.map((value) => ({ value, label: t(`designer.auto_${value}`) }))]}
          onChange={(auto) => set({ ...mail, auto: auto === '-' ? '' : (auto ?? '') })}
        />
        <Switch size="xs" label={t('designer.test_spam')} checked={mail.spam} onChange={(e) => set({ ...mail, spam: e.currentTarget.checked })} />
      </div>
    </>
  );
}
