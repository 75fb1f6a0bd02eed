import { useCallback, useSyncExternalStore } from 'react';

const storageKey = 'portico.whispers';

/** What is typed for the agents of a contact. It never stands where a message to the customer is typed. */
let typed: ReadonlyMap<string, string> = new Map(load());
const listeners = new Set<() => void>();

function load(): [string, string][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, string][];
  } catch {
    return [];
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Keeps what is typed for a contact's agents, in this window; an empty text is forgotten. */
export function setWhisper(contact: string, text: string): void {
  const next = new Map(typed);
  if (text === '') next.delete(contact);
  else next.set(contact, text);
  typed = next;
  sessionStorage.setItem(storageKey, JSON.stringify([...next]));
  for (const listener of listeners) listener();
}

export function useWhisper(contact: string): string {
  return useSyncExternalStore(subscribe, useCallback(() => typed.get(contact) ?? '', [contact]));
}
