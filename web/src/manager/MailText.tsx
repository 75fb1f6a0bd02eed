import { lazy, Suspense } from 'react';
import { shownHtml } from '../mail/body';
import type { Mail } from '../mail/types';
import { useTexts } from '../kit/texts';

const MailFrame = lazy(() => import('../mail/MailFrame').then(({ MailFrame: Frame }) => ({ default: Frame })));

/** What a mail of a contact says, as its reader will see it. */
export function MailText({ contact, mail }: { contact: string; mail: Mail }) {
  const t = useTexts();
  if (!mail.html) return <p className="asked mail-text">{mail.text}</p>;
  return (
    <div className="mail-text">
      <Suspense>
        <MailFrame html={shownHtml(contact, mail, false)} title={t('manager.mail_words')} />
      </Suspense>
    </div>
  );
}
