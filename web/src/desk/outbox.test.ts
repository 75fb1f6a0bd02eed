import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../api/client';
import { Outbox, type Pending } from './outbox';

/** A server that remembers by client id, and a line that breaks as it is told. */
let kept: Pending[];
let plan: ('ok' | 'lost before' | 'lost after' | 'away' | 'refused')[];
let timers: (() => void)[];
let saved: Pending[];
let outbox: Outbox;

const settle = () => new Promise<void>((done) => setTimeout(done));

async function settled(): Promise<void> {
  await settle();
  while (timers.length > 0) {
    timers.shift()!();
    await settle();
  }
}

function fresh(): Outbox {
  return new Outbox({
    send: async (m) => {
      const fate = plan.shift() ?? 'ok';
      if (fate === 'lost before') throw new Fault('unreachable', '', 0);
      if (fate === 'away') throw new Fault('store_away', '', 503);
      if (fate === 'refused') throw new Fault('text_invalid', '', 422);
      if (!kept.some((k) => k.clientId === m.clientId)) kept.push(m);
      if (fate === 'lost after') throw new Fault('unreachable', '', 0);
    },
    later: (_, call) => {
      timers.push(call);
      return () => {
        timers = timers.filter((t) => t !== call);
      };
    },
    load: () => saved,
    save: (messages) => {
      saved = messages;
    },
    changed: () => {},
  });
}

const message = (clientId: string, contact = 'x'): Pending => ({ clientId, contact, kind: 'text', text: clientId, at: 0 });

beforeEach(() => {
  kept = [];
  plan = [];
  timers = [];
  saved = [];
  outbox = fresh();
});

describe('Outbox', () => {
  // However often the line breaks, before or after the server has saved: each message is there once, in order.
  test('nothing is lost, doubled or out of order', async () => {
    plan = ['lost before', 'lost after', 'away', 'ok', 'lost after', 'lost before', 'ok', 'ok', 'lost after'];
    for (const id of ['1', '2', '3', '4', '5']) outbox.add(message(id));
    await settled();
    expect(kept.map((m) => m.clientId)).toEqual(['1', '2', '3', '4', '5']);
  });

  // A message stays until the feed shows it; then it is the conversation's.
  test('is kept until it is shown', async () => {
    outbox.add(message('1'));
    await settled();
    expect(outbox.all().length).toBe(1);
    outbox.shown(['1', 'somebody else’s']);
    expect(outbox.all()).toEqual([]);
    expect(saved).toEqual([]);
  });

  // A reload in the middle goes on under the same client ids.
  test('survives a reload', async () => {
    plan = ['lost after'];
    outbox.add(message('1'));
    outbox.add(message('2'));
    await settle();
    timers = []; // the page is gone
    outbox = fresh();
    outbox.start();
    await settled();
    expect(kept.map((m) => m.clientId)).toEqual(['1', '2']);
  });

  // A refusal for good is the person's to decide on; what was written after it waits.
  test('a refusal stops its contact, not the others', async () => {
    plan = ['refused'];
    outbox.add(message('1'));
    outbox.add(message('2'));
    outbox.add(message('3', 'y'));
    await settled();
    expect(kept.map((m) => m.clientId)).toEqual(['3']);
    expect(outbox.all()[0]?.fault?.code).toBe('text_invalid');
    outbox.retry('1');
    await settled();
    expect(kept.map((m) => m.clientId)).toEqual(['3', '1', '2']);
  });

  // Giving a refused message up lets the next one go.
  test('a dropped message makes way', async () => {
    plan = ['refused'];
    outbox.add(message('1'));
    outbox.add(message('2'));
    await settled();
    outbox.drop('1');
    await settled();
    expect(kept.map((m) => m.clientId)).toEqual(['2']);
  });
});
