import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { answer, api } from '../api/client';
import { useLive } from '../app/live';
import type { Conversation } from '../live/frames';
import { saveDrafts } from './drafts';
import { Outbox, type Pending } from './outbox';
import { sendFile } from './upload';
import { Uploads, type Upload } from './uploads';

const storageKey = 'portico.outbox';
const listeners = new Set<() => void>();

function load(): Pending[] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as Pending[];
  } catch {
    return [];
  }
}

function later(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

const changed = () => listeners.forEach((call) => call());

/** The one outbox of this window. */
const outbox = new Outbox({
  send: (m) =>
    answer(api.POST('/api/v1/contacts/{id}/messages', {
      params: { path: { id: m.contact } },
      body: { client_id: m.clientId, kind: m.kind, text: m.text },
      signal: AbortSignal.timeout(15_000),
    })),
  later,
  load,
  save: (messages) => sessionStorage.setItem(storageKey, JSON.stringify(messages)),
  changed,
});

/** The files that this window sends. */
const uploads = new Uploads({
  send: (u, progress) => sendFile(u.contact, u.clientId, u.file, progress),
  later,
  changed,
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
    uploads.now();
    saveDrafts();
  }, [status]);
  // A page that is left while files are on their way would lose them.
  useEffect(() => {
    const stay = (event: BeforeUnloadEvent) => {
      if (uploads.all().some((u) => !u.done)) event.preventDefault();
    };
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, []);
}

/** My messages and files that the conversation does not yet show. */
export function usePending(contact: string, conversation: Conversation): { pending: Pending[]; files: Upload[] } {
  const messages = useSyncExternalStore(subscribe, () => outbox.all());
  const sending = useSyncExternalStore(subscribe, () => uploads.all());
  const out = useMemo(() => {
    const shown = new Set(conversation.messages.map((m) => m.client_id));
    return {
      pending: messages.filter((m) => m.contact === contact && !shown.has(m.clientId)),
      files: sending.filter((u) => u.contact === contact && !shown.has(u.clientId)),
    };
  }, [messages, sending, contact, conversation.messages]);
  useEffect(() => {
    const ids = conversation.messages.map((m) => m.client_id);
    outbox.shown(ids);
    uploads.shown(ids);
  }, [conversation.messages]);
  return out;
}

export const send = (message: Pending) => outbox.add(message);
export const retry = (clientId: string) => outbox.retry(clientId);
export const drop = (clientId: string) => outbox.drop(clientId);
export const sendFiles = (files: readonly Pick<Upload, 'clientId' | 'contact' | 'file'>[]) => uploads.add(files);
export const retryFile = (clientId: string) => uploads.retry(clientId);
export const dropFile = (clientId: string) => uploads.drop(clientId);
