import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import './Notice.css';
import { useTexts } from './texts';

const icons = { info: IconInfoCircle, good: IconCircleCheck, warn: IconAlertTriangle, bad: IconAlertTriangle };

/**
 * What came of something, said where it was done. It stays until it is closed or no
 * longer true: nobody has to be quick to read it.
 */
export function Notice({ tone = 'info', action, close, children }: { tone?: keyof typeof icons; action?: ReactNode; close?: () => void; children: ReactNode }) {
  const t = useTexts();
  const Icon = icons[tone];
  return (
    <div className="notice" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={17} aria-hidden="true" />
      <div className="notice-text">{children}</div>
      {action}
      {close && <CloseButton size="sm" aria-label={t('app.close')} onClick={close} />}
    </div>
  );
}
