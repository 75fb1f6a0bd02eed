import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { asFault } from '../api/client';
import { Entry, UnsentEntry, type Unsent } from '../kit/Entry';
import type { LogHandle } from '../kit/Log';
import { Failed, Loading } from '../kit/states';
import { clockTime, useTexts } from '../kit/texts';
import type { Conversation, Message } from '../live/frames';
import './Mail.css';
import { MailCard } from './MailCard';
import { useMails } from './mails';
import type { Mail } from './types';

interface Props {
  contact: string;
  conversation: Conversation;
  customer: string;
  pending?: readonly Unsent[];
  retry?: (clientId: string) => void;
  drop?: (clientId: string) => void;
  /** What agents whisper is shown elsewhere. */
  apart?: boolean;
  again?: (mail: Mail) => void;
  ref?: Ref<LogHandle>;
}

/** What a contact that is an e-mail holds: its mails, the newest open, with notes and what happened between them. */
export function MailLog({ contact, conversation, customer, pending = [], retry, drop, apart = false, again, ref }: Props) {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const mails = useMails(contact, conversation.last);
  const [turned, turn] = useState<ReadonlyMap<number, boolean>>(new Map());
  const bySeq = useMemo(() => new Map((mails.data ?? []).map((m) => [m.seq, m])), [mails.data]);
  const messages = useMemo(
    // A file that is to go with a mail is shown with it, or where it is written.
    () => conversation.messages.filter((m) => m.kind !== 'mail_file' && !(apart && m.kind === 'whisper')), [apart, conversation.messages],
  );
  const newest = useMemo(() => newestOf(mails.data ?? []), [mails.data]);

  function latest(): void {
    const all = box.current?.querySelectorAll('.mail');
    all?.[all.length - 1]?.scrollIntoView({ block: 'start' });
  }
  useImperativeHandle(ref, () => ({
    latest: () => {
      latest();
      box.current?.focus({ preventScroll: true });
    },
  }));
  const there = mails.data?.length ?? 0;
  useEffect(() => {
    if (there > 1) latest();
  }, [there]);

  if (mails.error && !mails.data) return <Failed fault={asFault(mails.error)} again={() => void mails.refetch()} />;
  if (!mails.data) return <Loading />;
  return (
    <div className="log-frame">
      <div className="log mail-log" ref={box} role="log" aria-label={t('mail.mails')} tabIndex={0}>
        {messages.map((m, i) => {
          const mail = m.kind === 'mail' ? bySeq.get(m.seq) : undefined;
          if (mail) {
            const open = turned.get(m.seq) ?? m.seq >= newest;
            return <MailCard key={m.seq} contact={contact} mail={mail} open={open} toggle={() => turn(new Map(turned).set(m.seq, !open))} again={again} />;
          }
          if (m.kind === 'bounce' || m.kind === 'mail_back') return <Returned key={m.seq} message={m} />;
          return <Entry key={m.seq} contact={contact} message={m} before={messages[i - 1]} customer={customer} read={false} emoticons={undefined} />;
        })}
        {pending.map((m) => (
          <UnsentEntry key={m.clientId} message={m} retry={retry} drop={drop} />
        ))}
      </div>
    </div>
  );
}

/** From which mail on one reads: the last that came, or the only ones that there are. */
function newestOf(mails: readonly Mail[]): number {
  return mails.findLast((m) => m.direction === 'in')?.seq ?? mails.at(-1)?.seq ?? 0;
}

/** A mail that did not arrive, or that a supervisor did not let go. */
function Returned({ message: m }: { message: Message }) {
  const t = useTexts();
  return (
    <div className="mail-returned">
      <strong>
        <IconAlertTriangle size={15} aria-hidden="true" /> {m.kind === 'bounce' ? t('mail.bounced') : t('mail.sent_back')} <time>{clockTime(m.at)}</time>
      </strong>
      <p>{m.text}</p>
    </div>
  );
}
