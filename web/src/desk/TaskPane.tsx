import type { Contact } from '../api/types';
import { ContactData } from '../kit/ContactData';
import { useTexts } from '../kit/texts';

/** A contact of a medium without a conversation here: what it is about, and all that it came with. */
export function TaskPane({ contact, ended }: { contact: Contact; ended?: boolean }) {
  const t = useTexts();
  return (
    <div className="task" tabIndex={0} role="region" aria-label={t('desk.task')}>
      <div className="task-sheet">
        <h3>{contact.caption || t('desk.task_no_caption')}</h3>
        <ContactData contact={contact} />
        {!ended && <p className="task-hint">{t('desk.task_hint')}</p>}
      </div>
    </div>
  );
}
