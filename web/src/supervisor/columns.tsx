import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import type { Column, Tone } from '../kit/DataTable';
import { domainName } from '../kit/names';
import { clockTime, type Say } from '../kit/texts';
import { Elapsed, span, useNow } from '../kit/time';
import { agentName, load, sinceOf, standing, standingRank, StandingTag } from './standing';

/** From this share of the objective on a wait is soon too long. */
const soon = 0.5;
/** Service levels below these are to be heeded, or bad. */
const levelWarn = 80;
const levelBad = 60;

/** What a waiting time means beside its objective. */
export function waitTone(waitMs: number, objectiveS: number): 'warn' | 'bad' | undefined {
  const share = objectiveS > 0 ? waitMs / (objectiveS * 1000) : 0;
  return share >= 1 ? 'bad' : share >= soon ? 'warn' : undefined;
}

function Wait({ since, objectiveS, t }: { since: number; objectiveS: number; t: Say }) {
  const wait = useNow() - since;
  const tone = waitTone(wait, objectiveS);
  return (
    <time data-tone={tone} title={tone && t(`supervisor.wait_${tone}`)}>
      {span(wait)}
      {tone === 'bad' ? ' !' : ''}
      {tone && <span className="unseen">{t(`supervisor.wait_${tone}`)}</span>}
    </time>
  );
}

/** Share of the answered within the objective; nothing answered says nothing. */
export function level(q: QueueFigures): number | undefined {
  const counted = q.answered_today + q.abandoned_today;
  return counted === 0 ? undefined : Math.round((100 * q.answered_in_time_today) / counted);
}

function Level({ queue, t }: { queue: QueueFigures; t: Say }) {
  const share = level(queue);
  if (share === undefined) return '–';
  const tone = share < levelBad ? 'bad' : share < levelWarn ? 'warn' : undefined;
  return (
    <span data-tone={tone} title={tone && t(`supervisor.level_${tone}`)}>
      {share} %{tone === 'bad' ? ' !' : ''}
      {tone && <span className="unseen">{t(`supervisor.level_${tone}`)}</span>}
    </span>
  );
}

const mean = (sum: number, count: number) => (count === 0 ? undefined : sum / count);
const shownSpan = (ms: number | undefined) => (ms === undefined ? '–' : span(ms));

export function queueTone(q: QueueFigures, now: number): Tone | undefined {
  return q.waiting_since ? waitTone(now - q.waiting_since, q.objective_s) : undefined;
}

export function queueColumns(t: Say): Column<QueueFigures>[] {
  const count = (id: string, title: string, of: (q: QueueFigures) => number, spare?: boolean): Column<QueueFigures> =>
    ({ id, title, width: '108px', right: true, by: of, show: of, ...(spare ? { spare } : {}) });
  return [
    { id: 'name', title: t('supervisor.queue'), width: '126px', by: (q) => q.name, show: (q) => <strong title={q.name}>{q.name}</strong> },
    { id: 'domain', title: t('supervisor.medium'), width: '110px', by: (q) => domainName(t, q.domain), show: (q) => domainName(t, q.domain), spare: true },
    count('waiting', t('supervisor.waiting'), (q) => q.waiting),
    {
      id: 'longest', title: t('supervisor.longest'), width: '100px', right: true, by: (q) => (q.waiting_since ? -q.waiting_since : -Infinity),
      show: (q) => (q.waiting_since ? <Wait since={q.waiting_since} objectiveS={q.objective_s} t={t} /> : '–'),
    },
    {
      id: 'expected', title: t('supervisor.expected'), width: '96px', right: true, spare: true, by: (q) => q.expected_wait_s ?? -1,
      show: (q) => (q.expected_wait_s === undefined ? '–' : span(q.expected_wait_s * 1000)),
    },
    { id: 'objective', title: t('supervisor.objective'), width: '90px', right: true, by: (q) => q.objective_s, show: (q) => span(q.objective_s * 1000), spare: true },
    count('offered', t('supervisor.offered'), (q) => q.offered),
    count('active', t('supervisor.active'), (q) => q.active),
    count('wrap_up', t('supervisor.wrap_up'), (q) => q.wrap_up),
    count('held', t('supervisor.held'), (q) => q.held, true),
    count('timed', t('supervisor.timed'), (q) => q.timed, true),
    count('arrived', t('supervisor.arrived'), (q) => q.arrived_today, true),
    count('answered', t('supervisor.answered'), (q) => q.answered_today),
    count('abandoned', t('supervisor.abandoned'), (q) => q.abandoned_today),
    count('not_answered', t('supervisor.not_answered'), (q) => q.not_answered_today, true),
    { id: 'level', title: t('supervisor.level'), width: '100px', right: true, by: (q) => level(q) ?? 101, show: (q) => <Level queue={q} t={t} /> },
    {
      id: 'wait', title: t('supervisor.mean_wait'), width: '96px', right: true, spare: true, by: (q) => mean(q.wait_ms_today, q.answered_today) ?? -1,
      show: (q) => shownSpan(mean(q.wait_ms_today, q.answered_today)),
    },
    {
      id: 'handle', title: t('supervisor.mean_handle'), width: '106px', right: true, spare: true, by: (q) => mean(q.handle_ms_today, q.answered_today) ?? -1,
      show: (q) => shownSpan(mean(q.handle_ms_today, q.answered_today)),
    },
  ];
}

export function agentColumns(t: Say): Column<AgentFigures>[] {
  return [
    { id: 'name', title: t('supervisor.agent'), width: '110px', by: agentName, show: (a) => <strong title={agentName(a)}>{agentName(a)}</strong> },
    { id: 'user', title: t('setup.user'), width: '90px', by: (a) => a.name, show: (a) => a.name, spare: true },
    {
      id: 'state', title: t('supervisor.state'), width: '100px', by: (a) => `${standingRank[standing(a)]} ${agentName(a)}`,
      show: (a) => <StandingTag agent={a} t={t} />,
    },
    { id: 'since', title: t('supervisor.since'), width: '68px', right: true, by: (a) => -sinceOf(a), show: (a) => (sinceOf(a) > 0 ? <Elapsed since={sinceOf(a)} /> : '–') },
    { id: 'contacts', title: t('supervisor.load'), width: '86px', right: true, by: (a) => a.contacts.length, show: load },
    {
      id: 'media', title: t('supervisor.domains'), width: '160px', spare: true,
      show: (a) => a.domains.map((d) => `${domainName(t, d.domain)} ${d.in_hand}/${d.capacity}`).join(', '),
    },
  ];
}

const stateTag: Partial<Record<Contact['state'], string>> = { queued: 'tag tag-warn', offered: 'tag', active: 'tag tag-good' };
const waits = new Set<Contact['state']>(['queued', 'offered']);

export function ContactState({ contact, t }: { contact: Contact; t: Say }) {
  return <span className={stateTag[contact.state] ?? 'tag'}>{t(`app.state_${contact.state}`)}</span>;
}

/** A contact that waits for somebody is measured by its queue's objective. */
export function contactTone(c: Contact, objectives: ReadonlyMap<string, number>, now: number): Tone | undefined {
  return waits.has(c.state) ? waitTone(now - (c.first_queued_at ?? c.at), objectives.get(c.queue) ?? 0) : undefined;
}

export function contactColumns(t: Say, objectives: ReadonlyMap<string, number>): Column<Contact>[] {
  const name = (c: Contact) => c.name || t('desk.customer');
  return [
    { id: 'name', title: t('app.contact_name'), width: '96px', by: name, show: (c) => <strong title={name(c)}>{name(c)}</strong> },
    { id: 'medium', title: t('supervisor.medium'), width: '100px', by: (c) => domainName(t, c.domain), show: (c) => domainName(t, c.domain), spare: true },
    { id: 'caption', title: t('app.contact_caption'), width: '90px', show: (c) => <span title={c.caption}>{c.caption}</span> },
    { id: 'queue', title: t('supervisor.queue'), width: '120px', by: (c) => c.queue_name, show: (c) => c.queue_name },
    { id: 'state', title: t('supervisor.state'), width: '104px', by: (c) => c.state, show: (c) => <ContactState contact={c} t={t} /> },
    { id: 'agent', title: t('supervisor.agent'), width: '80px', by: (c) => c.agent_name ?? '', show: (c) => c.agent_name ?? '–' },
    { id: 'priority', title: t('app.contact_priority'), width: '80px', right: true, by: (c) => c.priority, show: (c) => c.priority, spare: true },
    { id: 'language', title: t('app.language'), width: '90px', by: (c) => c.language ?? '', show: (c) => c.language, spare: true },
    { id: 'arrived', title: t('app.contact_arrived'), width: '90px', right: true, by: (c) => c.at, show: (c) => <time>{clockTime(c.at)}</time>, spare: true },
    {
      id: 'age', title: t('supervisor.age'), width: '78px', right: true, by: (c) => c.at,
      show: (c) => (waits.has(c.state) ? <Wait since={c.first_queued_at ?? c.at} objectiveS={objectives.get(c.queue) ?? 0} t={t} /> : <Elapsed since={c.at} />),
    },
  ];
}
