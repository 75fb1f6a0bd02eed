import { Button } from '@mantine/core';
import { IconAlertTriangle, IconFile, IconX } from '@tabler/icons-react';
import { fileSize, sentence, useTexts } from '../kit/texts';
import { dropFile, retryFile } from './sending';
import './UploadList.css';
import type { Upload } from './uploads';

interface Props {
  uploads: readonly Upload[];
  drop?: (clientId: string) => void;
  retry?: (clientId: string) => void;
}

/** Files on their way: how far each is, and what one may do when it is refused. */
export function UploadList({ uploads, drop = dropFile, retry = retryFile }: Props) {
  const t = useTexts();
  if (uploads.length === 0) return null;
  return (
    <ul className="uploads">
      {uploads.map((u) => (
        <li key={u.clientId} className="upload">
          <span className="upload-line">
            <IconFile size={18} aria-hidden="true" />
            <span className="upload-name">{u.file.name}</span>
            <span className="upload-size figures">{fileSize(u.file.size)}</span>
            {!u.done && (
              <button type="button" className="tool" aria-label={t('desk.upload_cancel', { name: u.file.name })} title={t('app.cancel')} onClick={() => drop(u.clientId)}>
                <IconX size={15} aria-hidden="true" />
              </button>
            )}
          </span>
          {u.fault ? (
            <span className="said-failed" role="alert">
              <IconAlertTriangle size={14} aria-hidden="true" />
              <span>{sentence(u.fault)}</span>
              <Button size="compact-xs" variant="default" onClick={() => retry(u.clientId)}>
                {t('app.again')}
              </Button>
            </span>
          ) : (
            <>
              <progress aria-label={t('desk.upload_progress', { name: u.file.name })} value={u.sent} max={Math.max(1, u.file.size)} />
              {u.waits && <span className="upload-late">{t('app.sending_late')}</span>}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
