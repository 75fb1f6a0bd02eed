import type { Contact } from '../api/types';
import { Breakable } from './Breakable';
import './ContactData.css';
import { dateTime, languageName, useTexts } from './texts';

/** What is known of a contact: the fixed fields, then the free ones. */
export function ContactData({ contact }: { contact: Contact }) {
  const t = useTexts();
  const details = contact.details && typeof contact.details === 'object' ? Object.entries(contact.details as Record<string, unknown>) : [];
  // What workflows ask of a mail is for them: people have the mail itself.
  const free = details.filter(([key, value]) => !(contact.medium === 'email' && key === 'email' && typeof value === 'object'));
  const fixed: [string, string | number | undefined][] = [
    [t('app.contact_name'), contact.name],
    [t('app.contact_caption'), contact.caption],
    [t('app.contact_arrived'), dateTime(contact.at)],
    [t('app.contact_priority'), contact.priority],
    [t('app.language'), languageName(contact.language)],
    [t('app.contact_source'), contact.source],
    [t('app.contact_destination'), contact.destination],
  ];
  return (
    <dl className="contact-data">
      {[...fixed, ...free.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const)]
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <Breakable text={String(value)} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
