import { useQuery } from '@tanstack/react-query';
import { IconChevronRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { ContactData } from '../kit/ContactData';
import { FlowPath } from '../kit/FlowPath';
import { Path } from '../kit/Path';
import { Edge, useWidth } from '../kit/SidePanel';
import { Failed, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { Thread } from '../mail/Thread';
import { CustomerCard } from './CustomerCard';
import './Details.css';
import { Knowledge } from './Knowledge';

const [least, usual, most] = [240, 312, 620];

/** The customer and the contact: who it is, what was before, what is known, and which way it came. */
export function Details({ contact }: { contact: Contact }) {
  const t = useTexts();
  const [width, setWidth] = useWidth('details', usual, least, most);
  return (
    <aside className="details" aria-label={t('desk.details')} style={{ width }}>
      <Edge width={width} min={least} max={most} set={setWidth} />
      <div className="details-body">
        <Part name="customer" title={t('desk.customer')}>
          <CustomerCard contact={contact} />
        </Part>
        {contact.medium === 'email' && (
          <Part name="thread" title={t('mail.thread')}>
            <Thread contact={contact} />
          </Part>
        )}
        <Part name="data" title={t('desk.contact_data')}>
          <ContactData contact={contact} />
        </Part>
        <Part name="knowledge" title={t('desk.knowledge')}>
          <Knowledge key={contact.id} contact={contact} />
        </Part>
        <Part name="flow" title={t('desk.flow')}>
          <FlowPath contact={contact} />
        </Part>
        <Part name="path" title={t('desk.path')}>
          <Way contact={contact} />
        </Part>
      </div>
    </aside>
  );
}

/** A part of the panel that one may fold away; that is remembered. */
function Part({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  const key = `portico.details.${name}`;
  const [open, setOpen] = useState(() => localStorage.getItem(key) !== 'closed');
  return (
    <section className="details-part">
      <h2>
        <button
          type="button" aria-expanded={open}
          onClick={() => {
            localStorage.setItem(key, open ? 'closed' : 'open');
            setOpen(!open);
          }}
        >
          <IconChevronRight size={14} aria-hidden="true" /> {title}
        </button>
      </h2>
      {open && <div className="details-inner">{children}</div>}
    </section>
  );
}

function Way({ contact }: { contact: Contact }) {
  const facts = useQuery({
    queryKey: ['facts', contact.id, contact.state, contact.since, contact.participants.map((p) => `${p.agent} ${p.role} ${p.state}`).join()],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/facts', { params: { path: { id: contact.id } } }))).items,
    placeholderData: (before) => before,
  });
  if (facts.data) return <Path facts={facts.data} />;
  return facts.error ? <Failed fault={asFault(facts.error)} again={() => void facts.refetch()} /> : <Loading />;
}
