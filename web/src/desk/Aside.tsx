import { Button } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { Contact } from '../api/types';
import { UnsentEntry, type Unsent } from '../kit/Entry';
import { newId } from '../kit/id';
import { keyTable } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { clockTime, useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import type { Conversation } from '../live/frames';
import './Aside.css';
import { useDo } from './do';
import { isHeard, roleIn } from './roles';
import { drop, retry, send } from './sending';
import { setWhisper, useWhisper } from './whispers';

/** What the API takes in one message. */
const textMax = 4000;

/** What the agents of a contact say to each other. It has a text of its own, that goes nowhere else: the customer never sees any of it. */
export function Aside({ contact, conversation, pending }: { contact: Contact; conversation: Conversation; pending: readonly Unsent[] }) {
  const t = useTexts();
  const text = useWhisper(contact.id);
  const area = useRef<HTMLTextAreaElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const said = useMemo(() => conversation.messages.filter((m) => m.kind === 'whisper'), [conversation.messages]);
  const silent = roleIn(contact) === 'monitoring';
  useDo(silent ? {} : { whisper: () => area.current?.focus() });

  useEffect(() => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [said.length, pending.length]);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 120)}px`;
  }, [text]);

  function submit(): void {
    const ready = text.trim();
    if (ready === '' || ready.length > textMax) return;
    send({ clientId: newId(), contact: contact.id, kind: 'whisper', text: ready, at: serverNow() });
    setWhisper(contact.id, '');
    area.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <section className={isHeard(contact) ? 'aside' : 'aside aside-alone'} aria-label={t('desk.aside')}>
      <header className="aside-head">
        <h3>
          <IconEyeOff size={15} aria-hidden="true" /> {t('desk.aside')}
        </h3>
        <span>{t('desk.aside_hint')}</span>
      </header>
      {(said.length > 0 || pending.length > 0) && (
        <div className="aside-said" ref={list} role="log" aria-label={t('desk.aside_said')} tabIndex={0}>
          {said.map((m) => (
            <div key={m.seq}>
              <strong>{m.name}</strong> <time>{clockTime(m.at)}</time> {m.text}
            </div>
          ))}
          {pending.map((m) => (
            <div key={m.clientId}>
              <UnsentEntry message={m} retry={retry} drop={drop} />
            </div>
          ))}
        </div>
      )}
      {silent ? (
        <p className="aside-hint">{t('desk.aside_silent')}</p>
      ) : (
        <div className="aside-write">
          <textarea
            ref={area} rows={1} value={text} maxLength={textMax} spellCheck aria-label={t('desk.whisper_label')} placeholder={t('desk.whisper_label')}
            onChange={(e) => setWhisper(contact.id, e.currentTarget.value)} onKeyDown={onKeyDown}
          />
          <Button size="sm" className="aside-send" disabled={text.trim() === ''} onClick={submit} rightSection={<Kbd keys={keyTable.whisper.shown} />}>
            {t('desk.whisper_send')}
          </Button>
        </div>
      )}
    </section>
  );
}
