import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client';

/** What happened in a quarter of an hour. */
export interface Quarter {
  /** ms since 1970 UTC. */
  start: number;
  offered: number;
  answered: number;
  answered_in_time: number;
  abandoned: number;
  not_answered: number;
  wait_ms: number;
  handle_ms: number;
}

export interface Day {
  today: Quarter[] | null;
  yesterday: Quarter[] | null;
  week_ago: Quarter[] | null;
}

/** The day so far beside two others, of a queue or of all; a minute old at most. */
export function useDay(queue: string | undefined) {
  return useQuery({
    queryKey: ['day', queue ?? ''],
    queryFn: () => call<Day>(`/api/v1/real-time/day${queue ? `?queue=${queue}` : ''}`),
    refetchInterval: 60_000,
  });
}

export const measures = ['offered', 'answered', 'abandoned', 'level', 'wait'] as const;
export type Measure = (typeof measures)[number];

/** One figure of a quarter; null: nothing happened that it could be made of. */
export function measured(q: Quarter, measure: Measure): number | null {
  const counted = q.answered + q.abandoned;
  if (measure === 'level') return counted === 0 ? null : Math.round((100 * q.answered_in_time) / counted);
  if (measure === 'wait') return q.answered === 0 ? null : Math.round(q.wait_ms / q.answered / 1000);
  return q[measure];
}

const quarter = 15 * 60_000;
const perDay = 96;

/** A series of the day by quarters from its first one, which is the unit's midnight, so that days lie upon each other. */
export function series(quarters: Quarter[] | null, measure: Measure): (number | null)[] {
  const values: (number | null)[] = Array.from({ length: perDay }, () => null);
  const first = quarters?.[0];
  if (!quarters || !first) return values;
  for (const q of quarters) {
    const i = Math.round((q.start - first.start) / quarter);
    if (i >= 0 && i < perDay) values[i] = measured(q, measure);
  }
  return values;
}
