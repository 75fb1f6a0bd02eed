import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import type { Mail } from './types';

/** While a mail is on its way one looks whether it has left; nobody tells. */
const lookEvery = { queued: 2_000, held: 10_000 } as const;

function next(mails: readonly Mail[] | undefined): number | false {
  if (mails?.some((m) => m.sending === 'queued')) return lookEvery.queued;
  return mails?.some((m) => m.sending === 'held') ? lookEvery.held : false;
}

/** The mails of a contact, oldest first. last: the number of its last message as the feed has it, if it has one. */
export function useMails(contact: string, last: number) {
  return useQuery({
    queryKey: ['mails', contact, last],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/mails', { params: { path: { id: contact } } }))).items,
    placeholderData: (before, query) => (query?.queryKey[1] === contact ? before : undefined),
    staleTime: 10_000,
    refetchInterval: (query) => next(query.state.data),
  });
}
