import { useMemo, useSyncExternalStore } from 'react';
import { sendFile, sendMailFile } from '../desk/upload';
import { Uploads, type Upload } from '../desk/uploads';
import { newId } from '../kit/id';
import { serverNow } from '../live/clock';
import { changeDraft } from './drafts';
import { addNewFile, mailOf } from './newMail';

/** A file that is with a draft, as far as this window knows it. */
export interface Known {
  name: string;
  size: number;
  type: string;
}

const listeners = new Set<() => void>();
/** Files that this window has brought: their names are known before the conversation tells them. */
const brought = new Map<string, Known>();
/** Pictures that stand in the text: what to do with each once the server has it. */
const placed = new Map<string, (id: string) => void>();

const uploads: Uploads = new Uploads({
  send: (u, progress) => {
    const mail = mailOf(u.contact);
    const sending = mail === undefined ? sendFile(u.contact, u.clientId, u.file, progress) : sendMailFile(mail, u.file, progress);
    return { cancel: sending.cancel, done: sending.done.then((id) => arrived(u, id)) };
  },
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  changed: () => listeners.forEach((call) => call()),
});

function arrived(upload: Upload, id: string): void {
  brought.set(id, { name: upload.file.name, size: upload.file.size, type: upload.file.type });
  const mail = mailOf(upload.contact);
  if (mail !== undefined) addNewFile(mail, { id, name: upload.file.name, size: upload.file.size, at: serverNow() });
  else changeDraft(upload.contact, (draft) => (draft.attachments.includes(id) ? {} : { attachments: [...draft.attachments, id] }));
  placed.get(upload.clientId)?.(id);
  placed.delete(upload.clientId);
  uploads.shown([upload.clientId]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Brings files to the mail that is written for a contact. */
export function bringFiles(contact: string, files: readonly File[]): void {
  uploads.add(files.map((file) => ({ clientId: newId(), contact, file })));
}

/** Brings a picture that is to stand in the text. */
export function bringPicture(contact: string, file: File, place: (id: string) => void): void {
  const clientId = newId();
  placed.set(clientId, place);
  uploads.add([{ clientId, contact, file }]);
}

export const retryUpload = (clientId: string) => uploads.retry(clientId);
export const dropUpload = (clientId: string) => uploads.drop(clientId);
export const broughtFile = (id: string): Known | undefined => brought.get(id);

/** The files that are on their way to the mail of a contact. */
export function useUploading(contact: string): readonly Upload[] {
  const all = useSyncExternalStore(subscribe, () => uploads.all());
  return useMemo(() => all.filter((u) => u.contact === contact), [all, contact]);
}
