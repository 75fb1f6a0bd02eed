import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Contact } from '../api/types';
import type { Conversation } from '../live/frames';
import { keys } from '../live/reduce';
import { talk, type Talk } from './needs';
import { useMarks } from './reading';

/** What was worked out of a conversation, as long as neither it nor my mark has changed. */
const made = new WeakMap<Conversation, { read: number; talk: Talk }>();

function talkOf(conversation: Conversation | undefined, read: number): Talk {
  if (!conversation) return talk(undefined, read);
  const before = made.get(conversation);
  if (before?.read === read) return before.talk;
  const now = talk(conversation, read);
  made.set(conversation, { read, talk: now });
  return now;
}

const data = (results: UseQueryResult[]) => results.map((r) => r.data as Conversation | undefined);

/** What the conversations of my contacts say, by contact. The feed writes them; nothing is asked for here. */
export function useTalks(contacts: readonly Contact[]): ReadonlyMap<string, Talk> {
  const marks = useMarks();
  const conversations = useQueries({
    queries: contacts.map((c) => ({ queryKey: keys.conversation(c.id), enabled: false, staleTime: Infinity })),
    combine: data,
  });
  return useMemo(
    () => new Map(contacts.map((c, i) => [c.id, talkOf(conversations[i], marks.get(c.id) ?? 0)])),
    [contacts, conversations, marks],
  );
}
