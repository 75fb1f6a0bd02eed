import { Button } from '@mantine/core';
import type { Contact } from '../api/types';
import { Dialog } from '../kit/Dialog';
import { useTexts } from '../kit/texts';
import { useLeaveQuestion } from './leaving';
import { Medium } from './Medium';
import './ManageResponses.css';

/** Asks, at the end of the day, what becomes of the contacts that one still has. */
export function LeaveDialog({ contacts }: { contacts: readonly Contact[] }) {
  const t = useTexts();
  const answer = useLeaveQuestion();
  if (!answer) return null;
  return (
    <Dialog title={t('desk.leave_title')} size={480} close={() => answer(false)}>
      <p className="leave-what">{t('desk.leave_open')}</p>
      <ul className="leave-list">
        {contacts.map((c) => (
          <li key={c.id}>
            <Medium medium={c.medium} size={16} />
            <span>{c.name || t('desk.customer')}</span>
            <small>{c.state === 'wrap_up' ? t('desk.leave_ends') : t('desk.leave_back', { queue: c.queue_name })}</small>
          </li>
        ))}
      </ul>
      <div className="dialog-do">
        <Button data-autofocus variant="default" size="sm" onClick={() => answer(false)}>
          {t('desk.leave_stay')}
        </Button>
        <Button size="sm" color="red" onClick={() => answer(true)}>
          {t('desk.leave_now')}
        </Button>
      </div>
    </Dialog>
  );
}
