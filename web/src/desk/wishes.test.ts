import { expect, test } from 'vitest';
import { queryOf, wished, wishIn, writtenWish } from './wishes';

const none = wishIn('');

test('an address holds the wish, and nothing else', () => {
  const wish = { ...none, words: 'größe & more', from: '2026-03-01', queue: 'q' };
  expect(wishIn(writtenWish(wish))).toEqual(wish);
  expect(writtenWish(none)).toBe('');
  expect(wished(none)).toBe(false);
  expect(wished({ ...none, words: '  ' })).toBe(false);
  expect(wished({ ...none, medium: 'email' })).toBe(true);
});

test('the first and the last day are searched whole, on days of 23 hours too', () => {
  const { from, until } = queryOf({ ...none, from: '2026-03-29', to: '2026-03-29' });
  expect(new Date(from!).toString()).toContain('00:00:00');
  expect(new Date(until!).getDate()).toBe(30);
  expect(new Date(until!).getHours()).toBe(0);
});

test('what is not asked is not sent', () => {
  expect(queryOf({ ...none, words: ' sandals ', to: 'tomorrow' })).toEqual({ words: 'sandals' });
});
