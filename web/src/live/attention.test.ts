import { describe, expect, test } from 'vitest';
import { answeredTo, unread, waiting } from './attention';
import type { Message } from './frames';

function talk(...authors: string[]): Message[] {
  return authors.map((who, i) => ({
    seq: i + 1,
    at: (i + 1) * 1000,
    author: who === 'note' || who === 'agent' ? 'agent' : who === 'joined' ? 'system' : 'customer',
    kind: who === 'note' ? 'note' : who === 'joined' ? 'joined' : 'text',
    text: '',
    client_id: String(i),
  }));
}

describe('attention', () => {
  // A customer waits since the first of the messages that nobody has answered.
  test('waiting', () => {
    expect(waiting(talk('customer', 'agent'))).toBe(0);
    expect(waiting(talk('customer', 'agent', 'customer', 'customer'))).toBe(3000);
    expect(waiting(talk())).toBe(0);
  });

  // Notes and lines of the system answer no customer.
  test('a note is no answer', () => {
    expect(waiting(talk('customer', 'joined', 'note'))).toBe(1000);
    expect(answeredTo(talk('customer', 'agent', 'note'))).toBe(2);
  });

  // Only what the customer wrote after the mark is unread.
  test('unread', () => {
    expect(unread(talk('customer', 'agent', 'customer', 'note', 'customer'), 2)).toBe(2);
    expect(unread(talk('customer'), 1)).toBe(0);
  });
});
