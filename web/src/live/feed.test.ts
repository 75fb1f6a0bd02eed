import { beforeEach, describe, expect, test } from 'vitest';
import { Feed, type Socket, type Status } from './feed';
import type { Frame } from './frames';

class MadeUpSocket implements Socket {
  sent: { op: string; topics?: { topic: string; after?: number }[] }[] = [];
  gone = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as (typeof this.sent)[number]);
  }
  close(): void {
    this.gone = true;
  }
  says(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

let sockets: MadeUpSocket[];
let timers: { at: number; call: () => void }[];
let now: number;
let statuses: Status[];
let frames: Frame[];
let feed: Feed;
let signedIn: boolean;

function pass(ms: number): void {
  const until = now + ms;
  for (;;) {
    const due = timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
    if (!due) break;
    timers.splice(timers.indexOf(due), 1);
    now = due.at;
    due.call();
  }
  now = until;
}

const last = () => sockets[sockets.length - 1]!;
const hello: Frame = { topic: 'hello', kind: 'hello', body: {} };

beforeEach(() => {
  sockets = [];
  timers = [];
  now = 0;
  statuses = [];
  frames = [];
  signedIn = true;
  feed = new Feed(
    {
      open: () => {
        sockets.push(new MadeUpSocket());
        return last();
      },
      later: (ms, call) => {
        const timer = { at: now + ms, call };
        timers.push(timer);
        return () => {
          timers = timers.filter((t) => t !== timer);
        };
      },
      random: () => 0.5,
      signedIn: () => Promise.resolve(signedIn),
    },
    (frame) => frames.push(frame),
    (status) => statuses.push(status),
  );
});

describe('Feed', () => {
  // Topics asked for before the greeting are asked for with it, in one request.
  test('subscribes after the greeting', () => {
    feed.start();
    feed.subscribe('agent');
    feed.subscribe('conversation/x', () => 12);
    expect(last().sent).toEqual([]);
    last().says(hello);
    expect(last().sent).toEqual([{ op: 'subscribe', topics: [{ topic: 'agent' }, { topic: 'conversation/x', after: 12 }] }]);
    expect(statuses).toEqual(['connecting', 'live']);
  });

  // After a lost connection every topic resumes from the number known by then.
  test('resumes from the last number', () => {
    let known = 3;
    feed.start();
    feed.subscribe('conversation/x', () => known);
    last().says(hello);
    known = 9;
    last().onclose?.({ code: 1006 });
    expect(statuses.at(-1)).toBe('lost');
    pass(2000);
    expect(sockets.length).toBe(2);
    last().says(hello);
    expect(last().sent[0]?.topics).toEqual([{ topic: 'conversation/x', after: 9 }]);
  });

  // A server that stays away is asked again ever less often, and never given up.
  test('waits longer each time', () => {
    feed.start();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const count = sockets.length;
      last().onclose?.({ code: 1006 });
      const before = now;
      while (sockets.length === count) pass(100);
      waits.push(now - before);
    }
    expect(waits[0]).toBe(1000);
    expect(waits.at(-1)).toBe(16_000);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });

  // A connection on which nothing comes any more, not even an answer to a ping, is given up.
  test('gives up a silent connection', () => {
    feed.start();
    last().says(hello);
    pass(20_000);
    expect(last().sent.at(-1)).toEqual({ op: 'ping' });
    const silent = last();
    pass(25_000);
    expect(silent.gone).toBe(true);
    expect(statuses.at(-1)).toBe('lost');
  });

  // One topic that two places show is subscribed to once, until the last lets go.
  test('counts who wants a topic', () => {
    feed.start();
    last().says(hello);
    const first = feed.subscribe('queues');
    const second = feed.subscribe('queues');
    first();
    first();
    expect(last().sent.map((m) => m.op)).toEqual(['subscribe']);
    second();
    expect(last().sent.map((m) => m.op)).toEqual(['subscribe', 'unsubscribe']);
  });

  // A session that has ended is not tried again: the person has to sign in.
  test('stops when signed out', () => {
    feed.start();
    last().says(hello);
    last().onclose?.({ code: 4401 });
    pass(60_000);
    expect(sockets.length).toBe(1);
    expect(statuses.at(-1)).toBe('signed_out');
  });

  // A door that is shut does not say why: the session is asked for, and a server
  // that is merely away is no reason to ask anybody for a password.
  test('asks for the session when it is turned away', async () => {
    feed.start();
    last().onclose?.({ code: 1006 });
    await Promise.resolve();
    expect(statuses.at(-1)).toBe('lost');
    pass(4000);
    signedIn = false;
    last().onclose?.({ code: 1006 });
    await Promise.resolve();
    expect(statuses.at(-1)).toBe('signed_out');
  });

  // What is not JSON is passed over; what follows is heard.
  test('survives what is not a frame', () => {
    feed.start();
    last().onmessage?.({ data: '<html>' });
    last().says(hello);
    expect(frames).toEqual([hello]);
  });
});
