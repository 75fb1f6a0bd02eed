import { bare } from '../kit/bare';
import type { ResponseObject } from './types';

/** One standard response as the list shows it: its text in the customer's language. */
export interface Choice {
  id: string;
  version: number;
  name: string;
  shortcut: string;
  category: string;
  personal: boolean;
  text: string;
  /** What stands in a mail instead of the text; empty: the text. */
  html: string;
  /** Of a mail that has none yet; empty: it stays. */
  subject: string;
  /** The chat language of text; another than was asked for when that has none. */
  language: string;
}

/** What the placeholders of a response stand for. */
export type Values = Record<'customer' | 'agent' | 'queue' | 'company' | 'date' | 'time', string>;

/** The longest list that is drawn; who wants another types one more letter. */
const choicesMax = 50;

/** fold makes what is typed and what is sought alike: no case, no accents. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** The responses that a queue allows, each with its text in the first of the languages that it has. In mails, what is meant for them comes before the text. */
export function choices(all: readonly ResponseObject[], queue: string, languages: readonly string[], mail = false): Choice[] {
  const out: Choice[] = [];
  for (const { id, version, name, body } of all) {
    if (body.queues && body.queues.length > 0 && !body.queues.includes(queue)) continue;
    const mails = mail ? (body.mails ?? {}) : {};
    const has = (l: string) => body.texts[l] || mails[l]?.html;
    const language = languages.find(has) ?? [...Object.keys(body.texts), ...Object.keys(mails)].find(has);
    if (language === undefined) continue;
    const { html = '', subject = '' } = mails[language] ?? {};
    out.push({
      id, version, name, shortcut: body.shortcut ?? '', category: body.category ?? '', personal: body.personal ?? false,
      text: html ? bare(html) : (body.texts[language] ?? ''), html, subject, language,
    });
  }
  return out;
}

/** How well a response meets the words: lower is better; undefined: not at all. */
function score(choice: Choice, words: readonly string[]): number | undefined {
  const shortcut = fold(choice.shortcut);
  const name = fold(choice.name);
  const whole = `${shortcut} ${name} ${fold(choice.category)} ${fold(choice.subject)} ${fold(choice.text)}`;
  if (!words.every((w) => whole.includes(w))) return undefined;
  const first = words[0] ?? '';
  if (first === '') return 4;
  if (shortcut === words.join(' ')) return 0;
  if (shortcut.startsWith(first)) return 1;
  if (name.startsWith(first)) return 2;
  return name.includes(first) ? 3 : 4;
}

/** find gives the responses that hold all the words in shortcut, name, category or text; the best first. */
export function find(all: readonly Choice[], typed: string): Choice[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return all
    .map((choice) => ({ choice, at: score(choice, words) }))
    .filter((found): found is { choice: Choice; at: number } => found.at !== undefined)
    .sort((a, b) => a.at - b.at || a.choice.category.localeCompare(b.choice.category) || a.choice.name.localeCompare(b.choice.name))
    .slice(0, choicesMax)
    .map((found) => found.choice);
}

/** fill puts the values in the places. A place without a value goes with the blank before it: "Hello {customer}," becomes "Hello,". */
export function fill(text: string, values: Values): string {
  return text.replace(/( ?)\{(customer|agent|queue|company|date|time)\}/g, (_, blank: string, name: keyof Values) =>
    values[name] === '' ? '' : blank + values[name]);
}

/** The same in HTML. */
export function fillHtml(html: string, values: Values): string {
  const safe = (value: string) => value.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return fill(html, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, safe(value)])) as Values);
}

/** What is being looked for: where the slash stands, and what was typed behind it. */
export interface Asked {
  from: number;
  words: string;
}

/** asked finds a slash that begins a word before the caret. A line that goes on, or a blank right behind it, is no question. */
export function asked(text: string, caret: number): Asked | undefined {
  const before = text.slice(0, caret);
  const found = /(?:^|\s)\/([^\s/][^\n/]{0,40})?$/.exec(before);
  if (!found) return undefined;
  const words = found[1] ?? '';
  return { from: caret - words.length - 1, words };
}
