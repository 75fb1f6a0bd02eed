import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { Medium } from '../desk/Medium';
import { PastDialog } from '../desk/Past';
import { Failed, Loading } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { plainSubject } from './addresses';
import { pieces } from './body';
import './Mail.css';
import type { ThreadContact } from './types';

interface Props {
  contact: Contact;
  /** The one that is on the screen; without it: contact. */
  current?: string;
  /** Shows one in the place of the one that is on the screen; without it: in a dialog. */
  choose?: (id: string) => void;
  /** Begins with everything of the customer. */
  wide?: boolean;
}

/** The contacts of a thread over all media, newest first, with what was written in each. The one that is on the screen is marked. */
export function Thread({ contact, current = contact.id, choose, wide = false }: Props) {
  const t = useTexts();
  const [all, setAll] = useState(wide && !!contact.customer);
  const [shown, show] = useState<string>();
  const pages = useInfiniteQuery({
    queryKey: ['thread', contact.id, contact.customer, all],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/v1/contacts/{id}/thread', { params: { path: { id: contact.id }, query: { after: pageParam || undefined, limit: 10, ...(all ? { all: '1' as const } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 30_000,
    retry: 1,
  });
  const items = useMemo(() => (pages.data?.pages ?? []).flatMap((p) => p.items), [pages.data]);
  return (
    <div className="thread">
      {contact.customer && (
        <label className="thread-all">
          <input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} /> {t('mail.thread_all')}
        </label>
      )}
      {pages.error && !pages.data ? (
        <Failed fault={asFault(pages.error)} again={() => void pages.refetch()} />
      ) : !pages.data ? (
        <Loading />
      ) : (
        <ol className="thread-list">
          {items.map((item) => (
            <li key={item.contact.id} aria-current={item.contact.id === current ? 'true' : undefined}>
              <button type="button" className="thread-item" disabled={item.contact.id === current} onClick={() => (choose ?? show)(item.contact.id)}>
                <Medium medium={item.contact.medium} size={15} />
                <span className="thread-what">{plainSubject(item.contact.caption) || item.contact.queue_name}</span>
                <time>{dateTime(item.contact.at)}</time>
                <span className="thread-who">{[item.contact.queue_name, item.contact.agent_name].filter(Boolean).join(' · ')}</span>
              </button>
              {item.contact.id !== current && <Said item={item} customer={item.contact.name || t('desk.customer')} />}
            </li>
          ))}
        </ol>
      )}
      {pages.data && items.length <= 1 && <p className="past-none">{t('mail.thread_alone')}</p>}
      {pages.hasNextPage && (
        <button type="button" className="link" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('desk.past_more')}
        </button>
      )}
      {shown && <PastDialog id={shown} close={() => show(undefined)} />}
    </div>
  );
}

const spoken = new Set(['text', 'mail', 'note']);
const saidMax = 4;

/** The last that was written in a contact, a few lines of each. */
function Said({ item, customer }: { item: ThreadContact; customer: string }) {
  const last = item.messages.filter((m) => spoken.has(m.kind) && m.text).slice(-saidMax);
  if (last.length === 0) return null;
  return (
    <ul className="thread-said">
      {last.map((m) => (
        <li key={m.seq} data-author={m.author}>
          <strong>{m.author === 'customer' ? customer : m.name}</strong> {fresh(m.text)}
        </li>
      ))}
    </ul>
  );
}

/** The beginning of what was written anew. */
function fresh(text: string): string {
  const all = pieces(text);
  // The line above a quote says whose it is.
  const said = all.flatMap((p, i) => (p.quoted ? [] : [all[i + 1]?.quoted ? p.text.replace(/\n[^\n]*:\s*$/, '') : p.text]));
  const own = (said.join('\n').trim() || text.trim()).replace(/\n\s*\n/g, '\n');
  return own.length > 240 ? `${own.slice(0, 239)}…` : own;
}
