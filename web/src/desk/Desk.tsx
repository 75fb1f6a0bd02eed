import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { asFault } from '../api/client';
import type { Contact, Desk, QueueFigures } from '../api/types';
import { useConversations, useTable } from '../app/live';
import { useCommands, useOpener } from '../kit/commands';
import { closedDomains } from '../kit/names';
import { Kbd } from '../kit/Kbd';
import { keyTable } from '../kit/keys';
import { Empty, Failed, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { forgetMailDraft } from '../mail/drafts';
import { NewMailDialog } from '../mail/NewMailDialog';
import { ContactList, useOrder } from './ContactList';
import { CustomerDialog } from './CustomerCard';
import { ConversationPane } from './ConversationPane';
import './Desk.css';
import { Details } from './Details';
import { useDo } from './do';
import { forgetDraft } from './drafts';
import { converses } from './Medium';
import { useMessageNews } from './news';
import { OfferCard } from './OfferCard';
import { PastDialog } from './Past';
import { PickDialog } from './PickDialog';
import { useDesk, useMe } from './queries';
import { forgetMark } from './reading';
import { isMine, may } from './roles';
import { useTalks } from './talks';
import { setWhisper } from './whispers';

const detailsKey = 'portico.details';

/** The agent's desktop: what is mine, the conversation, the customer. */
export default function DeskPage() {
  const t = useTexts();
  const { data: desk, error, refetch } = useDesk();
  const [chosen, choose] = useState<string>();
  const [details, setDetails] = useState(() => localStorage.getItem(detailsKey) !== 'closed');
  const [picking, setPicking] = useState(false);
  const [found, setFound] = useState(soughtBefore);
  const [writing, setWriting] = useState(false);
  const pickable = usePickable(desk);

  const offers = useMemo(() => (desk?.contacts ?? []).filter((c) => c.state === 'offered'), [desk]);
  const mine = useMemo(() => (desk?.contacts ?? []).filter((c) => c.state !== 'offered'), [desk]);
  // Of an invitation one reads beforehand why one is asked.
  const read = useMemo(() => [...mine, ...offers.filter((c) => !isMine(c))].filter((c) => converses(c.medium)).map((c) => c.id), [mine, offers]);
  useConversations(read);
  useForgetGone(mine);
  const talks = useTalks(mine);
  const order = useOrder(mine, talks, undefined);

  // A contact that has just been accepted is what one wants to see.
  // What another screen led to is shown where it is mine, or I take part in it.
  if (found?.contact && mine.some((c) => c.id === found.contact)) {
    choose(found.contact);
    setFound(undefined);
  }
  const known = useRef<Set<string> | undefined>(undefined);
  useEffect(() => {
    if (!desk) return;
    const before = known.current;
    known.current = new Set(mine.map((c) => c.id));
    const fresh = before && mine.find((c) => !before.has(c.id));
    if (fresh) choose(fresh.id);
  }, [desk, mine]);

  // One stays where one is: only the end of the contact shown leads to another.
  const current = mine.find((c) => c.id === chosen) ?? order[0];
  const shown = current?.id;
  if (shown !== undefined && shown !== chosen) choose(shown);

  useMessageNews(mine, talks, shown, choose);

  // The keys walk in the order in which the contacts came: it does not change under the fingers.
  const walk = useMemo(() => [...mine].sort((a, b) => (a.accepted_at ?? a.since) - (b.accepted_at ?? b.since) || a.id.localeCompare(b.id)), [mine]);
  function step(by: number): void {
    const at = walk.findIndex((c) => c.id === shown);
    const next = walk[(at + by + walk.length) % walk.length];
    if (next) choose(next.id);
  }

  // The conversation is what one waits for; who it is with follows as soon as there is time.
  const beside = useDeferredValue(current);

  const toggleDetails = useCallback(() => {
    setDetails((open) => {
      localStorage.setItem(detailsKey, open ? 'closed' : 'open');
      return !open;
    });
  }, []);

  useOpener({
    contact: (id) => (mine.some((c) => c.id === id) ? choose(id) : setFound({ contact: id })),
    customer: (id) => setFound({ customer: id }),
  });
  const mails = desk?.domains.some((d) => d.domain === 'email') ?? false;
  useCommands(mails ? [{ id: 'new mail', title: t('mail.new_title'), run: () => setWriting(true) }] : []);
  const [neediest] = order;
  useDo({
    ...(mine.length > 1 ? { next: () => step(1), previous: () => step(-1) } : {}),
    ...(neediest ? { needs: () => choose(neediest.id), details: toggleDetails } : {}),
    ...(pickable.length > 0 ? { pick: () => setPicking(true) } : {}),
  });

  if (error && !desk) return <Failed fault={asFault(error)} again={() => void refetch()} />;
  if (!desk) return <Loading />;
  return (
    <div className="desk">
      <h1 className="unseen">{t('app.nav_desk')}</h1>
      <aside className="desk-left" aria-label={t('desk.mine')}>
        <ContactList
          contacts={mine} talks={talks} current={shown} choose={choose} pick={pickable.length > 0 ? () => setPicking(true) : undefined}
          waiting={pickable.reduce((sum, q) => sum + q.waiting, 0)} write={mails ? () => setWriting(true) : undefined}
        />
        {/* Below the list: an offer that comes moves nothing that one is about to press. */}
        {offers.map((offer, i) => (
          <OfferCard key={`${offer.id} ${offer.offer}`} contact={offer} first={i === 0} />
        ))}
      </aside>
      <section className="desk-middle" aria-label={t('desk.conversation')}>
        {current ? <ConversationPane key={current.id} contact={current} details={details} toggleDetails={toggleDetails} /> : <Idle desk={desk} />}
      </section>
      {details && current && beside && <Details key={beside.id} contact={beside} />}
      {found?.contact && <PastDialog id={found.contact} close={() => setFound(undefined)} />}
      {found?.customer && <CustomerDialog id={found.customer} close={() => setFound(undefined)} />}
      {writing && <NewMailDialog close={() => setWriting(false)} done={choose} />}
      {picking && <PickDialog queues={pickable} close={() => setPicking(false)} />}
    </div>
  );
}

interface Sought {
  contact?: string;
  customer?: string;
}

/** What was found in the palette on another screen, which led here. */
function soughtBefore(): Sought | undefined {
  const asked = new URLSearchParams(location.search);
  const [contact, customer] = [asked.get('contact'), asked.get('customer')];
  return contact ? { contact } : customer ? { customer } : undefined;
}

/** The queues of my domains that let agents choose contacts themselves. */
function usePickable(desk: Desk | undefined): QueueFigures[] {
  const { table } = useTable<QueueFigures>('queues');
  const permitted = may(useMe(), 'pick');
  return useMemo(() => {
    const mine = new Set(permitted ? (desk?.domains ?? []).map((d) => d.domain) : []);
    return [...(table?.rows.values() ?? [])].filter((q) => q.cherry_pick && mine.has(q.domain));
  }, [table, desk?.domains, permitted]);
}

/** Nothing in hand: why, and which key changes that. */
function Idle({ desk }: { desk: Desk }) {
  const t = useTexts();
  if (desk.contacts.length > 0) return <Empty title={t('desk.idle_offered')}>{t('desk.idle_offered_more')}</Empty>;
  if (desk.domains.length === 0) return <Empty title={t('desk.idle_steering')}>{t('desk.idle_steering_more')}</Empty>;
  const open = desk.domains.filter((d) => d.available).length;
  if (desk.signed_in && open > 0 && open === desk.domains.length) {
    return <Empty title={t('desk.idle_available')}>{t('desk.idle_available_more')}</Empty>;
  }
  const partly = t('desk.idle_partly', { domains: closedDomains(t, desk.domains) });
  return (
    <Empty title={!desk.signed_in ? t('desk.idle_off') : open > 0 ? partly : t('desk.idle_unavailable')}>
      {t('desk.idle_press')} <Kbd keys={keyTable.state.shown} />
    </Empty>
  );
}

/** What was typed for a contact that has left the desk is nobody's any more. */
function useForgetGone(mine: Contact[]): void {
  const before = useRef<string[]>([]);
  useEffect(() => {
    const now = mine.map((c) => c.id);
    for (const id of before.current) {
      if (now.includes(id)) continue;
      forgetDraft(id);
      forgetMailDraft(id);
      forgetMark(id);
      setWhisper(id, '');
    }
    before.current = now;
  }, [mine]);
}
