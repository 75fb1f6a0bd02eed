import { Button } from '@mantine/core';
import { IconAlertTriangle, IconArrowDown, IconCheck, IconChecks, IconClock, IconNote } from '@tabler/icons-react';
import { Fragment, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { Fault } from '../api/client';
import type { Conversation, Message } from '../live/frames';
import { serverNow } from '../live/clock';
import './Log.css';
import { Empty } from './states';
import { clockTime, dateTime, sentence, useTexts, type Key } from './texts';
import { useNow } from './time';

/** A message of mine on its way. */
export interface Unsent {
  clientId: string;
  kind: string;
  text: string;
  at: number;
  fault?: Fault;
}

interface Props {
  contact: string;
  conversation: Conversation;
  customer: string;
  pending?: readonly Unsent[];
  retry?: (clientId: string) => void;
  drop?: (clientId: string) => void;
}

/** Where each conversation was left, as the distance from its end. */
const places = new Map<string, number>();
/** So near the end one reads along. */
const near = 40;

/**
 * What was said. It stays at its end while one is there, keeps its place when one
 * has scrolled up, and says how much came meanwhile.
 */
export function Log({ contact, conversation, customer, pending = [], retry, drop }: Props) {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(0);
  const { messages, last } = conversation;
  const seen = useRef(last);

  useLayoutEffect(() => {
    const place = places.get(contact);
    if (box.current && place !== undefined) box.current.scrollTop = box.current.scrollHeight - box.current.clientHeight - place;
  }, [contact]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
      seen.current = last;
      setBelow(0);
    } else {
      setBelow(messages.filter((m) => m.seq > seen.current && m.kind === 'text').length);
    }
  }, [messages, last, pending.length]);

  // The composer grows, a bar comes or goes: whoever is at the end stays there.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  function onScroll(): void {
    const element = box.current!;
    const left = element.scrollHeight - element.clientHeight - element.scrollTop;
    atEnd.current = left < near;
    places.set(contact, atEnd.current ? 0 : left);
    if (atEnd.current) {
      seen.current = last;
      setBelow(0);
    }
  }

  return (
    <div className="log-frame">
      <div className="log" ref={box} role="log" aria-label={t('app.messages')} tabIndex={0} onScroll={onScroll}>
        {messages.length === 0 && pending.length === 0 && <Empty late title={t('app.no_messages')} />}
        {messages.map((m, i) => (
          <Fragment key={m.seq}>
            {newDay(messages[i - 1], m) && <div className="log-line">{dateTime(m.at)}</div>}
            <Entry message={m} before={messages[i - 1]} customer={customer} read={m.seq <= conversation.customerRead} />
          </Fragment>
        ))}
        {pending.map((m) => (
          <div key={m.clientId} className="said said-agent" data-kind={m.kind}>
            <div className="said-text">{m.text}</div>
            {m.fault ? (
              <div className="said-failed" role="alert">
                <IconAlertTriangle size={14} aria-hidden="true" />
                <span>{sentence(m.fault)}</span>
                {retry && (
                  <Button size="compact-xs" variant="default" onClick={() => retry(m.clientId)}>
                    {t('app.again')}
                  </Button>
                )}
                {drop && (
                  <Button size="compact-xs" variant="default" onClick={() => drop(m.clientId)}>
                    {t('app.discard')}
                  </Button>
                )}
              </div>
            ) : (
              <Sending at={m.at} />
            )}
          </div>
        ))}
        <Typing until={conversation.typingUntil} customer={customer} />
      </div>
      {below > 0 && (
        <button
          type="button" className="log-below"
          onClick={() => {
            box.current!.scrollTop = box.current!.scrollHeight;
          }}
        >
          <IconArrowDown size={14} aria-hidden="true" /> {t('app.new_messages', { count: below })}
        </button>
      )}
    </div>
  );
}

function newDay(before: Message | undefined, now: Message): boolean {
  return !!before && new Date(before.at).toDateString() !== new Date(now.at).toDateString();
}

function Entry({ message: m, before, customer, read }: { message: Message; before: Message | undefined; customer: string; read: boolean }) {
  const t = useTexts();
  if (m.kind === 'void') return null; // a number without a message
  if (m.kind !== 'text' && m.kind !== 'note') {
    const key = `app.line_${m.kind}` as Key;
    const line = t(key, { name: m.name || customer });
    return (
      <div className="log-line">
        {line === key ? m.text : line} · <time>{clockTime(m.at)}</time>
        {m.kind === 'transferred' && m.text && <div>{m.text}</div>}
      </div>
    );
  }
  const follows = before?.author === m.author && before.kind === m.kind && before.by === m.by && m.at - before.at < 120_000;
  const name = m.author === 'customer' ? customer : m.name;
  return (
    <div className={`said said-${m.author}`} data-kind={m.kind} data-follows={follows}>
      {!follows && (
        <div className="said-by">
          {m.kind === 'note' && (
            <span className="said-note">
              <IconNote size={12} aria-hidden="true" /> {t('app.note')}
            </span>
          )}
          <strong>{name}</strong> <time>{clockTime(m.at)}</time>
        </div>
      )}
      <div className="said-text">{links(m.text)}</div>
      {m.author === 'agent' && m.kind === 'text' && (
        <span className="said-mark" title={read ? t('app.read') : t('app.sent')}>
          {read ? <IconChecks size={13} aria-hidden="true" /> : <IconCheck size={13} aria-hidden="true" />}
          <span className="unseen">{read ? t('app.read') : t('app.sent')}</span>
        </span>
      )}
    </div>
  );
}

/** A message that takes longer than usual says so. */
function Sending({ at }: { at: number }) {
  const t = useTexts();
  const now = useNow();
  const late = now - at > 2_000;
  return (
    <span className={late ? 'said-mark said-late' : 'said-mark'}>
      <IconClock size={13} aria-hidden="true" /> {late ? t('app.sending_late') : <span className="unseen">{t('app.sending')}</span>}
    </span>
  );
}

function Typing({ until, customer }: { until: number; customer: string }) {
  const t = useTexts();
  const [, draw] = useState(0);
  const left = until - serverNow();
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => draw((n) => n + 1), left);
    return () => clearTimeout(timer);
  }, [left]);
  // The line is always there, so that nothing moves when somebody begins to type.
  return <div className="log-typing">{left > 0 ? t('app.typing', { name: customer }) : ' '}</div>;
}

/** Makes addresses of the web into links; everything else stays text. */
function links(text: string): ReactNode {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return parts.map((part, i) =>
    i % 2 === 1 ? (
      <a key={i} href={part} target="_blank" rel="noreferrer noopener">
        {part}
      </a>
    ) : (
      part
    ));
}
