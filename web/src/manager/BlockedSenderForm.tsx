import { Textarea, TextInput } from '@mantine/core';
import { useTexts } from '../kit/texts';
import { NameField, type Check, type FormProps } from './form';
import type { BlockedSender } from './kinds';

export function checkBlockedSender({ name, body }: { name: string; body: BlockedSender }, check: Check): void {
  check.name(name);
  check.needed('sender', body.sender);
  check.that(!body.sender || /^[^\s@]*@[^\s@]+$/.test(body.sender), 'sender', 'manager.check_sender');
}

/** Somebody, or everybody of a domain, from whom nothing is routed. */
export function BlockedSenderForm({ name, setName, body, set, wrong, thing }: FormProps<BlockedSender>) {
  const t = useTexts();
  return (
    <>
      <div className="pair">
        <TextInput
          label={t('manager.blocked_sender')} description={t('manager.blocked_sender_more')} value={body.sender} error={wrong('sender')} required maxLength={320} autoComplete="off" spellCheck={false}
          data-first inputMode="email"
          onChange={(e) => {
            const sender = e.currentTarget.value.trim();
            // Whoever names nothing else finds it by the address.
            if (!thing && (name === '' || name === body.sender)) setName(sender);
            set({ sender });
          }}
        />
        <NameField name={name} setName={setName} wrong={wrong} />
      </div>
      <Textarea label={t('manager.note')} value={body.note ?? ''} error={wrong('note')} maxLength={1000} autosize minRows={2} onChange={(e) => set({ note: e.currentTarget.value })} />
    </>
  );
}
