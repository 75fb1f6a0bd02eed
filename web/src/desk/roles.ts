import type { Contact, Me } from '../api/types';

export type Participant = Contact['participants'][number];
export type Role = NonNullable<Contact['role']>;
export type Permission = Me['user']['permissions'][number];

/** What I do in a contact of my desk. */
export const roleIn = (contact: Contact): Role => contact.role ?? 'owner';

/** The contact is mine, and not one in which I only take part. */
export const isMine = (contact: Contact): boolean => roleIn(contact) === 'owner';

/** The customer knows of me: what I write there is read. */
export const isHeard = (contact: Contact): boolean => isMine(contact) || roleIn(contact) === 'conferenced';

/** Whoever takes part by now, without those who have not yet answered. */
export const present = (contact: Contact): Participant[] => contact.participants.filter((p) => p.state === 'active');

export const may = (me: Me | undefined, permission: Permission): boolean => me?.user.permissions.includes(permission) ?? false;

/** What a person may become by the own choice, with the permission that it needs. */
export const ownChoices: { role: Role; permission: Permission }[] = [
  { role: 'monitoring', permission: 'monitor' },
  { role: 'whispering', permission: 'whisper' },
  { role: 'conferenced', permission: 'barge_in' },
];
