import { expect, test } from 'vitest';
import type { QueueFigures } from '../api/types';
import { byMedium, serviceLevel } from './figures';
import { levelOf, queueFigure, verdict, type Threshold } from './thresholds';

const threshold = (body: Partial<Threshold['body']>, id = 'x'): Threshold => ({
  id, name: id, version: 1, changed_at: 0, changed_by: '', built_in: false,
  body: { table: 'queues', measure: 'waiting', queues: [], above: true, tone: false, alert: false, ...body },
});

const queue = (some: Partial<QueueFigures>): QueueFigures => ({
  queue: 'q', name: 'Q', domain: 'chat', objective_s: 20, waiting: 0, held: 0, timed: 0, offered: 0, active: 0, wrap_up: 0, cherry_pick: false,
  arrived_today: 0, answered_today: 0, answered_in_time_today: 0, abandoned_today: 0, abandoned_in_time_today: 0, not_answered_today: 0, wait_ms_today: 0, handle_ms_today: 0,
  ...some,
});

// A figure is beyond a limit that it reaches, from above or from below; the server judges alike.
test('levels', () => {
  const above = threshold({ warn: 5, critical: 10 });
  expect([4, 5, 9, 10].map((v) => levelOf(above, v))).toEqual([undefined, 'warn', 'warn', 'bad']);
  const below = threshold({ measure: 'level_today', above: false, warn: 80, critical: 60 });
  expect([81, 80, 61, 60].map((v) => levelOf(below, v))).toEqual([undefined, 'warn', 'warn', 'bad']);
});

// Of several thresholds the worst counts; one of other queues does not, and nothing to measure is nothing.
test('verdict', () => {
  const all = [threshold({ warn: 1 }, 'a'), threshold({ critical: 3 }, 'b'), threshold({ critical: 1, queues: ['other'] }, 'c')];
  expect(verdict(all, 'waiting', 2, 'q')?.threshold.id).toBe('a');
  expect(verdict(all, 'waiting', 3, 'q')).toMatchObject({ level: 'bad', threshold: { id: 'b' } });
  expect(verdict(all, 'waiting', 0, 'q')).toBeUndefined();
  expect(verdict(all, 'expected_wait', undefined, 'q')).toBeUndefined();
});

// Figures of the last 15 minutes are absent while nothing happens: counts are 0 then, shares are nothing.
test('figures of a quiet queue', () => {
  expect(queueFigure('offered_recent', queue({}), 0)).toBe(0);
  expect(queueFigure('level_recent', queue({}), 0)).toBeUndefined();
  expect(queueFigure('longest_wait', queue({ waiting_since: 1000 }), 61_000)).toBe(60);
});

// 70 of 100 answered in time, 5 late; 10 left in time, 15 late.
test('variants of the service level', () => {
  const counts = { answered: 75, answered_in_time: 70, abandoned: 25, abandoned_in_time: 10 };
  expect((['count', 'ignored', 'served', 'answered'] as const).map((v) => serviceLevel(counts, v))).toEqual([70, 78, 80, 93]);
});

// Media are sums of their queues, and the longest wait is that of who waits longest.
test('by medium', () => {
  const all = byMedium([queue({ waiting: 2, waiting_since: 50 }), queue({ waiting: 1, waiting_since: 20, answered_today: 4, answered_in_time_today: 3 }), queue({ domain: 'email' })]);
  expect(all.map((m) => [m.domain, m.waiting, m.since, m.level])).toEqual([['chat', 3, 20, 75], ['email', 0, undefined, undefined]]);
});
