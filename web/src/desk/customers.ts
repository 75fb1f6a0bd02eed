import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../api/client';
import type { Contact } from '../api/types';

import type { Address, Customer, CustomerInput, Page, PastContact } from './types';

/** The customer that a contact is linked to, if any. */
export function customerOf(contact: Contact): string | undefined {
  return (contact as Contact & { customer?: string }).customer;
}

export const customerQuery = (id: string) =>
  queryOptions({ queryKey: ['customer', id], queryFn: () => call<Customer>(`/api/v1/customers/${id}`), staleTime: 30_000, retry: 1 });

/** Customers whose name or an address begins with what is typed. */
export const findCustomersQuery = (find: string) =>
  queryOptions({
    queryKey: ['customers', find],
    queryFn: async () => (await call<Page<Customer>>(`/api/v1/customers?limit=20&find=${encodeURIComponent(find)}`)).items,
    staleTime: 10_000,
    enabled: find.trim().length > 1,
    retry: 1,
    placeholderData: (before: Customer[] | undefined) => before,
  });

/** A customer's contacts of all media, newest first, by page. */
export const pastQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['past', id],
    queryFn: ({ pageParam }) =>
      call<Page<PastContact>>(`/api/v1/customers/${id}/contacts?limit=20${pageParam && `&after=${encodeURIComponent(pageParam)}`}`),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 30_000,
    retry: 1,
  });

export function saveCustomer(customer: CustomerInput & { id?: string; version?: number }): Promise<Customer> {
  const { id, version, ...body } = customer;
  return id ? call(`/api/v1/customers/${id}`, { method: 'PUT', body: { ...body, version } }) : call('/api/v1/customers', { method: 'POST', body });
}

export function linkCustomer(contact: string, customer: string | undefined): Promise<unknown> {
  return call(`/api/v1/contacts/${contact}/customer`, { method: 'PUT', body: customer ? { customer } : {} });
}

/** A new customer as far as the contact tells of one. */
export function fromContact(contact: Contact): CustomerInput {
  const details = contact.details && typeof contact.details === 'object' ? (contact.details as Record<string, unknown>) : {};
  const addresses: Address[] = [];
  for (const kind of ['email', 'phone'] as const) {
    const value = details[kind];
    if (typeof value === 'string' && value.trim() !== '') addresses.push({ kind, value: value.trim() });
  }
  return { name: contact.name, company: '', language: contact.language, addresses, note: '' };
}
