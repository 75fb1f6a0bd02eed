import { answer, api } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Skill = Schemas['Skill'];
export type Reason = Schemas['Reason'];
export type Queue = Schemas['Queue'];
export type Step = Schemas['Step'];
export type Account = Schemas['Account'];
export type SkillLevel = Schemas['SkillLevel'];

/** Anything that is configured: what all kinds have, and a body of its own. */
export interface Thing<Body> {
  id: string;
  name: string;
  version: number;
  changed_at: number;
  changed_by: string;
  built_in: boolean;
  body: Body;
}

export interface Page<Body> {
  items: Thing<Body>[];
  next: string;
}

/** The five things one can do with a kind, and how a new one begins. */
export interface Kind<Body> {
  path: 'users' | 'queues' | 'skills' | 'reasons';
  list(find: string, after: string): Promise<Page<Body>>;
  create(name: string, body: Body): Promise<Thing<Body>>;
  change(id: string, version: number, name: string, body: Body): Promise<Thing<Body>>;
  remove(id: string, version: number): Promise<unknown>;
  blank: Body;
}

const page = (find: string, after: string) => ({ params: { query: { find: find || undefined, after: after || undefined, limit: 100 } } });
const at = (id: string) => ({ path: { id } });
const gone = (id: string, version: number) => ({ params: { path: { id }, query: { version } } });

export const skills: Kind<Skill> = {
  path: 'skills',
  list: (find, after) => answer(api.GET('/api/v1/skills', page(find, after))),
  create: (name, body) => answer(api.POST('/api/v1/skills', { body: { name, body } })),
  change: (id, version, name, body) => answer(api.PUT('/api/v1/skills/{id}', { params: at(id), body: { name, version, body } })),
  remove: (id, version) => answer(api.DELETE('/api/v1/skills/{id}', gone(id, version))),
  blank: { description: '' },
};

export const reasons: Kind<Reason> = {
  path: 'reasons',
  list: (find, after) => answer(api.GET('/api/v1/reasons', page(find, after))),
  create: (name, body) => answer(api.POST('/api/v1/reasons', { body: { name, body } })),
  change: (id, version, name, body) => answer(api.PUT('/api/v1/reasons/{id}', { params: at(id), body: { name, version, body } })),
  remove: (id, version) => answer(api.DELETE('/api/v1/reasons/{id}', gone(id, version))),
  blank: { use: 'disposition' },
};

export const queues: Kind<Queue> = {
  path: 'queues',
  list: (find, after) => answer(api.GET('/api/v1/queues', page(find, after))),
  create: (name, body) => answer(api.POST('/api/v1/queues', { body: { name, body } })),
  change: (id, version, name, body) => answer(api.PUT('/api/v1/queues/{id}', { params: at(id), body: { name, version, body } })),
  remove: (id, version) => answer(api.DELETE('/api/v1/queues/{id}', gone(id, version))),
  blank: {
    domain: 'chat', objective_s: 60, policy: 'longest_idle', steps: [{ after_s: 0 }], offer_s: 20, auto_accept: false, wrap_up_s: 120,
    no_wrap_up: false, wrap_up_frees_slot: false, no_answer_stays: false, customer_grace_s: 60, preferred_hold_s: 30, waiting_max: 0,
    disposition_needed: false, cherry_pick: false, outside: 'offline_form',
  },
};

export const users: Kind<Account> = {
  path: 'users',
  list: (find, after) => answer(api.GET('/api/v1/users', page(find, after))),
  create: (name, body) => answer(api.POST('/api/v1/users', { body: { name, body } })),
  change: (id, version, name, body) => answer(api.PUT('/api/v1/users/{id}', { params: at(id), body: { name, version, body } })),
  remove: (id, version) => answer(api.DELETE('/api/v1/users/{id}', gone(id, version))),
  blank: {
    first_name: '', last_name: '', screen_name: '', mail: '', roles: ['agent'], language: '', disabled: false,
    agent: { capacity: { chat: 3 }, skills: [] }, sign_in: 'local',
  },
};

export const setPassword = (id: string, password: string) =>
  answer(api.PUT('/api/v1/users/{id}/password', { params: at(id), body: { password } }));
