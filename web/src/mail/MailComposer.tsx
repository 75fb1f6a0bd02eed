import { Button, SegmentedControl } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconMessage2Bolt, IconPaperclip, IconTrash, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { useAttach } from '../desk/attach';
import { useDo } from '../desk/do';
import { fieldOf, insertText, type Field } from '../desk/insert';
import { useInsertable } from '../desk/insertable';
import { useSpoken } from '../desk/queries';
import { responseId, Responses, responsesId } from '../desk/Responses';
import { ManageResponses } from '../desk/ManageResponses';
import { UploadList } from '../desk/UploadList';
import { useResponses, type InMail } from '../desk/useResponses';
import { Confirm } from '../kit/Confirm';
import { Emoji } from '../kit/Emoji';
import { keyTable, pressed } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { Loading, Refusal } from '../kit/states';
import { fileSize, sentence, useTexts } from '../kit/texts';
import type { Conversation } from '../live/frames';
import { isAddress, known, written } from './addresses';
import { files } from './body';
import { changeDraft, discardDraft, draftSent, type Written } from './drafts';
import type { EditorHandle } from './Editor';
import { MailFrame } from './MailFrame';
import './MailComposer.css';
import { htmlText, tailOf } from './page';
import { From, useSenders } from './From';
import { Recipients } from './Recipients';
import type { Draft, Mail, Signature } from './types';
import { bringFiles, bringPicture, broughtFile, dropUpload, retryUpload, useUploading, type Known } from './uploading';
import { htmlMax, joined, parted, shownFiles, signatureHtml, signedAnew, textMax, withAddresses, withCids, type Parts } from './writing';

/** Most people only read: what one writes with is loaded when somebody writes. */
const Editor = lazy(() => import('./Editor'));

interface Props {
  contact: Contact;
  conversation: Conversation;
  mails: readonly Mail[];
  written: Written & { draft: Draft };
  /** The contact may be finished with the mail. */
  finishes: boolean;
  /** The mail is on its way. */
  sent: () => void;
}

/** Writes a mail of a contact. It is kept as one writes, here and on the server. */
export function MailComposer({ contact, conversation, mails, written: entry, finishes, sent }: Props) {
  const t = useTexts();
  const cache = useQueryClient();
  const { draft } = entry;
  const { tag } = useSpoken(contact);
  const [small, setSmall] = useState(false);
  const [dialog, setDialog] = useState<'discard' | 'plain' | 'responses'>();
  const [tried, setTried] = useState(false);
  const uploading = useUploading(contact.id);
  const attach = useAttach(contact, bringFiles);
  const change = (to: Partial<Draft>) => changeDraft(contact.id, () => to);
  const picker = useRef<HTMLInputElement>(null);
  const writing = useRef<WritingHandle>(null);
  const emoji = useRef<HTMLButtonElement>(null);

  const sending = useMutation({
    mutationFn: (finish: boolean) =>
      answer(api.POST('/api/v1/contacts/{id}/mails', { params: { path: { id: contact.id } }, body: { ...draft, client_id: entry.clientId, ...(finish ? { finish } : {}) } })),
    onSuccess: () => {
      draftSent(contact.id);
      void cache.invalidateQueries({ queryKey: ['mails', contact.id] });
      sent();
    },
  });
  /** Another address may have another signature. */
  async function leave(from: string): Promise<void> {
    change({ from: from || undefined });
    const signed = await answer(api.GET('/api/v1/mail-signature', { params: { query: { contact: contact.id, from: from || undefined } } })).catch(() => undefined);
    if (signed) writing.current?.sign(signed);
  }
  const wrong = problem(draft, uploading.length > 0);
  function send(finish: boolean): void {
    setTried(true);
    if (!wrong && !sending.isPending) sending.mutate(finish);
  }

  useDo({
    write: () => (setSmall(false), writing.current?.focus()),
    respond: () => writing.current?.respond(),
    emoji: () => emoji.current?.click(),
    ...(attach.allowed ? { attach: () => picker.current?.click() } : {}),
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (!pressed(event.nativeEvent, keyTable.done)) return;
    event.preventDefault();
    send(false);
  }

  const title = t(`mail.title_${draft.mode}`, { name: draft.to.map(written).join(', ') });
  return (
    <section className="mail-composer" data-small={small} aria-label={t('mail.composer')} onKeyDown={onKeyDown}>
      <header className="mail-composer-head">
        <strong>{title}</strong>
        <span className="composer-hint" role="status">
          {entry.fault ? `${t('mail.not_saved')} ${sentence(entry.fault)}` : entry.unsaved ? t('mail.saving') : t('mail.saved')}
        </span>
        <button type="button" className="tool" aria-label={t('mail.discard')} title={t('mail.discard')} onClick={() => setDialog('discard')}>
          <IconTrash size={16} aria-hidden="true" />
        </button>
        <button
          type="button" className="tool" aria-expanded={!small} aria-label={small ? t('mail.unfold') : t('mail.fold')} title={small ? t('mail.unfold') : t('mail.fold')}
          onClick={() => setSmall(!small)}
        >
          {small ? <IconChevronUp size={16} aria-hidden="true" /> : <IconChevronDown size={16} aria-hidden="true" />}
        </button>
      </header>
      {!small && (
        <>
          <Head contact={contact.id} draft={draft} change={change} known={known(mails)} leave={(from) => void leave(from)} />
          <Writing
            key={`${entry.begun} ${draft.html !== undefined}`} ref={writing} contact={contact} draft={draft} change={change} spoken={tag} send={() => send(false)} manage={() => setDialog('responses')}
            toPlain={() => setDialog('plain')} bring={attach.send} signature={entry.signature?.text ?? ''}
          />
          <Going contact={contact} conversation={conversation} mails={mails} draft={draft} change={change} />
          <UploadList uploads={uploading} drop={dropUpload} retry={retryUpload} />
          {attach.refusals.map((sentence) => <p key={sentence} className="mail-warn" data-tone="bad" role="alert">{sentence}</p>)}
          {sending.error && <Refusal fault={asFault(sending.error)} close={sending.reset} />}
          {tried && wrong && <p className="mail-warn" data-tone="bad" role="alert">{t(wrong)}</p>}
          <footer className="mail-composer-do">
            <Button size="sm" loading={sending.isPending} onClick={() => send(false)} rightSection={<Kbd keys={keyTable.done.shown} />}>
              {t('mail.send')}
            </Button>
            {finishes && (
              <Button size="sm" variant="default" disabled={sending.isPending} onClick={() => send(true)}>
                {t('mail.send_finish')}
              </Button>
            )}
            <span className="mail-composer-tools">
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
          </footer>
        </>
      )}
      <input
        ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} accept={attach.accept} aria-label={t('mail.attach')}
        onChange={(e) => {
          attach.send([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = '';
        }}
      />
      {dialog === 'responses' && <ManageResponses close={() => setDialog(undefined)} />}
      {dialog === 'discard' && (
        <Confirm title={t('mail.discard_title')} yes={t('mail.discard')} danger run={() => discardDraft(contact.id)} close={() => setDialog(undefined)}>
          <p>{t('mail.discard_more')}</p>
        </Confirm>
      )}
      {dialog === 'plain' && (
        <Confirm
          title={t('mail.plain_title')} yes={t('mail.plain')} close={() => setDialog(undefined)}
          run={() => {
            rememberPlain(true);
            change({ html: undefined } as Partial<Draft>);
            setDialog(undefined);
          }}
        >
          <p>{t('mail.plain_more')}</p>
        </Confirm>
      )}
    </section>
  );
}

const plainKey = 'portico.mail-plain';
/** Whether this person writes plain text. */
export const writesPlain = (): boolean => localStorage.getItem(plainKey) === 'yes';
const rememberPlain = (plain: boolean) => localStorage.setItem(plainKey, plain ? 'yes' : 'no');

/** Why a mail cannot be sent yet. */
function problem(draft: Draft, uploading: boolean) {
  const all = [...draft.to, ...draft.cc, ...draft.bcc];
  if (all.length === 0) return 'mail.no_recipient';
  if (all.some((a) => !isAddress(a.address))) return 'mail.wrong_recipient';
  if (uploading) return 'mail.still_uploading';
  if (draft.text.length > textMax || (draft.html ?? '').length > htmlMax) return 'mail.too_long';
  return undefined;
}

interface Part {
  draft: Draft;
  change: (to: Partial<Draft>) => void;
}

/** To whom, and about what. */
function Head({ contact, draft, change, known: choices, leave }: Part & { contact: string; known: readonly string[]; leave: (from: string) => void }) {
  const t = useTexts();
  const senders = useSenders({ contact });
  const [more, setMore] = useState(draft.cc.length > 0 || draft.bcc.length > 0);
  const shown = more || draft.cc.length > 0 || draft.bcc.length > 0;
  return (
    <div className="mail-composer-head-rows">
      <From senders={senders} value={draft.from ?? ''} onChange={leave} />
      <div className="mail-to">
        <Recipients label={t('mail.to')} value={draft.to} onChange={(to) => change({ to })} known={choices} autoFocus={draft.to.length === 0} />
        {!shown && (
          <button type="button" className="link" onClick={() => setMore(true)}>
            {t('mail.cc_bcc')}
          </button>
        )}
      </div>
      {shown && <Recipients label={t('mail.cc')} value={draft.cc} onChange={(cc) => change({ cc })} known={choices} />}
      {shown && <Recipients label={t('mail.bcc')} value={draft.bcc} onChange={(bcc) => change({ bcc })} known={choices} />}
      <label className="mail-row">
        <span>{t('mail.subject')}</span>
        <input className="mail-subject" value={draft.subject} maxLength={900} spellCheck onChange={(e) => change({ subject: e.currentTarget.value })} />
      </label>
    </div>
  );
}

/** A response with a subject gives it to a mail that has none, or that of another response. */
export function useTemplate(subject: string, put: (subject: string) => void): InMail {
  const given = useRef('');
  return {
    plain: htmlText,
    subject: (next) => {
      if (subject.trim() !== '' && subject !== given.current) return;
      given.current = next;
      put(next);
    },
  };
}

interface WritingHandle {
  focus(): void;
  respond(): void;
  put(text: string): void;
  /** Puts another signature in the place of the one that is there. */
  sign(signature: Signature): void;
}

interface WritingProps extends Part {
  contact: Contact;
  spoken: string | undefined;
  send: () => void;
  manage: () => void;
  toPlain: () => void;
  bring: (files: Iterable<File>) => void;
  /** The text of the signature that a plain mail began with. */
  signature: string;
  ref: React.Ref<WritingHandle>;
}

/** The text, with looks or plain, and what stands below it. */
function Writing({ contact, draft, change, spoken, send, manage, toPlain, bring, signature, ref }: WritingProps) {
  const t = useTexts();
  const rich = draft.html !== undefined;
  const area = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<EditorHandle>(null);
  const field = (): Field | undefined => (rich ? editor.current?.field() : fieldOf(area.current));
  useInsertable(field);
  const responses = useResponses(contact, spoken, field, useTemplate(draft.subject, (subject) => change({ subject })));
  const [parts, setParts] = useState<Parts>(() => parted(draft.html ?? ''));
  // What the editor tells comes between two drawings.
  const latest = useRef(parts);
  const [start] = useState(() => withAddresses(parts.own, contact.id));
  const signed = useRef(signature);
  const tail = useMemo(() => tailOf(parts), [parts]);
  const put = (text: string) => {
    if (rich) editor.current?.put(text);
    else if (area.current) insertText(area.current, area.current.selectionStart, area.current.selectionEnd, text);
  };
  useImperativeHandle(ref, () => ({ focus: () => (rich ? editor.current?.focus() : area.current?.focus()), respond: responses.ask, put, sign }));

  function sign(signature: Signature): void {
    if (rich) write({ ...latest.current, signature: signatureHtml(signature) });
    else change({ text: signedAnew(draft.text, signed.current, signature.text) });
    signed.current = signature.text;
  }

  // Whoever answers begins to write above what is quoted.
  useEffect(() => {
    if (!rich && draft.to.length > 0) {
      area.current?.focus();
      area.current?.setSelectionRange(0, 0);
    }
    // Only when it begins, or changes its kind.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rich]);

  function write(next: Parts): void {
    latest.current = next;
    setParts(next);
    const below = next.signature === parts.signature && next.quote === parts.quote ? tail : tailOf(next);
    change({ html: withCids(joined(next)), text: htmlText(next.own) + below });
  }
  function toRich(): void {
    rememberPlain(false);
    const own = draft.text.split(/\n{2,}/).map((p) => `<p>${p.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`).replaceAll('\n', '<br>')}</p>`).join('');
    changeDraft(contact.id, () => ({ html: own }));
  }

  return (
    <div className="mail-writing">
      {responses.open && (
        <Responses found={responses.found} at={responses.at} any={responses.any} point={responses.point} choose={responses.insert} manage={manage} />
      )}
      {rich ? (
        <div className="mail-writing-scroll">
          <Suspense fallback={<Loading />}>
            <Editor
              ref={editor} start={start} focus={draft.to.length > 0} label={t('mail.text')} lang={spoken} onMove={responses.look} onBlur={responses.close} onFiles={bring}
              onChange={(own) => write({ ...latest.current, own })}
              onPictures={(pictures) => pictures.forEach((p) =>
                bringPicture(contact.id, p, (id) => editor.current?.picture(`/api/v1/contacts/${contact.id}/attachments/${id}?inline=1`, p.name)))}
              onKey={(event) => {
                if (pressed(event, keyTable.done)) return event.preventDefault(), event.stopPropagation(), send(), true;
                return responses.onKeyDown(wrapped(event));
              }}
            />
          </Suspense>
          {parts.signature && (
            <div className="mail-below">
              <MailFrame html={parts.signature} title={t('mail.signature')} />
            </div>
          )}
          {parts.quote && (
            <Quote
              html={parts.quote} remove={() => write({ ...latest.current, quote: '' })}
              edit={() => {
                write({ ...latest.current, quote: '' });
                editor.current?.append(parts.quote.replace(/ style="[^"]*"/g, '').replace(/<img[^>]*>/g, ''));
              }}
            />
          )}
        </div>
      ) : (
        <textarea
          ref={area} className="mail-plain-text" value={draft.text} spellCheck lang={spoken} aria-label={t('mail.text')}
          aria-autocomplete="list" aria-controls={responses.open && responses.found.length > 0 ? responsesId : undefined}
          aria-activedescendant={responses.open && responses.found[responses.at] ? responseId(responses.found[responses.at]!) : undefined}
          onChange={(e) => {
            change({ text: e.currentTarget.value });
            responses.look();
          }}
          onSelect={responses.look} onKeyDown={responses.onKeyDown} onBlur={responses.close}
        />
      )}
      <SegmentedControl
        size="xs" className="mail-kind" aria-label={t('mail.kind')} value={rich ? 'rich' : 'plain'} onChange={(to) => (to === 'plain' ? toPlain() : toRich())}
        data={[{ value: 'rich', label: t('mail.rich') }, { value: 'plain', label: t('mail.plain') }]}
      />
    </div>
  );
}

/** The browser's own event as the list of responses takes it. */
export const wrapped = (event: globalThis.KeyboardEvent) => ({
  key: event.key, ctrlKey: event.ctrlKey, altKey: event.altKey, metaKey: event.metaKey, shiftKey: event.shiftKey, nativeEvent: event,
  preventDefault: () => event.preventDefault(), stopPropagation: () => event.stopPropagation(),
});

/** What is quoted: folded, as one has just read it. */
function Quote({ html, remove, edit }: { html: string; remove: () => void; edit: () => void }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <div className="mail-below">
      <div className="mail-below-do">
        <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('mail.quote_hide') : t('mail.quote_show')}
        </button>
        <button type="button" className="link" onClick={edit}>
          {t('mail.quote_edit')}
        </button>
        <button type="button" className="link" onClick={remove}>
          {t('mail.quote_remove')}
        </button>
      </div>
      {open && <MailFrame html={html.replace(/ src="cid:[^"]*"/gi, '')} title={t('mail.quoted')} />}
    </div>
  );
}

interface GoingProps extends Part {
  contact: Contact;
  conversation: Conversation;
  mails: readonly Mail[];
}

/** The files that go with the mail. */
function Going({ contact, conversation, mails, draft, change }: GoingProps) {
  const t = useTexts();
  const there = useMemo(() => {
    const all = new Map<string, Known>();
    for (const m of conversation.messages) for (const a of m.attachments ?? []) all.set(a.id, { name: a.name, size: a.size, type: a.media_type });
    for (const m of mails) for (const p of m.parts) if (p.attachment) all.set(p.attachment, { name: p.name, size: p.size, type: p.media_type });
    return all;
  }, [conversation.messages, mails]);
  const inText = shownFiles(withAddresses(draft.html ?? '', contact.id));
  const of = mails.find((m) => m.seq === draft.in_reply_to);
  const quoted = of && draft.html ? files({ ...of, html: draft.html }) : of?.parts;
  const brought = draft.attachments.filter((id) => !inText.includes(id)).map((id) => ({ id, ...(there.get(id) ?? broughtFile(id) ?? { name: t('mail.file_unnamed'), size: 0 }) }));
  const along = draft.forwarded.flatMap((path) => (quoted ?? []).filter((p) => p.part === path).map((p) => ({ id: path, name: p.name || t('mail.file_unnamed'), size: p.size })));
  return (
    <Files
      files={[...brought, ...along]}
      drop={(id) => change(draft.attachments.includes(id) ? { attachments: draft.attachments.filter((a) => a !== id) } : { forwarded: draft.forwarded.filter((path) => path !== id) })}
    />
  );
}

/** Files that go with a mail. */
export function Files({ files: all, drop }: { files: readonly { id: string; name: string; size: number }[]; drop: (id: string) => void }) {
  const t = useTexts();
  if (all.length === 0) return null;
  return (
    <ul className="mail-going" aria-label={t('mail.files')}>
      {all.map((f) => (
        <li key={f.id}>
          <IconPaperclip size={14} aria-hidden="true" />
          <span className="mail-part-name" title={f.name}>{f.name}</span>
          <span className="file-size figures">{fileSize(f.size)}</span>
          <button type="button" className="tool" aria-label={t('mail.file_drop', { name: f.name })} title={t('mail.file_drop', { name: f.name })} onClick={() => drop(f.id)}>
            <IconX size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Tool({ label, keys, onClick, children }: { label: string; keys: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="tool" aria-label={label} title={`${label} (${keys})`} onClick={onClick}>
      {children}
    </button>
  );
}
