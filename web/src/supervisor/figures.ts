import type { QueueFigures } from '../api/types';

/** Percent; of nothing there is no share. */
export function share(part: number, all: number): number | undefined {
  return all === 0 ? undefined : Math.round((100 * part) / all);
}

/** How those are counted who leave within the objective: as failures, not at all, as served, or the answered alone. */
export const variants = ['count', 'ignored', 'served', 'answered'] as const;
export type Variant = (typeof variants)[number];

interface Counts {
  answered: number;
  answered_in_time: number;
  abandoned: number;
  abandoned_in_time: number;
}

/** The service level by a variant, in percent, of those whose waiting is over. */
export function serviceLevel(c: Counts, variant: Variant): number | undefined {
  const all = c.answered + c.abandoned;
  if (variant === 'ignored') return share(c.answered_in_time, all - c.abandoned_in_time);
  if (variant === 'served') return share(c.answered_in_time + c.abandoned_in_time, all);
  if (variant === 'answered') return share(c.answered_in_time, c.answered);
  return share(c.answered_in_time, all);
}

/** A queue's counts of today. */
export function ofToday(q: QueueFigures): Counts {
  return { answered: q.answered_today, answered_in_time: q.answered_in_time_today, abandoned: q.abandoned_today, abandoned_in_time: q.abandoned_in_time_today };
}

export const nothing = { offered: 0, answered: 0, answered_in_time: 0, abandoned: 0, abandoned_in_time: 0, not_answered: 0, wait_ms: 0, handle_ms: 0 };

/** What the queues of one medium are together. */
export interface MediumFigures {
  domain: string;
  waiting: number;
  since: number | undefined;
  offered: number;
  answered: number;
  abandoned: number;
  level: number | undefined;
  levelRecent: number | undefined;
}

/** The queues' figures by medium. */
export function byMedium(queues: readonly QueueFigures[]): MediumFigures[] {
  const all = new Map<string, QueueFigures[]>();
  for (const q of queues) all.set(q.domain, [...(all.get(q.domain) ?? []), q]);
  return [...all.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([domain, some]) => {
    const sum = (of: (q: QueueFigures) => number) => some.reduce((total, q) => total + of(q), 0);
    const since = some.map((q) => q.waiting_since).filter((at) => at !== undefined);
    const recent = (q: QueueFigures) => q.recent ?? nothing;
    return {
      domain, waiting: sum((q) => q.waiting), since: since.length > 0 ? Math.min(...since) : undefined,
      offered: sum((q) => q.arrived_today), answered: sum((q) => q.answered_today), abandoned: sum((q) => q.abandoned_today),
      level: share(sum((q) => q.answered_in_time_today), sum((q) => q.answered_today + q.abandoned_today)),
      levelRecent: share(sum((q) => recent(q).answered_in_time), sum((q) => recent(q).answered + recent(q).abandoned)),
    };
  });
}
