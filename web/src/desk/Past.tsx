import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import { Dialog } from '../kit/Dialog';
import { Log } from '../kit/Log';
import { Path } from '../kit/Path';
import { Failed, Loading } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { noConversation, type Conversation, type Message } from '../live/frames';
import { pastQuery } from './customers';
import { Medium } from './Medium';
import { reasonsQuery } from './queries';
import type { PastContact } from './types';

/** What a customer was here for before: newest first, over all media, page by page. */
export function Past({ customer, current }: { customer: string; current: string }) {
  const t = useTexts();
  const past = useInfiniteQuery(pastQuery(customer));
  const reasons = useQuery(reasonsQuery).data;
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
                <span className="past-what">{p.caption || p.queue}</span>
                <time>{dateTime(p.at)}</time>
                <span className="past-more">
                  {[p.queue, p.agent, reasons?.find((r) => r.id === p.disposition)?.name ?? ''].filter(Boolean).join(' · ')}
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
      {shown && <PastDialog contact={shown} close={() => show(undefined)} />}
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

function PastDialog({ contact, close }: { contact: PastContact; close: () => void }) {
  const t = useTexts();
  const id = contact.contact;
  const conversation = useQuery({ queryKey: ['past-conversation', id], queryFn: () => wholeConversation(id), staleTime: Infinity });
  const facts = useQuery({
    queryKey: ['facts', id],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/facts', { params: { path: { id } } }))).items,
  });
  const error = conversation.error ?? facts.error;
  return (
    <Dialog title={`${contact.caption || contact.queue} · ${dateTime(contact.at)}`} size={820} close={close}>
      <div className="past-whole">
        {error ? (
          <Failed fault={asFault(error)} again={() => (void conversation.refetch(), void facts.refetch())} />
        ) : (
          <>
            {conversation.data ? <Log contact={id} conversation={conversation.data} customer={t('desk.customer')} /> : <Loading />}
            <div className="past-path">{facts.data ? <Path facts={facts.data} /> : <Loading />}</div>
          </>
        )}
      </div>
    </Dialog>
  );
}
