import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import type { Desk, DomainState } from '../api/types';
import { useLive } from '../app/live';
import { keys } from '../live/reduce';

export interface Standing {
  kind: 'off' | 'available' | 'partly' | 'unavailable';
  reason?: string;
  since: number;
}

/** What the agent is, over all domains served; the latest change tells since when. */
export function standing(desk: Desk): Standing {
  const since = Math.max(desk.since ?? 0, ...desk.domains.map((d) => d.since ?? 0));
  if (!desk.signed_in) return { kind: 'off', since: desk.since ?? 0 };
  const open = desk.domains.filter((d) => d.available).length;
  if (open === desk.domains.length && open > 0) return { kind: 'available', since };
  const reason = desk.domains.find((d) => !d.available)?.reason;
  return { kind: open > 0 ? 'partly' : 'unavailable', reason, since };
}

export interface Change {
  /** Why unavailable; absent: available. */
  reason?: string;
  /** The media that change; absent: all. */
  domains?: DomainState['domain'][];
  /** Also below the minimum of a queue, by who is permitted. */
  force?: boolean;
}

/** Changes my state. The feed says what it is then. */
export function useChangeState() {
  const cache = useQueryClient();
  const { status } = useLive();
  return useMutation({
    mutationFn: ({ reason, domains, force }: Change) =>
      answer(api.PUT('/api/v1/agent/state', { body: { available: reason === undefined, reason, domains: domains as never, force } })),
    onSettled: () => {
      if (status !== 'live') void cache.invalidateQueries({ queryKey: keys.desk });
    },
  });
}
