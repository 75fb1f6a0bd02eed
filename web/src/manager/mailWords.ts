import type { components } from '../api/schema';
import { tag, textOr } from '../kit/texts';

type Schemas = components['schemas'];
export type Finding = Schemas['MailFinding'];
export type AccountState = Schemas['MailAccountState'];
export type Warning = Schemas['MailWarning'];

/** A sentence that the server can say in English alone, with its name among the texts and what fills its places. */
interface Said {
  say?: string;
  values?: Record<string, string>;
}

/** The sentence in the language of the page. */
export function said({ say, values }: Said, own: string): string {
  return textOr(`manager.said_${say}`, own, values);
}

/** What to do, in the language of the page; empty: nothing. */
export function advice({ say, values, advice: other }: Said & { advice?: string }, own: string | undefined): string {
  if (!own) return '';
  const text = textOr(`manager.advice_${other || say}`, own, values);
  return values?.fingerprint && text !== own ? `${text} ${textOr('manager.advice_fingerprint', '', values)}` : text;
}

/** A number of minutes as people read it: 90 min, 2 days. */
export function minutes(n: number): string {
  const [unit, count] = n % 1440 === 0 ? (['day', n / 1440] as const) : n % 60 === 0 ? (['hour', n / 60] as const) : (['minute', n] as const);
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
