import type { Contact } from '../api/types';
import { answeredTo, unread, waiting, whispered } from '../live/attention';
import type { Conversation } from '../live/frames';

/** What a conversation says of a contact in the list. */
export interface Talk {
  /** Since when the customer waits for an answer; 0: does not. */
  waits: number;
  /** Messages of the customer that I have not seen. */
  unread: number;
  /** The last thing said, in a line. */
  last: string;
  /** The customer is typing until then; 0: not. */
  typingUntil: number;
}

export const noTalk: Talk = { waits: 0, unread: 0, last: '', typingUntil: 0 };

/** The part of a conversation that the list of contacts shows. read: how far I have read. */
export function talk(conversation: Conversation | undefined, read: number): Talk {
  if (!conversation) return noTalk;
  const { messages } = conversation;
  const last = messages.findLast((m) => m.kind === 'text' || m.kind === 'file' || m.kind === 'page' || m.kind === 'mail');
  return {
    waits: waiting(messages),
    unread: unread(messages, Math.max(read, answeredTo(messages))) + whispered(messages, read),
    last: last?.text || last?.attachments?.[0]?.name || '',
    typingUntil: conversation.typingUntil,
  };
}

/** The kinds of need, what presses most first. */
export type Need = 'offered' | 'answer' | 'lost' | 'interrupted' | 'wrap_up' | 'none';

const rank: Record<Need, number> = { offered: 0, answer: 1, lost: 2, interrupted: 3, wrap_up: 4, none: 5 };

/** What a contact needs of me now. */
export function need(contact: Contact, said: Talk): Need {
  if (contact.state === 'offered') return 'offered';
  if (contact.state === 'wrap_up') return 'wrap_up';
  if (contact.state === 'interrupted') return 'interrupted';
  if (contact.role && contact.role !== 'owner') return 'none'; // somebody else answers
  if (contact.customer_grace_ends_at) return 'lost';
  return said.waits > 0 ? 'answer' : 'none';
}

/** Until when, or since when: what orders contacts of the same need, lowest first. */
function pressing(contact: Contact, said: Talk, what: Need): number {
  switch (what) {
    case 'answer':
      return said.waits;
    case 'lost':
      return contact.customer_grace_ends_at ?? 0;
    case 'wrap_up':
      return contact.deadline_at ?? Number.MAX_SAFE_INTEGER;
    default:
      return contact.accepted_at ?? contact.since;
  }
}

/**
 * byNeed puts the contact that needs me first on top: who waits longest for an
 * answer, whose page is gone, what was interrupted, the wrap-up that ends soonest,
 * then the others in the order in which they came.
 */
export function byNeed(contacts: readonly Contact[], said: (id: string) => Talk): Contact[] {
  return [...contacts].sort((a, b) => {
    const [needA, needB] = [need(a, said(a.id)), need(b, said(b.id))];
    return (
      rank[needA] - rank[needB] ||
      pressing(a, said(a.id), needA) - pressing(b, said(b.id), needB) ||
      a.id.localeCompare(b.id)
    );
  });
}

/** held keeps the places of the ids that were shown; whatever is new comes after them. */
export function held(contacts: readonly Contact[], places: readonly string[] | undefined): Contact[] {
  if (!places) return [...contacts];
  const place = new Map(places.map((id, i) => [id, i]));
  return [...contacts].sort((a, b) => (place.get(a.id) ?? places.length) - (place.get(b.id) ?? places.length));
}
