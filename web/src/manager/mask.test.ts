import { expect, test } from 'vitest';
import { badPattern, masked } from './mask';

// A card number keeps its last four digits; other long numbers stay.
test('cards', () => {
  const settings = { mask_cards: true, masks: [] };
  expect(masked('My card is 4111 1111 1111 1111, thanks', settings)).toBe('My card is •••• •••• •••• 1111, thanks');
  expect(masked('Order 4111111111111112', settings)).toBe('Order 4111111111111112');
  expect(masked('4111111111111111', { ...settings, mask_cards: false })).toBe('4111111111111111');
});

// Own patterns are tried as the server reads them.
test('patterns', () => {
  expect(masked('Policy AB-12345', { mask_cards: false, masks: [{ name: 'policy', pattern: '(?i)ab-\\d+', keep_last: 2 }] })).toBe('Policy ••-•••45');
  expect(['(', 'a*', '(?=x)y', '(a)\\1'].map(badPattern)).toEqual([true, true, true, true]);
  expect(badPattern('\\d{4}')).toBe(false);
});
