import { ActionIcon, Button, TextInput, Textarea } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode } from 'react';
import { type Key, type Say, useTexts } from '../kit/texts';
import type { Thing } from './kinds';

/** What the form of a kind is given. */
export interface FormProps<Body> {
  name: string;
  setName: (name: string) => void;
  body: Body;
  set: (change: Partial<Body>) => void;
  /** The sentence for a wrong field, as the API names it within the body; "name" is the object's own. */
  wrong: (field: string) => string | undefined;
  /** All fields that are wrong now, for tabs that hide some. */
  wrongFields: string[];
  /** As it is saved; undefined: a new one. */
  thing: Thing<Body> | undefined;
}

/** What is wrong with a field. What is only missing yet is told once one tries to save. */
export interface Wrong {
  field: string;
  text: string;
  missing?: boolean;
}

/** Collects what is wrong with a form. */
export class Check {
  readonly found: Wrong[] = [];
  constructor(readonly t: Say) {}

  needed(field: string, value: string | undefined): void {
    if (!value?.trim()) this.found.push({ field, text: this.t('manager.check_needed'), missing: true });
  }

  that(holds: boolean, field: string, key: Key, values?: Record<string, string | number>): void {
    if (!holds) this.found.push({ field, text: this.t(key, values) });
  }

  name(name: string): void {
    this.needed('name', name);
    this.that(new TextEncoder().encode(name.trim()).length <= 200, 'name', 'manager.check_name');
  }

  mail(field: string, mail: string | undefined): void {
    this.that(!mail || /^[^\s@]+@[^\s@]+$/.test(mail), field, 'manager.check_mail');
  }
}

/** A part of a form under a heading of its own. */
export function Section({ title, more, children }: { title: string; more?: string; children: ReactNode }) {
  return (
    <section className="part">
      <div className="part-head">
        <h3>{title}</h3>
        {more && <p>{more}</p>}
      </div>
      {children}
    </section>
  );
}

/** The name, which every kind has. */
export function NameField({ name, setName, wrong, label, hint }: { name: string; setName: (name: string) => void; wrong: (field: string) => string | undefined; label?: string; hint?: string }) {
  const t = useTexts();
  return (
    <TextInput
      label={label ?? t('manager.name')} description={hint} value={name} error={wrong('name')} required maxLength={200} data-first autoComplete="off" name="object-name"
      onChange={(e) => setName(e.currentTarget.value)}
    />
  );
}

export function DescriptionField({ value, set, wrong }: { value: string | undefined; set: (value: string) => void; wrong: (field: string) => string | undefined }) {
  const t = useTexts();
  return (
    <Textarea
      label={t('manager.description')} value={value ?? ''} error={wrong('description')} maxLength={1000} autosize minRows={1} maxRows={8}
      onChange={(e) => set(e.currentTarget.value)}
    />
  );
}

/** Moves an entry of a list. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const [entry] = out.splice(from, 1);
  out.splice(to, 0, entry!);
  return out;
}

interface OrderProps {
  name: string;
  at: number;
  count: number;
  move: (to: number) => void;
  remove: () => void;
}

/** The keys and buttons that put an entry of a list up or down, or away. Alt and the arrows work anywhere within the entry. */
export function Order({ name, at, count, move, remove }: OrderProps) {
  const t = useTexts();
  return (
    <div className="order">
      <ActionIcon variant="subtle" color="gray" aria-label={t('manager.move_up', { name })} disabled={at === 0} onClick={() => move(at - 1)}>
        <IconArrowUp size={16} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t('manager.move_down', { name })} disabled={at === count - 1} onClick={() => move(at + 1)}>
        <IconArrowDown size={16} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name })} onClick={remove}>
        <IconX size={16} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}

/** Alt and an arrow move the entry that has the focus. */
export function onOrderKey(event: KeyboardEvent, at: number, count: number, move: (to: number) => void): void {
  const to = { ArrowUp: at - 1, ArrowDown: at + 1 }[event.key];
  if (!event.altKey || to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (to >= 0 && to < count) move(to);
}

/** The places of a text, which a click puts where the caret is. */
export function Places({ names, insert, label }: { names: readonly string[]; insert: (name: string) => void; label: string }) {
  const t = useTexts();
  return (
    <div className="places" role="group" aria-label={label}>
      {names.map((name) => (
        <Button
          key={name} size="compact-xs" variant="default" title={t(`manager.place_${name}` as Key)}
          onMouseDown={(e) => e.preventDefault()} onClick={() => insert(name)}
        >
          {`{${name}}`}
        </Button>
      ))}
    </div>
  );
}

/** Puts a place into a text field where its caret is, and the caret behind it. */
export function insertPlace(field: HTMLTextAreaElement | null, text: string, name: string, change: (text: string) => void): void {
  const place = `{${name}}`;
  const from = field?.selectionStart ?? text.length;
  const to = field?.selectionEnd ?? text.length;
  change(text.slice(0, from) + place + text.slice(to));
  requestAnimationFrame(() => {
    field?.focus();
    field?.setSelectionRange(from + place.length, from + place.length);
  });
}

/** The places of a text, in their order. */
export function placesOf(text: string): string[] {
  return [...text.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]!);
}

/** The text with its places filled. */
export function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{([a-z_]+)\}/g, (place, name: string) => values[name] ?? place);
}
