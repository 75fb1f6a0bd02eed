import { describe, expect, it, vi } from 'vitest';
import { withEmoji } from './emoticons';
import { openingTime, wayOf, type Entry, type Field } from './entry';
import { filled, problemOf } from './fields';
import { insist, Later, Refused } from './line';
import { allowed, kindsOf, typeOf } from './parts/types';
import { titleWith } from './title';
import { Words } from './words';

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'f', kind, label: 'F', ...more });

// A form says what the server would: the same kinds, the same limits.
describe('fields of a form', () => {
  it.each([
    [field('text'), '', ''],
    [field('text', { required: true }), '  ', 'widget.field_needed'],
    [field('text'), 'ü'.repeat(200), ''],
    [field('text'), 'ü'.repeat(201), 'widget.field_long'],
    [field('long'), '😀'.repeat(4000), ''],
    [field('long'), 'a'.repeat(4001), 'widget.field_long'],
    [field('email'), 'carla@example.com', ''],
    [field('email'), ' carla.o+x@sub.example.co ', ''],
    [field('email'), 'carla@example', 'widget.field_email'],
    [field('email'), 'carla@.com', 'widget.field_email'],
    [field('email'), 'carla example.com', 'widget.field_email'],
    [field('email'), 'a@b.c, d@e.f', 'widget.field_email'],
    [field('phone'), '+49 (0)30 / 1234-567', ''],
    [field('phone'), '1234', 'widget.field_phone'],
    [field('phone'), '1234567890123456', 'widget.field_phone'],
    [field('phone'), 'call me 12345', 'widget.field_phone'],
    [field('choice', { choices: ['A', 'B'] }), 'B', ''],
    [field('choice', { choices: ['A', 'B'] }), 'C', 'widget.field_choice'],
    [field('choice', { choices: ['A'], required: true }), '', 'widget.field_needed'],
  ] as const)('%j takes %j: %s', (f, value, problem) => {
    expect(problemOf(f, value)).toBe(problem);
  });

  it('are sent trimmed, without the blank ones and without what is no field', () => {
    const fields = [{ ...field('text'), name: 'name' }, { ...field('long'), name: 'question' }, { ...field('email'), name: 'email' }];
    expect(filled(fields, { name: ' Carla ', question: 'Why?\n', email: '  ', other: 'x' })).toEqual({ name: 'Carla', question: 'Why?' });
  });
});

// Whoever comes outside the hours meets what the company chose; without a form to fill in there is still its sentence.
describe('the door', () => {
  const entry = (change: Partial<Entry>): Entry => ({ open: false, outside: 'offline_form', offline: { enabled: true, fields: [] }, ...change }) as Entry;
  it.each([
    [{ open: true }, 'chat'],
    [{ outside: 'accept' }, 'chat'],
    [{}, 'offline'],
    [{ outside: 'message' }, 'closed'],
    [{ offline: { enabled: false, fields: [] } }, 'closed'],
  ] as const)('%j leads to %s', (change, way) => {
    expect(wayOf(entry(change as Partial<Entry>))).toBe(way);
  });

  it('names the day of the opening only where it is not today', () => {
    const now = new Date(2026, 10, 22, 7, 0);
    expect(openingTime(new Date(2026, 10, 22, 8, 0).getTime(), 'en-GB', now)).toMatch(/^08:00/);
    expect(openingTime(new Date(2026, 10, 23, 8, 0).getTime(), 'en-GB', now)).toMatch(/^Monday.* 23 November.* 08:00/);
    expect(openingTime(new Date(2026, 10, 23, 8, 0).toISOString(), 'de', now)).toMatch(/^Montag, 23\. November/);
  });
});

// Only an emoticon that stands alone is one: addresses and code stay as they are.
describe('emoticons', () => {
  const set = [{ code: ':-)', shows: '🙂' }, { code: ':/', shows: '😕' }, { code: '<3', shows: '❤️' }];
  it.each([
    [':-)', '🙂'],
    ['Thanks :-) and bye', 'Thanks 🙂 and bye'],
    ['Thanks :-).', 'Thanks 🙂.'],
    ['Oh :-)!!', 'Oh 🙂!!'],
    ['one\n<3\ttwo', 'one\n❤️\ttwo'],
    ['https://example.com', 'https://example.com'],
    ['a:-)b', 'a:-)b'],
    ['f(x):-)', 'f(x):-)'],
  ])('%j is shown as %j', (text, shown) => {
    expect(withEmoji(text, set)).toBe(shown);
  });
  it('are left alone without a list', () => expect(withEmoji(':-)', [])).toBe(':-)'));
});

// The page's own title is never lost, not even one that begins with a number.
describe('the title', () => {
  it.each([
    ['Shop', 0, 2, '(2) Shop'],
    ['(2) Shop', 2, 3, '(3) Shop'],
    ['(2) Shop', 2, 0, 'Shop'],
    ['Cart', 2, 0, 'Cart'],
    ['(7) News', 0, 0, '(7) News'],
    ['(7) News', 0, 1, '(1) (7) News'],
  ] as const)('%j, %i before, %i now: %j', (title, was, count, want) => {
    expect(titleWith(title, was, count)).toBe(want);
  });
});

// What may be sent is decided by the type, also where the browser does not know it.
describe('types of files', () => {
  it('come from the browser, else from the ending', () => {
    expect(typeOf({ name: 'a.bin', type: 'image/png' })).toBe('image/png');
    expect(typeOf({ name: 'Letter.DOCX', type: '' })).toBe('application/vnd.openxmlformats-officedocument.wordprocessingml.document');
    expect(typeOf({ name: 'noending', type: '' })).toBe('application/octet-stream');
  });
  it('are allowed one by one or by family', () => {
    expect(allowed(['image/*', 'application/pdf'], 'image/webp')).toBe(true);
    expect(allowed(['image/*'], 'imagery/png')).toBe(false);
    expect(allowed(['text/plain'], 'text/plain;charset=utf-8')).toBe(true);
    expect(allowed(['text/plain'], 'text/html')).toBe(false);
    expect(allowed([], 'text/plain')).toBe(false);
  });
  it('are named as people do, each once', () => {
    expect(kindsOf(['image/*', 'application/pdf', 'text/plain', 'application/msword', 'application/vnd.oasis.opendocument.text', 'application/zip', 'audio/mpeg']))
      .toEqual(['widget.kind_images', 'PDF', 'widget.kind_text', 'widget.kind_office', 'ZIP', 'MPEG']);
  });
});

// What nobody answers is asked again; what is refused is not; what nobody wants any more ends.
describe('insisting', () => {
  it('goes on until there is an answer, and waits at least as long as it is told', async () => {
    vi.useFakeTimers();
    const waits: number[] = [];
    let tries = 0;
    const answer = insist(() => (++tries < 3 ? Promise.reject(new Later(2000, true)) : Promise.resolve('here')), () => true, (_, ms) => waits.push(ms));
    await vi.runAllTimersAsync();
    expect(await answer).toBe('here');
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThan(2000);
    vi.useRealTimers();
  });
  it('ends with a refusal', async () => {
    await expect(insist(() => Promise.reject(new Refused(1011, 'wrong', 'no')), () => true)).rejects.toBeInstanceOf(Refused);
  });
  it('ends when it is no longer wanted', async () => {
    expect(await insist(() => Promise.reject(new Later(0, false)), () => false)).toBeUndefined();
  });
});

// A place that nobody fills is seen rather than swallowed.
it('fills the places of a text', () => {
  const words = new Words('en', { a: 'Hello {name}, {count} of {max}' });
  expect(words.say('a', { name: 'Zoë {count}', count: 0 })).toBe('Hello Zoë {count}, 0 of {max}');
  expect(words.say('b')).toBe('b');
});
