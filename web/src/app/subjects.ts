import type { Me, Role } from '../api/types';
import type { Key } from '../kit/texts';

const business: readonly Role[] = ['business_administrator', 'system_administrator'];
const supervising: readonly Role[] = [...business, 'supervisor'];
const system: readonly Role[] = ['system_administrator'];

export type SubjectId =
  | 'users' | 'teams' | 'roles' | 'articles' | 'skills' | 'desk-profiles' | 'queues' | 'workflows' | 'schedules' | 'categories' | 'unavailable-reasons'
  | 'dispositions' | 'responses' | 'chat-languages' | 'chat-settings' | 'contact-data' | 'offline-requests' | 'satisfaction'
  | 'mail-accounts' | 'signatures' | 'mail-settings' | 'blocked-senders' | 'mail-approvals' | 'mail-queue' | 'mail-exceptions'
  | 'customers' | 'erasures' | 'excluded-numbers' | 'functions' | 'connections' | 'secrets' | 'tokens' | 'units' | 'settings' | 'audit';

type Right = Me['rights'][number];

/** A subject is open to some built-in roles, and to who has a right. */
interface Subject {
  id: SubjectId;
  roles: readonly Role[];
  right?: Right;
}

export interface SubjectGroup {
  id: 'people' | 'routing' | 'chat' | 'mail' | 'outside' | 'site';
  subjects: readonly Subject[];
}

/** The subjects of the manager, each with an address of its own, and who may see them. */
export const subjectGroups: readonly SubjectGroup[] = [
  {
    id: 'people',
    subjects: [
      { id: 'users', roles: business, right: 'people.read' },
      { id: 'teams', roles: business, right: 'people.read' },
      { id: 'roles', roles: business, right: 'people.read' },
      { id: 'skills', roles: business, right: 'routing.read' },
      { id: 'desk-profiles', roles: business, right: 'people.read' },
    ],
  },
  {
    id: 'routing',
    subjects: [
      { id: 'queues', roles: business, right: 'routing.read' },
      { id: 'workflows', roles: business, right: 'workflows.read' },
      { id: 'schedules', roles: business, right: 'routing.read' },
      { id: 'unavailable-reasons', roles: business, right: 'routing.read' },
      { id: 'dispositions', roles: business, right: 'routing.read' },
      { id: 'categories', roles: business, right: 'routing.read' },
    ],
  },
  {
    id: 'chat',
    subjects: [
      { id: 'responses', roles: supervising, right: 'chat.read' },
      { id: 'articles', roles: business, right: 'knowledge.read' },
      { id: 'chat-languages', roles: business, right: 'chat.read' },
      { id: 'chat-settings', roles: business, right: 'chat.read' },
      { id: 'contact-data', roles: business, right: 'chat.read' },
      { id: 'offline-requests', roles: supervising, right: 'requests.handle' },
      { id: 'satisfaction', roles: supervising, right: 'reports.read' },
    ],
  },
  {
    id: 'mail',
    subjects: [
      { id: 'mail-approvals', roles: supervising, right: 'mail.handle' },
      { id: 'mail-queue', roles: supervising, right: 'mail.handle' },
      { id: 'mail-exceptions', roles: supervising, right: 'mail.handle' },
      { id: 'blocked-senders', roles: supervising, right: 'mail.read' },
      { id: 'mail-accounts', roles: business, right: 'mail.read' },
      { id: 'signatures', roles: business, right: 'mail.read' },
      { id: 'mail-settings', roles: business, right: 'mail.read' },
    ],
  },
  {
    id: 'outside',
    subjects: [
      { id: 'customers', roles: supervising, right: 'customers.read' },
      { id: 'erasures', roles: business },
      { id: 'excluded-numbers', roles: business, right: 'chat.read' },
      { id: 'functions', roles: business, right: 'outside.read' },
      { id: 'connections', roles: business, right: 'outside.read' },
      { id: 'secrets', roles: business, right: 'outside.read' },
    ],
  },
  {
    id: 'site',
    subjects: [
      { id: 'tokens', roles: business },
      { id: 'units', roles: system },
      { id: 'settings', roles: system },
      { id: 'audit', roles: business, right: 'audit.read' },
    ],
  },
];

/** Whether somebody may see a subject. */
export const opens = (me: Me, subject: Subject): boolean =>
  subject.roles.some((role) => me.user.roles.includes(role)) || (subject.right !== undefined && me.rights.includes(subject.right) && !me.user.roles.includes('system_administrator'));

/** Whether somebody may change what a subject holds: a built-in role that sees it may, another needs the right. */
export function changes(me: Me, id: SubjectId): boolean {
  const subject = subjectGroups.flatMap((group) => group.subjects).find((s) => s.id === id);
  return subject !== undefined && (subject.roles.some((role) => me.user.roles.includes(role)) || me.rights.some((right) => right === subject.right?.replace(/read$/, 'change')));
}

/** Settings, logs and what customers left have no new ones; a token is made in its list. */
const made: ReadonlySet<SubjectId> = new Set([
  'users', 'teams', 'roles', 'articles', 'skills', 'desk-profiles', 'queues', 'workflows', 'schedules', 'categories', 'unavailable-reasons', 'dispositions', 'responses', 'chat-languages',
  'customers', 'excluded-numbers', 'functions', 'connections', 'secrets', 'units', 'mail-accounts', 'signatures', 'blocked-senders',
]);

/** Whether one makes new ones of a subject, at /manager/<subject>/new. */
export const makes = (id: SubjectId): boolean => made.has(id);

/** The key of what a new one is called. */
export const makeTitle = (id: SubjectId) => `manager.make_${id.replaceAll('-', '_')}` as Key;

const subjectsOf: Record<string, SubjectId> = {
  team: 'teams', role: 'roles', article: 'articles', skill: 'skills', queue: 'queues', schedule: 'schedules', category: 'categories', desk_profile: 'desk-profiles', workflow: 'workflows', chat_language: 'chat-languages',
};

/** The subject in which something found is set up. */
export function subjectOf(found: { kind: string; use?: string }): SubjectId {
  if (found.kind === 'reason') return found.use === 'unavailable' ? 'unavailable-reasons' : 'dispositions';
  return subjectsOf[found.kind] ?? 'users';
}

/** The key of a subject's name; it is among the manager's texts, which are loaded when they are needed. */
export const subjectTitle = (id: SubjectId) => `manager.subject_${id.replaceAll('-', '_')}` as Key;
