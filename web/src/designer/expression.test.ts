import { expect, test } from 'vitest';
import { allNames, complete, faultOf, member, placeOf } from './expression';

const names = { dataKeys: ['order', 'customer id'], queues: ['Sales', 'Support'], schedules: ['Office'], nodes: ['queue'] };
const at = (text: string) => complete(text.replace('|', ''), text.indexOf('|'), names);
const offers = (text: string) => at(text)?.offers.map((o) => o.text);

// What is offered is what may stand at the caret, and nothing within a text.
test('names are offered', () => {
  expect(offers('con|')).toEqual(['contact', 'contains']);
  expect(offers('contact.pri|')).toEqual(['priority']);
  expect(offers('contact.data.|')).toEqual(['order']);
  expect(offers('queue("S|")')).toEqual(['Sales', 'Support']);
  expect(offers('queue("Sales").w|')).toEqual(['waiting']);
  expect(offers('open("|')).toEqual(['Office']);
  expect(offers('contact.email.sp|')).toEqual(['spam', 'spam_score']);
  expect(offers('men|')).toEqual(['mentions(']);
  expect(offers('now.|')).toEqual(['hour', 'minute', 'weekday', 'date']);
  expect(offers('contact.name == "con|')).toBeUndefined();
  expect(at('queue("Su|p")')).toMatchObject({ from: 7, to: 10 });
  expect(allNames(names).map((o) => o.text)).toContain('contact.data["customer id"]');
  expect(member('contact.data', 'order')).toBe('contact.data.order');
});

// What plainly cannot be read is told with its place; what can is left in peace.
test('faults have places', () => {
  expect(faultOf('contact.priority > 50 and not open("Office")')).toBeUndefined();
  expect(faultOf('queue("Sales").waiting >= 3 ? 1 : 2')).toBeUndefined();
  expect(faultOf('lower(contact.caption) contains \'refund\'')).toBeUndefined();
  expect(faultOf('any(["a"], # == contact.language)')).toBeUndefined();
  expect(faultOf('mentions(contact.email.body, "refund") and like(contact.email.alias, "sales@*")')).toBeUndefined();
  expect(faultOf('contcat.priority > 5')).toMatchObject({ code: 'name', at: 0, length: 7, word: 'contcat' });
  expect(faultOf('(contact.priority > 5')).toMatchObject({ code: 'bracket', at: 0 });
  expect(faultOf('contact.name == "Ida')).toMatchObject({ code: 'quote', at: 16 });
  expect(faultOf('contact.priority = 5')).toMatchObject({ code: 'equals', at: 17 });
  expect(faultOf('  ')).toBeUndefined();
});

// The server tells line and column.
test('a place by line and column', () => {
  expect(placeOf('abcdefg', 1, 5)).toBe(4);
  expect(placeOf('ab\ncdef', 2, 3)).toBe(5);
  expect(placeOf('ab', 1, 9)).toBe(2);
});
