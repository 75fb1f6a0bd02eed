// What may be written into the fields of a form. The server decides; this says the
// same sooner, beside the field.
import type { Field } from './entry';

export type Values = Record<string, string>;

/** What is wrong with a value, as a key of the catalogue; empty: nothing. */
export type Problem = '' | 'widget.field_needed' | 'widget.field_email' | 'widget.field_phone' | 'widget.field_number' | 'widget.field_choice' | 'widget.field_long';

/** How many characters a field takes. */
export function lengthMax(field: Field): number {
  if (field.kind === 'long') return 4000;
  return field.kind === 'phone' ? 40 : 200;
}

export function problemOf(field: Field, value: string): Problem {
  const text = value.trim();
  if (!text) return field.required ? 'widget.field_needed' : '';
  if ([...text].length > lengthMax(field)) return 'widget.field_long';
  switch (field.kind) {
    case 'email':
      return /^[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+$/.test(text) ? '' : 'widget.field_email';
    case 'phone': {
      const digits = text.replace(/\D/g, '').length;
      return /^\+?[\d\s()./-]+$/.test(text) && digits >= 5 && digits <= 15 ? '' : 'widget.field_phone';
    }
    case 'number':
      return /^[+-]?\d{1,15}([.,]\d{1,15})?$/.test(text) ? '' : 'widget.field_number';
    case 'choice':
      return field.choices?.includes(text) ? '' : 'widget.field_choice';
    default:
      return '';
  }
}

/** The values of a form without the blank ones, trimmed. */
export function filled(fields: Field[], values: Values): Values {
  const all: Values = {};
  for (const { name } of fields) {
    const text = values[name]?.trim();
    if (text) all[name] = text;
  }
  return all;
}
