import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Fault } from '../api/client';
import { Dialog } from './Dialog';
import { Refusal } from './states';
import { useTexts } from './texts';

interface Props {
  title: string;
  /** What the yes is called: the deed itself, such as Remove. */
  yes: string;
  /** The deed cannot be undone, or hurts. */
  danger?: boolean;
  /** Must be typed before one may go on. */
  name?: string;
  busy?: boolean;
  fault?: Fault | null | undefined;
  run: () => void;
  close: () => void;
  children?: ReactNode;
}

/** Asks before something is done; what weighs most must be named by its name. */
export function Confirm({ title, yes, danger, name, busy, fault, run, close, children }: Props) {
  const t = useTexts();
  const [typed, type] = useState('');
  const may = name === undefined || typed.trim() === name.trim();
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (may) run();
  }
  return (
    <Dialog title={title} size={440} close={close}>
      <form onSubmit={submit} className="confirm">
        {children}
        {name !== undefined && (
          <TextInput
            label={t('kit.confirm_type', { name })} value={typed} onChange={(e) => type(e.currentTarget.value)} data-autofocus autoComplete="off" spellCheck={false}
          />
        )}
        <Refusal fault={fault} />
        <div className="dialog-foot">
          <Button size="sm" variant="default" onClick={close} data-autofocus={name === undefined || undefined}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" color={danger ? 'red.9' : undefined} disabled={!may} loading={!!busy}>
            {yes}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
