import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { closedDomains } from '../kit/names';
import type { Column } from '../kit/DataTable';
import { Elapsed, span, useNow } from '../kit/time';
import type { Say } from '../kit/texts';

/** What a waiting time says beside its objective: half of it is soon, all of it is over. */
function Wait({ since, objectiveS }: { since: number; objectiveS: number }) {
  const now = useNow();
  const share = objectiveS > 0 ? (now - since) / (objectiveS * 1000) : 0;
  return (
    <time className={share >= 1 ? 'over' : share >= 0.5 ? 'soon' : undefined}>
      {span(now - since)}
      {share >= 1 ? ' !' : ''}
    </time>
  );
}

/** Share of the answered within the objective; nothing answered says nothing. */
function level(q: QueueFigures): number | undefined {
  const counted = q.answered_today + q.abandoned_today;
  return counted === 0 ? undefined : Math.round((100 * q.answered_in_time_today) / counted);
}

export function queueColumns(t: Say): Column<QueueFigures>[] {
  return [
    { id: 'name', title: t('supervisor.queue'), width: '21%', by: (q) => q.name, show: (q) => <strong>{q.name}</strong> },
    { id: 'waiting', title: t('supervisor.waiting'), width: '9%', right: true, by: (q) => q.waiting, show: (q) => q.waiting },
    {
      id: 'longest', title: t('supervisor.longest'), width: '12%', right: true, by: (q) => (q.waiting_since ? -q.waiting_since : -Infinity),
      show: (q) => (q.waiting_since ? <Wait since={q.waiting_since} objectiveS={q.objective_s} /> : '–'),
    },
    { id: 'offered', title: t('supervisor.offered'), width: '9%', right: true, by: (q) => q.offered, show: (q) => q.offered },
    { id: 'active', title: t('supervisor.active'), width: '8%', right: true, by: (q) => q.active, show: (q) => q.active },
    { id: 'wrap_up', title: t('supervisor.wrap_up'), width: '9%', right: true, by: (q) => q.wrap_up, show: (q) => q.wrap_up },
    { id: 'answered', title: t('supervisor.answered'), width: '9%', right: true, by: (q) => q.answered_today, show: (q) => q.answered_today },
    { id: 'abandoned', title: t('supervisor.abandoned'), width: '11%', right: true, by: (q) => q.abandoned_today, show: (q) => q.abandoned_today },
    {
      id: 'level', title: t('supervisor.level'), width: '12%', right: true, by: (q) => level(q) ?? 101,
      show: (q) => (level(q) === undefined ? '–' : `${level(q)} %`),
    },
  ];
}

const rank = { available: 0, busy: 1, partly: 2, unavailable: 3, lost: 4, off: 5 } as const;
export type Standing = keyof typeof rank;

/** How an agent stands, over all domains served. */
export function standing(a: AgentFigures): Standing {
  if (a.grace_ends_at) return 'lost';
  if (!a.signed_in) return 'off';
  const open = a.domains.filter((d) => d.available);
  if (open.length === 0) return 'unavailable';
  if (open.every((d) => d.in_hand >= d.capacity)) return 'busy';
  return open.length < a.domains.length ? 'partly' : 'available';
}

export function agentName(a: AgentFigures): string {
  return `${a.first_name} ${a.last_name}`.trim() || a.name;
}

const tags: Record<Standing, string> = { available: 'tag tag-good', busy: 'tag tag-warn', partly: 'tag tag-warn', unavailable: 'tag tag-warn', lost: 'tag tag-bad', off: 'tag' };

export function StandingTag({ agent, t }: { agent: AgentFigures; t: Say }) {
  const how = standing(agent);
  return <span className={tags[how]}>{t(`supervisor.is_${how}`, { domains: closedDomains(t, agent.domains) })}</span>;
}

function sinceOf(a: AgentFigures): number {
  return Math.max(a.since ?? 0, ...a.domains.map((d) => d.since ?? 0), ...a.contacts.map((c) => c.since));
}

export function agentColumns(t: Say): Column<AgentFigures>[] {
  return [
    { id: 'name', title: t('supervisor.agent'), width: '38%', by: agentName, show: (a) => <strong>{agentName(a)}</strong> },
    { id: 'state', title: t('supervisor.state'), width: '27%', by: (a) => `${rank[standing(a)]} ${agentName(a)}`, show: (a) => <StandingTag agent={a} t={t} /> },
    { id: 'since', title: t('supervisor.since'), width: '17%', right: true, by: (a) => -sinceOf(a), show: (a) => (sinceOf(a) > 0 ? <Elapsed since={sinceOf(a)} /> : '–') },
    { id: 'contacts', title: t('supervisor.load'), width: '18%', right: true, by: (a) => a.contacts.length, show: (a) => a.contacts.length },
  ];
}

const stateTag: Partial<Record<Contact['state'], string>> = { queued: 'tag tag-warn', offered: 'tag', active: 'tag tag-good' };

export function ContactState({ contact, t }: { contact: Contact; t: Say }) {
  return <span className={stateTag[contact.state] ?? 'tag'}>{t(`app.state_${contact.state}`)}</span>;
}

export function contactColumns(t: Say): Column<Contact>[] {
  return [
    { id: 'name', title: t('app.contact_name'), width: '22%', by: (c) => c.name, show: (c) => <strong>{c.name || t('desk.customer')}</strong> },
    { id: 'caption', title: t('app.contact_caption'), width: '24%', show: (c) => c.caption },
    { id: 'queue', title: t('supervisor.queue'), width: '15%', by: (c) => c.queue_name, show: (c) => c.queue_name },
    { id: 'state', title: t('supervisor.state'), width: '15%', by: (c) => c.state, show: (c) => <ContactState contact={c} t={t} /> },
    { id: 'agent', title: t('supervisor.agent'), width: '14%', by: (c) => c.agent_name ?? '', show: (c) => c.agent_name ?? '–' },
    { id: 'age', title: t('supervisor.age'), width: '10%', right: true, by: (c) => c.at, show: (c) => <Elapsed since={c.at} /> },
  ];
}
