import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { answer, api, asFault } from '../api/client';

/** A pause in typing that is worth saving. */
const pause = 700;
const storageKey = 'portico.drafts';

const drafts = new Map<string, string>(read());
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const asked = new Set<string>();
const unsaved = new Set<string>();

function read(): [string, string][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, string][];
  } catch {
    return [];
  }
}

function put(contact: string, text: string): void {
  if (text === '') drafts.delete(contact);
  else drafts.set(contact, text);
  sessionStorage.setItem(storageKey, JSON.stringify([...drafts]));
  for (const listener of listeners) listener();
}

function save(contact: string): void {
  timers.delete(contact);
  const text = drafts.get(contact) ?? '';
  answer(api.PUT('/api/v1/contacts/{id}/draft', { params: { path: { id: contact } }, body: { text } })).catch((thrown: unknown) => {
    // It is safe in this window until the connection is back.
    if (asFault(thrown).passing) unsaved.add(contact);
  });
}

/** Saves what could not be saved before. */
export function saveDrafts(): void {
  const again = [...unsaved];
  unsaved.clear();
  again.forEach(save);
}

/** Types a text for a contact: kept in this window at once, on the server at the next pause. */
export function setDraft(contact: string, text: string): void {
  asked.add(contact);
  put(contact, text);
  clearTimeout(timers.get(contact));
  timers.set(contact, setTimeout(() => save(contact), pause));
}

/** Forgets the text of a contact that is no longer mine. */
export function forgetDraft(contact: string): void {
  clearTimeout(timers.get(contact));
  timers.delete(contact);
  asked.delete(contact);
  if (drafts.has(contact)) put(contact, '');
}

async function restore(contact: string): Promise<void> {
  if (asked.has(contact) || drafts.has(contact)) return;
  asked.add(contact);
  try {
    const { text } = await answer(api.GET('/api/v1/contacts/{id}/draft', { params: { path: { id: contact } } }));
    if (text && !drafts.has(contact)) put(contact, text);
  } catch {
    asked.delete(contact);
  }
}

/** The text that is typed for a contact, from this window or else from the server. */
export function useDraft(contact: string): string {
  useEffect(() => {
    void restore(contact);
  }, [contact]);
  const subscribe = useCallback((listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return useSyncExternalStore(subscribe, () => drafts.get(contact) ?? '');
}
