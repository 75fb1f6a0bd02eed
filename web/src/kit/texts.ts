import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import app from '@texts/english/app.json';
import kit from '@texts/english/kit.json';
import desk from '@texts/english/desk.json';
import mail from '@texts/english/mail.json';
import type designer from '@texts/english/designer.json';
import type manager from '@texts/english/manager.json';
import setup from '@texts/english/setup.json';
import supervisor from '@texts/english/supervisor.json';
import { Fault } from '../api/client';

const english = { ...app, ...kit, ...desk, ...mail, ...setup, ...supervisor };

/** What the manager and the designer say comes with them: most people never go there. */
type Texts = typeof english & typeof manager & typeof designer;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    keySeparator: false;
    nsSeparator: false;
    resources: { translation: Texts };
  }
}

/** The languages of the catalogue: their folder, their own name, their BCP 47 tag. */
export const languages = [
  { value: 'english', label: 'English', tag: 'en' },
  { value: 'deutsch', label: 'Deutsch', tag: 'de' },
  { value: 'francais', label: 'Français', tag: 'fr' },
  { value: 'portugues', label: 'Português', tag: 'pt' },
] as const;

export type Language = (typeof languages)[number]['value'];

/** A language's own name; one that a company has added has only the name that it was given. */
export const languageName = (name = ''): string => languages.find((l) => l.value === name)?.label ?? name;

/** What is not english is loaded when somebody wants it. */
const load: Partial<Record<Language, () => Promise<{ default: Record<string, string> }>>> = {
  deutsch: () => import('./deutsch'),
  francais: () => import('./francais'),
  portugues: () => import('./portugues'),
};

/** The language of this browser, for whoever is not signed in. */
export function ownLanguage(): Language {
  return languages.find((l) => navigator.language.toLowerCase().startsWith(l.tag))?.value ?? 'english';
}

export async function startTexts(): Promise<void> {
  await i18next.init({
    lng: 'english',
    fallbackLng: 'english',
    resources: { english: { translation: english } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  });
  await speak(chosenLanguage() ?? ownLanguage());
}

const chosenKey = 'portico.language';
let picked: Language | undefined;

/** The language that was chosen last in this browser, for the pages before the sign-in. */
export function chosenLanguage(): string | undefined {
  return localStorage.getItem(chosenKey) ?? undefined;
}

/** Somebody chooses a language; the pages before the sign-in keep it. */
export async function choose(language: Language): Promise<void> {
  localStorage.setItem(chosenKey, language);
  picked = language;
  await speak(language);
}

/** What was chosen since this page was loaded and not yet taken: whoever signs in after choosing wants it. */
export function takePicked(): Language | undefined {
  const language = picked;
  picked = undefined;
  return language;
}

/** Changes the language of the whole page. An unknown one is english. */
export async function speak(wanted: string): Promise<void> {
  const language = languages.find((l) => l.value === wanted) ?? languages[0];
  const loader = load[language.value];
  if (loader && !i18next.hasResourceBundle(language.value, 'translation')) {
    i18next.addResourceBundle(language.value, 'translation', (await loader()).default);
  }
  await i18next.changeLanguage(language.value);
  document.documentElement.lang = language.tag;
}

/** The tag of the language spoken now, for Intl: with the person's own region where the browser names one. */
export function tag(): string {
  const spoken = languages.find((l) => l.value === i18next.language)?.tag ?? 'en';
  return navigator.languages.find((own) => own.toLowerCase().startsWith(spoken)) ?? spoken;
}

export type Key = keyof Texts;
export type Say = (key: Key, values?: Record<string, string | number>) => string;

/** The texts of the language that is spoken; the component is drawn anew when that changes. */
export function useTexts(): Say {
  return useSyncExternalStore(whenSpoken, said);
}

function whenSpoken(call: () => void): () => void {
  i18next.on('languageChanged', call);
  return () => i18next.off('languageChanged', call);
}

/** One function for each language: hundreds of messages on a screen ask for it. */
const says = new Map<string, Say>();

function said(): Say {
  const { language } = i18next;
  let say = says.get(language);
  if (!say) {
    say = i18next.getFixedT(language) as unknown as Say;
    says.set(language, say);
  }
  return say;
}

/** The language that is spoken now. */
export function useLanguage(): Language {
  const spoken = useSyncExternalStore(whenSpoken, () => i18next.language);
  return languages.find((l) => l.value === spoken)?.value ?? 'english';
}

/** What a person is told of a fault: the catalogue's sentence for its code, else the server's own. */
export function sentence(fault: Fault): string {
  return faultText(fault.code, fault.sentence, fault.values);
}

/** The same for a code that stands in a row of an answer, with the server's own sentence. */
export function faultText(code: string, own?: string, values?: Record<string, string>): string {
  return textOr(`app.fault.${code}`, own ?? code, values);
}

/** The text of a key that may be newer than this page, else what the server says itself. */
export function textOr(key: string, own: string, values?: Record<string, string>): string {
  return i18next.exists(key) ? (i18next.t as unknown as Say)(key as Key, values) : own;
}

/** A whole number as the language writes it: 10,000 or 10.000. */
export function figure(n: number): string {
  return new Intl.NumberFormat(tag()).format(n);
}

const formats = {
  clock: { hour: '2-digit', minute: '2-digit' },
  instant: { dateStyle: 'medium', timeStyle: 'short' },
  day: { dateStyle: 'full' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** To make a format takes longer than to use it a hundred times: each is made once a language. */
const made = new Map<string, Intl.DateTimeFormat>();

function format(kind: keyof typeof formats, ms: number): string {
  const key = `${kind} ${i18next.language}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(tag(), formats[kind]);
    made.set(key, found);
  }
  return found.format(ms);
}

/** The clock time of an instant in the person's own zone and format. */
export function clockTime(ms: number): string {
  return format('clock', ms);
}

export function dateTime(ms: number): string {
  return format('instant', ms);
}

/** The day of an instant: today, yesterday, else the date with its weekday. */
export function dayName(ms: number): string {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(ms) - midnight(Date.now())) / 86_400_000);
  if (days !== 0 && days !== -1) return format('day', ms);
  const name = new Intl.RelativeTimeFormat(tag(), { numeric: 'auto' }).format(days, 'day');
  return name.charAt(0).toLocaleUpperCase(tag()) + name.slice(1);
}

/** A number of bytes as people read it: 812 byte, 3.4 MB. */
export function fileSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte'] as const;
  const at = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return new Intl.NumberFormat(tag(), { style: 'unit', unit: units[at], unitDisplay: 'short', maximumFractionDigits: at === 0 || bytes >= 10 * 1000 ** at ? 0 : 1 })
    .format(bytes / 1000 ** at);
}
