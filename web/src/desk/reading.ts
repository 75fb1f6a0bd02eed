import { useEffect, useSyncExternalStore } from 'react';
import { answer, api } from '../api/client';
import type { Conversation } from '../live/frames';

const storageKey = 'portico.read';

/** How far I have read each conversation in this window. */
let marks: ReadonlyMap<string, number> = new Map(load());
const listeners = new Set<() => void>();

function load(): [string, number][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, number][];
  } catch {
    return [];
  }
}

function keep(next: Map<string, number>): void {
  marks = next;
  sessionStorage.setItem(storageKey, JSON.stringify([...next]));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function mark(contact: string, seq: number): void {
  if ((marks.get(contact) ?? 0) >= seq) return;
  keep(new Map(marks).set(contact, seq));
  answer(api.PUT('/api/v1/contacts/{id}/read', { params: { path: { id: contact } }, body: { seq } })).catch(() => {
    // A mark that is lost is made good by the next one.
  });
}

/** How far I have read, by contact; the same map until something changes. */
export function useMarks(): ReadonlyMap<string, number> {
  return useSyncExternalStore(subscribe, () => marks);
}

/** How far I have read a conversation, as of now. */
export function readUpTo(contact: string): number {
  return marks.get(contact) ?? 0;
}

/** Forgets a contact that is no longer mine. */
export function forgetMark(contact: string): void {
  if (!marks.has(contact)) return;
  const next = new Map(marks);
  next.delete(contact);
  keep(next);
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
