import { IconHandGrab, IconMailPlus, IconPencil, IconUserOff } from '@tabler/icons-react';
import { memo, useMemo, useRef, useState } from 'react';
import type { Contact } from '../api/types';
import { keyTable } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { Empty } from '../kit/states';
import { Elapsed, Remaining, useNow } from '../kit/time';
import { useTexts } from '../kit/texts';
import './ContactList.css';
import { useTyped } from './drafts';
import { Medium } from './Medium';
import { byNeed, held, need, noTalk, type Need, type Talk } from './needs';

interface Props {
  contacts: readonly Contact[];
  talks: ReadonlyMap<string, Talk>;
  current: string | undefined;
  choose: (id: string) => void;
  /** Shows the contacts that one may pick; undefined where no queue permits that. */
  pick?: () => void;
  waiting: number;
  /** Writes a new e-mail; undefined for who serves none. */
  write?: (() => void) | undefined;
}

/** My contacts in the order of need; whoever points at the list, or walks it, finds each where it was. */
export function useOrder(contacts: readonly Contact[], talks: ReadonlyMap<string, Talk>, places: readonly string[] | undefined): Contact[] {
  return useMemo(() => held(byNeed(contacts, (id) => talks.get(id) ?? noTalk), places), [contacts, talks, places]);
}

/** My contacts: what needs me first is on top. While the pointer or the focus is here they keep their places. */
export function ContactList({ contacts, talks, current, choose, pick, waiting, write }: Props) {
  const t = useTexts();
  const [places, setPlaces] = useState<string[]>();
  const within = useRef({ pointer: false, focus: false });
  const shown = useOrder(contacts, talks, places);

  function hold(by: 'pointer' | 'focus', on: boolean): void {
    within.current[by] = on;
    const { pointer, focus } = within.current;
    setPlaces((now) => (pointer || focus ? (now ?? shown.map((c) => c.id)) : undefined));
  }

  return (
    <div className="mine">
      <h2>
        {t('desk.mine')} <span className="figures">{contacts.length}</span>
      </h2>
      <div
        className="mine-list" onPointerEnter={() => hold('pointer', true)} onPointerLeave={() => hold('pointer', false)}
        onFocus={() => hold('focus', true)} onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && hold('focus', false)}
      >
        {contacts.length === 0 ? (
          <Empty title={t('desk.none')}>{t('desk.none_more')}</Empty>
        ) : (
          <ul>
            {shown.map((contact) => (
              <li key={contact.id}>
                <Item contact={contact} said={talks.get(contact.id) ?? noTalk} current={contact.id === current} choose={choose} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {write && (
        <button type="button" className="mine-pick" onClick={write}>
          <IconMailPlus size={17} aria-hidden="true" />
          {t('mail.new')}
        </button>
      )}
      {pick && (
        <button type="button" className="mine-pick" onClick={pick}>
          <IconHandGrab size={17} aria-hidden="true" />
          {t('desk.pick')}
          <span className="figures">{waiting}</span>
          <Kbd keys={keyTable.pick.shown} />
        </button>
      )}
    </div>
  );
}

interface ItemProps {
  contact: Contact;
  said: Talk;
  current: boolean;
  choose: (id: string) => void;
}

const Item = memo(function Item({ contact, said, current, choose }: ItemProps) {
  const t = useTexts();
  const typed = useTyped(contact.id);
  const draft = typed.text || typed.note;
  const what = need(contact, said);
  return (
    <button
      type="button" className="item" aria-current={current ? 'true' : undefined} data-need={what} data-unread={said.unread > 0}
      onClick={() => choose(contact.id)}
    >
      <Medium medium={contact.medium} />
      <span className="item-name">{contact.name || t('desk.customer')}</span>
      <span className="item-due">
        <Due contact={contact} said={said} what={what} />
      </span>
      <span className="item-line">
        {draft && !current ? (
          <>
            <IconPencil size={12} role="img" aria-label={t('desk.draft')} /> {draft}
          </>
        ) : (
          <Preview said={said} caption={contact.caption} />
        )}
      </span>
      {said.unread > 0 && (
        <span className="unread">
          {said.unread}
          <span className="unseen"> {t('desk.unread')}</span>
        </span>
      )}
      <span className="item-queue">{contact.role && contact.role !== 'owner' ? t(`desk.role_${contact.role}`) : contact.queue_name}</span>
    </button>
  );
});

/** What is due at a contact, and the time that says how much. */
function Due({ contact, said, what }: { contact: Contact; said: Talk; what: Need }) {
  const t = useTexts();
  switch (what) {
    case 'wrap_up':
      return (
        <>
          <span className="tag tag-warn">{t('desk.state_wrap_up')}</span>
          {contact.deadline_at ? <Remaining until={contact.deadline_at} /> : null}
        </>
      );
    case 'interrupted':
      return <span className="tag">{t('desk.state_interrupted')}</span>;
    case 'lost':
      return (
        <span className="tag tag-warn" title={t('desk.customer_gone')}>
          <IconUserOff size={12} role="img" aria-label={t('desk.customer_gone')} /> <Remaining until={contact.customer_grace_ends_at ?? 0} />
        </span>
      );
    case 'answer':
      return (
        <span className="item-waits" title={t('desk.waits_for_answer')}>
          <span className="unseen">{t('desk.waits_for_answer')} </span>
          <Elapsed since={said.waits} />
        </span>
      );
    default:
      return (
        <span className="item-since" title={t('desk.with_you')}>
          <span className="unseen">{t('desk.with_you')} </span>
          <Elapsed since={contact.accepted_at ?? contact.since} />
        </span>
      );
  }
}

/** The last words, or that the customer is just typing. */
function Preview({ said, caption }: { said: Talk; caption: string }) {
  return said.typingUntil > 0 ? <WhileTyping said={said} caption={caption} /> : <>{said.last || caption}</>;
}

function WhileTyping({ said, caption }: { said: Talk; caption: string }) {
  const t = useTexts();
  const now = useNow();
  return said.typingUntil > now ? <em>{t('desk.types')}</em> : <>{said.last || caption}</>;
}
