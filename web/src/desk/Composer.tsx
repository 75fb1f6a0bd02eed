import { Button, SegmentedControl } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Contact } from '../api/types';
import { useLive } from '../app/live';
import { newId } from '../kit/id';
import { useKeys } from '../kit/keys';
import { useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import './Composer.css';
import { setDraft, useDraft } from './drafts';
import { send } from './sending';

/** What the API takes in one message. */
const textMax = 4000;
/** Typing is told at most so often. */
const typingEvery = 3_000;

/** Writes to the customer, or a note to colleagues, which looks different in everything. */
export function Composer({ contact }: { contact: Contact }) {
  const t = useTexts();
  const { feed } = useLive();
  const text = useDraft(contact.id);
  const [note, setNote] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const told = useRef(0);
  useKeys({ note: () => setNote((n) => !n) });

  useEffect(() => {
    area.current?.focus();
  }, []);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, 200)}px`;
  }, [text]);

  function submit(): void {
    const ready = text.trim();
    if (ready === '' || ready.length > textMax) return;
    send({ clientId: newId(), contact: contact.id, kind: note ? 'note' : 'text', text: ready, at: serverNow() });
    setDraft(contact.id, '');
    setNote(false);
    area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter that ends the composition of a sign is not yet Enter.
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return;
    if (text.trim() === '') return;
    event.preventDefault();
    submit();
  }

  function onChange(value: string): void {
    setDraft(contact.id, value);
    const now = Date.now();
    if (!note && value !== '' && now - told.current > typingEvery) {
      told.current = now;
      feed.typing(contact.id);
    }
  }

  const left = textMax - text.trim().length;
  return (
    <div className="composer" data-note={note}>
      <div className="composer-top">
        <SegmentedControl
          size="xs" aria-label={t('desk.write_to')} value={note ? 'note' : 'text'} onChange={(v) => setNote(v === 'note')}
          data={[
            { value: 'text', label: t('desk.message') },
            { value: 'note', label: t('desk.note') },
          ]}
        />
        <span className="composer-hint">{note ? t('desk.note_hint') : t('desk.message_hint')}</span>
        {left < 300 && (
          <span className={left < 0 ? 'composer-left over figures' : 'composer-left figures'} role={left < 0 ? 'alert' : undefined}>
            {t('desk.left', { count: left })}
          </span>
        )}
      </div>
      <div className="composer-row">
        <textarea
          ref={area} rows={2} value={text} spellCheck aria-label={note ? t('desk.note_label') : t('desk.message_label')}
          placeholder={note ? t('desk.note_label') : t('desk.message_label')} onChange={(e) => onChange(e.currentTarget.value)} onKeyDown={onKeyDown}
        />
        <Button size="sm" color={note ? 'yellow.9' : undefined} disabled={text.trim() === '' || left < 0} onClick={submit}>
          {note ? t('desk.send_note') : t('desk.send')}
        </Button>
      </div>
    </div>
  );
}
