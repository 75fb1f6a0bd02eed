/** Short names of the server's shapes of mails. */
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Mail = Schemas['Mail'];
export type MailAddress = Schemas['MailAddress'];
export type MailMark = Schemas['MailMark'];
export type MailPart = Schemas['MailPart'];
export type ThreadContact = Schemas['ThreadContact'];

type Text = Schemas['MailText'];

/** A mail as it is written: all its lists are there. */
export type Draft = Omit<Text, 'cc' | 'bcc' | 'attachments' | 'forwarded'> & Required<Pick<Text, 'cc' | 'bcc' | 'attachments' | 'forwarded'>>;

export type Mode = Draft['mode'];

/** A draft as the server keeps it. */
export function whole(text: Text): Draft {
  return { ...text, cc: text.cc ?? [], bcc: text.bcc ?? [], attachments: text.attachments ?? [], forwarded: text.forwarded ?? [] };
}

/** What stands below what agents write, ready to be shown. */
export interface Signature {
  html?: string;
  text: string;
}
