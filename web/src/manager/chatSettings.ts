import type { components } from '../api/schema';
import { call } from './rest';
import { harmsOf, type Kind, type Page, type Thing, type Version } from './kinds';

type Schemas = components['schemas'];
type Preview = Schemas['Preview'];
export type Field = Schemas['Field'];
export type Mask = Schemas['Mask'];
export type ChatSettings = Schemas['ChatSettings'];
/** The settings of the site, which all units share. */
export type SiteSettings = Schemas['Settings'];
/** How much contact data a contact of the unit may have. */
export type ContactData = Omit<Schemas['ContactData'], '$schema'>;

/** How a business unit handles e-mail. */
export type MailSettings = Omit<Schemas['MailSettings'], '$schema'>;

interface Versioned<Body> {
  version: number;
  changed_at?: number;
  changed_by?: string;
  settings: Body;
}

/** Settings of which there is one: read and changed as an object is, and never made or removed. */
function oneOf<Body>(path: 'chat-settings' | 'settings' | 'contact-data' | 'mail-settings'): Kind<Body> {
  const thing = (v: Versioned<Body>): Thing<Body> => ({
    id: path, name: path, version: v.version, changed_at: v.changed_at ?? 0, changed_by: v.changed_by ?? '', built_in: false, body: v.settings,
  });
  const never = () => Promise.reject(new Error(`${path} are one`));
  const foresee = (method: 'PUT' | 'POST', at: string, body: object) =>
    call<{ preview?: Preview }>(method, at, { query: { dry_run: true }, body }).then((a) => harmsOf(a.preview));
  return {
    path, blank: {} as Body, create: never, remove: never, bulk: never, uses: async () => [],
    versions: () => call<Page<Version<Body>>>('GET', `/${path}/versions`, { query: { limit: 500 } }).then((a) => a.items),
    revert: (_id, version, to) => call<Versioned<Body>>('POST', `/${path}/revert`, { body: { version, to } }).then(thing),
    foresee: {
      change: (_id, version, _name, settings) => foresee('PUT', `/${path}`, { version, settings }),
      revert: (_id, version, to) => foresee('POST', `/${path}/revert`, { version, to }),
      remove: never,
    },
    list: async () => ({ items: [], next: '' }),
    read: () => call<Versioned<Body>>('GET', `/${path}`).then(thing),
    change: (_id, version, _name, settings) => call<Versioned<Body>>('PUT', `/${path}`, { body: { version, settings } }).then(thing),
  };
}

export const chatSettings = oneOf<ChatSettings>('chat-settings');
export const siteSettings = oneOf<SiteSettings>('settings');
export const mailSettings = oneOf<MailSettings>('mail-settings');
export const contactData = oneOf<ContactData>('contact-data');

/** The fields that the program itself understands, with their kind. */
export const known: ReadonlyMap<string, string> = new Map([['name', 'text'], ['email', 'email'], ['phone', 'phone'], ['question', 'long']]);
