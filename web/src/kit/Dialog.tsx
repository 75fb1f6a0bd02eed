import { CloseButton, Modal } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
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

/** The dialogs that are open, the last one on top. */
const open: symbol[] = [];

/** Whether a dialog is on top: Escape is for that one alone. */
function useOnTop(): () => boolean {
  const [me] = useState(() => Symbol('dialog'));
  useEffect(() => {
    open.push(me);
    return () => void open.splice(open.indexOf(me), 1);
  }, [me]);
  return () => open.at(-1) === me;
}

interface Props {
  title: string;
  size: number;
  close: () => void;
  /** Something within takes Escape for itself now. */
  stays?: boolean;
  children: ReactNode;
}

/** A window over the page that keeps the focus, and gives it back; Escape closes it. */
export function Dialog({ title, size, close, stays = false, children }: Props) {
  const t = useTexts();
  const onTop = useOnTop();
  useFocusBack();
  return (
    <Modal.Root opened onClose={() => onTop() && close()} closeOnEscape={!stays} size={size}>
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
