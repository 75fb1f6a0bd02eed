import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { answer, api, asFault } from '../api/client';

/** To whom one writes: to the customer, or a note to colleagues. */
export type Writing = 'text' | 'note';

/** What is typed for a contact. The two texts are apart, so that a note can never become a message by a slip. */
export interface Typed {
  text: string;
  note: string;
  writing: Writing;
}

const nothing: Typed = { text: '', note: '', writing: 'text' };

/** A pause in typing that is worth saving. */
const pause = 700;
const storageKey = 'portico.drafts';
/** Stands between message and note in the one text that the server keeps. */
const separator = '\u241E';

interface Entry {
  typed: Typed;
  /** Typed here and not yet on the server: what comes from there must not replace it. */
  unsaved: boolean;
}

const entries = new Map<string, Entry>(read());
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const underWay = new Set<string>();
const known = new Set<string>();

function read(): [string, Entry][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, Entry][];
  } catch {
    return [];
  }
}

/** Message and note as the server keeps them. */
export function join(typed: Typed): string {
  const text = typed.text.replaceAll(separator, '');
  return typed.note === '' ? text : text + separator + typed.note;
}

/** The message and the note of what the server kept. */
export function part(kept: string): Pick<Typed, 'text' | 'note'> {
  const at = kept.indexOf(separator);
  return at < 0 ? { text: kept, note: '' } : { text: kept.slice(0, at), note: kept.slice(at + 1) };
}

function put(contact: string, entry: Entry): void {
  if (!entry.unsaved && entry.typed.text === '' && entry.typed.note === '' && entry.typed.writing === 'text') entries.delete(contact);
  else entries.set(contact, entry);
  sessionStorage.setItem(storageKey, JSON.stringify([...entries]));
  for (const listener of listeners) listener();
}

/** One save of a contact is under way at a time: an earlier text never comes after a later one. */
function save(contact: string): void {
  timers.delete(contact);
  const entry = entries.get(contact);
  if (!entry?.unsaved || underWay.has(contact)) return;
  underWay.add(contact);
  const kept = join(entry.typed);
  answer(api.PUT('/api/v1/contacts/{id}/draft', { params: { path: { id: contact } }, body: { text: kept } })).then(
    () => {
      underWay.delete(contact);
      const now = entries.get(contact);
      if (now && join(now.typed) === kept) put(contact, { ...now, unsaved: false });
      else if (now && !timers.has(contact)) save(contact);
    },
    (thrown: unknown) => {
      underWay.delete(contact);
      const now = entries.get(contact);
      // It is safe in this window until the connection is back, or somebody has signed in
      // again; any other refusal would be the same again.
      const fault = asFault(thrown);
      if (now && !fault.passing && fault.status !== 401) put(contact, { ...now, unsaved: false });
    },
  );
}

/** Saves what could not be saved before: the connection is back. */
export function saveDrafts(): void {
  for (const [contact, entry] of entries) if (entry.unsaved) save(contact);
}

function typedOf(contact: string): Typed {
  return entries.get(contact)?.typed ?? nothing;
}

/** Types a text for a contact: kept in this window at once, on the server at the next pause. */
export function setDraft(contact: string, writing: Writing, text: string): void {
  known.add(contact);
  put(contact, { typed: { ...typedOf(contact), [writing]: text }, unsaved: true });
  clearTimeout(timers.get(contact));
  timers.set(contact, setTimeout(() => save(contact), pause));
}

/** Changes between message and note. What is typed in each stays where it is. */
export function setWriting(contact: string, writing: Writing): void {
  const entry = entries.get(contact);
  put(contact, { typed: { ...typedOf(contact), writing }, unsaved: entry?.unsaved ?? false });
}

/** Forgets what was typed for a contact that is no longer mine. */
export function forgetDraft(contact: string): void {
  clearTimeout(timers.get(contact));
  timers.delete(contact);
  known.delete(contact);
  if (entries.has(contact)) put(contact, { typed: nothing, unsaved: false });
}

/** Asks the server for what was typed elsewhere; what is typed here and not yet saved stays. */
async function restore(contact: string): Promise<void> {
  if (entries.get(contact)?.unsaved || underWay.has(contact)) return;
  known.add(contact);
  try {
    const { text } = await answer(api.GET('/api/v1/contacts/{id}/draft', { params: { path: { id: contact } } }));
    const now = entries.get(contact);
    if (!known.has(contact) || now?.unsaved || underWay.has(contact) || join(typedOf(contact)) === text) return;
    put(contact, { typed: { ...typedOf(contact), ...part(text) }, unsaved: false });
  } catch {
    known.delete(contact);
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What is typed for a contact, from this window or else from the server. */
export function useTyped(contact: string): Typed {
  useEffect(() => {
    if (!known.has(contact)) void restore(contact);
  }, [contact]);
  return useSyncExternalStore(subscribe, useCallback(() => typedOf(contact), [contact]));
}

/** Looks once more, when one comes back to this window, whether one has typed on elsewhere. */
export function useDraftsOfOthers(contact: string): void {
  useEffect(() => {
    const look = () => void restore(contact);
    look();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [contact]);
}
