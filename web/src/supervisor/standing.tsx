import type { AgentFigures } from '../api/types';
import { closedDomains } from '../kit/names';
import type { Say } from '../kit/texts';

/** From whom one asks first to whom one does not ask. */
export const standingRank = { available: 0, busy: 1, partly: 2, unavailable: 3, lost: 4, off: 5 } as const;
export type Standing = keyof typeof standingRank;
export const standings = Object.keys(standingRank) as Standing[];

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

/** How an agent stands, in words. */
export function standingText(t: Say, agent: AgentFigures): string {
  return t(`supervisor.is_${standing(agent)}`, { domains: closedDomains(t, agent.domains) });
}

export function StandingTag({ agent, t }: { agent: AgentFigures; t: Say }) {
  const text = standingText(t, agent);
  return <span className={tags[standing(agent)]} title={text}>{text}</span>;
}

/** Since when an agent stands so: the last change of anything. */
export function sinceOf(a: AgentFigures): number {
  return Math.max(a.since ?? 0, ...a.domains.map((d) => d.since ?? 0), ...a.contacts.map((c) => c.since));
}

/** Contacts in hand of those that there is room for. */
export function load(a: AgentFigures): string {
  const room = a.domains.reduce((sum, d) => sum + d.capacity, 0);
  return room > 0 ? `${a.contacts.length}/${room}` : String(a.contacts.length);
}
