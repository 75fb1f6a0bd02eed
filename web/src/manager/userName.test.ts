import { expect, test } from 'vitest';
import { userName } from './userName';

const of = (first_name: string, last_name: string) => userName({ first_name, last_name });

// What is suggested can be typed on every keyboard and holds nothing that an address or a name gives a meaning.
test('a user name is made of the names', () => {
  expect(of('Erik', 'Ek')).toBe('erik.ek');
  expect(of(' Éva Maria ', "O'Brien-Núñez")).toBe('evamaria.obrien-nunez');
  expect(of('Søren', 'Groß')).toBe('soren.gross');
  expect(of('Łukasz', '')).toBe('lukasz');
  expect(of('Анна', '山田')).toBe('анна.山田');
  expect(of('', '/?#')).toBe('');
});
