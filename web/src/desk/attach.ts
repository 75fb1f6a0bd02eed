import { useMemo, useState } from 'react';
import type { Contact } from '../api/types';
import { newId } from '../kit/id';
import { fileSize, useTexts } from '../kit/texts';
import { useFileRules } from './queries';
import { sendFiles } from './sending';
import { refused } from './uploads';

/** What one may do with files in a conversation. */
export interface Attach {
  /** The company allows files. */
  allowed: boolean;
  /** What the browser's own dialog offers. */
  accept: string;
  /** Sends files to the customer; what cannot be sent is told, one sentence a file. */
  send: (files: Iterable<File>) => void;
  refusals: readonly string[];
  forget: () => void;
}

/** Files at once: more is a slip of the hand. */
const filesMax = 10;

/** take: what becomes of files that may be sent. */
export function useAttach(contact: Pick<Contact, 'id'>, take: (contact: string, files: readonly File[]) => void = sendAll): Attach {
  const t = useTexts();
  const rules = useFileRules();
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  return useMemo(() => {
    function send(given: Iterable<File>): void {
      const files = [...given];
      const told: string[] = [];
      const good = files.slice(0, filesMax).filter((file) => {
        const why = refused(file, rules);
        if (why) told.push(t(`desk.file_${why}`, { name: file.name, size: fileSize(rules.bytes_max) }));
        return !why;
      });
      if (files.length > filesMax) told.push(t('desk.file_many', { count: filesMax }));
      setRefusals(told);
      take(contact.id, good);
    }
    return { allowed: rules.enabled, accept: rules.types.join(','), send, refusals, forget: () => setRefusals([]) };
  }, [rules, refusals, contact.id, take, t]);
}

/** Sends files at once. */
function sendAll(contact: string, files: readonly File[]): void {
  sendFiles(files.map((file) => ({ clientId: newId(), contact, file })));
}
