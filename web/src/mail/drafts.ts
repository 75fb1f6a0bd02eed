import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import { newId } from '../kit/id';
import { whole, type Draft, type Signature } from './types';

/** A pause in writing that is worth saving. */
const pause = 700;
const storageKey = 'portico.mail-drafts';

/** What is written for a contact. */
export interface Written {
  draft?: Draft;
  /** The mail's own id: sending it twice makes one mail. */
  clientId: string;
  /** Written here and not yet on the server: what comes from there must not replace it. */
  unsaved: boolean;
  /** Counts the drafts that did not come from typing: the editor begins anew with each. */
  begun: number;
  /** The server has said what it has. */
  asked: boolean;
  signature?: Signature;
  /** Why the server does not keep it. */
  fault?: Fault;
}

const none: Written = { clientId: '', unsaved: false, begun: 0, asked: false };
const entries = new Map<string, Written>(read());
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const underWay = new Set<string>();
const known = new Set<string>();

function read(): [string, Written][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, Written][];
  } catch {
    return [];
  }
}

function put(contact: string, entry: Written): void {
  entries.set(contact, entry);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify([...entries].filter(([, e]) => e.unsaved)));
  } catch {
    // Longer than the window keeps: the server has it a moment later.
  }
  for (const listener of listeners) listener();
}

const of = (contact: string): Written => entries.get(contact) ?? none;

/** One save of a contact is under way at a time: an earlier text never comes after a later one. */
function save(contact: string): void {
  timers.delete(contact);
  const { unsaved, draft } = of(contact);
  if (!unsaved || underWay.has(contact)) return;
  underWay.add(contact);
  answer(api.PUT('/api/v1/contacts/{id}/mail-draft', { params: { path: { id: contact } }, body: { draft } })).then(
    () => {
      underWay.delete(contact);
      const now = of(contact);
      if (now.draft === draft) {
        put(contact, { ...now, unsaved: false, fault: undefined });
        // Where there is a draft the server does not say what stands below the next one.
        if (!draft && !now.signature && known.has(contact)) void restore(contact);
      } else if (!timers.has(contact)) save(contact);
    },
    (thrown: unknown) => {
      underWay.delete(contact);
      const now = of(contact);
      // It is safe in this window until the server is back; a refusal would be the same again.
      const fault = asFault(thrown);
      if (!fault.passing) put(contact, { ...now, unsaved: false, fault });
      else if (!timers.has(contact)) timers.set(contact, setTimeout(() => save(contact), 3_000));
    },
  );
}

function later(contact: string): void {
  clearTimeout(timers.get(contact));
  timers.set(contact, setTimeout(() => save(contact), pause));
}

/** Begins a mail, or takes one up again. */
export function beginDraft(contact: string, draft: Draft): void {
  known.add(contact);
  const now = of(contact);
  put(contact, { ...now, draft, clientId: newId(), unsaved: true, begun: now.begun + 1 });
  later(contact);
}

/** Changes what is written: kept in this window at once, on the server at the next pause. */
export function changeDraft(contact: string, change: (draft: Draft) => Partial<Draft>): void {
  const now = of(contact);
  if (!now.draft) return;
  put(contact, { ...now, draft: { ...now.draft, ...change(now.draft) }, unsaved: true });
  later(contact);
}

/** The mail is given up. */
export function discardDraft(contact: string): void {
  put(contact, { ...of(contact), draft: undefined, unsaved: true });
  clearTimeout(timers.get(contact));
  save(contact);
}

/** The mail is on its way: the server has dropped the draft by itself. */
export function draftSent(contact: string): void {
  clearTimeout(timers.get(contact));
  timers.delete(contact);
  put(contact, { ...of(contact), draft: undefined, unsaved: false });
}

/** Forgets what was written for a contact that is no longer mine; the server keeps what it has. */
export function forgetMailDraft(contact: string): void {
  clearTimeout(timers.get(contact));
  timers.delete(contact);
  known.delete(contact);
  if (entries.has(contact)) {
    entries.delete(contact);
    put(contact, none);
  }
}

/** Asks the server for what was written elsewhere; what is written here and not yet saved stays. */
async function restore(contact: string): Promise<void> {
  known.add(contact);
  try {
    const kept = await answer(api.GET('/api/v1/contacts/{id}/mail-draft', { params: { path: { id: contact } } }));
    const now = of(contact);
    const signature = kept.signature ?? now.signature;
    if (!known.has(contact)) return;
    if (now.unsaved || underWay.has(contact) || now.draft || !kept.draft) put(contact, { ...now, asked: true, signature });
    else put(contact, { draft: whole(kept.draft), clientId: newId(), unsaved: false, begun: now.begun + 1, asked: true, signature });
    if (of(contact).unsaved) later(contact);
  } catch {
    known.delete(contact);
    put(contact, { ...of(contact), asked: true });
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What is written for a contact, from this window or else from the server. asks: only its owner may. */
export function useWritten(contact: string, asks: boolean): Written {
  useEffect(() => {
    if (asks && !known.has(contact)) void restore(contact);
  }, [contact, asks]);
  return useSyncExternalStore(subscribe, useCallback(() => of(contact), [contact]));
}

/** Whether something is written for a contact that has not been sent. */
export function isWriting(contact: string): boolean {
  return of(contact).draft !== undefined;
}
