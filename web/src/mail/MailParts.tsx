import { IconAlertTriangle, IconDownload, IconLoader2, IconPaperclip } from '@tabler/icons-react';
import { useState } from 'react';
import { asFault, Fault } from '../api/client';
import { fileSize, sentence, useTexts } from '../kit/texts';
import { partAt } from './body';
import type { Mail, MailPart } from './types';

/** What a browser shows by itself without running anything in it. */
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The files of a mail. Each is fetched from the mailbox when somebody wants it. */
export function MailParts({ contact, mail, parts }: { contact: string; mail: Mail; parts: readonly MailPart[] }) {
  const t = useTexts();
  if (parts.length === 0) return null;
  return (
    <ul className="mail-parts" aria-label={t('mail.files')}>
      {parts.map((part, i) => (
        <Part key={`${part.part} ${part.attachment} ${i}`} at={mail.direction === 'in' && !mail.in_mailbox ? undefined : partAt(contact, mail, part)} part={part} />
      ))}
    </ul>
  );
}

/** Keeps a file when one asks for it, and tells what hinders that. */
function useSaving(at: string | undefined, name: string) {
  const [fetching, setFetching] = useState(false);
  const [fault, setFault] = useState<Fault>();

  async function get(): Promise<void> {
    if (!at || fetching) return;
    setFetching(true);
    setFault(undefined);
    try {
      await saveAs(at, name);
    } catch (thrown) {
      setFault(asFault(thrown));
    } finally {
      setFetching(false);
    }
  }
  return { fetching, fault, get };
}

function Part({ at, part }: { at: string | undefined; part: MailPart }) {
  const t = useTexts();
  const name = part.name || t('mail.file_unnamed');
  const { fetching, fault, get } = useSaving(at, name);

  return (
    <li className="mail-part">
      <IconPaperclip size={15} aria-hidden="true" />
      {at && shown.has(part.media_type) ? (
        <a href={`${at}?inline=1`} target="_blank" rel="noreferrer noopener" className="mail-part-name" title={t('app.file_open')}>
          {name}
        </a>
      ) : (
        <span className="mail-part-name" title={name}>{name}</span>
      )}
      <span className="file-size figures">{fileSize(part.size)}</span>
      {at && (
        <button type="button" className="tool" aria-label={t('app.file_download', { name })} title={t('app.file_download', { name })} aria-busy={fetching} onClick={() => void get()}>
          {fetching ? <IconLoader2 size={16} className="mail-turns" aria-hidden="true" /> : <IconDownload size={16} aria-hidden="true" />}
        </button>
      )}
      {fault && (
        <span className="mail-part-fault" role="alert">
          <IconAlertTriangle size={14} aria-hidden="true" /> {sentence(fault)}
        </span>
      )}
    </li>
  );
}

/** The whole mail as a file, as it came or left. */
export function RawMail({ contact, mail }: { contact: string; mail: Mail }) {
  const t = useTexts();
  const { fetching, fault, get } = useSaving(`/api/v1/contacts/${contact}/mails/${mail.seq}/raw`, `${mail.subject.slice(0, 100) || 'mail'}.eml`);
  if (mail.direction === 'in' && !mail.in_mailbox) return mail.parts.length > 0 ? null : <p className="mail-raw">{t('mail.raw_gone')}</p>;
  return (
    <p className="mail-raw">
      <button type="button" className="link" aria-busy={fetching} onClick={() => void get()}>
        {t('mail.raw')}
      </button>
      {fault && <span className="mail-part-fault" role="alert">{sentence(fault)}</span>}
    </p>
  );
}

/** Fetches a file and has the browser keep it; what hinders that is thrown, as the mailbox may have lost it. */
async function saveAs(at: string, name: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(at);
  } catch {
    throw new Fault('unreachable', 'The server cannot be reached.', 0);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    throw new Fault(problem.code ?? 'unexpected', problem.detail ?? 'The server gave an answer that cannot be read.', response.status);
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
