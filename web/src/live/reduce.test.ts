import { describe, expect, test } from 'vitest';
import type { Conversation, Frame, Message, Table } from './frames';
import { changes, conversation, gap, keys, table } from './reduce';

function message(seq: number): Message {
  return { seq, at: seq, author: seq % 2 ? 'customer' : 'agent', kind: 'text', text: `text ${seq}`, client_id: `c${seq}` };
}

function messages(from: number, to: number): Frame {
  const body = Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
  return { topic: 'conversation/x', kind: 'messages', n: to, body };
}

/** A generator of numbers that is the same each time (mulberry32). */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('conversation', () => {
  // Whatever is cut, repeated, doubled or lost on the way: what is shown is 1 to
  // last, each once, in order; and asking again after a gap brings the rest.
  test('messages are complete and single under any delivery', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = dice(seed);
      let state: Conversation | undefined;
      const total = 30;
      for (let step = 0; step < 400 && (state?.last ?? 0) < total; step++) {
        const from = 1 + Math.floor(random() * total);
        const frame = messages(from, Math.min(total, from + Math.floor(random() * 6)));
        const asksAgain = gap(state, frame);
        state = conversation(state, frame, 0);
        if (asksAgain) state = conversation(state, messages(state.last + 1, Math.min(total, state.last + 3)), 0);
        expect(state.messages.map((m) => m.seq)).toEqual(Array.from({ length: state.last }, (_, i) => i + 1));
      }
      expect(state?.last).toBe(total);
    }
  });

  // Somebody who has just said something no longer types.
  test('typing ends with the message', () => {
    const typing = conversation(undefined, { topic: 'conversation/x', kind: 'typing', body: { author: 'customer' } }, 1000);
    expect(typing.typingUntil).toBe(6000);
    expect(conversation(typing, messages(1, 1), 1200).typingUntil).toBe(0);
  });

  // Read marks only move forward.
  test('read marks never go back', () => {
    const mark = (seq: number): Frame => ({ topic: 'conversation/x', kind: 'read', body: { reader: 'customer', seq } });
    const read = conversation(conversation(undefined, mark(5), 0), mark(3), 0);
    expect(read.customerRead).toBe(5);
  });

  // The same state comes back when nothing changed, so that nothing is drawn again.
  test('a repeat changes nothing', () => {
    const state = conversation(undefined, messages(1, 3), 0);
    expect(conversation(state, messages(2, 3), 0)).toBe(state);
  });
});

describe('table', () => {
  const snapshot = (n: number, ...ids: string[]): Frame => ({ topic: 'queues', kind: 'snapshot', n, body: ids.map((queue) => ({ queue, n })) });
  const delta = (n: number, put: string[], gone: string[]): Frame =>
    ({ topic: 'queues', kind: 'delta', n, body: { put: put.map((queue) => ({ queue, n })), gone } });

  // A delta takes away and puts in place; rows that it does not name stay the same objects.
  test('a delta changes what it names', () => {
    const first = table(undefined, snapshot(1, 'a', 'b', 'c')) as Table<unknown>;
    const second = table(first, delta(2, ['b', 'd'], ['c'])) as Table<{ n: number }>;
    expect([...second.rows.keys()]).toEqual(['a', 'b', 'd']);
    expect(second.rows.get('a')).toBe(first.rows.get('a'));
    expect(second.rows.get('b')?.n).toBe(2);
  });

  // An old delta, or one before any snapshot, is not applied.
  test('an old delta says nothing', () => {
    const state = table(undefined, snapshot(7, 'a'));
    expect(table(state, delta(7, [], ['a']))).toBe(state);
    expect(table(undefined, delta(1, ['a'], []))).toBeUndefined();
  });

  // After a restart the server counts from wherever it stands: a snapshot always holds.
  test('a snapshot always holds', () => {
    const state = table(table(undefined, snapshot(900, 'a')), snapshot(3, 'b')) as Table<unknown>;
    expect([...state.rows.keys()]).toEqual(['b']);
  });
});

describe('changes', () => {
  // A frame of a later release is passed over.
  test('what is not known changes nothing', () => {
    expect(changes({ topic: 'weather', kind: 'rain', body: {} }, 0)).toEqual([]);
    expect(changes({ topic: 'agent', kind: 'confetti', body: {} }, 0)).toEqual([]);
  });

  // An answer to a command and the feed may cross: the later picture stays.
  test('an older desk never replaces a newer one', () => {
    const at = (n: number) => changes({ topic: 'agent', kind: 'snapshot', n, body: { contacts: [] } }, 0)[0]!;
    expect(at(5).key).toEqual(keys.desk);
    const now = at(5).fold(undefined as never);
    expect(at(4).fold(now as never)).toBe(now);
    expect((at(6).fold(now as never) as { n: number }).n).toBe(6);
  });
});
