import { expect, test } from 'vitest';
import { matches } from './list';

// One finds what one types: any case, with or without accents, words in any order.
test('matches what is looked for', () => {
  expect(matches('', 'Ada')).toBe(true);
  expect(matches('jose', 'José', undefined)).toBe(true);
  expect(matches('brandt ben', 'Ben', 'Brandt')).toBe(true);
  expect(matches('ben x', 'Ben', 'Brandt')).toBe(false);
});
