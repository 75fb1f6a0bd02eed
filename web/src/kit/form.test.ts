import { expect, test } from 'vitest';
import { atLeast, between, every, mail, required, timeOfDay, trimmed, upTo } from './form';
import type { Say } from './texts';

const t: Say = (key) => key;

// A rule speaks of what is wrong and is silent of what is right; only required speaks of what is missing.
test('rules', () => {
  for (const [rule, value, said] of [
    [required, ' ', 'kit.required'], [required, 'x', undefined], [required, [], 'kit.required'], [required, 0, undefined],
    [mail, '', undefined], [mail, 'a@b', 'kit.mail_wrong'], [mail, 'a@b.de', undefined],
    [upTo(2), 'abc', 'kit.too_long'], [upTo(2), undefined, undefined], [atLeast(2), 'a', 'kit.too_short'], [atLeast(2), '', undefined],
    [between(1, 9), 0, 'kit.number_between'], [between(1, 9), 1.5, 'kit.number_between'], [between(1, 9), undefined, 'kit.number_between'], [between(1, 9), 9, undefined],
    [timeOfDay, '24:00', undefined], [timeOfDay, '24:01', 'kit.time_wrong'], [timeOfDay, '8:00', 'kit.time_wrong'], [timeOfDay, '07:59', undefined],
    [trimmed, ' a', 'kit.blanks_around'], [trimmed, 'a b', undefined],
  ] as [(value: unknown, t: Say) => string | undefined, unknown, string | undefined][]) {
    expect(rule(value, t)).toBe(said);
  }
  expect(every<string, object>(required, upTo(1))('ab', t, {})).toBe('kit.too_long');
});
