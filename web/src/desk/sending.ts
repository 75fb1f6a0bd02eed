import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { answer, api } from '../api/client';
import { useLive } from '../app/live';
import type { Conversation } from '../live/frames';
import { saveDrafts } from './drafts';
import { Outbox, type Pending } from './outbox';

const storageKey = 'portico.outbox';
const listeners = new Set<() => void>();

function load(): Pending[] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as Pending[];
  } catch {
    return [];
  }
}

/** The one outbox of this window. */
const outbox = new Outbox({
  send: (m) =>
    answer(api.POST('/api/v1/contacts/{id}/messages', {
      params: { path: { id: m.contact } },
      body: { client_id: m.clientId, kind: m.kind, text: m.text },
      signal: AbortSignal.timeout(15_000),
    })),
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  load,
  save: (messages) => sessionStorage.setItem(storageKey, JSON.stringify(messages)),
  changed: () => listeners.forEach((call) => call()),
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Goes on with what an earlier page left, and hurries when the connection is back. */
export function useOutbox(): void {
  const { status } = useLive();
  useEffect(() => {
    if (status !== 'live') return;
    outbox.start();
    outbox.now();
    saveDrafts();
  }, [status]);
}

/** My messages that the conversation does not yet show. */
export function usePending(contact: string, conversation: Conversation): Pending[] {
  const all = useSyncExternalStore(subscribe, () => outbox.all());
  const pending = useMemo(() => {
    const shown = new Set(conversation.messages.map((m) => m.client_id));
    return all.filter((m) => m.contact === contact && !shown.has(m.clientId));
  }, [all, contact, conversation.messages]);
  useEffect(() => {
    outbox.shown(conversation.messages.map((m) => m.client_id));
  }, [conversation.messages]);
  return pending;
}

export const send = (message: Pending) => outbox.add(message);
export const retry = (clientId: string) => outbox.retry(clientId);
export const drop = (clientId: string) => outbox.drop(clientId);
