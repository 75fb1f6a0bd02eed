import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { answer, api, asFault } from '../api/client';
import { serverNow, setServerTime } from '../live/clock';
import { Feed, type Socket, type Status } from '../live/feed';
import { noConversation, type Conversation, type Frame, type Refused, type Table } from '../live/frames';
import { changes, gap, keys } from '../live/reduce';
import { unpacking, unpacks } from '../live/packed';

interface Live {
  feed: Feed;
  status: Status;
}

const LiveContext = createContext<Live | null>(null);

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const raw: unknown = new WebSocket(`${scheme}://${location.host}/api/v1/live`);
  return unpacking(raw as Parameters<typeof unpacking>[0]);
}

/** take folds one frame into the query cache. */
function take(cache: QueryClient, feed: Feed, frame: Frame): void {
  if (frame.kind === 'hello') {
    setServerTime((frame.body as { server_time: number }).server_time);
    // A server whose store is away says so right after the greeting.
    cache.setQueryData(keys.store, { away: false });
    return;
  }
  if (frame.topic.startsWith('conversation/') && gap(cache.getQueryData(keys.conversation(frame.topic.slice(13))), frame)) {
    feed.again(frame.topic);
    return;
  }
  for (const change of changes(frame, serverNow())) {
    cache.setQueryData(change.key, change.fold as (old: unknown) => unknown);
  }
}

/** Keeps the one connection to the live feed while somebody is signed in. */
export function LiveProvider({ children, signedOut }: { children: ReactNode; signedOut: () => void }) {
  const cache = useQueryClient();
  const [status, setStatus] = useState<Status>('connecting');
  const feed = useMemo<Feed>(
    () =>
      new Feed(
        {
          open: openSocket,
          packed: unpacks,
          later: (ms, call) => {
            const timer = setTimeout(call, ms);
            return () => clearTimeout(timer);
          },
          random: Math.random,
          signedIn: () =>
            answer(api.GET('/api/v1/session')).then(
              () => true,
              (thrown: unknown) => asFault(thrown).status !== 401,
            ),
        },
        (frame) => take(cache, feed, frame),
        setStatus,
      ),
    [cache],
  );
  useEffect(() => {
    feed.start();
    const online = () => feed.now();
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('online', online);
      feed.stop();
    };
  }, [feed]);
  useEffect(() => {
    if (status === 'signed_out') signedOut();
  }, [status, signedOut]);
  const live = useMemo(() => ({ feed, status }), [feed, status]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive outside of LiveProvider');
  return live;
}

/** What is in the cache under a key that only the feed writes. What nobody shows any more is dropped after a while. */
function useFed<T>(key: readonly unknown[]): T | undefined {
  return useQuery<T>({ queryKey: key, enabled: false, staleTime: Infinity }).data;
}

/** A live table, subscribed to while the component is there. */
export function useTable<Row>(name: 'queues' | 'agents' | 'contacts' | 'alerts' | `workflow/${string}`): { table: Table<Row> | undefined; refused: Refused | undefined } {
  const { feed } = useLive();
  useEffect(() => feed.subscribe(name), [feed, name]);
  return { table: useFed<Table<Row>>(keys.table(name)), refused: useFed<Refused>(keys.refused(name)) };
}

/** Subscribes to conversations while the component is there. */
export function useConversations(contacts: readonly string[]): void {
  const { feed } = useLive();
  const cache = useQueryClient();
  const list = [...contacts].sort().join(' ');
  useEffect(() => {
    const leave = list.split(' ').filter(Boolean).map((contact) =>
      feed.subscribe(`conversation/${contact}`, () => cache.getQueryData<Conversation>(keys.conversation(contact))?.last ?? 0));
    return () => leave.forEach((call) => call());
  }, [feed, cache, list]);
}

export function useConversation(contact: string): Conversation {
  return useFed<Conversation>(keys.conversation(contact)) ?? noConversation;
}

/** The server says that it cannot save at the moment. */
export function useStoreAway(): boolean {
  return useFed<{ away: boolean }>(keys.store)?.away ?? false;
}
