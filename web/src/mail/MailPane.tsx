import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowBackUpDouble, IconArrowForwardUp, IconCalendarClock, IconNote, IconUserQuestion } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import type { Contact } from '../api/types';
import { useConversation } from '../app/live';
import { Aside } from '../desk/Aside';
import { useDo } from '../desk/do';
import { setDraft, useTyped } from '../desk/drafts';
import { useReading } from '../desk/reading';
import { isMine, present } from '../desk/roles';
import { drop, retry, send, usePending } from '../desk/sending';
import { TaskPane } from '../desk/TaskPane';
import { useCommands } from '../kit/commands';
import { Confirm } from '../kit/Confirm';
import { newId } from '../kit/id';
import { Kbd } from '../kit/Kbd';
import { keyTable } from '../kit/keys';
import type { LogHandle } from '../kit/Log';
import { dateTime, useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import { written as writtenAddress } from './addresses';
import { DeferDialog } from './DeferDialog';
import { beginDraft, changeDraft, useWritten } from './drafts';
import { ExpertDialog } from './ExpertDialog';
import './Mail.css';
import { MailComposer, writesPlain } from './MailComposer';
import { MailLog } from './MailLog';
import { useMails } from './mails';
import type { Draft, Mail, Mode } from './types';
import { bringFiles } from './uploading';
import { begun, type Words } from './writing';

/** What the API takes in one note. */
const noteMax = 4000;

/** A contact that is an e-mail: its mails, what one may do with them, and the answer that is written. */
export function MailPane({ contact, wraps }: { contact: Contact; wraps: boolean }) {
  const t = useTexts();
  const conversation = useConversation(contact.id);
  const { pending } = usePending(contact.id, conversation);
  const mine = isMine(contact);
  const mails = useMails(contact.id, conversation.last).data;
  const written = useWritten(contact.id, mine);
  const [dialog, setDialog] = useState<'defer' | 'expert'>();
  const [instead, setInstead] = useState<() => Draft>();
  const [noting, setNoting] = useState(false);
  const wanted = useRef<Mode>(undefined);
  const log = useRef<LogHandle>(null);
  useReading(contact.id, conversation);
  const words = useWords();
  const aside = !wraps && (!mine || present(contact).length > 0);
  const [said, whispered] = useMemo(() => [pending.filter((m) => m.kind !== 'whisper'), pending.filter((m) => m.kind === 'whisper')], [pending]);
  const answered = answerable(mails ?? []);

  function start(make: () => Draft): void {
    if (written.draft) setInstead(() => make);
    else beginDraft(contact.id, make());
  }
  function begin(mode: Mode): void {
    if (!mails || !written.asked) {
      wanted.current = mode;
      return;
    }
    if (!answered) return;
    const make = () => begun(mode, answered, mails, !writesPlain(), written.signature, words);
    const { draft } = written;
    // Whom an answer is for may change while one writes it.
    if (draft && isAnswer(draft.mode) && isAnswer(mode) && draft.in_reply_to === answered?.seq) {
      const { to, cc } = make();
      changeDraft(contact.id, () => ({ mode, to, cc }));
      return;
    }
    start(make);
  }
  const again = (mail: Mail) => start(() => draftOf(mail));
  const ready = mails !== undefined && written.asked;
  // Whoever presses a key before all is there gets what was asked for a moment later.
  const latest = useRef(begin);
  useEffect(() => {
    latest.current = begin;
  });
  useEffect(() => {
    const mode = wanted.current;
    if (!ready || !mode) return;
    wanted.current = undefined;
    latest.current(mode);
  }, [ready]);
  const can = mine && (!ready || answered !== undefined);

  useDo({
    latest: () => log.current?.latest(),
    ...(can && !written.draft ? { write: () => begin('reply') } : {}),
    ...(can ? { reply_all: () => begin('reply_all'), forward: () => begin('forward') } : {}),
    ...(wraps ? {} : { note: () => setNoting(!noting) }),
  });
  useCommands(mine && !wraps ? [
    { id: 'defer', title: t('mail.defer_title'), run: () => setDialog('defer') }, { id: 'expert', title: t('mail.expert_title'), run: () => setDialog('expert') },
  ] : []);

  // Another program may have made the contact, without any mail.
  if (mails?.length === 0 && !conversation.messages.some((m) => m.kind === 'mail')) return <TaskPane contact={contact} />;
  const dragging = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    <div
      className="talk" onDragOver={(e) => dragging(e) && e.preventDefault()}
      onDrop={(e) => {
        if (!dragging(e)) return;
        e.preventDefault();
        if (written.draft) bringFiles(contact.id, [...e.dataTransfer.files]);
      }}
    >
      {mine && (
        <div className="mail-do" role="toolbar" aria-label={t('mail.deeds')}>
          <Deed name={t('mail.reply')} keys={keyTable.write.shown} icon={IconArrowBackUp} disabled={!can} run={() => begin('reply')} />
          <Deed name={t('mail.reply_all')} keys={keyTable.reply_all.shown} icon={IconArrowBackUpDouble} disabled={!can} run={() => begin('reply_all')} />
          <Deed name={t('mail.forward')} keys={keyTable.forward.shown} icon={IconArrowForwardUp} disabled={!can} run={() => begin('forward')} />
          {!wraps && (
            <>
              <Deed name={t('desk.note')} keys={keyTable.note.shown} icon={IconNote} run={() => setNoting(!noting)} />
              <Deed name={t('mail.expert')} icon={IconUserQuestion} run={() => setDialog('expert')} />
              <Deed name={t('mail.defer')} icon={IconCalendarClock} run={() => setDialog('defer')} />
            </>
          )}
        </div>
      )}
      <MailLog
        ref={log} contact={contact.id} conversation={conversation} customer={contact.name || t('desk.customer')} pending={aside ? said : pending} retry={retry} drop={drop}
        apart={aside} {...(mine && ready ? { again } : {})}
      />
      {aside && <Aside contact={contact} conversation={conversation} pending={whispered} />}
      {noting && !wraps && <NoteBox contact={contact} close={() => setNoting(false)} />}
      {mine && mails && written.draft && (
        <MailComposer contact={contact} conversation={conversation} mails={mails} written={{ ...written, draft: written.draft }} finishes={!wraps} sent={() => log.current?.latest()} />
      )}
      {dialog === 'defer' && <DeferDialog contact={contact} close={() => setDialog(undefined)} />}
      {dialog === 'expert' && <ExpertDialog contact={contact} close={() => setDialog(undefined)} />}
      {instead && (
        <Confirm
          title={t('mail.instead_title')} yes={t('mail.instead_yes')} danger close={() => setInstead(undefined)}
          run={() => {
            beginDraft(contact.id, instead());
            setInstead(undefined);
          }}
        >
          <p>{t('mail.instead_more')}</p>
        </Confirm>
      )}
    </div>
  );
}

const isAnswer = (mode: Mode) => mode === 'reply' || mode === 'reply_all';

/** The mail that is answered: the last of the customer, else the last that there is. */
function answerable(mails: readonly Mail[]): Mail | undefined {
  return mails.findLast((m) => m.direction === 'in' && !m.expert && !m.marks.some((k) => k.kind === 'bounce')) ?? mails.findLast((m) => !m.auto) ?? mails.at(-1);
}

/** A mail that was not sent, to be written on. */
function draftOf(mail: Mail): Draft {
  return {
    mode: 'reply', to: mail.to, cc: mail.cc, bcc: mail.bcc, subject: mail.subject, text: mail.text, ...(mail.html ? { html: mail.html } : {}),
    attachments: mail.parts.flatMap((p) => (p.attachment ? [p.attachment] : [])), forwarded: [],
  };
}

/** The words above a quote, in the language spoken. */
function useWords(): Words {
  const t = useTexts();
  return useMemo(() => ({
    wrote: (m) => t('mail.wrote', { at: dateTime(m.date || m.at), name: m.from.name || m.from.address }),
    forwarded: (m) => [
      `---------- ${t('mail.forwarded')} ----------`, `${t('mail.from')}: ${writtenAddress(m.from)}`, `${t('mail.date')}: ${dateTime(m.date || m.at)}`,
      `${t('mail.subject')}: ${m.subject}`, `${t('mail.to')}: ${m.to.map(writtenAddress).join(', ')}`,
    ],
  }), [t]);
}

function Deed({ name, keys, icon: Icon, disabled, run }: { name: string; keys?: string; icon: typeof IconNote; disabled?: boolean; run: () => void }) {
  return (
    <Button
      variant="subtle" color="gray" disabled={!!disabled} leftSection={<Icon size={16} aria-hidden="true" />} rightSection={keys ? <Kbd keys={keys} /> : undefined}
      title={keys ? `${name} (${keys})` : name} onClick={run}
    >
      {name}
    </Button>
  );
}

/** A note for colleagues: Enter saves it. */
function NoteBox({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const { note } = useTyped(contact.id);
  function submit(): void {
    const ready = note.trim();
    if (ready === '' || ready.length > noteMax) return;
    send({ clientId: newId(), contact: contact.id, kind: 'note', text: ready, at: serverNow() });
    setDraft(contact.id, 'note', '');
    close();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.nativeEvent.isComposing) submit();
    else return;
    event.preventDefault();
  }
  return (
    <div className="composer" data-note="true">
      <div className="composer-top">
        <span className="composer-hint">{t('desk.note_hint')}</span>
      </div>
      <div className="composer-box">
        <textarea
          rows={2} autoFocus value={note} maxLength={noteMax} spellCheck aria-label={t('desk.note_label')} placeholder={t('desk.note_label')} onKeyDown={onKeyDown}
          onChange={(e) => setDraft(contact.id, 'note', e.currentTarget.value)}
        />
        <div className="composer-tools">
          <Button size="sm" variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" className="composer-send" disabled={note.trim() === ''} onClick={submit}>
            {t('desk.send_note')}
          </Button>
        </div>
      </div>
    </div>
  );
}
