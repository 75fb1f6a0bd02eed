import { expect, test } from 'vitest';
import { join, part, type Typed } from './drafts';

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
