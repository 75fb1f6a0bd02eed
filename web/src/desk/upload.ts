import { Fault } from '../api/client';

interface Problem {
  code?: string;
  detail?: string;
  field?: string;
  values?: Record<string, string>;
}

/** An upload under way: cancel ends it; then done never answers. */
export interface Transfer {
  /** The file's id. */
  done: Promise<string>;
  cancel(): void;
}

/** Sends one file's bytes to a contact, and tells how many have left. The same client id twice makes one message. */
export function sendFile(contact: string, clientId: string, file: File, progress: (sent: number) => void): Transfer {
  return transfer<{ attachment?: string }>(`/api/v1/contacts/${contact}/attachments?${new URLSearchParams({ client_id: clientId, name: file.name })}`, file, progress, (made) => made.attachment);
}

/** Sends one file's bytes to a mail that begins a contact, named by the id that it will be sent with. */
export function sendMailFile(mail: string, file: File, progress: (sent: number) => void): Transfer {
  return transfer<{ id?: string }>(`/api/v1/mail-files?${new URLSearchParams({ mail, name: file.name })}`, file, progress, (made) => made.id);
}

function transfer<T>(address: string, file: File, progress: (sent: number) => void, id: (made: T) => string | undefined): Transfer {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((kept, refused) => {
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => (request.status < 300 ? kept(id(JSON.parse(request.responseText) as T) ?? '') : refused(refusal(request)));
    request.onerror = () => refused(new Fault('unreachable', 'The server cannot be reached.', 0));
    request.open('POST', address);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function refusal(request: XMLHttpRequest): Fault {
  let problem: Problem = {};
  try {
    problem = JSON.parse(request.responseText) as Problem;
  } catch {
    // A page of a proxy: what it says is not for people.
  }
  return new Fault(
    problem.code ?? 'unexpected', problem.detail ?? 'The server gave an answer that cannot be read.', request.status, problem.field, problem.values,
  );
}
