import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from './memory';
import { Outbox } from './outbox';

type Answer = { status: number; body: unknown } | 'lost';

/** A browser's tab: storage that outlives a reload, and a server that answers as it is told to. */
let stored: Map<string, string>;
let answers: Answer[];
let asked: { client_id: string; text: string }[];

beforeEach(() => {
  vi.useFakeTimers();
  stored = new Map();
  answers = [];
  asked = [];
  vi.stubGlobal('sessionStorage', { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => stored.set(k, v) });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('fetch', (_: string, request: { body: string }) => {
    asked.push(JSON.parse(request.body));
    const answer = answers.shift() ?? { status: 200, body: { seq: asked.length, at: 1 } };
    if (answer === 'lost') return Promise.reject(new TypeError('lost'));
    return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function listener() {
  return { saved: vi.fn(), refused: vi.fn(), stuck: vi.fn() };
}

describe('the outbox', () => {
  // In the order in which they were written, each under one client id however often it is sent.
  it('sends again what nobody answered, in order, under the same id', async () => {
    answers = ['lost', { status: 503, body: {} }];
    const to = listener();
    const outbox = new Outbox('chat', 's', new Keeper('k'), to);
    outbox.add({ id: 'a', text: 'one' });
    outbox.add({ id: 'b', text: 'two' });
    await vi.runAllTimersAsync();
    expect(asked.map((a) => a.client_id)).toEqual(['a', 'a', 'a', 'b']);
    expect(to.saved.mock.calls.map((c) => c[0])).toEqual(['a', 'b']);
    expect(to.stuck).toHaveBeenCalledWith(true);
    expect(to.stuck).toHaveBeenLastCalledWith(false);
  });

  // What was written before a reload is sent after it.
  it('goes on after a reload', async () => {
    answers = ['lost'];
    const first = new Outbox('chat', 's', new Keeper('k'), listener());
    first.add({ id: 'a', text: 'one' });
    await vi.advanceTimersByTimeAsync(1);
    first.stop();
    const to = listener();
    new Outbox('chat', 's', new Keeper('k'), to);
    await vi.runAllTimersAsync();
    expect(to.saved.mock.calls.map((c) => c[0])).toEqual(['a']);
    expect(new Keeper('k').now.waiting).toEqual([]);
  });

  // A refusal is told with its reason, and does not hold up what comes behind it.
  it('passes over what is refused', async () => {
    answers = [{ status: 422, body: { code: 1011, name: 'text_too_long', message: 'Too long.' } }];
    const to = listener();
    const outbox = new Outbox('chat', 's', new Keeper('k'), to);
    outbox.add({ id: 'a', text: 'one' });
    outbox.add({ id: 'b', text: 'two' });
    await vi.runAllTimersAsync();
    expect(to.refused).toHaveBeenCalledWith('a', 'text_too_long', 'Too long.');
    expect(to.saved.mock.calls.map((c) => c[0])).toEqual(['b']);
  });
});

describe('the memory', () => {
  // The next chat does not begin with the last one's words, but knows who the customer is.
  it('forgets a chat and keeps the person', () => {
    const keeper = new Keeper('k');
    keeper.set({ contact: 'c', session: 's', values: { name: 'Carla', question: 'Why?' }, sound: true, open: true, score: 4, met: true, draft: 'x' });
    keeper.forgetChat();
    expect(new Keeper('k').now).toMatchObject({ contact: '', session: '', values: { name: 'Carla' }, sound: true, open: true, score: 0, met: false, draft: '' });
  });

  // What an older release stored, or somebody else, never breaks the chat.
  it.each(['', 'null', '[]', '"x"', '{"open":true}'])('reads %j', (text) => {
    stored.set('k', text);
    expect(new Keeper('k').now.waiting).toEqual([]);
  });
});
