import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { Dialog } from '../kit/Dialog';
import { newId } from '../kit/id';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { isAddress, parsed } from './addresses';

const noteMax = 20_000;

/** Asks somebody outside by e-mail. The answer comes back to the contact; the customer sees nothing of it. */
export function ExpertDialog({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const [clientId] = useState(newId);
  const whom = parsed(to);
  const [addressed, asked] = [isAddress(whom.address), note.trim() !== ''];
  const ask = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/contacts/{id}/consult-expert', { params: { path: { id: contact.id } }, body: { client_id: clientId, to: whom, note: note.trim() } })),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ['mails', contact.id] });
      close();
    },
  });
  return (
    <Dialog title={t('mail.expert_title')} size={560} close={close}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (addressed && asked && !ask.isPending) ask.mutate();
        }}
      >
        <p>{t('mail.expert_more')}</p>
        <TextInput
          data-autofocus label={t('mail.expert_to')} value={to} inputMode="email" spellCheck={false} maxLength={700}
          error={tried && !addressed ? t('kit.mail_wrong') : undefined} onChange={(e) => setTo(e.currentTarget.value)}
        />
        <Textarea
          label={t('mail.expert_note')} value={note} rows={6} maxLength={noteMax} spellCheck error={tried && !asked ? t('mail.expert_empty') : undefined}
          onChange={(e) => setNote(e.currentTarget.value)}
        />
        {ask.error && <Refusal fault={asFault(ask.error)} />}
        <div className="dialog-do">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" loading={ask.isPending}>
            {t('mail.expert')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
