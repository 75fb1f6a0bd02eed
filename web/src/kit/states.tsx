import { Alert, Button, Loader } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Fault } from '../api/client';
import './states.css';
import { sentence, useTexts } from './texts';

/** The first of a list's five states. It shows nothing in the first moments: most loads are over by then. */
export function Loading() {
  const t = useTexts();
  return (
    <div className="state state-late" role="status">
      <Loader size="sm" aria-hidden="true" />
      <span>{t('app.loading')}</span>
    </div>
  );
}

/** Nothing there: says what would be, and what to do. Late, where something may come at any moment. */
export function Empty({ title, late, children }: { title: string; late?: boolean; children?: ReactNode }) {
  return (
    <div className={late ? 'state state-late' : 'state'}>
      <strong>{title}</strong>
      {children && <div className="state-more">{children}</div>}
    </div>
  );
}

/** Could not be had: says why, and lets one try again. */
export function Failed({ fault, again }: { fault: Fault; again?: () => void }) {
  const t = useTexts();
  return (
    <div className="state" role="alert">
      <IconAlertTriangle size={20} color="var(--bad)" aria-hidden="true" />
      <span>{sentence(fault)}</span>
      {again && (
        <Button variant="default" onClick={again}>
          {t('app.again')}
        </Button>
      )}
    </div>
  );
}

/** A refusal, beside what was refused. */
export function Refusal({ fault, close }: { fault: Fault | null | undefined; close?: () => void }) {
  const t = useTexts();
  if (!fault) return null;
  return (
    <Alert
      color="red" variant="light" role="alert" py={6} px={10} withCloseButton={!!close} onClose={close}
      closeButtonLabel={t('app.close')} icon={<IconAlertTriangle size={18} aria-hidden="true" />}
    >
      <span className="refusal">{sentence(fault)}</span>
    </Alert>
  );
}
