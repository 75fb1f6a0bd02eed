import { Button, Select, TextInput } from '@mantine/core';
import { IconMessage2Bolt, IconPaperclip } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import i18next from 'i18next';
import { answer, api, asFault } from '../api/client';
import type { QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { useAttach } from '../desk/attach';
import { ManageResponses } from '../desk/ManageResponses';
import { Responses } from '../desk/Responses';
import { UploadList } from '../desk/UploadList';
import { useResponses } from '../desk/useResponses';
import { Dialog } from '../kit/Dialog';
import { Emoji } from '../kit/Emoji';
import { keyTable, pressed } from '../kit/keys';
import { Loading, Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import { isAddress } from './addresses';
import type { EditorHandle } from './Editor';
import { From, useSenders } from './From';
import './Mail.css';
import './MailComposer.css';
import { Files, Tool, useTemplate, wrapped } from './MailComposer';
import { MailFrame } from './MailFrame';
import { changeNewMail, dropNewMail, dropOldFiles, newFileAddress, uploadsOf, useNewMail, type NewMail } from './newMail';
import { htmlText } from './page';
import { Recipients } from './Recipients';
import { bringFiles, bringPicture, dropUpload, retryUpload, useUploading } from './uploading';
import { htmlMax, shownFiles, signatureHtml, withCids } from './writing';

const Editor = lazy(() => import('./Editor'));

/** Writes to somebody who has not written: a new contact begins with it, which counts in a queue. */
export function NewMailDialog({ close, done }: { close: () => void; done: (contact: string) => void }) {
  const t = useTexts();
  const [dropped] = useState(() => dropOldFiles(serverNow()));
  const mail = useNewMail();
  const [managing, setManaging] = useState(false);
  const [tried, setTried] = useState(false);
  const [more, setMore] = useState(mail.cc.length + mail.bcc.length > 0);
  const queues = useQueues();
  const queue = queues?.find((q) => q.value === mail.queue) ?? queues?.[0];
  const senders = useSenders({ queue: queue?.value ?? '' });
  const from = senders.some((s) => s.address === mail.from) ? mail.from : '';
  const uploading = useUploading(uploadsOf(mail.clientId));
  const attach = useAttach(useMemo(() => ({ id: uploadsOf(mail.clientId) }), [mail.clientId]), bringFiles);
  const picker = useRef<HTMLInputElement>(null);
  const writing = useRef<WritingHandle>(null);
  const emoji = useRef<HTMLButtonElement>(null);
  const wrong = problem(mail, uploading.length > 0);
  const create = useMutation({
    mutationFn: (value: string) => {
      const { clientId, to, cc, bcc, subject, files } = mail;
      const html = withCids(mail.html);
      return answer(api.POST('/api/v1/mails', { body: {
        client_id: clientId, queue: value, to, cc, bcc, subject, html, text: htmlText(html), attachments: files.map((f) => f.id), ...(from ? { from } : {}),
      } }));
    },
    onSuccess: (sent) => {
      dropNewMail();
      done(sent.contact);
      close();
    },
  });
  function send(): void {
    setTried(true);
    if (!wrong && queue && !create.isPending) create.mutate(queue.value);
  }
  const change = (to: Partial<NewMail>) => changeNewMail(() => to);
  const keys: [(typeof keyTable)[keyof typeof keyTable], () => void][] = [
    [keyTable.done, send], [keyTable.respond, () => writing.current?.respond()], [keyTable.emoji, () => emoji.current?.click()],
    ...(attach.allowed ? [[keyTable.attach, () => picker.current?.click()] as [typeof keyTable.attach, () => void]] : []),
  ];
  /** The keys of the composer, which the page's own do not reach behind a dialog. */
  function onKey(event: KeyboardEvent): boolean {
    const found = keys.find(([key]) => pressed(event, key));
    if (!found) return false;
    event.preventDefault();
    event.stopPropagation();
    found[1]();
    return true;
  }
  const [asking, setAsking] = useState(false);

  return (
    <Dialog title={t('mail.new_title')} size={760} close={close} stays={asking || managing}>
      <form
        className="dialog-form mail-new"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onKeyDown={(event) => void onKey(event.nativeEvent)}
        onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
        onDrop={(event) => {
          if (event.defaultPrevented || event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          attach.send([...event.dataTransfer.files]);
        }}
      >
        <Select
          label={t('mail.new_queue')} description={t('mail.new_queue_more')} data={queues ?? []} value={queue?.value ?? null} nothingFoundMessage={t('mail.new_no_queue')}
          error={queues?.length === 0 ? t('mail.new_no_queue') : undefined} onChange={(v) => change({ queue: v ?? '', from: '' })}
        />
        <div className="mail-composer-head-rows">
          <From senders={senders} value={from} onChange={(address) => change({ from: address })} />
          <div className="mail-to">
            <Recipients label={t('mail.to')} value={mail.to} onChange={(to) => change({ to })} known={[]} autoFocus />
            {!more && (
              <button type="button" className="link" onClick={() => setMore(true)}>
                {t('mail.cc_bcc')}
              </button>
            )}
          </div>
          {more && <Recipients label={t('mail.cc')} value={mail.cc} onChange={(cc) => change({ cc })} known={[]} />}
          {more && <Recipients label={t('mail.bcc')} value={mail.bcc} onChange={(bcc) => change({ bcc })} known={[]} />}
        </div>
        <TextInput label={t('mail.subject')} value={mail.subject} maxLength={900} spellCheck onChange={(e) => change({ subject: e.currentTarget.value })} />
        <Writing
          key={mail.clientId} ref={writing} mail={mail} queue={queue} from={from} asking={setAsking} manage={() => setManaging(true)} onKey={onKey} bring={attach.send}
        />
        <Files
          files={mail.files.filter((f) => !shownFiles(mail.html).includes(f.id))}
          drop={(id) => changeNewMail(({ files }) => ({ files: files.filter((f) => f.id !== id) }))}
        />
        <UploadList uploads={uploading} drop={dropUpload} retry={retryUpload} />
        {dropped.length > 0 && <p className="mail-warn" role="alert">{t('mail.files_old', { names: dropped.join(', ') })}</p>}
        {attach.refusals.map((sentence) => <p key={sentence} className="mail-warn" data-tone="bad" role="alert">{sentence}</p>)}
        {tried && wrong && <p className="mail-warn" data-tone="bad" role="alert">{t(wrong)}</p>}
        {create.error && <Refusal fault={asFault(create.error)} close={create.reset} />}
        <div className="dialog-do">
          <span className="mail-new-tools">
            <Tool label={t('desk.responses')} keys={keyTable.respond.shown} onClick={() => writing.current?.respond()}>
              <IconMessage2Bolt size={18} aria-hidden="true" />
            </Tool>
            <Emoji button={emoji} keys={keyTable.emoji.shown} pick={(sign) => writing.current?.put(sign)} />
            {attach.allowed && (
              <Tool label={t('mail.attach')} keys={keyTable.attach.shown} onClick={() => picker.current?.click()}>
                <IconPaperclip size={18} aria-hidden="true" />
              </Tool>
            )}
          </span>
          <Button
            variant="default" size="sm"
            onClick={() => {
              uploading.forEach((u) => dropUpload(u.clientId));
              dropNewMail();
              close();
            }}
          >
            {t('mail.discard')}
          </Button>
          <Button size="sm" type="submit" disabled={!queue} loading={create.isPending}>
            {t('mail.send')}
          </Button>
        </div>
        <input
          ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} accept={attach.accept} aria-label={t('mail.attach')}
          onChange={(e) => {
            attach.send([...(e.currentTarget.files ?? [])]);
            e.currentTarget.value = '';
          }}
        />
      </form>
      {managing && <ManageResponses close={() => setManaging(false)} />}
    </Dialog>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** The queues of e-mail; undefined: not known yet. */
function useQueues(): Choice[] | undefined {
  const { table } = useTable<QueueFigures>('queues');
  return useMemo(
    () => table && [...table.rows.values()].filter((q) => q.domain === 'email').map((q) => ({ value: q.queue, label: q.name })).sort((a, b) => a.label.localeCompare(b.label)),
    [table],
  );
}

/** Why a mail cannot be sent as it is. */
function problem(mail: NewMail, uploading: boolean) {
  const all = [...mail.to, ...mail.cc, ...mail.bcc];
  if (all.length === 0) return 'mail.no_recipient';
  if (all.some((a) => !isAddress(a.address))) return 'mail.wrong_recipient';
  if (uploading) return 'mail.still_uploading';
  return mail.html.length > htmlMax ? 'mail.too_long' : undefined;
}

interface WritingHandle {
  respond(): void;
  put(text: string): void;
}

interface WritingProps {
  mail: NewMail;
  queue: Choice | undefined;
  from: string;
  /** The list of responses is open, or no longer. */
  asking: (open: boolean) => void;
  manage: () => void;
  onKey: (event: KeyboardEvent) => boolean;
  bring: (files: Iterable<File>) => void;
  ref: React.Ref<WritingHandle>;
}

/** The text, and the signature that the server puts below it. */
function Writing({ mail, queue, from, asking, manage, onKey, bring, ref }: WritingProps) {
  const t = useTexts();
  const [start] = useState(mail.html);
  const editor = useRef<EditorHandle>(null);
  const about = { queue: queue?.value ?? '', queue_name: queue?.label ?? '', name: mail.to[0]?.name ?? '', language: i18next.language };
  const template = useTemplate(mail.subject, (subject) => changeNewMail(() => ({ subject })));
  const responses = useResponses(about, undefined, () => editor.current?.field(), template);
  useEffect(() => asking(responses.open), [asking, responses.open]);
  useImperativeHandle(ref, () => ({ respond: responses.ask, put: (text) => editor.current?.put(text) }));
  const signed = useQuery({
    queryKey: ['mail-signature', queue?.value, from],
    queryFn: () => answer(api.GET('/api/v1/mail-signature', { params: { query: { queue: queue?.value, ...(from ? { from } : {}) } } })),
    enabled: queue !== undefined, staleTime: 60_000, retry: false,
  });
  const signature = signatureHtml(signed.data);
  return (
    <div className="mail-writing mail-new-text">
      {responses.open && (
        <Responses found={responses.found} at={responses.at} any={responses.any} point={responses.point} choose={responses.insert} manage={manage} />
      )}
      <div className="mail-writing-scroll">
        <Suspense fallback={<Loading />}>
          <Editor
            ref={editor} start={start} focus={false} label={t('mail.text')} lang={undefined} onMove={responses.look} onBlur={responses.close} onFiles={bring}
            onChange={(html) => changeNewMail(() => ({ html }))} onKey={(event) => onKey(event) || responses.onKeyDown(wrapped(event))}
            onPictures={(pictures) => pictures.forEach((p) =>
              bringPicture(uploadsOf(mail.clientId), p, (id) => editor.current?.picture(newFileAddress(mail.clientId, id), p.name)))}
          />
        </Suspense>
        {signature && (
          <div className="mail-below">
            <MailFrame html={signature} title={t('mail.signature')} />
          </div>
        )}
      </div>
    </div>
  );
}
