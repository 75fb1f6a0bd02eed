import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChecks, IconClock, IconEyeOff, IconNote, IconWorldShare } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { Fault } from '../api/client';
import type { Message } from '../live/frames';
import { Attachments } from './Attachments';
import { clockTime, sentence, useTexts, type Key } from './texts';
import { useNow } from './time';

/** A message of mine on its way. */
export interface Unsent {
  clientId: string;
  kind: string;
  text: string;
  at: number;
  fault?: Fault;
}

/** Signs that stand for an emoji in the customer's chat language: code to what it shows. */
export type Emoticons = ReadonlyMap<string, string>;

/** Messages of one person that follow each other so closely stand under one name. */
const together = 120_000;
/** What people say to each other; everything else is a line of the system's. */
const spoken = new Set(['text', 'note', 'file', 'page', 'whisper', 'mail', 'mail_file', 'bounce', 'mail_back']);
/** What customers do not see. */
const among = new Set(['note', 'whisper', 'mail_file', 'bounce', 'mail_back']);

interface EntryProps {
  contact: string;
  message: Message;
  before: Message | undefined;
  customer: string;
  read: boolean;
  emoticons: Emoticons | undefined;
}

/** One message. It is drawn again only when something of it has changed. */
export const Entry = memo(function Entry({ contact, message: m, before, customer, read, emoticons }: EntryProps) {
  const t = useTexts();
  if (m.kind === 'void') return null; // a number without a message
  if (!spoken.has(m.kind)) return <Line message={m} customer={customer} />;
  const follows = before?.author === m.author && before.kind !== 'void' && spoken.has(before.kind)
    && (among.has(before.kind) ? before.kind : '') === (among.has(m.kind) ? m.kind : '') && before.by === m.by && m.at - before.at < together;
  return (
    <div className={`said said-${m.author}`} data-kind={m.kind} data-follows={follows}>
      {!follows && (
        <div className="said-by">
          {m.kind === 'note' && (
            <span className="said-note">
              <IconNote size={12} aria-hidden="true" /> {t('app.note')}
            </span>
          )}
          {m.kind === 'whisper' && (
            <span className="said-aside">
              <IconEyeOff size={12} aria-hidden="true" /> {t('app.whisper')}
            </span>
          )}
          <strong>{m.author === 'customer' ? customer : m.name}</strong> <time>{clockTime(m.at)}</time>
        </div>
      )}
      {m.subject && <strong className="said-text">{m.subject}</strong>}
      {m.attachments && m.attachments.length > 0
        ? <Attachments contact={contact} files={m.attachments} />
        : <Said kind={m.kind} text={m.text} emoticons={emoticons} />}
      {m.author === 'agent' && !among.has(m.kind) && (
        <span className="said-mark" title={read ? t('app.read') : t('app.sent')}>
          {read ? <IconChecks size={13} aria-hidden="true" /> : <IconCheck size={13} aria-hidden="true" />}
          <span className="unseen">{read ? t('app.read') : t('app.sent')}</span>
        </span>
      )}
    </div>
  );
});

function Said({ kind, text, emoticons }: { kind: string; text: string; emoticons?: Emoticons }) {
  const t = useTexts();
  if (text === '') return null;
  if (kind === 'page') {
    return (
      <div className="said-text said-page">
        <span className="said-page-of">
          <IconWorldShare size={14} aria-hidden="true" /> {t('app.page_sent')}
        </span>
        {links(text)}
      </div>
    );
  }
  return <div className="said-text">{links(kind === 'text' ? withEmoticons(text, emoticons) : text)}</div>;
}

/** What the system says between the messages. A newer server's kinds show their text. */
function Line({ message: m, customer }: { message: Message; customer: string }) {
  const t = useTexts();
  const key = lineKey(m);
  const line = t(key, { name: m.name || customer });
  return (
    <div className="log-line">
      {line === key ? m.text || m.kind : line} · <time>{clockTime(m.at)}</time>
      {(m.kind === 'transferred' || m.kind === 'invited') && m.text && <div className="log-line-note">{m.text}</div>}
    </div>
  );
}

/** The sentence of a line. What happens beside the owner is told by its event and role. */
function lineKey(m: Message): Key {
  if (m.kind !== 'beside') return `app.line_${m.kind}` as Key;
  try {
    const { event, role } = JSON.parse(m.text) as { event: string; role: string };
    const what = event === 'role' ? 'joined' : event;
    return (what === 'joined' || what === 'left' ? `app.line_${what}_${role}` : `app.line_invitation_${what}`) as Key;
  } catch {
    return 'app.line_beside';
  }
}

/** A message of mine that the server has not shown yet: on its way, or refused with what one may do. */
export function UnsentEntry({ message: m, retry, drop }: { message: Unsent; retry?: (clientId: string) => void; drop?: (clientId: string) => void }) {
  const t = useTexts();
  return (
    <div className="said said-agent" data-kind={m.kind}>
      <Said kind={m.kind} text={m.text} />
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

/** Puts the emoji in the place of each emoticon that stands by itself. */
export function withEmoticons(text: string, emoticons: Emoticons | undefined): string {
  if (!emoticons || emoticons.size === 0) return text;
  return text.replace(/\S+/g, (word) => emoticons.get(word) ?? word);
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
