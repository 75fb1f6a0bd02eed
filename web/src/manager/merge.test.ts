import { expect, test } from 'vitest';
import { differences, merge, same } from './merge';

const base = { name: 'anna', body: { first: 'Anna', mail: '', roles: ['agent'], agent: { skills: [{ skill: 's1', level: 50 }], capacity: { chat: 3 } } } };

// What the other one changed comes in, what I changed stays, and what both changed is named.
test('merging two changes of one base', () => {
  const mine = { ...base, body: { ...base.body, first: 'Ann', mail: 'ann@example.org' } };
  const theirs = { ...base, body: { ...base.body, first: 'Anne', agent: { ...base.body.agent, capacity: { chat: 5 } } } };
  const { value, taken, both } = merge(base, mine, theirs);
  expect(value.body).toEqual({ ...base.body, first: 'Ann', mail: 'ann@example.org', agent: { skills: base.body.agent.skills, capacity: { chat: 5 } } });
  expect(taken).toEqual(['body.agent.capacity.chat']);
  expect(both).toEqual(['body.first']);
});

// A field that the other one took away is away, unless I changed it.
test('merging a removal', () => {
  expect(merge({ a: 1, b: 2 }, { a: 1, b: 2 } as object, { a: 1 } as object).value).toEqual({ a: 1 });
  expect(merge({ a: 1, b: 2 }, { a: 1, b: 3 } as object, { a: 1 } as object)).toEqual({ value: { a: 1, b: 3 }, taken: [], both: ['b'] });
});

// The same change by two is no conflict.
test('merging equal changes', () => {
  expect(merge({ a: 1 }, { a: 2 }, { a: 2 })).toEqual({ value: { a: 2 }, taken: [], both: [] });
});

// A difference names what came, what went and what is other, and nothing that is alike.
test('differences', () => {
  const after = { ...base.body, mail: 'a@b', roles: ['agent', 'supervisor'], agent: { skills: [{ skill: 's1', level: 80 }, { skill: 's2', level: 1 }], capacity: { chat: 3 } } };
  expect(differences(base.body, after)).toEqual([
    { path: ['mail'], before: '', after: 'a@b' },
    { path: ['roles'], before: ['agent'], after: ['agent', 'supervisor'], added: ['supervisor'], removed: [] },
    { path: ['agent', 'skills'], before: base.body.agent.skills, after: after.agent.skills, added: [{ skill: 's2', level: 1 }], removed: [] },
    { path: ['agent', 'skills', 's1', 'level'], before: 50, after: 80 },
  ]);
  expect(differences({ a: '' }, {})).toEqual([]);
  expect(differences(undefined, { a: 1 })).toEqual([{ path: ['a'], before: undefined, after: 1 }]);
});

test('same', () => {
  expect(same({ a: undefined, b: [1] }, { b: [1] })).toBe(true);
  expect(same([1, 2], [2, 1])).toBe(false);
});
