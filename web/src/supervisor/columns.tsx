import type { ReactNode } from 'react';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import type { Column, Tone } from '../kit/DataTable';
import { domainName } from '../kit/names';
import { clockTime, languageName, type Say } from '../kit/texts';
import { Elapsed, span, useNow } from '../kit/time';
import { ofToday, serviceLevel, share, variants, type Variant } from './figures';
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

const level = (q: QueueFigures, variant: Variant = 'count') => serviceLevel(ofToday(q), variant);
const levelRecent = (q: QueueFigures, variant: Variant = 'count') => (q.recent ? serviceLevel(q.recent, variant) : undefined);
const percent = (value: number | undefined) => (value === undefined ? '–' : `${value} %`);

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
    ({ id, title, width: '106px', right: true, by: of, show: of, ...(spare ? { spare } : {}) });
  return [
    { id: 'name', title: t('supervisor.queue'), width: '126px', by: (q) => q.name, show: (q) => <strong title={q.name}>{q.name}</strong> },
    { id: 'domain', title: t('supervisor.medium'), width: '110px', by: (q) => domainName(t, q.domain), show: (q) => domainName(t, q.domain), spare: true },
    count('waiting', t('supervisor.waiting'), (q) => q.waiting),
    {
      id: 'longest', title: t('supervisor.longest'), width: '100px', right: true, by: (q) => (q.waiting_since ? -q.waiting_since : -Infinity),
      show: (q) => (q.waiting_since ? <Wait since={q.waiting_since} objectiveS={q.objective_s} t={t} /> : '–'),
    },
    {
      id: 'expected', title: t('supervisor.expected'), width: '96px', right: true, by: (q) => q.expected_wait_s ?? -1,
      show: (q) => (q.expected_wait_s === undefined ? '–' : span(q.expected_wait_s * 1000)),
    },
    { id: 'objective', title: t('supervisor.objective'), width: '90px', right: true, by: (q) => q.objective_s, show: (q) => span(q.objective_s * 1000), spare: true },
    count('offered', t('supervisor.ringing'), (q) => q.offered, true),
    count('active', t('supervisor.active'), (q) => q.active),
    count('wrap_up', t('supervisor.wrap_up'), (q) => q.wrap_up, true),
    count('held', t('supervisor.held'), (q) => q.held, true),
    count('timed', t('supervisor.timed'), (q) => q.timed, true),
    count('offered_recent', t('supervisor.offered_recent'), (q) => q.recent?.offered ?? 0, true),
    count('answered_recent', t('supervisor.answered_recent'), (q) => q.recent?.answered ?? 0),
    count('abandoned_recent', t('supervisor.abandoned_recent'), (q) => q.recent?.abandoned ?? 0),
    {
      id: 'level_recent', title: t('supervisor.level_recent'), width: '126px', right: true, by: (q) => levelRecent(q) ?? 101, show: (q) => percent(levelRecent(q)),
    },
    {
      id: 'wait_recent', title: t('supervisor.mean_wait_recent'), width: '100px', right: true, spare: true,
      by: (q) => (q.recent && mean(q.recent.wait_ms, q.recent.answered)) ?? -1, show: (q) => shownSpan(q.recent && mean(q.recent.wait_ms, q.recent.answered)),
    },
    count('arrived', t('supervisor.offered_today'), (q) => q.arrived_today),
    count('answered', t('supervisor.answered_today'), (q) => q.answered_today),
    count('abandoned', t('supervisor.abandoned_today'), (q) => q.abandoned_today),
    {
      id: 'abandoned_share', title: t('supervisor.abandoned_share'), width: '100px', right: true, spare: true,
      by: (q) => share(q.abandoned_today, q.answered_today + q.abandoned_today) ?? -1, show: (q) => percent(share(q.abandoned_today, q.answered_today + q.abandoned_today)),
    },
    count('not_answered', t('supervisor.not_answered'), (q) => q.not_answered_today, true),
    { id: 'level', title: t('supervisor.level_today'), width: '126px', right: true, by: (q) => level(q) ?? 101, show: (q) => <Level queue={q} t={t} /> },
    ...variants.filter((v) => v !== 'count').flatMap((v): Column<QueueFigures>[] => [
      { id: `level_${v}`, title: t(`supervisor.level_${v}`), width: '130px', right: true, spare: true, by: (q) => level(q, v) ?? 101, show: (q) => percent(level(q, v)) },
      {
        id: `level_recent_${v}`, title: t(`supervisor.level_recent_${v}`), width: '130px', right: true, spare: true, by: (q) => levelRecent(q, v) ?? 101,
        show: (q) => percent(levelRecent(q, v)),
      },
    ]),
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

/** Contacts that there is still room for, in the media for which the agent is available. */
function room(a: AgentFigures): number {
  return a.signed_in ? a.domains.filter((d) => d.available).reduce((sum, d) => sum + Math.max(0, d.capacity - d.in_hand), 0) : 0;
}

/** Why an agent is unavailable. */
function reasonsOf(a: AgentFigures, reasons: ReadonlyMap<string, string>): string {
  if (!a.signed_in) return '';
  const names = a.domains.filter((d) => !d.available && d.reason).map((d) => reasons.get(d.reason!) ?? '');
  return [...new Set(names)].filter(Boolean).join(', ');
}

export function agentColumns(t: Say, reasons: ReadonlyMap<string, string>): Column<AgentFigures>[] {
  return [
    { id: 'name', title: t('supervisor.agent'), width: '110px', by: agentName, show: (a) => <strong title={agentName(a)}>{agentName(a)}</strong> },
    { id: 'user', title: t('setup.user'), width: '90px', by: (a) => a.name, show: (a) => a.name, spare: true },
    {
      id: 'state', title: t('supervisor.state'), width: '100px', by: (a) => `${standingRank[standing(a)]} ${agentName(a)}`,
      show: (a) => <StandingTag agent={a} t={t} />,
    },
    {
      id: 'reason', title: t('supervisor.reason'), width: '110px', by: (a) => reasonsOf(a, reasons), show: (a) => reasonsOf(a, reasons) || '–',
    },
    { id: 'since', title: t('supervisor.since'), width: '68px', right: true, by: (a) => -sinceOf(a), show: (a) => (sinceOf(a) > 0 ? <Elapsed since={sinceOf(a)} /> : '–') },
    { id: 'contacts', title: t('supervisor.load'), width: '86px', right: true, by: (a) => a.contacts.length, show: load },
    {
      id: 'free', title: t('supervisor.room'), width: '80px', right: true, by: room, show: room,
    },
    {
      id: 'states', title: t('supervisor.states'), width: '200px', spare: true,
      show: (a) => a.domains.map((d) => `${domainName(t, d.domain)}: ${d.available ? t('supervisor.is_available') : t('supervisor.is_unavailable')}`).join(', '),
    },
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
    { id: 'language', title: t('app.language'), width: '90px', by: (c) => languageName(c.language), show: (c) => languageName(c.language), spare: true },
    { id: 'arrived', title: t('app.contact_arrived'), width: '90px', right: true, by: (c) => c.at, show: (c) => <time>{clockTime(c.at)}</time>, spare: true },
    {
      id: 'age', title: t('supervisor.age'), width: '78px', right: true, by: (c) => c.at,
      show: (c) => (waits.has(c.state) ? <Wait since={c.first_queued_at ?? c.at} objectiveS={objectives.get(c.queue) ?? 0} t={t} /> : <Elapsed since={c.at} />),
    },
  ];
}

/** The figures that columns show, as thresholds name them. */
export const figureOfColumn = {
  queues: {
    waiting: 'waiting', longest: 'longest_wait', expected: 'expected_wait', active: 'active', offered_recent: 'offered_recent', answered_recent: 'answered_recent',
    abandoned_recent: 'abandoned_recent', level_recent: 'level_recent', wait_recent: 'mean_wait_recent', arrived: 'offered_today', answered: 'answered_today',
    abandoned: 'abandoned_today', abandoned_share: 'abandoned_share_today', level: 'level_today', wait: 'mean_wait_today',
  },
  agents: { contacts: 'contacts', since: 'unavailable' },
  contacts: { age: 'wait', state: 'handling' },
} as const;

/** What a column shows without the colours that it has by itself. */
export const plainQueue: Partial<Record<string, (q: QueueFigures) => ReactNode>> = {
  longest: (q) => (q.waiting_since ? <Elapsed since={q.waiting_since} /> : '–'),
  level: (q) => percent(level(q)),
};

export const plainContact: Partial<Record<string, (c: Contact) => ReactNode>> = {
  age: (c) => <Elapsed since={waits.has(c.state) ? (c.first_queued_at ?? c.at) : c.at} />,
};
