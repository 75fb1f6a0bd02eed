import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fault } from '../api/client';
import { forgetDraft, join, part, saveDrafts, setDraft, type Typed } from './drafts';

/** What the server says to each save, the last one again and again. */
let answers: (undefined | Fault)[];
let saves: string[];

vi.mock('../api/client', async (original) => ({
  ...(await original<typeof import('../api/client')>()),
  api: { PUT: (_: string, { body }: { body: { text: string } }) => body.text },
  answer: async (text: Promise<string>) => {
    saves.push(await text);
    const fault = answers.length > 1 ? answers.shift() : answers[0];
    if (fault) throw fault;
  },
}));

beforeEach(() => {
  answers = [undefined];
  saves = [];
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { setItem: (key: string, value: string) => kept.set(key, value), getItem: (key: string) => kept.get(key) ?? null });
  vi.useFakeTimers();
});

afterEach(() => {
  forgetDraft('c');
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pause = () => vi.advanceTimersByTimeAsync(1000);

const typed = (text: string, note: string): Typed => ({ text, note, writing: 'text' });

// A message without a note is kept as it is; with one, each comes back into its own place.
test('message and note in one text', () => {
  expect(join(typed('Hello', ''))).toBe('Hello');
  for (const both of [typed('Hello', 'told off'), typed('', 'only a note'), typed('', '')]) {
    expect(part(join(both))).toEqual({ text: both.text, note: both.note });
  }
});

// A separator within a message cannot turn its end into a note.
test('a separator in the message', () => {
  expect(part(join(typed('a\u241Eb', '')))).toEqual({ text: 'ab', note: '' });
});

// What is typed while the session ends is not taken for saved: it comes to the server once somebody has signed in again.
test.each([
  ['the session ended', new Fault('unauthorised', '', 401)],
  ['the server is away', new Fault('store_away', '', 503)],
  ['nothing answers', new Fault('unreachable', '', 0)],
])('typed while %s', async (_, fault) => {
  answers = [fault, undefined];
  setDraft('c', 'text', 'We have');
  await pause();
  expect(saves).toEqual(['We have']);
  saveDrafts();
  await pause();
  expect(saves).toEqual(['We have', 'We have']);
  saveDrafts();
  await pause();
  expect(saves).toHaveLength(2);
});

// What would be refused again is not asked again.
test('typed for a contact that is no longer mine', async () => {
  answers = [new Fault('not_found', '', 404)];
  setDraft('c', 'text', 'We have');
  await pause();
  saveDrafts();
  await pause();
  expect(saves).toHaveLength(1);
});
