import type { Role } from '../api/types';
import type { Key } from '../kit/texts';

const business: readonly Role[] = ['business_administrator', 'system_administrator'];
const supervising: readonly Role[] = [...business, 'supervisor'];
const system: readonly Role[] = ['system_administrator'];

export type SubjectId =
  | 'users' | 'teams' | 'skills' | 'desk-profiles' | 'queues' | 'workflows' | 'schedules' | 'categories' | 'unavailable-reasons'
  | 'dispositions' | 'responses' | 'chat-languages' | 'chat-settings' | 'contact-data' | 'offline-requests' | 'satisfaction'
  | 'mail-accounts' | 'signatures' | 'mail-settings' | 'blocked-senders' | 'mail-approvals' | 'mail-queue' | 'mail-exceptions'
  | 'customers' | 'erasures' | 'excluded-numbers' | 'functions' | 'connections' | 'secrets' | 'tokens' | 'units' | 'settings' | 'audit';

export interface SubjectGroup {
  id: 'people' | 'routing' | 'chat' | 'mail' | 'outside' | 'site';
  subjects: readonly { id: SubjectId; roles: readonly Role[] }[];
}

/** The subjects of the manager, each with an address of its own, and who may see them. */
export const subjectGroups: readonly SubjectGroup[] = [
  {
    id: 'people',
    subjects: [
      { id: 'users', roles: business },
      { id: 'teams', roles: business },
      { id: 'skills', roles: business },
      { id: 'desk-profiles', roles: business },
    ],
  },
  {
    id: 'routing',
    subjects: [
      { id: 'queues', roles: business },
      { id: 'workflows', roles: business },
      { id: 'schedules', roles: business },
      { id: 'unavailable-reasons', roles: business },
      { id: 'dispositions', roles: business },
      { id: 'categories', roles: business },
    ],
  },
  {
    id: 'chat',
    subjects: [
      { id: 'responses', roles: supervising },
      { id: 'chat-languages', roles: business },
      { id: 'chat-settings', roles: business },
      { id: 'contact-data', roles: business },
      { id: 'offline-requests', roles: supervising },
      { id: 'satisfaction', roles: supervising },
    ],
  },
  {
    id: 'mail',
    subjects: [
      { id: 'mail-approvals', roles: supervising },
      { id: 'mail-queue', roles: supervising },
      { id: 'mail-exceptions', roles: supervising },
      { id: 'blocked-senders', roles: supervising },
      { id: 'mail-accounts', roles: business },
      { id: 'signatures', roles: business },
      { id: 'mail-settings', roles: business },
    ],
  },
  {
    id: 'outside',
    subjects: [
      { id: 'customers', roles: supervising },
      { id: 'erasures', roles: business },
      { id: 'excluded-numbers', roles: business },
      { id: 'functions', roles: business },
      { id: 'connections', roles: business },
      { id: 'secrets', roles: business },
    ],
  },
  {
    id: 'site',
    subjects: [
      { id: 'tokens', roles: business },
      { id: 'units', roles: system },
      { id: 'settings', roles: system },
      { id: 'audit', roles: business },
    ],
  },
];

/** Settings, logs and what customers left have no new ones; a token is made in its list. */
const made: ReadonlySet<SubjectId> = new Set([
  'users', 'teams', 'skills', 'desk-profiles', 'queues', 'workflows', 'schedules', 'categories', 'unavailable-reasons', 'dispositions', 'responses', 'chat-languages',
  'customers', 'excluded-numbers', 'functions', 'connections', 'secrets', 'units', 'mail-accounts', 'signatures', 'blocked-senders',
]);

/** Whether one makes new ones of a subject, at /manager/<subject>/new. */
export const makes = (id: SubjectId): boolean => made.has(id);

/** The key of what a new one is called. */
export const makeTitle = (id: SubjectId) => `manager.make_${id.replaceAll('-', '_')}` as Key;

const subjectsOf: Record<string, SubjectId> = {
  team: 'teams', skill: 'skills', queue: 'queues', schedule: 'schedules', category: 'categories', desk_profile: 'desk-profiles', workflow: 'workflows', chat_language: 'chat-languages',
};

/** The subject in which something found is set up. */
export function subjectOf(found: { kind: string; use?: string }): SubjectId {
  if (found.kind === 'reason') return found.use === 'unavailable' ? 'unavailable-reasons' : 'dispositions';
  return subjectsOf[found.kind] ?? 'users';
}

/** The key of a subject's name; it is among the manager's texts, which are loaded when they are needed. */
export const subjectTitle = (id: SubjectId) => `manager.subject_${id.replaceAll('-', '_')}` as Key;
