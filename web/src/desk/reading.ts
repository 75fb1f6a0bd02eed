import { useEffect, useSyncExternalStore } from 'react';
import { answer, api } from '../api/client';
import { answeredTo, unread } from '../live/attention';
import type { Conversation } from '../live/frames';

/** How far I have read each conversation in this window. */
const marks = new Map<string, number>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function mark(contact: string, seq: number): void {
  if ((marks.get(contact) ?? 0) >= seq) return;
  marks.set(contact, seq);
  for (const listener of listeners) listener();
  answer(api.PUT('/api/v1/contacts/{id}/read', { params: { path: { id: contact } }, body: { seq } })).catch(() => {
    // A mark that is lost is made good by the next one.
  });
}

/** How many messages of the customer I have not seen. */
export function useUnread(contact: string, conversation: Conversation): number {
  const read = useSyncExternalStore(subscribe, () => marks.get(contact) ?? 0);
  return unread(conversation.messages, Math.max(read, answeredTo(conversation.messages)));
}

/** Marks the conversation as read while it is on the screen of somebody who looks. */
export function useReading(contact: string, conversation: Conversation): void {
  const { last } = conversation;
  useEffect(() => {
    const look = () => {
      if (!document.hidden && last > 0) mark(contact, last);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [contact, last]);
}
