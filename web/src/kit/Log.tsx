import { IconArrowDown } from '@tabler/icons-react';
import { Fragment, startTransition, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type Ref } from 'react';
import type { Conversation, Message } from '../live/frames';
import { serverNow } from '../live/clock';
import { Entry, UnsentEntry, type Emoticons, type Unsent } from './Entry';
import './Log.css';
import { Empty } from './states';
import { dayName, useTexts } from './texts';

/** What a log does when it is asked to. */
export interface LogHandle {
  /** Goes to the latest message. */
  latest(): void;
}

interface Props {
  contact: string;
  conversation: Conversation;
  customer: string;
  pending?: readonly Unsent[];
  retry?: (clientId: string) => void;
  drop?: (clientId: string) => void;
  emoticons?: Emoticons;
  /** What I had read when I came: new messages behind it stand under a line. */
  readUpTo?: number;
  /** Shown behind the messages: files on their way. */
  behind?: ReactNode;
  /** What agents whisper is shown elsewhere. */
  apart?: boolean;
  ref?: Ref<LogHandle>;
}

interface Place {
  atEnd: boolean;
  top: number;
}

/** Where each conversation was left. What was said above never changes, so the place is counted from the top. */
const places = new Map<string, Place>();
/** So near the end one reads along. */
const near = 40;
/** So far from it one is offered the way back. */
const far = 240;
/** So many of the latest are drawn at once: a screen's worth. The earlier ones follow when the browser has time. */
const firstDrawn = 30;
const restAfter = 200;

/**
 * What was said. It stays at its end while one is there, keeps its place when one
 * has scrolled up, and says how much came meanwhile.
 */
export function Log({ contact, conversation, customer, pending = [], retry, drop, emoticons, readUpTo, behind, apart = false, ref }: Props) {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const [below, setBelow] = useState(0);
  const { last } = conversation;
  const messages = useMemo(
    () => (apart ? conversation.messages.filter((m) => m.kind !== 'whisper') : conversation.messages), [apart, conversation.messages],
  );
  const seen = useRef(last);
  const [from, setFrom] = useState(() => (places.get(contact)?.atEnd === false ? 0 : Math.max(0, messages.length - firstDrawn)));
  const height = useRef(0);

  useEffect(() => {
    if (from === 0) return;
    const timer = setTimeout(() => {
      height.current = box.current?.scrollHeight ?? 0;
      startTransition(() => setFrom(0));
    }, restAfter);
    return () => clearTimeout(timer);
  }, [from]);

  // What is drawn above pushes nothing down.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && height.current > 0 && !atEnd.current) element.scrollTop += element.scrollHeight - height.current;
    height.current = 0;
  }, [from]);

  useLayoutEffect(() => {
    const place = places.get(contact);
    if (!box.current || !place || place.atEnd) return;
    atEnd.current = false;
    box.current.scrollTop = place.top;
  }, [contact]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
      seen.current = last;
      setBelow(0);
    } else {
      setBelow(messages.filter((m) => m.seq > seen.current && (m.kind === 'text' || m.kind === 'file')).length);
    }
  }, [messages, last, pending.length, behind]);

  // The composer grows, a bar comes or goes, a line wraps anew: whoever is at the end stays there.
  useEffect(() => {
    const element = box.current;
    if (!element || !inner.current) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(inner.current);
    return () => observer.disconnect();
  }, []);

  function onScroll(): void {
    const element = box.current!;
    const left = element.scrollHeight - element.clientHeight - element.scrollTop;
    atEnd.current = left < near;
    places.set(contact, { atEnd: atEnd.current, top: element.scrollTop });
    setAway(left > far);
    if (atEnd.current) {
      seen.current = last;
      setBelow(0);
    }
  }

  function latest(): void {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  }
  useImperativeHandle(ref, () => ({ latest }));

  const firstNew = readUpTo === undefined ? undefined : messages.find((m) => m.seq > readUpTo && m.author === 'customer' && m.kind !== 'void');
  const split = firstNew && firstNew.seq > 1 && messages.some((m) => m.seq <= readUpTo! && m.author === 'agent') ? firstNew.seq : 0;
  return (
    <div className="log-frame">
      <div className="log" ref={box} role="log" aria-label={t('app.messages')} tabIndex={0} onScroll={onScroll}>
        <div ref={inner}>
          {messages.length === 0 && pending.length === 0 && <Empty late title={t('app.no_messages')} />}
          {messages.map((m, i) => i >= from && (
            <Fragment key={m.seq}>
              {newDay(messages[i - 1], m) && <div className="log-day">{dayName(m.at)}</div>}
              {m.seq === split && <div className="log-new">{t('app.new_from_here')}</div>}
              <Entry
                contact={contact} message={m} before={m.seq === split ? undefined : messages[i - 1]} customer={customer}
                read={m.seq <= conversation.customerRead} emoticons={emoticons}
              />
            </Fragment>
          ))}
          {pending.map((m) => (
            <UnsentEntry key={m.clientId} message={m} retry={retry} drop={drop} />
          ))}
          {behind}
          <Typing until={conversation.typingUntil} typed={conversation.typed} customer={customer} />
        </div>
      </div>
      {(below > 0 || away) && (
        <button type="button" className="log-below" onClick={latest}>
          <IconArrowDown size={14} aria-hidden="true" /> {below > 0 ? t('app.new_messages', { count: below }) : t('app.latest')}
        </button>
      )}
    </div>
  );
}

function newDay(before: Message | undefined, now: Message): boolean {
  if (!before) return true;
  const [a, b] = [new Date(before.at), new Date(now.at)];
  return a.getDate() !== b.getDate() || now.at - before.at > 86_400_000;
}

/** That the customer types, and what, where the company lets agents see it. */
function Typing({ until, typed, customer }: { until: number; typed: string; customer: string }) {
  const t = useTexts();
  const [, draw] = useState(0);
  const left = until - serverNow();
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => draw((n) => n + 1), left);
    return () => clearTimeout(timer);
  }, [left]);
  // The line is always there, so that nothing moves when somebody begins to type.
  return (
    <div className="log-typing">
      {left > 0 ? t('app.typing', { name: customer }) : ' '}
      {left > 0 && typed && <div className="log-typed">{typed}</div>}
    </div>
  );
}
