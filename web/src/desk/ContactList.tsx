import { IconMessageCircle, IconPencil, IconUserOff } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Contact } from '../api/types';
import { useConversation } from '../app/live';
import { Empty } from '../kit/states';
import { Elapsed, Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { waiting } from '../live/attention';
import './ContactList.css';
import { useDraft } from './drafts';
import { useUnread } from './reading';

/** My contacts. The server puts what needs me first on top; while the pointer is here they keep their places. */
export function ContactList({ contacts, current, choose }: { contacts: Contact[]; current: string | undefined; choose: (id: string) => void }) {
  const t = useTexts();
  const [held, hold] = useState<string[]>();
  const shown = useMemo(() => inOrder(contacts, held), [contacts, held]);

  return (
    <div className="mine" onPointerEnter={() => hold(shown.map((c) => c.id))} onPointerLeave={() => hold(undefined)}>
      <h2>
        {t('desk.mine')} <span className="figures">{contacts.length}</span>
      </h2>
      {contacts.length === 0 ? (
        <Empty title={t('desk.none')} />
      ) : (
        <ul>
          {shown.map((contact) => (
            <li key={contact.id}>
              <Item contact={contact} current={contact.id === current} choose={choose} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The held places first; whatever is new comes after them. */
function inOrder(contacts: Contact[], held: string[] | undefined): Contact[] {
  if (!held) return contacts;
  const place = (c: Contact) => (held.includes(c.id) ? held.indexOf(c.id) : held.length);
  return [...contacts].sort((a, b) => place(a) - place(b));
}

function Item({ contact, current, choose }: { contact: Contact; current: boolean; choose: (id: string) => void }) {
  const t = useTexts();
  const conversation = useConversation(contact.id);
  const unread = useUnread(contact.id, conversation);
  const draft = useDraft(contact.id);
  const since = contact.state === 'active' ? waiting(conversation.messages) : 0;
  const last = conversation.messages.findLast((m) => m.kind === 'text');
  const lost = contact.customer_grace_ends_at;
  return (
    <button type="button" className="item" aria-current={current ? 'true' : undefined} data-state={contact.state} onClick={() => choose(contact.id)}>
      <IconMessageCircle size={18} className="item-medium" aria-label={t('desk.chat')} />
      <span className="item-name">{contact.name || t('desk.customer')}</span>
      <span className="item-due">
        {contact.state === 'wrap_up' ? (
          <>
            <span className="tag tag-warn">{t('desk.state_wrap_up')}</span>
            {contact.deadline_at ? <Remaining until={contact.deadline_at} /> : null}
          </>
        ) : contact.state === 'interrupted' ? (
          <span className="tag">{t('desk.state_interrupted')}</span>
        ) : lost ? (
          <span className="tag tag-warn">
            <IconUserOff size={12} aria-hidden="true" /> <Remaining until={lost} />
          </span>
        ) : since > 0 ? (
          <span className="item-waits" title={t('desk.waits_for_answer')}>
            <span className="unseen">{t('desk.waits_for_answer')} </span>
            <Elapsed since={since} />
          </span>
        ) : null}
      </span>
      <span className="item-line">
        {draft ? (
          <>
            <IconPencil size={12} aria-label={t('desk.draft')} /> {draft}
          </>
        ) : (
          (last?.text ?? contact.caption)
        )}
      </span>
      {unread > 0 && (
        <span className="unread">
          {unread}
          <span className="unseen"> {t('desk.unread')}</span>
        </span>
      )}
    </button>
  );
}
