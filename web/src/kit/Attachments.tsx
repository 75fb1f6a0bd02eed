import { IconDownload, IconFile, IconFileTypePdf, IconFileText, IconFileZip, IconPhoto } from '@tabler/icons-react';
import type { Attachment } from '../live/frames';
import './Attachments.css';
import { fileSize, useTexts } from './texts';

/** What a browser shows by itself without running anything in it. */
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The icon of a kind of file; what is not known is a sheet. */
function iconOf(type: string) {
  if (type.startsWith('image/')) return IconPhoto;
  if (type === 'application/pdf') return IconFileTypePdf;
  if (type.startsWith('text/')) return IconFileText;
  return /zip|compressed|tar/.test(type) ? IconFileZip : IconFile;
}

/** Files of a message: images as pictures of one size, so that nothing moves when they come; each can be kept. */
export function Attachments({ contact, files }: { contact: string; files: readonly Attachment[] }) {
  const t = useTexts();
  return (
    <ul className="files">
      {files.map((file) => {
        const at = `/api/v1/contacts/${contact}/attachments/${file.id}`;
        const Icon = iconOf(file.media_type);
        return (
          <li key={file.id} className="file">
            {shown.has(file.media_type) && (
              <a href={`${at}?inline=1`} target="_blank" rel="noreferrer noopener" className="file-picture" title={t('app.file_open')}>
                <img src={`${at}?inline=1`} alt={t('app.file_picture', { name: file.name })} loading="lazy" decoding="async" width={240} height={150} />
              </a>
            )}
            <span className="file-line">
              <Icon size={18} aria-hidden="true" />
              <span className="file-name" title={file.name}>
                {file.name}
              </span>
              <span className="file-size figures">{fileSize(file.size)}</span>
              <a href={at} download={file.name} className="file-get" aria-label={t('app.file_download', { name: file.name })}>
                <IconDownload size={17} aria-hidden="true" />
              </a>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
