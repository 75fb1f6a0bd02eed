import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBuilding, IconLinkOff, IconMail, IconPencil, IconPhone, IconPlus, IconSearch, IconTag, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { useLive } from '../app/live';
import { Dialog } from '../kit/Dialog';
import { Failed, Loading, Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { keys } from '../live/reduce';
import './Customer.css';
import { CustomerForm } from './CustomerForm';
import { customerOf, customerQuery, findCustomersQuery, fromContact, linkCustomer } from './customers';
import { Past } from './Past';
import type { Customer, CustomerInput } from './types';

const addressIcons = { email: IconMail, phone: IconPhone, other: IconTag };

/** Who the contact is with: the customer's card and past, or the way to one. */
export function CustomerCard({ contact }: { contact: Contact }) {
  const t = useTexts();
  const cache = useQueryClient();
  const { status } = useLive();
  const id = customerOf(contact);
  const found = useQuery({ ...customerQuery(id ?? ''), enabled: id !== undefined });
  const [form, setForm] = useState<CustomerInput & { id?: string; version?: number }>();
  const link = useMutation({
    mutationFn: (customer: string | undefined) => linkCustomer(contact.id, customer),
    onSettled: () => {
      if (status !== 'live') void cache.invalidateQueries({ queryKey: keys.desk });
    },
  });

  function saved(customer: Customer): void {
    cache.setQueryData(customerQuery(customer.id).queryKey, customer);
    setForm(undefined);
    if (customer.id !== id) link.mutate(customer.id);
  }

  if (form) return <CustomerForm start={form} cancel={() => setForm(undefined)} saved={saved} />;
  if (!id) return <FindCustomer busy={link.isPending} fault={link.error} choose={(c) => link.mutate(c)} create={() => setForm(fromContact(contact))} />;
  if (found.error && !found.data) return <Failed fault={asFault(found.error)} again={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <Card customer={found.data} edit={setForm}>
        <button
          type="button" className="tool" aria-label={t('desk.customer_unlink')} title={t('desk.customer_unlink')} disabled={link.isPending}
          onClick={() => link.mutate(undefined)}
        >
          <IconLinkOff size={16} aria-hidden="true" />
        </button>
      </Card>
      <Refusal fault={link.error && asFault(link.error)} close={link.reset} />
      <Past customer={found.data.id} current={contact.id} />
    </>
  );
}

/** A customer who was searched for: the same card and past, without a contact. */
export function CustomerDialog({ id, close }: { id: string; close: () => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const found = useQuery(customerQuery(id));
  const [form, setForm] = useState<Customer>();
  function saved(customer: Customer): void {
    cache.setQueryData(customerQuery(id).queryKey, customer);
    setForm(undefined);
  }
  return (
    <Dialog title={found.data?.name ?? t('desk.customer')} size={480} close={close}>
      {form ? (
        <CustomerForm start={form} cancel={() => setForm(undefined)} saved={saved} />
      ) : found.data ? (
        <>
          <Card customer={found.data} edit={setForm} />
          <Past customer={id} current="" />
        </>
      ) : found.error ? (
        <Failed fault={asFault(found.error)} again={() => void found.refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  );
}

function Card({ customer, edit, children }: { customer: Customer; edit: (customer: Customer) => void; children?: ReactNode }) {
  const t = useTexts();
  return (
    <div className="customer">
      <div className="customer-head">
        <IconUserCircle size={28} aria-hidden="true" />
        <div>
          <strong>{customer.name}</strong>
          {customer.company && (
            <span>
              <IconBuilding size={13} aria-hidden="true" /> {customer.company}
            </span>
          )}
        </div>
        <button type="button" className="tool" aria-label={t('desk.customer_edit')} title={t('desk.customer_edit')} onClick={() => edit(customer)}>
          <IconPencil size={16} aria-hidden="true" />
        </button>
        {children}
      </div>
      <ul className="customer-addresses">
        {customer.addresses?.map((a) => {
          const Icon = addressIcons[a.kind] ?? IconTag;
          return (
            <li key={`${a.kind} ${a.value}`}>
              <Icon size={14} aria-hidden="true" /> <span className="unseen">{t(`desk.address_${a.kind}`)}: </span>
              {a.value}
            </li>
          );
        })}
      </ul>
      {customer.note && <p className="customer-note">{customer.note}</p>}
    </div>
  );
}

function FindCustomer({ busy, fault, choose, create }: { busy: boolean; fault: Error | null; choose: (id: string) => void; create: () => void }) {
  const t = useTexts();
  const [find, setFind] = useState('');
  const [asked] = useDebouncedValue(find, 200);
  const found = useQuery(findCustomersQuery(asked));
  const list = asked.trim().length > 1 ? found.data : undefined;
  return (
    <div className="customer-find">
      <p>{t('desk.customer_unknown')}</p>
      <TextInput
        size="xs" aria-label={t('desk.customer_find')} placeholder={t('desk.customer_find')} value={find} autoComplete="off"
        leftSection={<IconSearch size={14} aria-hidden="true" />} onChange={(e) => setFind(e.currentTarget.value)}
      />
      {found.error && <Failed fault={asFault(found.error)} again={() => void found.refetch()} />}
      {list && list.length === 0 && <p role="status">{t('desk.customer_find_none')}</p>}
      {list && list.length > 0 && (
        <ul>
          {list.map((c) => (
            <li key={c.id}>
              <button type="button" className="customer-found" disabled={busy} onClick={() => choose(c.id)}>
                <strong>{c.name}</strong>
                <span>{[c.company, c.addresses?.[0]?.value].filter(Boolean).join(' · ')}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <Refusal fault={fault && asFault(fault)} />
      <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={create}>
        {t('desk.customer_new')}
      </Button>
    </div>
  );
}
