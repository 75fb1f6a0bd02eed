import { CloseButton, Modal } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import './Dialog.css';
import { useTexts } from './texts';

/** Gives the focus back to where it was before the dialog, unless something else has taken it. */
function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      const now = document.activeElement;
      if ((now === null || now === document.body) && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
}

/** A window over the page that keeps the focus, and gives it back; Escape closes it. */
export function Dialog({ title, size, close, children }: { title: string; size: number; close: () => void; children: ReactNode }) {
  const t = useTexts();
  useFocusBack();
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
