import { useSyncExternalStore } from 'react';
import { newId } from '../kit/id';
import type { MailAddress } from './types';

/** A file that was brought to a mail that is not sent yet. */
export interface NewFile {
  id: string;
  name: string;
  size: number;
  /** When it was brought. */
  at: number;
}

/** A mail that begins a contact, as far as it is written. */
export interface NewMail {
  /** The id that it is sent with, and that its files are brought under. */
  clientId: string;
  queue: string;
  /** The address that it leaves from; empty: the queue's. */
  from: string;
  to: MailAddress[];
  cc: MailAddress[];
  bcc: MailAddress[];
  subject: string;
  html: string;
  files: NewFile[];
}

/** What was typed is kept in this browser until it is sent: there is no contact yet that could keep it. */
const storageKey = 'portico.new-mail';
/** The server keeps a file without a mail for a day. */
const fileAge = 22 * 3_600_000;

const blank = (): NewMail => ({ clientId: newId(), queue: '', from: '', to: [], cc: [], bcc: [], subject: '', html: '', files: [] });

function read(): NewMail {
  try {
    return { ...blank(), ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<NewMail>) };
  } catch {
    return blank();
  }
}

let current: NewMail | undefined;
const listeners = new Set<() => void>();

function put(next: NewMail | undefined): void {
  current = next;
  if (next) localStorage.setItem(storageKey, JSON.stringify(next));
  else localStorage.removeItem(storageKey);
  for (const listener of listeners) listener();
}

const now = () => (current ??= read());

/** Changes what is written. */
export function changeNewMail(change: (mail: NewMail) => Partial<NewMail>): void {
  put({ ...now(), ...change(now()) });
}

/** It is sent, or given up: the next one begins empty. */
export function dropNewMail(): void {
  put(undefined);
}

/** Takes files off that the server no longer keeps, and gives their names. at: now. */
export function dropOldFiles(at: number): string[] {
  const old = now().files.filter((f) => f.at + fileAge < at);
  if (old.length > 0) {
    changeNewMail((mail) => ({
      files: mail.files.filter((f) => !old.includes(f)),
      html: old.reduce((html, f) => html.replace(new RegExp(`<img[^>]*/mail-files/${f.id}[^>]*>`, 'g'), ''), mail.html),
    }));
  }
  return old.map((f) => f.name);
}

/** A file is there, for the mail with that id; the mail may have been sent or given up meanwhile. */
export function addNewFile(mail: string, file: NewFile): void {
  if (now().clientId === mail) changeNewMail(({ files }) => ({ files: [...files, file] }));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The new mail that is written in this browser. */
export const useNewMail = () => useSyncExternalStore(subscribe, now);

const prefix = 'new-mail:';

/** The name under which the files of a new mail are on their way. */
export const uploadsOf = (mail: string) => prefix + mail;
/** The mail whose files have that name; undefined: it is a contact's. */
export const mailOf = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined);
/** Where a file of a new mail is shown from. */
export const newFileAddress = (mail: string, file: string) => `/api/v1/mail-files/${file}?inline=1&mail=${encodeURIComponent(mail)}`;
