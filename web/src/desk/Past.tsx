import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import { ContactData } from '../kit/ContactData';
import { Dialog } from '../kit/Dialog';
import { Log } from '../kit/Log';
import { Path } from '../kit/Path';
import { Failed, Loading } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { MailLog } from '../mail/MailLog';
import { noConversation, type Conversation, type Message } from '../live/frames';
import { pastQuery } from './customers';
import { converses, Medium } from './Medium';
import { TaskPane } from './TaskPane';
import type { PastContact } from './types';

/** What a customer was here for before: newest first, over all media, page by page. */
export function Past({ customer, current }: { customer: string; current: string }) {
  const t = useTexts();
  const past = useInfiniteQuery(pastQuery(customer));
  const [shown, show] = useState<PastContact>();
  const all = useMemo(() => (past.data?.pages ?? []).flatMap((p) => p.items).filter((p) => p.contact !== current), [past.data, current]);
  return (
    <section className="past" aria-label={t('desk.past')}>
      <h3>{t('desk.past')}</h3>
      {past.error && !past.data ? (
        <Failed fault={asFault(past.error)} again={() => void past.refetch()} />
      ) : !past.data ? (
        <Loading />
      ) : all.length === 0 ? (
        <p className="past-none">{t('desk.past_none')}</p>
      ) : (
        <ul>
          {all.map((p) => (
            <li key={p.contact}>
              <button type="button" className="past-item" onClick={() => show(p)}>
                <Medium medium={p.medium} size={16} />
                <span className="past-what">{p.caption || p.queue_name}</span>
                <time>{dateTime(p.at)}</time>
                <span className="past-more">
                  {[p.queue_name, p.agent_name, p.disposition_name].filter(Boolean).join(' · ')}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {past.hasNextPage && (
        <button type="button" className="link" disabled={past.isFetchingNextPage} onClick={() => void past.fetchNextPage()}>
          {t('desk.past_more')}
        </button>
      )}
      {shown && <PastDialog id={shown.contact} close={() => show(undefined)} />}
    </section>
  );
}

/** At most so many messages of a past conversation are shown. */
const messagesMax = 5_000;

async function wholeConversation(id: string): Promise<Conversation> {
  const messages: Message[] = [];
  for (let after = 0; messages.length < messagesMax; ) {
    const page = await answer(api.GET('/api/v1/contacts/{id}/messages', { params: { path: { id }, query: { after, limit: 500 } } }));
    messages.push(...page.items);
    if (!page.next) break;
    after = Number(page.next);
  }
  return { ...noConversation, messages, last: messages.at(-1)?.seq ?? 0, customerRead: Number.MAX_SAFE_INTEGER };
}

const contactQuery = (id: string) => ({ queryKey: ['contact', id], queryFn: () => answer(api.GET('/api/v1/contacts/{id}', { params: { path: { id } } })) });

/** A contact that is not on the desk, open elsewhere or ended: what was said, and which way it came. */
export function PastDialog({ id, close }: { id: string; close: () => void }) {
  const t = useTexts();
  const contact = useQuery(contactQuery(id));
  const name = contact.data?.name || t('desk.customer');
  return (
    <Dialog title={contact.data ? `${name} · ${dateTime(contact.data.at)}` : t('desk.past')} size={860} close={close}>
      <PastWhole id={id} />
    </Dialog>
  );
}

/** What was said in a contact, and which way it came. */
export function PastWhole({ id }: { id: string }) {
  const t = useTexts();
  const contact = useQuery(contactQuery(id));
  const talks = contact.data && converses(contact.data.medium);
  const conversation = useQuery({ queryKey: ['past-conversation', id], queryFn: () => wholeConversation(id), enabled: talks === true });
  const facts = useQuery({
    queryKey: ['facts', id],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/facts', { params: { path: { id } } }))).items,
  });
  const error = contact.error ?? conversation.error ?? facts.error;
  const name = contact.data?.name || t('desk.customer');
  return (
    <div className="past-whole">
      {error ? (
        <Failed fault={asFault(error)} again={() => (void contact.refetch(), void conversation.refetch(), void facts.refetch())} />
      ) : !contact.data || !facts.data || (talks && !conversation.data) ? (
        <Loading />
      ) : (
        <>
          {!conversation.data || (contact.data.medium === 'email' && conversation.data.messages.length === 0) ? (
            <TaskPane contact={contact.data} ended />
          ) : contact.data.medium === 'email' ? (
            <MailLog contact={id} conversation={conversation.data} customer={name} />
          ) : (
            <Log contact={id} conversation={conversation.data} customer={name} />
          )}
          <div className="past-path">
            {conversation.data && <ContactData contact={contact.data} />}
            <Path facts={facts.data} />
          </div>
        </>
      )}
    </div>
  );
}
