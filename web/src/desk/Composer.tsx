import { Button, SegmentedControl } from '@mantine/core';
import { IconMessage2Bolt, IconPaperclip, IconWorldShare } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import type { Contact } from '../api/types';
import { useLive } from '../app/live';
import { useCommands } from '../kit/commands';
import { Emoji } from '../kit/Emoji';
import { newId } from '../kit/id';
import { keyTable } from '../kit/keys';
import { useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import type { Attach } from './attach';
import './Composer.css';
import { useDo } from './do';
import { setDraft, setWriting, useDraftsOfOthers, useTyped, type Writing } from './drafts';
import { fieldOf, focusAtCaret, insertText, keepCaret } from './insert';
import { useInsertable } from './insertable';
import { ManageResponses } from './ManageResponses';
import { PageDialog } from './PageDialog';
import { responseId, Responses, responsesId } from './Responses';
import { send } from './sending';
import { useResponses } from './useResponses';

/** What the API takes in one message. */
const textMax = 4000;
/** Typing is told at most so often. */
const typingEvery = 3_000;
/** The tallest the text grows before it scrolls. */
const heightMax = 220;

interface Props {
  contact: Contact;
  attach: Attach;
  /** The tag of the language that the customer speaks. */
  spoken: string | undefined;
}

/** Writes to the customer, or a note to colleagues, which looks different in everything and has a text of its own. */
export function Composer({ contact, attach, spoken }: Props) {
  const t = useTexts();
  const { feed } = useLive();
  const typed = useTyped(contact.id);
  useDraftsOfOthers(contact.id);
  const { writing } = typed;
  const note = writing === 'note';
  const text = typed[writing];
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const emoji = useRef<HTMLButtonElement>(null);
  const told = useRef(0);
  const [dialog, setDialog] = useState<'page' | 'responses'>();
  const caret = `${contact.id} ${writing}`;
  const responses = useResponses(contact, spoken, () => fieldOf(area.current));

  useInsertable(() => fieldOf(area.current));

  const write = (to: Writing) => setWriting(contact.id, to);
  const pick = () => picker.current?.click();
  const put = (sign: string) => {
    if (area.current) insertText(area.current, area.current.selectionStart, area.current.selectionEnd, sign);
  };
  useDo({
    write: () => area.current?.focus(),
    note: () => write(note ? 'text' : 'note'),
    respond: responses.ask,
    emoji: () => emoji.current?.click(),
    ...(!note && attach.allowed ? { attach: pick } : {}),
    ...(!note ? { page: () => setDialog('page') } : {}),
  });

  useCommands([{ id: 'my responses', title: t('desk.my_responses'), run: () => setDialog('responses') }]);

  // Where one was: the same text with the caret in the same place.
  useEffect(() => {
    const element = area.current!;
    focusAtCaret(caret, element);
  }, [caret]);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, heightMax)}px`;
  }, [text]);

  function submit(): void {
    const ready = text.trim();
    if (ready === '' || ready.length > textMax) return;
    send({ clientId: newId(), contact: contact.id, kind: writing, text: ready, at: serverNow() });
    setDraft(contact.id, writing, '');
    area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (responses.onKeyDown(event)) return;
    // Enter that ends the composition of a sign is not yet Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return;
    if (text.trim() === '') return;
    event.preventDefault();
    submit();
  }

  function onChange(value: string): void {
    setDraft(contact.id, writing, value);
    onSelect();
    const now = Date.now();
    if (!note && value !== '' && now - told.current > typingEvery) {
      told.current = now;
      feed.typing(contact.id);
    }
  }

  function onSelect(): void {
    if (area.current) keepCaret(caret, area.current);
    responses.look();
  }

  function onPaste(event: ClipboardEvent): void {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    if (!note) attach.send(files);
  }

  const left = textMax - text.trim().length;
  const label = note ? t('desk.note_label') : t('desk.message_label');
  return (
    <div className="composer" data-note={note}>
      {responses.open && (
        <Responses
          found={responses.found} at={responses.at} any={responses.any} point={responses.point} choose={responses.insert}
          manage={() => setDialog('responses')}
        />
      )}
      <div className="composer-top">
        <SegmentedControl
          size="xs" aria-label={t('desk.write_to')} value={writing} onChange={(v) => write(v as Writing)}
          data={[
            { value: 'text', label: note && typed.text ? `${t('desk.message')} •` : t('desk.message') },
            { value: 'note', label: !note && typed.note ? `${t('desk.note')} •` : t('desk.note') },
          ]}
        />
        <span className="composer-hint">{note ? t('desk.note_hint') : t('desk.message_hint')}</span>
        {left < 300 && (
          <span className={left < 0 ? 'composer-left over figures' : 'composer-left figures'} role={left < 0 ? 'alert' : undefined}>
            {left < 0 ? t('desk.too_long', { count: -left }) : t('desk.left', { count: left })}
          </span>
        )}
      </div>
      <div className="composer-box">
        <textarea
          ref={area} rows={2} value={text} spellCheck lang={note ? undefined : spoken} aria-label={label} placeholder={label}
          aria-autocomplete="list" aria-controls={responses.open && responses.found.length > 0 ? responsesId : undefined}
          aria-activedescendant={responses.open && responses.found[responses.at] ? responseId(responses.found[responses.at]!) : undefined}
          onChange={(e) => onChange(e.currentTarget.value)} onKeyDown={onKeyDown} onSelect={onSelect} onBlur={responses.close}
          onPaste={onPaste}
        />
        <div className="composer-tools">
          <Tool label={t('desk.responses')} keys={keyTable.respond.shown} onClick={responses.ask}>
            <IconMessage2Bolt size={18} aria-hidden="true" />
          </Tool>
          <Emoji button={emoji} keys={keyTable.emoji.shown} pick={put} />
          {attach.allowed && (
            <Tool label={note ? t('desk.attach_not_in_note') : t('desk.attach')} keys={keyTable.attach.shown} disabled={note} onClick={pick}>
              <IconPaperclip size={18} aria-hidden="true" />
            </Tool>
          )}
          <Tool label={note ? t('desk.page_not_in_note') : t('desk.page')} keys={keyTable.page.shown} disabled={note} onClick={() => setDialog('page')}>
            <IconWorldShare size={18} aria-hidden="true" />
          </Tool>
          <Button size="sm" className="composer-send" disabled={text.trim() === '' || left < 0} onClick={submit}>
            {note ? t('desk.send_note') : t('desk.send')}
          </Button>
        </div>
      </div>
      <input
        ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} accept={attach.accept}
        onChange={(e) => {
          attach.send([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = '';
          area.current?.focus();
        }}
      />
      {dialog === 'page' && <PageDialog contact={contact} close={() => setDialog(undefined)} />}
      {dialog === 'responses' && <ManageResponses close={() => setDialog(undefined)} />}
    </div>
  );
}

function Tool({ label, keys, disabled, onClick, children }: { label: string; keys: string; disabled?: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="tool" aria-label={label} title={`${label} (${keys})`} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}
