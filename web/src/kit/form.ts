import { useEffect, useMemo, useRef, useState, type ChangeEvent } from 'react';
import type { Fault } from '../api/client';
import { sentence, useTexts, type Say } from './texts';

/** Says what is wrong with a value, or nothing. */
export type Rule<Value, Body> = (value: Value, t: Say, body: Body) => string | undefined;
export type Rules<Body> = { [Field in keyof Body]?: Rule<Body[Field], Body> };

/** A wrong value is spoken of once the person has paused or gone on; a mended one is silent at once. */
const pause = 700;

/** What an input of the component library is given; spread it: {...form.text('name')}. */
interface Bound<Value, Change> {
  name: string;
  value: Value;
  onChange: (change: Change) => void;
  onBlur: () => void;
  error: string | undefined;
}

export interface Form<Body> {
  body: Body;
  /** Changes some fields. */
  set: (change: Partial<Body>) => void;
  /** The body is not what it was at the beginning. */
  changed: boolean;
  /** No rule is broken. */
  valid: boolean;
  /** The sentence for a wrong field: a broken rule, else what the server said of it. */
  wrong: (field: keyof Body & string) => string | undefined;
  /** A fault of the server that belongs to none of the fields given. */
  elsewhere: Fault | undefined;
  text: (field: keyof Body & string) => Bound<string, ChangeEvent<HTMLInputElement | HTMLTextAreaElement>>;
  number: (field: keyof Body & string) => Bound<number | '', number | string>;
  choice: (field: keyof Body & string) => Bound<string | null, string | null>;
  many: (field: keyof Body & string) => Bound<string[], string[]>;
  toggle: (field: keyof Body & string) => Omit<Bound<never, ChangeEvent<HTMLInputElement>>, 'value'> & { checked: boolean };
  /** To be called on saving: shows every broken rule, goes to the first, and says whether there is none. */
  check: () => boolean;
  /** Begins anew with another body, such as the saved one. */
  begin: (body: Body) => void;
}

/**
 * useForm keeps what is typed into a form and says what is wrong while one types.
 * fault is the server's last refusal; what it says of a field (named `field`,
 * `body.field` or `body.field[2].x`) is shown there until the field is changed.
 */
export function useForm<Body extends object>(start: Body, rules: Rules<Body> = {}, fault?: Fault | null): Form<Body> {
  const t = useTexts();
  const [first, setFirst] = useState(start);
  const [body, setBody] = useState(start);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [mended, setMended] = useState<Fault>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const see = (...fields: string[]) => setSeen((old) => (fields.every((f) => old.has(f)) ? old : new Set([...old, ...fields])));
  const broken = (field: keyof Body & string) => rules[field]?.(body[field], t, body);
  const named = fault && fault !== mended ? fieldOf(fault) : undefined;
  const wrong = (field: keyof Body & string) =>
    (seen.has(field) ? broken(field) : undefined) ?? (named === field ? sentence(fault!) : undefined);

  function set(change: Partial<Body>): void {
    setBody((old) => ({ ...old, ...change }));
    const fields = Object.keys(change);
    if (named && fields.includes(named)) setMended(fault!);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => see(...fields), pause);
  }
  const put = (field: string, value: unknown) => set({ [field]: value } as Partial<Body>);
  const bind = (field: keyof Body & string) => ({ name: field, onBlur: () => body[field] !== first[field] && see(field), error: wrong(field) });
  const fields = Object.keys(rules) as (keyof Body & string)[];
  const valid = fields.every((field) => !broken(field));
  // Order does not count: a field that was changed and changed back is unchanged.
  const changed = useMemo(() => JSON.stringify(body) !== JSON.stringify(first), [body, first]);
  return {
    body, set, wrong, valid, changed,
    elsewhere: fault && fault !== mended && !(named !== undefined && named in body) ? fault : undefined,
    text: (field) => ({ ...bind(field), value: String(body[field] ?? ''), onChange: (e) => put(field, e.currentTarget.value) }),
    number: (field) => ({ ...bind(field), value: (body[field] ?? '') as number | '', onChange: (n) => put(field, n === '' ? undefined : Number(n)) }),
    choice: (field) => ({ ...bind(field), value: (body[field] ?? null) as string | null, onChange: (v) => put(field, v ?? '') }),
    many: (field) => ({ ...bind(field), value: (body[field] ?? []) as string[], onChange: (v) => put(field, v) }),
    toggle: (field) => ({ ...bind(field), checked: Boolean(body[field]), onChange: (e) => put(field, e.currentTarget.checked) }),
    check: () => {
      see(...fields);
      const first = fields.find((field) => broken(field));
      if (first) document.getElementsByName(first)[0]?.focus();
      return valid;
    },
    begin: (next) => {
      setFirst(next);
      setBody(next);
      setSeen(new Set());
    },
  };
}

/** The field that a fault speaks of, without what is around and within it. */
function fieldOf(fault: Fault): string | undefined {
  return fault.field?.replace(/^body\./, '').replace(/^body\./, '').replace(/[.[].*$/, '');
}

/** Several rules for one field; the first that is broken speaks. */
export function every<Value, Body>(...rules: Rule<Value, Body>[]): Rule<Value, Body> {
  return (value, t, body) => {
    for (const rule of rules) {
      const said = rule(value, t, body);
      if (said) return said;
    }
    return undefined;
  };
}

/** Something must be there: a text, a choice, at least one of many. */
export function required(value: unknown, t: Say): string | undefined {
  const there = typeof value === 'string' ? value.trim() !== '' : Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  return there ? undefined : t('kit.required');
}

/** So many characters at most. */
export function upTo(max: number) {
  return (value: string | undefined, t: Say) => ((value ?? '').length > max ? t('kit.too_long', { max }) : undefined);
}

/** So many characters at least; an empty text is for `required`. */
export function atLeast(min: number) {
  return (value: string | undefined, t: Say) => (value && value.length < min ? t('kit.too_short', { min }) : undefined);
}

/** An e-mail address, where there is one. */
export function mail(value: string | undefined, t: Say): string | undefined {
  return !value || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) ? undefined : t('kit.mail_wrong');
}

/** A whole number within limits. */
export function between(min: number, max: number) {
  return (value: number | undefined, t: Say) =>
    value === undefined || !Number.isInteger(value) || value < min || value > max ? t('kit.number_between', { min, max }) : undefined;
}

/** A time of the day as HH:MM; 24:00 is the day's end. */
export function timeOfDay(value: string | undefined, t: Say): string | undefined {
  return !value || /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(value) ? undefined : t('kit.time_wrong');
}

/** Names neither begin nor end with blanks. */
export function trimmed(value: string | undefined, t: Say): string | undefined {
  return (value ?? '') === (value ?? '').trim() ? undefined : t('kit.blanks_around');
}
