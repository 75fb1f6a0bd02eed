import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answer, api, type Fault } from '../api/client';
import type { Contact, Desk } from '../api/types';
import { useLive } from '../app/live';
import { reasonName } from '../kit/names';
import { useTexts } from '../kit/texts';
import { keys } from '../live/reduce';

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
  clientId: string;
}

export interface Transfer {
  queue?: string;
  agent?: string;
  note?: string;
  clientId: string;
}

/** What an agent may ask about a contact. Nothing is shown before the server has said yes. */
export function useCommands(contact: Contact) {
  const cache = useQueryClient();
  const { status } = useLive();
  const params = { path: { id: contact.id } };
  // The feed brings what has changed. Without it the desk is asked for.
  const after = () => {
    if (status !== 'live') void cache.invalidateQueries({ queryKey: keys.desk });
  };
  const command = <Input>(call: (input: Input) => Promise<unknown>) => ({
    mutationFn: call,
    onSettled: after,
  });
  return {
    accept: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/accept', { params, body: { offer: contact.offer } })))),
    decline: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/decline', { params, body: { offer: contact.offer } })))),
    finish: useMutation(command(() => answer(api.POST('/api/v1/contacts/{id}/finish', { params })))),
    extend: useMutation(command((by_s: number) => answer(api.POST('/api/v1/contacts/{id}/extend', { params, body: { by_s } })))),
    wrapUp: useMutation(
      command((w: WrapUp) =>
        answer(api.POST('/api/v1/contacts/{id}/wrap-up', { params, body: { disposition: w.disposition, client_id: w.clientId } }))),
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
