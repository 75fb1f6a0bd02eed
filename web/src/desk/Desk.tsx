import { useEffect, useMemo, useRef, useState } from 'react';
import { asFault } from '../api/client';
import type { Contact, Desk } from '../api/types';
import { useConversations } from '../app/live';
import { closedDomains } from '../kit/names';
import { keyTable, useKeys } from '../kit/keys';
import { Empty, Failed, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { ContactList } from './ContactList';
import { ConversationPane } from './ConversationPane';
import './Desk.css';
import { Details } from './Details';
import { forgetDraft } from './drafts';
import { OfferCard } from './OfferCard';
import { useDesk } from './queries';

const detailsKey = 'portico.details';

/** The agent's desktop: what is mine, the conversation, the customer. */
export default function DeskPage() {
  const t = useTexts();
  const { data: desk, error, refetch } = useDesk();
  const [chosen, choose] = useState<string>();
  const [details, setDetails] = useState(() => localStorage.getItem(detailsKey) !== 'closed');

  const offer = desk?.contacts.find((c) => c.state === 'offered');
  const mine = useMemo(() => (desk?.contacts ?? []).filter((c) => c.state !== 'offered'), [desk]);
  useConversations(mine.map((c) => c.id));
  useForgetGone(mine);

  // A contact that has just been accepted is what one wants to see.
  const known = useRef<Set<string> | undefined>(undefined);
  useEffect(() => {
    if (!desk) return;
    const before = known.current;
    known.current = new Set(mine.map((c) => c.id));
    const fresh = before && mine.find((c) => !before.has(c.id));
    if (fresh) choose(fresh.id);
  }, [desk, mine]);

  const current = mine.find((c) => c.id === chosen) ?? mine[0];

  function step(by: number): void {
    const at = mine.findIndex((c) => c.id === current?.id);
    const next = mine[(at + by + mine.length) % mine.length];
    if (next) choose(next.id);
  }

  function toggleDetails(): void {
    localStorage.setItem(detailsKey, details ? 'closed' : 'open');
    setDetails(!details);
  }

  useKeys({ next: () => step(1), previous: () => step(-1), details: toggleDetails });

  if (error && !desk) return <Failed fault={asFault(error)} again={() => void refetch()} />;
  if (!desk) return <Loading />;
  return (
    <div className="desk" data-details={details && current ? 'open' : 'closed'}>
      <h1 className="unseen">{t('app.nav_desk')}</h1>
      <aside className="desk-left" aria-label={t('desk.mine')}>
        {offer && <OfferCard key={`${offer.id} ${offer.offer}`} contact={offer} />}
        <ContactList contacts={mine} current={current?.id} choose={choose} />
      </aside>
      <section className="desk-middle" aria-label={t('desk.conversation')}>
        {current ? (
          <ConversationPane key={current.id} contact={current} details={details} toggleDetails={toggleDetails} />
        ) : (
          <Idle desk={desk} />
        )}
      </section>
      {details && current && <Details key={current.id} contact={current} />}
    </div>
  );
}

/** Nothing in hand: why, and which key changes that. */
function Idle({ desk }: { desk: Desk }) {
  const t = useTexts();
  if (desk.contacts.length > 0) return <Empty title={t('desk.idle_offered')}>{t('desk.idle_offered_more')}</Empty>;
  const open = desk.domains.filter((d) => d.available).length;
  if (desk.signed_in && open > 0 && open === desk.domains.length) {
    return <Empty title={t('desk.idle_available')}>{t('desk.idle_available_more')}</Empty>;
  }
  const partly = t('desk.idle_partly', { domains: closedDomains(t, desk.domains) });
  return (
    <Empty title={!desk.signed_in ? t('desk.idle_off') : open > 0 ? partly : t('desk.idle_unavailable')}>
      {t('desk.idle_press')} <kbd>{keyTable.state.shown}</kbd>
    </Empty>
  );
}

/** What was typed for a contact that has left the desk is nobody's any more. */
function useForgetGone(mine: Contact[]): void {
  const before = useRef<string[]>([]);
  useEffect(() => {
    const now = mine.map((c) => c.id);
    for (const id of before.current) if (!now.includes(id)) forgetDraft(id);
    before.current = now;
  }, [mine]);
}
