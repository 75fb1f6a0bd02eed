/** What one looks for in all contacts; an empty value asks for nothing. Days are those of this place. */
export interface Wish {
  words: string;
  customer: string;
  from: string;
  to: string;
  queue: string;
  agent: string;
  medium: string;
  disposition: string;
}

const names = ['words', 'customer', 'from', 'to', 'queue', 'agent', 'medium', 'disposition'] as const;

/** The wish that an address of the page holds. */
export function wishIn(search: string): Wish {
  const asked = new URLSearchParams(search);
  return Object.fromEntries(names.map((name) => [name, asked.get(name) ?? ''])) as Record<(typeof names)[number], string>;
}

/** The wish as the page's address has it; empty where nothing is asked. */
export function writtenWish(wish: Wish): string {
  const asked = new URLSearchParams(names.flatMap((name) => (wish[name] ? [[name, wish[name]]] : [])));
  return asked.size > 0 ? `?${asked}` : '';
}

/** Whether anything is asked at all. */
export const wished = (wish: Wish): boolean => names.some((name) => wish[name].trim() !== '');

/** The beginning of a day, some days later, in ms; undefined: no day. */
function beginOf(day: string, later: number): number | undefined {
  const at = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!at) return undefined;
  const ms = new Date(Number(at[1]), Number(at[2]) - 1, Number(at[3]) + later).getTime();
  return ms >= 0 ? ms : undefined;
}

interface Query {
  words?: string;
  customer?: string;
  from?: number;
  until?: number;
  queue?: string;
  agent?: string;
  medium?: string;
  disposition?: string;
}

/** What the server is asked: the last day is searched whole. */
export function queryOf(wish: Wish): Query {
  const { from, to, words, ...others } = wish;
  const [begin, end] = [beginOf(from, 0), beginOf(to, 1)];
  const query: Query = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== ''));
  if (words.trim()) query.words = words.trim();
  if (begin !== undefined) query.from = begin;
  if (end !== undefined) query.until = end;
  return query;
}
