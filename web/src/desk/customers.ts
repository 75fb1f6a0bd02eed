import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import type { Contact } from '../api/types';

import type { Address, Customer, CustomerInput } from './types';

/** The customer that a contact is linked to, if any. */
export function customerOf(contact: Contact): string | undefined {
  return contact.customer;
}

export const customerQuery = (id: string) =>
  queryOptions({ queryKey: ['customer', id], queryFn: () => answer(api.GET('/api/v1/customers/{id}', { params: { path: { id } } })), staleTime: 30_000, retry: 1 });

/** Customers whose name or an address begins with what is typed. */
export const findCustomersQuery = (find: string) =>
  queryOptions({
    queryKey: ['customers', find],
    queryFn: async () => (await answer(api.GET('/api/v1/customers', { params: { query: { find, limit: 20 } } }))).items,
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
      answer(api.GET('/api/v1/customers/{id}/contacts', { params: { path: { id }, query: { after: pageParam || undefined, limit: 20 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 30_000,
    retry: 1,
  });

export function saveCustomer(customer: CustomerInput & { id?: string; version?: number }): Promise<Customer> {
  const { id, version, name, company, language, addresses, note, fields } = customer;
  const body: CustomerInput = { name, company, language, addresses, note, fields };
  return id && version
    ? answer(api.PUT('/api/v1/customers/{id}', { params: { path: { id } }, body: { ...body, version } }))
    : answer(api.POST('/api/v1/customers', { body }));
}

export function linkCustomer(contact: string, customer: string | undefined): Promise<unknown> {
  return answer(api.PUT('/api/v1/contacts/{id}/customer', { params: { path: { id: contact } }, body: { customer } }));
}

/** A new customer as far as the contact tells of one. */
export function fromContact(contact: Contact): CustomerInput {
  const details = contact.details && typeof contact.details === 'object' ? (contact.details as Record<string, unknown>) : {};
  const addresses: Address[] = [];
  for (const kind of ['email', 'phone'] as const) {
    const value = details[kind];
    if (typeof value === 'string' && value.trim() !== '') addresses.push({ kind, value: value.trim() });
  }
  if (contact.medium === 'email' && contact.source?.includes('@')) addresses.push({ kind: 'email', value: contact.source });
  return { name: contact.name, company: '', language: contact.language, addresses, note: '' };
}
