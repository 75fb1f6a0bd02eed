import { CloseButton, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import './Dialog.css';
import { useTexts } from './texts';

/** A window over the page that keeps the focus; Escape closes it. */
export function Dialog({ title, size, close, children }: { title: string; size: number; close: () => void; children: ReactNode }) {
  const t = useTexts();
  return (
    <Modal.Root opened onClose={close} size={size}>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body pt="md">
          <div className="dialog-head">
            <h2>{title}</h2>
            <CloseButton aria-label={t('app.close')} onClick={close} />
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
