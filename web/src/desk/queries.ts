import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { answer, api, type Fault } from '../api/client';
import type { Contact, Desk, Me } from '../api/types';
import { useLive } from '../app/live';
import { meQuery } from '../app/session';
import type { Emoticons } from '../kit/Entry';
import { reasonName } from '../kit/names';
import { languages, useTexts } from '../kit/texts';
import { keys } from '../live/reduce';
import type { Role } from './roles';
import type { ChatSettings, ResponseObject } from './types';

/** My desk. The live feed keeps it fresh; it is asked for once, so that a page shows something at once. */
export const deskQuery = queryOptions<Desk, Fault>({
  queryKey: keys.desk,
  queryFn: () => answer(api.GET('/api/v1/agent')),
  staleTime: Infinity,
});

/** Reasons of being unavailable, and dispositions. */
export const reasonsQuery = queryOptions({
  queryKey: ['reasons'],
  queryFn: async () => (await answer(api.GET('/api/v1/reasons', { params: { query: { limit: 500 } } }))).items,
  staleTime: 60_000,
});

/** The queues' settings: what a wrap-up demands. */
export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: async () => (await answer(api.GET('/api/v1/queues', { params: { query: { limit: 500 } } }))).items,
  staleTime: 60_000,
});

/** What the company lets a chat do. */
const settingsQuery = queryOptions({
  queryKey: ['chat-settings'],
  queryFn: async () => (await answer(api.GET('/api/v1/chat-settings'))).settings,
  staleTime: 60_000,
  retry: 1,
});

/** While the rules are not known, files are left to the server's judgement. */
const unknownRules: ChatSettings['attachments'] = { enabled: true, bytes_max: 26_214_400, types: [] };

/** What files may be sent. */
export function useFileRules(): ChatSettings['attachments'] {
  return useQuery(settingsQuery).data?.attachments ?? unknownRules;
}

const chatLanguagesQuery = queryOptions({
  queryKey: ['chat-languages'],
  queryFn: async () => (await answer(api.GET('/api/v1/chat-languages', { params: { query: { limit: 500 } } }))).items,
  staleTime: 60_000,
  retry: 1,
});

/** The chat languages of the company; of one that has none, those of the catalogue. */
export function useChatLanguages(): readonly string[] {
  const own = useQuery(chatLanguagesQuery).data;
  return useMemo(() => (own && own.length > 0 ? own.map((l) => l.name) : languages.map((l) => l.value)), [own]);
}

/** How a contact's language is written: the tag for the spell check, and the emoticons of its chat language. */
export function useSpoken(contact: Contact): { tag: string | undefined; emoticons: Emoticons | undefined } {
  const own = useQuery(chatLanguagesQuery).data;
  return useMemo(() => {
    const chosen = own?.find((l) => l.name.toLowerCase() === contact.language.toLowerCase());
    const pages = chosen?.body.pages ?? contact.language.toLowerCase();
    const emoticons = chosen?.body.emoticons;
    return {
      tag: languages.find((l) => l.value === pages)?.tag,
      emoticons: emoticons && new Map(emoticons.map((e) => [e.code, e.shows])),
    };
  }, [own, contact.language]);
}

export const responsesKey = ['responses'] as const;

/** The standard responses that I may use: the shared ones and my own. */
export const responsesQuery = queryOptions({
  queryKey: responsesKey,
  queryFn: async () => {
    const all: ResponseObject[] = [];
    for (let after = ''; ; ) {
      const page = await answer(api.GET('/api/v1/responses', { params: { query: { limit: 500, after: after || undefined } } }));
      all.push(...page.items);
      if (!page.next) return all;
      after = page.next;
    }
  },
  staleTime: 60_000,
  retry: 1,
});

/** My day in three numbers; asked for again each minute and when I have ended a contact. */
export const dayQuery = queryOptions({
  queryKey: ['day'],
  queryFn: () => answer(api.GET('/api/v1/agent/day')),
  refetchInterval: 60_000,
  retry: 1,
});

/** Who I am. The desk is shown to nobody else. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data ?? undefined;
}

export function useDesk() {
  return useQuery(deskQuery);
}

/** Subscribing to one's own desk is what makes the desktop present. */
export function usePresence(): void {
  const { feed } = useLive();
  useEffect(() => feed.subscribe('agent'), [feed]);
}

/** The name of a reason, in the language spoken where the system made it; empty while it is not known. */
export function useReasonName(): (id: string | undefined) => string {
  const t = useTexts();
  const reasons = useQuery(reasonsQuery).data;
  return (id) => {
    const reason = reasons?.find((r) => r.id === id);
    return reason ? reasonName(t, reason) : '';
  };
}

export interface WrapUp {
  disposition?: string;
  note?: string;
  clientId: string;
}

export interface Transfer {
  queue?: string;
  agent?: string;
  note?: string;
  clientId: string;
}

type Guest = Exclude<Role, 'owner'>;

export interface Invitation {
  role: 'consulted' | 'conferenced';
  agent?: string;
  /** Whom the queue's policy finds. */
  queue?: string;
  note?: string;
  clientId: string;
}

/** What an agent may do with a contact. Nothing is shown before the server has said yes. */
export function useActions(contact: Contact) {
  const cache = useQueryClient();
  const { status } = useLive();
  const params = { path: { id: contact.id } };
  // The feed brings what has changed. Without it the desk is asked for.
  const after = () => {
    if (status !== 'live') void cache.invalidateQueries({ queryKey: keys.desk });
  };
  const command = <Input>(run: (input: Input) => Promise<unknown>) => ({
    mutationFn: run,
    onSettled: after,
  });
  return {
    accept: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/accept', { params, body: { offer: contact.offer } })))),
    decline: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/decline', { params, body: { offer: contact.offer } })))),
    finish: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/finish', { params })))),
    extend: useMutation(command((by_s: number) => answer(api.POST('/api/v1/contacts/{id}/extend', { params, body: { by_s } })))),
    wrapUp: useMutation(
      command((w: WrapUp) =>
        answer(api.POST('/api/v1/contacts/{id}/wrap-up', { params, body: { disposition: w.disposition, note: w.note || undefined, client_id: w.clientId } }))),
    ),
    requeue: useMutation(command((until_at?: number) => answer(api.POST('/api/v1/contacts/{id}/requeue', { params, body: { until_at } })))),
    invite: useMutation(
      command((x: Invitation) =>
        answer(api.POST('/api/v1/contacts/{id}/invite', {
          params, body: { to: x.agent, queue: x.queue, role: x.role, note: x.note || undefined, client_id: x.clientId },
        }))),
    ),
    role: useMutation(command((x: { agent?: string; role: Role }) => answer(api.POST('/api/v1/contacts/{id}/role', { params, body: { agent: x.agent, role: x.role as Guest } })))),
    leave: useMutation(command((agent?: string) => answer(api.POST('/api/v1/contacts/{id}/leave', { params, body: { agent } })))),
    handOver: useMutation(command((x: { to: string; stay: boolean }) => answer(api.POST('/api/v1/contacts/{id}/hand-over', { params, body: x })))),
    takeOver: useMutation(
      command(() => answer(api.POST('/api/v1/contacts/{id}/take-over', { params, body: { expect: { state: contact.state, agent: contact.agent } } }))),
    ),
    transfer: useMutation(
      command((x: Transfer) =>
        answer(api.POST('/api/v1/contacts/{id}/transfer', {
          params,
          body: { queue: x.queue, agent: x.agent, hold_s: x.agent ? 30 : undefined, note: x.note || undefined, client_id: x.clientId },
        }))),
    ),
  };
}
