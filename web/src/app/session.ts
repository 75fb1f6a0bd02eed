import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Me, Role } from '../api/types';

/** Is the first start still to be done? */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => answer(api.GET('/api/v1/setup')),
  staleTime: Infinity,
});

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions<Me | null>({
  queryKey: ['me'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/api/v1/session'));
    } catch (thrown) {
      if (asFault(thrown).status === 401) return null;
      throw thrown;
    }
  },
  staleTime: Infinity,
});

export function has(me: Me, ...roles: Role[]): boolean {
  return roles.some((role) => me.user.roles.includes(role));
}

/** May look at the floor by rights alone. */
export const seesFloor = (me: Me): boolean => me.rights.includes('floor.read') && me.rights.includes('contacts.read');

/** Has a desk: agents, and supervisors, who may take part in what agents do. */
export const works = (me: Me): boolean => has(me, 'agent', 'supervisor');

/** Forgets who was signed in, and all that this person saw. Typed text stays. */
export function useForget(): () => void {
  const cache = useQueryClient();
  return useCallback(() => {
    cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' && query.queryKey[0] !== 'setup' });
    cache.setQueryData(meQuery.queryKey, null);
  }, [cache]);
}
