import { expect, it } from 'vitest';
import { atSeams } from './seams';

it('cuts long addresses at their seams, and nothing else', () => {
  const shown = (text: string) => atSeams(text).join('|');
  expect(shown('carla@customer.example')).toBe('carla|@customer|.example');
  expect(shown('https://shop.example/a/b?queue=Support')).toBe('https://|shop|.example/|a/|b?|queue=|Support');
  expect(shown('a plain. short sentence - of words')).toBe('a plain. short sentence - of words');
  expect(shown('4711')).toBe('4711');
});
