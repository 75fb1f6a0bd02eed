import { useQuery } from '@tanstack/react-query';
import type { Contact } from '../api/types';
import { answer, api, asFault } from '../api/client';
import { Failed, Loading } from '../kit/states';
import { Path } from '../kit/Path';
import { useTexts } from '../kit/texts';
import { ContactData } from '../kit/ContactData';
import './Details.css';

/** The customer and the contact: what is known, and which way it came. */
export function Details({ contact }: { contact: Contact }) {
  const t = useTexts();
  const facts = useQuery({
    queryKey: ['facts', contact.id, contact.state, contact.since],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/facts', { params: { path: { id: contact.id } } }))).items,
    placeholderData: (before) => before,
  });
  return (
    <aside className="details" aria-label={t('desk.details')}>
      <h2>{t('desk.contact_data')}</h2>
      <ContactData contact={contact} />
      <h2>{t('desk.path')}</h2>
      {facts.data ? <Path facts={facts.data} /> : facts.error ? <Failed fault={asFault(facts.error)} again={() => void facts.refetch()} /> : <Loading />}
    </aside>
  );
}
