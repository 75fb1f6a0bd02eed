import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { Dialog } from '../kit/Dialog';
import { newId } from '../kit/id';
import { keyTable, pressed } from '../kit/keys';
import { Loading, Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { isAddress } from './addresses';
import './Mail.css';
import './MailComposer.css';
import { MailFrame } from './MailFrame';
import { htmlText, tailOf } from './page';
import { Recipients } from './Recipients';
import type { MailAddress } from './types';
import { joined, signatureHtml } from './writing';

const Editor = lazy(() => import('./Editor'));

interface Kept {
  clientId: string;
  queue: string;
  to: MailAddress[];
  subject: string;
  html: string;
}

/** What was typed is kept in this browser until it is sent: there is no contact yet that could keep it. */
const keptKey = 'portico.new-mail';

function kept(): Kept {
  const fresh: Kept = { clientId: newId(), queue: '', to: [], subject: '', html: '' };
  try {
    return { ...fresh, ...(JSON.parse(localStorage.getItem(keptKey) ?? '{}') as Partial<Kept>) };
  } catch {
    return fresh;
  }
}

/** Writes to somebody who has not written: a new contact begins with it, which counts in a queue. */
export function NewMailDialog({ close, done }: { close: () => void; done: (contact: string) => void }) {
  const t = useTexts();
  const { table } = useTable<QueueFigures>('queues');
  const queues = useMemo(
    () => [...(table?.rows.values() ?? [])].filter((q) => q.domain === 'email').map((q) => ({ value: q.queue, label: q.name })).sort((a, b) => a.label.localeCompare(b.label)),
    [table],
  );
  const [mail, setMail] = useState<Kept>(kept);
  const [start] = useState(mail.html);
  const [tried, setTried] = useState(false);
  const [files, setFiles] = useState(false);
  const queue = queues.some((q) => q.value === mail.queue) ? mail.queue : (queues[0]?.value ?? '');
  const good = mail.to.length > 0 && mail.to.every((a) => isAddress(a.address));
  const signed = useQuery({
    queryKey: ['mail-signature', queue],
    queryFn: () => answer(api.GET('/api/v1/mail-signature', { params: { query: { queue } } })),
    enabled: queue !== '', staleTime: 60_000, retry: false,
  });
  const signature = signatureHtml(signed.data);
  const create = useMutation({
    mutationFn: () => {
      const parts = { own: mail.html, signature, quote: '' };
      const text = htmlText(mail.html) + tailOf(parts);
      return answer(api.POST('/api/v1/mails', { body: { client_id: mail.clientId, queue, to: mail.to, subject: mail.subject, html: joined(parts), text } }));
    },
    onSuccess: (sent) => {
      localStorage.removeItem(keptKey);
      done(sent.contact);
      close();
    },
  });
  function change(next: Partial<Kept>): void {
    const now = { ...mail, ...next };
    setMail(now);
    localStorage.setItem(keptKey, JSON.stringify(now));
  }
  function send(): void {
    setTried(true);
    if (good && queue && !create.isPending) create.mutate();
  }

  return (
    <Dialog title={t('mail.new_title')} size={720} close={close}>
      <form
        className="dialog-form mail-new"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onKeyDown={(event) => {
          if (!pressed(event.nativeEvent, keyTable.done)) return;
          event.preventDefault();
          send();
        }}
      >
        <Select
          label={t('mail.new_queue')} description={t('mail.new_queue_more')} data={queues} value={queue || null} nothingFoundMessage={t('mail.new_no_queue')}
          error={table && queues.length === 0 ? t('mail.new_no_queue') : undefined} onChange={(v) => change({ queue: v ?? '' })}
        />
        <Recipients label={t('mail.to')} value={mail.to} onChange={(list) => change({ to: list })} known={[]} autoFocus />
        {tried && !good && <p className="mail-warn" data-tone="bad" role="alert">{t(mail.to.length === 0 ? 'mail.no_recipient' : 'mail.wrong_recipient')}</p>}
        <TextInput label={t('mail.subject')} value={mail.subject} maxLength={900} spellCheck onChange={(e) => change({ subject: e.currentTarget.value })} />
        <div className="mail-writing mail-new-text">
          <div className="mail-writing-scroll">
            <Suspense fallback={<Loading />}>
              <Editor
                start={start} focus={false} label={t('mail.text')} lang={undefined} onMove={() => undefined} onBlur={() => undefined}
                onFiles={() => setFiles(true)} onPictures={() => setFiles(true)} onChange={(html) => change({ html })}
                onKey={(event) => {
                  if (!pressed(event, keyTable.done)) return false;
                  event.preventDefault();
                  event.stopPropagation();
                  send();
                  return true;
                }}
              />
            </Suspense>
            {signature && (
              <div className="mail-below">
                <MailFrame html={signature} title={t('mail.signature')} />
              </div>
            )}
          </div>
        </div>
        <p className={files ? 'mail-warn' : 'composer-hint'} role={files ? 'alert' : undefined}>{t('mail.new_files')}</p>
        {create.error && <Refusal fault={asFault(create.error)} />}
        <div className="dialog-do">
          <Button
            variant="default" size="sm"
            onClick={() => {
              localStorage.removeItem(keptKey);
              close();
            }}
          >
            {t('mail.discard')}
          </Button>
          <Button size="sm" type="submit" disabled={!queue} loading={create.isPending}>
            {t('mail.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
