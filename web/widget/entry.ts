import { ask } from './line';
import type { Settings } from './settings';

/** One field of a form that the company has drawn up; its label is in the customer's language. */
export interface Field {
  name: string;
  kind: 'text' | 'email' | 'phone' | 'number' | 'long' | 'choice';
  label: string;
  required?: boolean;
  choices?: string[];
}

export interface FieldSet {
  enabled: boolean;
  fields: Field[];
}

export interface Emoticon {
  code: string; // such as :-)
  shows: string; // the emoji in its place
}

export interface Limits {
  enabled: boolean;
  bytes_max: number;
  types: string[]; // media types; image/* stands for all images
}

/** What a customer finds at the door: whether it is open, and what is asked there. */
export interface Entry {
  language: string; // the chat language that will be spoken
  pages: string; // the texts of that language
  tag: string;
  open: boolean;
  opens_at?: number | string;
  opens_told?: boolean; // the message says when
  outside: 'offline_form' | 'message' | 'accept';
  message?: string;
  pre_chat: FieldSet;
  offline: FieldSet;
  attachments: Limits;
  emoticons: Emoticon[];
  transcript: boolean;
  transcript_by_mail: boolean;
  satisfaction: boolean;
  show_typed?: boolean;
  waiting?: number;
  expected_wait_s?: number;
}

/** Which way in there is: a chat, a form that is answered later, or a message only. */
export type Way = 'chat' | 'offline' | 'closed';

export function wayOf(entry: Entry): Way {
  if (entry.open || entry.outside === 'accept') return 'chat';
  return entry.outside === 'offline_form' && entry.offline.enabled ? 'offline' : 'closed';
}

export function loadEntry(s: Settings): Promise<Entry> {
  const query = new URLSearchParams({ language: s.language });
  if (s.unit) query.set('unit', s.unit);
  if (s.queue) query.set('queue', s.queue);
  if (s.destination) query.set('destination', s.destination);
  return ask<Entry>(`${s.base}/api/entry?${query.toString()}`, '');
}

/** When the company is there again, in the customer's own zone, the day named where it is not today. */
export function openingTime(at: number | string, tag: string, now = new Date()): string {
  const opens = new Date(at);
  const day = (d: Date): string => d.toDateString();
  const form: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
  if (day(opens) !== day(now)) Object.assign(form, { weekday: 'long', day: 'numeric', month: 'long' });
  return new Intl.DateTimeFormat(tag, form).format(opens);
}
