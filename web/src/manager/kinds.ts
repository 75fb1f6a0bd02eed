import type { components } from '../api/schema';
import type { Graph } from '../designer/graph';
import { call, link } from './rest';

type Schemas = components['schemas'];
export type Skill = Schemas['Skill'];
export type DeskProfile = Schemas['DeskProfile'];
export type Reason = Schemas['Reason'];
export type Queue = Schemas['Queue'];
export type Step = Schemas['Step'];
export type SkillLevel = Schemas['SkillLevel'];
export type Account = Schemas['Account'];
export type Unit = Schemas['BusinessUnit'];
export type Team = Schemas['Team'];
export type Schedule = Schemas['Schedule'];
export type ChatLanguage = Schemas['ChatLanguage'];
export type Response = Schemas['Response'];
export type MailAlias = NonNullable<Schemas['MailAccount']['aliases']>[number];
export type MailAccount = Omit<Schemas['MailAccount'], 'aliases'> & { aliases: MailAlias[] };
export type Signature = Schemas['Signature'];
export type BlockedSender = Schemas['BlockedSender'];
export type CustomRole = Omit<Schemas['CustomRole'], 'rights' | 'permissions'> & { rights: NonNullable<Schemas['CustomRole']['rights']>; permissions: NonNullable<Schemas['CustomRole']['permissions']> };
export type Article = Schemas['Article'];
export type ExcludedNumber = Schemas['ExcludedNumber'];

/** Anything that is configured: what all kinds have, and a body of its own. */
export interface Thing<Body> {
  id: string;
  name: string;
  version: number;
  changed_at: number;
  changed_by: string;
  built_in: boolean;
  /** Global's: every business unit uses it, and none changes it. */
  shared?: boolean;
  body: Body;
}

export interface Page<Item> {
  items: Item[];
  next: string;
}

/** What depends on an object. */
export interface Use {
  kind: string;
  id: string;
  name: string;
}

export interface Version<Body> {
  version: number;
  changed_at: number;
  changed_by: string;
  deleted: boolean;
  name: string;
  body: Body;
}

/** What became of one object of many. */
export interface BulkResult {
  applied: boolean;
  preview?: Preview;
  items: { id: string; name: string; done: boolean; code?: string; message?: string; field?: string }[];
}

export type Path =
  | 'users' | 'queues' | 'skills' | 'reasons' | 'teams' | 'schedules' | 'chat-languages' | 'responses' | 'excluded-numbers' | 'units' | 'customers'
  | 'chat-settings' | 'settings' | 'contact-data' | 'workflows' | 'categories' | 'desk-profiles' | 'secrets' | 'connections' | 'functions'
  | 'roles' | 'articles' | 'mail-accounts' | 'signatures' | 'blocked-senders' | 'mail-settings';

export type Filter = Record<string, string | undefined>;

export type Harm = Schemas['Harm'];
type Preview = Schemas['Preview'];

/** Asks whom a change would hurt at once, and changes nothing. */
export interface Foresight<Body> {
  change(id: string, version: number, name: string, body: Body): Promise<Harm[]>;
  remove(id: string, version: number): Promise<Harm[]>;
  revert(id: string, version: number, to: number): Promise<Harm[]>;
}

/** What one can do with a kind, and how a new one begins. */
export interface Kind<Body> {
  path: Path;
  blank: Body;
  list(find: string, filter: Filter, after: string): Promise<Page<Thing<Body>>>;
  read(id: string): Promise<Thing<Body>>;
  create(name: string, body: Body): Promise<Thing<Body>>;
  change(id: string, version: number, name: string, body: Body): Promise<Thing<Body>>;
  remove(id: string, version: number): Promise<unknown>;
  uses(id: string): Promise<Use[]>;
  versions(id: string): Promise<Version<Body>[]>;
  revert(id: string, version: number, to: number): Promise<Thing<Body>>;
  bulk(items: { id: string; version: number; set?: Partial<Body> }[], set: Partial<Body> | undefined, dryRun: boolean): Promise<BulkResult>;
  /** Of a kind whose changes can hurt people and contacts at once. */
  foresee?: Foresight<Body>;
}

/** How many rows one asks for at once: the most that the server gives. */
const pageSize = 500;

export const harmsOf = (preview: Preview | undefined): Harm[] => preview?.harms ?? [];

function kindOf<Body>(path: Path, blank: Body, hurts = false): Kind<Body> {
  const one = (id: string) => `/${path}/${id}`;
  const dry_run = true;
  const harms = (asked: Promise<{ preview?: Preview }>) => asked.then((a) => harmsOf(a.preview));
  const foresee: Foresight<Body> = {
    change: (id, version, name, body) => harms(call('PUT', one(id), { query: { dry_run }, body: { name, version, body } })),
    remove: (id, version) => call<Preview>('DELETE', one(id), { query: { version, dry_run } }).then(harmsOf),
    revert: (id, version, to) => harms(call('POST', `${one(id)}/revert`, { query: { dry_run }, body: { version, to } })),
  };
  return {
    ...(hurts && { foresee }),
    path,
    blank,
    list: (find, filter, after) => call('GET', `/${path}`, { query: { find: find || undefined, ...filter, after: after || undefined, limit: pageSize } }),
    read: (id) => call('GET', one(id)),
    create: (name, body) => call('POST', `/${path}`, { body: { name, body } }),
    change: (id, version, name, body) => call('PUT', one(id), { body: { name, version, body } }),
    remove: (id, version) => call('DELETE', one(id), { query: { version } }),
    uses: (id) => call<{ items: Use[] }>('GET', `${one(id)}/uses`).then((a) => a.items),
    versions: (id) => call<Page<Version<Body>>>('GET', `${one(id)}/versions`, { query: { limit: pageSize } }).then((a) => a.items),
    revert: (id, version, to) => call('POST', `${one(id)}/revert`, { body: { version, to } }),
    bulk: (items, set, dry_run) => call('POST', `/${path}/bulk`, { body: { items, ...(set ? { set } : items.some((i) => i.set) ? {} : { remove: true }), dry_run } }),
  };
}

export const skills = kindOf<Skill>('skills', { description: '' }, true);
export const reasons = kindOf<Reason>('reasons', { use: 'disposition', description: '' }, true);
export const teams = kindOf<Team>('teams', { description: '', supervisors: [] }, true);
export const schedules = kindOf<Schedule>('schedules', {
  time_zone: '', week: [0, 1, 2, 3, 4].map((day) => ({ day, from: '08:00', to: '18:00' })), holidays: [],
}, true);
export const chatLanguages = kindOf<ChatLanguage>('chat-languages', { pages: 'english', messages: {}, emoticons: [] });
export const responses = kindOf<Response>('responses', { shortcut: '', category: '', texts: {}, mails: {}, personal: false, queues: [] });
export const excludedNumbers = kindOf<ExcludedNumber>('excluded-numbers', { pattern: '', why: 'other', note: '' });
export const units = kindOf<Unit>('units', { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: 'english', disabled: false, pick_by_permission: false, monitoring_shown: false }, true);
export const queues = kindOf<Queue>('queues', {
  description: '', domain: 'chat', objective_s: 60, policy: 'longest_idle', steps: [{ after_s: 0 }], offer_s: 20, auto_accept: false, wrap_up_s: 120,
  no_wrap_up: false, wrap_up_frees_slot: false, no_answer_stays: false, customer_grace_s: 60, preferred_hold_s: 30, waiting_max: 0,
  disposition_needed: false, cherry_pick: false, may_decline: true, outside: 'offline_form',
}, true);
export const mailAccounts = kindOf<MailAccount>('mail-accounts', {
  preset: 'other', disabled: false, main: false, address: '', aliases: [], secrets_set: [], max_sessions: 0, reserve: 0, rate_per_minute: 0, max_size_mib: 0, poll_s: 0, keep_alive_min: 0,
  imap: { host: '', port: 993, tls: 'implicit', auth: 'password', user: '' }, smtp: { host: '', port: 587, tls: 'starttls', auth: 'password', user: '' },
});
export const signatures = kindOf<Signature>('signatures', { texts: {}, queues: [], agents: [], standard: false });
export const blockedSenders = kindOf<BlockedSender>('blocked-senders', { sender: '', note: '' });
export const users = kindOf<Account>('users', {
  first_name: '', last_name: '', screen_name: '', mail: '', description: '', agent_id: '', roles: ['agent'], language: '', disabled: false,
  login_enabled: true, support_digital: true, sign_in: 'local', supervised_teams: [], agent: { capacity: { chat: 3 }, skills: [] },
}, true);

/** A workflow; its graph is the draft, and lists leave graphs out. */
export interface WorkflowBody {
  description?: string;
  order: number;
  enabled: boolean;
  graph?: Graph;
  released?: { number: number; at: number; by: string; why: string; graph?: Graph };
  /** The draft is not what was released. */
  changed?: boolean;
}

export type Category = Schemas['Category'];
export type Secret = Schemas['Secret'];
export type Connection = Schemas['Connection'];
export type OutsideFunction = Schemas['Function'];
export type Parameter = Schemas['Parameter'];

export const workflows = kindOf<WorkflowBody>('workflows', { order: 100, enabled: false });
export const categories = kindOf<Category>('categories', { description: '' });
export const deskProfiles = kindOf<DeskProfile>('desk-profiles', { description: '', accept: 'queue', wrap_up_s: 0 }, true);
export const customRoles = kindOf<CustomRole>('roles', { description: '', rights: [], permissions: [] });
export const articles = kindOf<Article>('articles', { language: '', keywords: '', text: '', link: '', queues: [] });
export const secrets = kindOf<Secret>('secrets', { description: '', value: '' });
export const connections = kindOf<Connection>('connections', { description: '', driver: 'postgres', host: '', port: 0, database: '', user: '', tls: 'verify' });
export const functions = kindOf<OutsideFunction>('functions', { description: '', profile: 'json', url: '', headers: [], timeout_s: 5, inputs: [], outputs: [] });

export const setPassword = (id: string, password: string) => call('PUT', `/users/${id}/password`, { body: { password } });

/** Where a list is had as CSV. */
export const csvLink = (path: Path): string => link(`/${path}/export`);

export interface ImportRow {
  line: number;
  name: string;
  action: 'create' | 'change' | 'same' | 'refuse';
  code?: string;
  message?: string;
  field?: string;
}

export interface Imported {
  applied: boolean;
  created: number;
  changed: number;
  same: number;
  refused: number;
  rows: ImportRow[];
}

export const importCsv = (path: Path, csv: string, dry_run: boolean) => call<Imported>('POST', `/${path}/import`, { query: { dry_run }, csv });
