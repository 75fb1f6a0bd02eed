import { describe, expect, test } from 'vitest';
import type { Contact } from '../api/types';
import { noConversation, type Conversation, type Message } from '../live/frames';
import { byNeed, held, need, noTalk, talk, type Talk } from './needs';

function contact(id: string, more: Partial<Contact> = {}): Contact {
  return { id, state: 'active', since: 1, accepted_at: 1, ...more } as Contact;
}

function said(...authors: ('customer' | 'agent')[]): Conversation {
  const messages = authors.map((author, i): Message => ({ seq: i + 1, at: (i + 1) * 1000, author, kind: 'text', text: `text ${i + 1}`, client_id: String(i) }));
  return { ...noConversation, messages, last: messages.length };
}

const order = (contacts: Contact[], talks: Record<string, Partial<Talk>> = {}) =>
  byNeed(contacts, (id) => ({ ...noTalk, ...talks[id] })).map((c) => c.id);

describe('needs', () => {
  // Who waits longest for an answer is first, whoever was accepted earlier.
  test('the longest unanswered is on top', () => {
    expect(order([contact('a'), contact('b'), contact('c')], { b: { waits: 200 }, c: { waits: 100 } })).toEqual(['c', 'b', 'a']);
  });

  // A person who waits presses more than a page that is gone, that more than a wrap-up.
  test('kinds of need', () => {
    const all = [
      contact('quiet'),
      contact('wrapping', { state: 'wrap_up', deadline_at: 50 }),
      contact('lost', { customer_grace_ends_at: 70 }),
      contact('waits'),
    ];
    expect(order(all, { waits: { waits: 90 } })).toEqual(['waits', 'lost', 'wrapping', 'quiet']);
    expect(need(all[2]!, noTalk)).toBe('lost');
  });

  // A wrap-up that never ends by itself comes after one that does.
  test('wrap-ups by their end', () => {
    const all = [contact('open', { state: 'wrap_up' }), contact('late', { state: 'wrap_up', deadline_at: 9 }), contact('soon', { state: 'wrap_up', deadline_at: 5 })];
    expect(order(all)).toEqual(['soon', 'late', 'open']);
  });

  // While somebody points at the list nothing in it moves; what is new comes last.
  test('held places', () => {
    const all = [contact('new'), contact('a'), contact('b')];
    expect(held(all, ['b', 'a']).map((c) => c.id)).toEqual(['b', 'a', 'new']);
    expect(held(all, undefined).map((c) => c.id)).toEqual(['new', 'a', 'b']);
  });

  // What I have read, or answered, is not unread.
  test('what a conversation tells the list', () => {
    expect(talk(said('customer', 'agent', 'customer', 'customer'), 0)).toMatchObject({ waits: 3000, unread: 2, last: 'text 4' });
    expect(talk(said('customer', 'customer'), 1).unread).toBe(1);
    expect(talk(undefined, 0)).toBe(noTalk);
  });
});
