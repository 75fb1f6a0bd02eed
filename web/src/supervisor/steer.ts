import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import type { Contact } from '../api/types';
import { has, meQuery } from '../app/session';
import { newId } from '../kit/id';

export type JoinRole = 'monitoring' | 'whispering' | 'conferenced';
type SkillLevel = components['schemas']['SkillLevel'];
type NamedIn = components['schemas']['NamedIn'];

/** What the signed-in person may do to the work of others. */
export function useMay() {
  const { data: me } = useQuery(meQuery);
  return {
    me: me?.user.id ?? '',
    /** Only people with a desk take part in conversations. */
    works: me ? has(me, 'agent', 'supervisor') : false,
    may: (permission: string) => me?.user.permissions.includes(permission) ?? false,
  };
}

/** What one may do to a contact; each deed answers when it is durable, the feed shows it. */
export function useSteerContact(contact: Contact) {
  const params = { path: { id: contact.id } };
  const expect = { state: contact.state, ...(contact.agent ? { agent: contact.agent } : {}) };
  return {
    join: useMutation({ mutationFn: (role: JoinRole) => answer(api.POST('/api/v1/contacts/{id}/join', { params, body: { role } })) }),
    role: useMutation({ mutationFn: (role: JoinRole) => answer(api.POST('/api/v1/contacts/{id}/role', { params, body: { role } })) }),
    leave: useMutation({ mutationFn: () => answer(api.POST('/api/v1/contacts/{id}/leave', { params, body: {} })) }),
    takeOver: useMutation({ mutationFn: () => answer(api.POST('/api/v1/contacts/{id}/take-over', { params, body: { expect } })) }),
    end: useMutation({ mutationFn: () => answer(api.POST('/api/v1/contacts/{id}/end', { params, body: { expect } })) }),
    say: useMutation({
      mutationFn: ({ text, kind }: { text: string; kind: 'text' | 'whisper' }) =>
        answer(api.POST('/api/v1/contacts/{id}/messages', { params, body: { client_id: newId(), text, kind } })),
    }),
  };
}

/** What one may do to an agent. */
export function useSteerAgent(id: string) {
  const params = { path: { id } };
  return {
    state: useMutation({
      mutationFn: (body: components['schemas']['StateChange']) => answer(api.PUT('/api/v1/agents/{id}/state', { params, body })),
    }),
    signOut: useMutation({ mutationFn: (force: boolean) => answer(api.POST('/api/v1/agents/{id}/sign-out', { params, body: { force } })) }),
    skills: useMutation({
      mutationFn: (body: { version: number; skills: SkillLevel[] }) => answer(api.PUT('/api/v1/agents/{id}/skills', { params, body })),
    }),
    queues: useMutation({
      mutationFn: (body: { expect: NamedIn[]; queues: NamedIn[] }) => answer(api.PUT('/api/v1/agents/{id}/queues', { params, body })),
    }),
  };
}

/** Why somebody may be unavailable. */
export function useReasons() {
  const { data } = useQuery({
    queryKey: ['reasons'],
    queryFn: async () => (await answer(api.GET('/api/v1/reasons', { params: { query: { limit: 500 } } }))).items,
    staleTime: 60_000,
  });
  return data ?? none;
}
const none: never[] = [];
