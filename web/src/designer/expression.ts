/** Helps to write expressions: which names may stand at the caret, and what is plainly wrong before the server has looked. */

export interface Offer {
  /** What is put into the text. */
  text: string;
  /** The key of what it is, below designer.name_. */
  about: string;
}

export interface Names {
  dataKeys: readonly string[];
  queues: readonly string[];
  schedules: readonly string[];
  nodes: readonly string[];
}

const fields: Record<string, readonly string[]> = {
  contact: ['medium', 'source', 'destination', 'language', 'name', 'caption', 'priority', 'data', 'email'],
  customer: ['known', 'name', 'fields'],
  now: ['hour', 'minute', 'weekday', 'date'],
};
const figures = ['waiting', 'longest_wait_s', 'expected_wait_s', 'agents_available', 'service_level'] as const;
const email = [
  'alias', 'sender', 'sender_name', 'sender_domain', 'subject', 'body', 'language', 'attachments', 'attachment_names', 'auto', 'spam', 'spam_score', 'bounce', 'authenticated', 'reply', 'answerable',
] as const;
const functions = ['queue', 'open', 'visits', 'like', 'mentions'] as const;
const words = ['and', 'or', 'not', 'in', 'contains', 'startsWith', 'endsWith', 'matches', 'true', 'false', 'nil'] as const;
const wordSet = new Set<string>(words);

/** All names, for a list to choose from. */
export function allNames({ dataKeys }: Names): Offer[] {
  return [
    ...Object.entries(fields).flatMap(([name, parts]) => parts.filter((p) => p !== 'data' && p !== 'fields' && p !== 'email').map((p) => ({ text: `${name}.${p}`, about: `${name}_${p}` }))),
    ...dataKeys.map((key) => ({ text: member('contact.data', key), about: 'data' })),
    ...email.map((e) => ({ text: `contact.email.${e}`, about: `email_${e}` })),
    ...figures.map((f) => ({ text: `queue("").${f}`, about: `queue_${f}` })),
    { text: 'open("")', about: 'open' },
    { text: 'visits("")', about: 'visits' },
    { text: 'like(contact.email.sender, "")', about: 'like' },
    { text: 'mentions(contact.email.body, "")', about: 'mentions' },
  ];
}

/** A key behind a map: with a point where it is a plain word. */
export function member(map: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${map}.${key}` : `${map}[${JSON.stringify(key)}]`;
}

export interface Completion {
  /** The part of the text that an offer takes the place of. */
  from: number;
  to: number;
  offers: Offer[];
}

/** What may stand where the caret is; undefined: nothing is known to. */
export function complete(text: string, caret: number, names: Names): Completion | undefined {
  const before = text.slice(0, caret);
  const quoted = /\b(queue|open|visits)\(\s*"([^"]*)$/.exec(before);
  if (quoted) {
    const list = { queue: names.queues, open: names.schedules, visits: names.nodes }[quoted[1] as 'queue'];
    const to = caret + (/^[^"]*/.exec(text.slice(caret)) ?? [''])[0].length;
    return offered(list.map((name) => ({ text: name, about: quoted[1] === 'queue' ? 'a_queue' : quoted[1] === 'open' ? 'a_schedule' : 'a_node' })), quoted[2]!, caret, to);
  }
  if (inText(before)) return undefined;
  const figure = /\bqueue\(\s*"[^"]*"\s*\)\.(\w*)$/.exec(before);
  if (figure) return offered(figures.map((f) => ({ text: f, about: `queue_${f}` })), figure[1]!, caret, caret);
  const path = /([A-Za-z_]\w*(?:\.\w*)*)$/.exec(before);
  if (!path) return undefined;
  const parts = path[1]!.split('.');
  const last = parts.at(-1)!;
  if (parts.length === 1) {
    const top = [
      ...Object.keys(fields).map((name) => ({ text: name, about: name })), ...functions.map((name) => ({ text: name === 'like' || name === 'mentions' ? `${name}(` : `${name}("`, about: name })),
      ...words.map((name) => ({ text: name, about: 'word' })),
    ];
    return offered(top, last, caret, caret);
  }
  if (parts.length === 2 && fields[parts[0]!]) return offered(fields[parts[0]!]!.map((p) => ({ text: p, about: `${parts[0]}_${p}` })), last, caret, caret);
  if (parts.length === 3 && parts[0] === 'contact' && parts[1] === 'email') return offered(email.map((e) => ({ text: e, about: `email_${e}` })), last, caret, caret);
  if (parts.length === 3 && parts[0] === 'contact' && parts[1] === 'data') {
    return offered(names.dataKeys.filter((k) => /^[A-Za-z_]\w*$/.test(k)).map((key) => ({ text: key, about: 'data' })), last, caret, caret);
  }
  return undefined;
}

function offered(all: Offer[], begun: string, caret: number, to: number): Completion | undefined {
  const offers = all.filter((o) => o.text.toLowerCase().startsWith(begun.toLowerCase()) && o.text !== begun);
  return offers.length > 0 ? { from: caret - begun.length, to, offers } : undefined;
}

function inText(before: string): boolean {
  return tokens(before).at(-1)?.kind === 'torn';
}

interface Token {
  kind: 'word' | 'text' | 'torn' | 'sign' | 'number';
  text: string;
  at: number;
}

function tokens(text: string): Token[] {
  const pattern = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|["'`][\s\S]*$|[A-Za-z_]\w*|\d+(?:\.\d+)?|[=!<>]=|[^\s\w]/g;
  return [...text.matchAll(pattern)].map(({ 0: word, index }) => ({ kind: kindOf(word), text: word, at: index }));
}

function kindOf(word: string): Token['kind'] {
  if ('"\'`'.includes(word[0]!)) return closed(word) ? 'text' : 'torn';
  if (/^[A-Za-z_]/.test(word)) return 'word';
  return /^\d/.test(word) ? 'number' : 'sign';
}

const closed = (word: string) => /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)$/.test(word);

/** What is wrong with an expression: the key of the sentence below designer.expression_, and where. */
export interface Fault {
  code: 'quote' | 'bracket' | 'name' | 'equals';
  at: number;
  length: number;
  word: string;
}

const closes: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** What is plainly wrong: the server's check knows the rest. */
export function faultOf(text: string): Fault | undefined {
  const all = tokens(text);
  const fault = (code: Fault['code'], t: Token): Fault => ({ code, at: t.at, length: t.text.length, word: t.text });
  const open: Token[] = [];
  for (const [i, t] of all.entries()) {
    if (t.kind === 'torn') return fault('quote', t);
    if ('([{'.includes(t.text)) open.push(t);
    if (closes[t.text] && open.pop()?.text !== closes[t.text]) return fault('bracket', t);
    const [before, after] = [all[i - 1], all[i + 1]];
    if (t.text === '=') return fault('equals', t);
    if (t.kind === 'word' && before?.text !== '.' && before?.text !== '?.' && !known(t.text) && after?.text !== '(' && after?.text !== ':') return fault('name', t);
  }
  return open[0] && fault('bracket', open[0]);
}

const known = (word: string) => wordSet.has(word) || fields[word] !== undefined || (functions as readonly string[]).includes(word);

/** Where the server stumbled, by the line and the column that it tells (both from 1). */
export function placeOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return Math.min(text.length, before.reduce((sum, l) => sum + l.length + 1, 0) + column - 1);
}
