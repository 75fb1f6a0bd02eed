import { noConversation, typingWorth, type Conversation, type Frame, type Message, type Table } from './frames';

/** One change of the query cache: fold gives the new value of key from the old one. */
export interface Change {
  key: readonly unknown[];
  fold: (old: never) => unknown;
}

/** The keys of everything in the query cache that the feed keeps fresh. */
export const keys = {
  desk: ['desk'] as const,
  store: ['store'] as const,
  conversation: (contact: string) => ['conversation', contact] as const,
  table: (name: string) => ['table', name] as const,
  refused: (topic: string) => ['refused', topic] as const,
};

const conversationPrefix = 'conversation/';

/**
 * changes says what a frame does to the cache. It is pure: now is the server's
 * time when the frame came in. A frame that is not understood changes nothing, so
 * that a newer server may say more.
 */
export function changes(frame: Frame, now: number): Change[] {
  if (frame.kind === 'refused') return [change(keys.refused(frame.topic), () => frame.body)];
  if (frame.topic === 'agent') {
    if (frame.kind !== 'snapshot') return [];
    return [change(keys.desk, (old: { n: number } | undefined) => newer(old, { ...(frame.body as object), n: frame.n ?? 0 }))];
  }
  if (frame.topic === 'system') {
    return frame.kind === 'store' ? [change(keys.store, () => frame.body)] : [];
  }
  if (frame.topic.startsWith(conversationPrefix)) {
    const contact = frame.topic.slice(conversationPrefix.length);
    return [change(keys.conversation(contact), (old: Conversation | undefined) => conversation(old, frame, now))];
  }
  if (rowKey(frame.topic)) {
    return [change(keys.table(frame.topic), (old: Table<unknown> | undefined) => table(old, frame))];
  }
  return [];
}

function change<T>(key: readonly unknown[], fold: (old: T) => unknown): Change {
  return { key, fold: fold as (old: never) => unknown };
}

/** A snapshot never takes the place of a later one. */
function newer<T extends { n: number }>(old: { n: number } | undefined, now: T): { n: number } {
  return old !== undefined && old.n > now.n ? old : now;
}

/** conversation folds one frame of a conversation into what is known of it. */
export function conversation(old: Conversation | undefined, frame: Frame, now: number): Conversation {
  const before = old ?? noConversation;
  switch (frame.kind) {
    case 'messages': {
      const all = (frame.body ?? []) as Message[];
      const fresh = all.filter((m) => m.seq > before.last);
      if (fresh.length === 0) return before;
      // A gap: the feed asks again from before.last, so nothing is taken out of order.
      if (fresh[0]!.seq !== before.last + 1) return before;
      const answered = fresh.some((m) => m.author === 'customer');
      return {
        ...before,
        messages: [...before.messages, ...fresh],
        last: fresh[fresh.length - 1]!.seq,
        typingUntil: answered ? 0 : before.typingUntil,
        typed: answered ? '' : before.typed,
      };
    }
    case 'typing': {
      const who = frame.body as { author?: string; text?: string };
      return who.author === 'customer' ? { ...before, typingUntil: now + typingWorth, typed: who.text ?? '' } : before;
    }
    case 'read': {
      const mark = frame.body as { reader?: string; seq?: number };
      if (mark.reader !== 'customer' || (mark.seq ?? 0) <= before.customerRead) return before;
      return { ...before, customerRead: mark.seq ?? 0 };
    }
    default:
      return before;
  }
}

/** gap tells that a frame of messages does not follow on what is known. */
export function gap(old: Conversation | undefined, frame: Frame): boolean {
  if (frame.kind !== 'messages') return false;
  const last = (old ?? noConversation).last;
  const fresh = ((frame.body ?? []) as Message[]).find((m) => m.seq > last);
  return fresh !== undefined && fresh.seq !== last + 1;
}

type Row = Record<string, unknown>;

/** What names a row, by its table. */
const rowKeys: Record<string, string> = { queues: 'queue', agents: 'agent', contacts: 'id', alerts: 'id' };

/** What names a row of a topic's table; undefined: it is no table. */
function rowKey(topic: string): string | undefined {
  return topic.startsWith('workflow/') ? 'node' : rowKeys[topic];
}

/** table folds a snapshot or a delta into a live table. */
export function table(old: Table<unknown> | undefined, frame: Frame): Table<unknown> | undefined {
  const n = frame.n ?? 0;
  const id = (row: Row) => String(row[rowKey(frame.topic) ?? 'id']);
  if (frame.kind === 'snapshot') {
    const rows = frame.body as Row[] | null;
    return { n, rows: new Map((rows ?? []).map((row) => [id(row), row])) };
  }
  // A delta before the snapshot, or one that the snapshot holds already, says nothing new.
  if (frame.kind !== 'delta' || old === undefined || n <= old.n) return old;
  const { put, gone } = frame.body as { put?: Row[] | null; gone?: string[] | null };
  const rows = new Map(old.rows);
  for (const key of gone ?? []) rows.delete(key);
  for (const row of put ?? []) rows.set(id(row), row);
  return { n, rows };
}
