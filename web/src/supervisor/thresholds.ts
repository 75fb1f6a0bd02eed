import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { share } from './figures';

export type Threshold = components['schemas']['ObjectThreshold'];
export type Watched = Threshold['body']['table'];
/** How bad a figure is. */
export type Level = 'warn' | 'bad';

/** What a figure counts; times are seconds. */
export type Unit = 'count' | 'time' | 'percent';

/** The figures that thresholds are of, by table, and what each counts; the server knows the same. */
export const measures: Record<Watched, Record<string, Unit>> = {
  queues: {
    waiting: 'count', longest_wait: 'time', expected_wait: 'time', active: 'count',
    offered_recent: 'count', answered_recent: 'count', abandoned_recent: 'count', abandoned_share_recent: 'percent', level_recent: 'percent', mean_wait_recent: 'time',
    offered_today: 'count', answered_today: 'count', abandoned_today: 'count', abandoned_share_today: 'percent', level_today: 'percent', mean_wait_today: 'time',
  },
  agents: { contacts: 'count', handling: 'time', wrap_up: 'time', unavailable: 'time' },
  contacts: { wait: 'time', handling: 'time', wrap_up: 'time' },
  workflow: { present: 'count' },
};

/** What a figure means beside the limits. */
export function levelOf(t: Threshold, value: number): Level | undefined {
  const beyond = (limit: number | undefined) => limit !== undefined && (t.body.above ? value >= limit : value <= limit);
  return beyond(t.body.critical) ? 'bad' : beyond(t.body.warn) ? 'warn' : undefined;
}

/** A figure of a queue now; undefined: there is nothing to measure. */
export function queueFigure(measure: string, q: QueueFigures, now: number): number | undefined {
  const r = q.recent;
  switch (measure) {
    case 'waiting': return q.waiting;
    case 'longest_wait': return q.waiting_since ? (now - q.waiting_since) / 1000 : 0;
    case 'expected_wait': return q.expected_wait_s;
    case 'active': return q.active;
    case 'offered_recent': return r?.offered ?? 0;
    case 'answered_recent': return r?.answered ?? 0;
    case 'abandoned_recent': return r?.abandoned ?? 0;
    case 'abandoned_share_recent': return r && share(r.abandoned, r.answered + r.abandoned);
    case 'level_recent': return r && share(r.answered_in_time, r.answered + r.abandoned);
    case 'mean_wait_recent': return r && r.answered > 0 ? r.wait_ms / r.answered / 1000 : undefined;
    case 'offered_today': return q.arrived_today;
    case 'answered_today': return q.answered_today;
    case 'abandoned_today': return q.abandoned_today;
    case 'abandoned_share_today': return share(q.abandoned_today, q.answered_today + q.abandoned_today);
    case 'level_today': return share(q.answered_in_time_today, q.answered_today + q.abandoned_today);
    case 'mean_wait_today': return q.answered_today > 0 ? q.wait_ms_today / q.answered_today / 1000 : undefined;
    default: return undefined;
  }
}

/** A figure of a contact now. */
export function contactFigure(measure: string, c: Pick<Contact, 'state' | 'since'> & { first_queued_at?: number }, now: number): number | undefined {
  const age = (now - c.since) / 1000;
  if (measure === 'wait') return c.state === 'queued' || c.state === 'offered' ? (now - (c.first_queued_at ?? c.since)) / 1000 : undefined;
  if (measure === 'handling') return c.state === 'active' || c.state === 'interrupted' ? age : undefined;
  return measure === 'wrap_up' && c.state === 'wrap_up' ? age : undefined;
}

/** A figure of an agent now; times of contacts are those of the longest. */
export function agentFigure(measure: string, a: AgentFigures, now: number): number | undefined {
  if (measure === 'contacts') return a.signed_in || a.contacts.length > 0 ? a.contacts.length : undefined;
  if (measure === 'unavailable') {
    if (!a.signed_in) return undefined;
    return Math.max(0, ...a.domains.filter((d) => !d.available && d.since).map((d) => (now - d.since!) / 1000));
  }
  const times = a.contacts.map((c) => contactFigure(measure, c, now)).filter((v) => v !== undefined);
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** What the worst of the thresholds on a figure says of it. */
export interface Verdict {
  level: Level;
  threshold: Threshold;
}

/** The worst verdict on a figure; queue limits which thresholds count. */
export function verdict(all: readonly Threshold[], measure: string, value: number | undefined, queue?: string): Verdict | undefined {
  let worst: Verdict | undefined;
  if (value === undefined) return undefined;
  for (const threshold of all) {
    const { queues } = threshold.body;
    if (threshold.body.measure !== measure || (queue && queues.length > 0 && !queues.includes(queue))) continue;
    const level = levelOf(threshold, value);
    if (level && (level === 'bad' || !worst)) worst = { level, threshold };
  }
  return worst;
}

const thresholdsKey = ['thresholds'] as const;

/** The unit's thresholds; a minute old at most. */
export function useThresholds(): Threshold[] {
  const { data } = useQuery({
    queryKey: thresholdsKey,
    queryFn: async () => (await answer(api.GET('/api/v1/thresholds', { params: { query: { limit: 500 } } }))).items,
    staleTime: 30_000, refetchInterval: 60_000,
  });
  return data ?? none;
}
const none: Threshold[] = [];

/** Saves and removes thresholds. */
export function useKeepThreshold() {
  const cache = useQueryClient();
  const done = () => cache.invalidateQueries({ queryKey: thresholdsKey });
  return {
    save: async (name: string, body: Threshold['body'], old: Threshold | undefined) => {
      if (old) await answer(api.PUT('/api/v1/thresholds/{id}', { params: { path: { id: old.id } }, body: { name, version: old.version, body } }));
      else await answer(api.POST('/api/v1/thresholds', { body: { name, body } }));
      await done();
    },
    remove: async (old: Threshold) => {
      await answer(api.DELETE('/api/v1/thresholds/{id}', { params: { path: { id: old.id }, query: { version: old.version } } }));
      await done();
    },
  };
}
