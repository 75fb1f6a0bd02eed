import { expect, test } from 'vitest';
import { measured, series, type Quarter } from './day';

const at = (hour: number, minute: number, some: Partial<Quarter> = {}): Quarter => ({
  start: new Date(2026, 10, 22, hour, minute).getTime(),
  offered: 0, answered: 0, answered_in_time: 0, abandoned: 0, abandoned_in_time: 0, not_answered: 0, wait_ms: 0, handle_ms: 0, ...some,
});

// A share of nothing is not zero: the line has a gap there.
test('measures', () => {
  expect(measured(at(8, 0), 'level')).toBeNull();
  expect(measured(at(8, 0, { answered: 3, answered_in_time: 2, abandoned: 1 }), 'level')).toBe(50);
  expect(measured(at(8, 0, { answered: 2, wait_ms: 30_000 }), 'wait')).toBe(15);
  expect(measured(at(8, 0, { offered: 4 }), 'offered')).toBe(4);
});

// Quarters lie at their distance from the first, which is midnight; a day of 25 hours ends after 24.
test('a series of a day', () => {
  const day = series([at(0, 0), at(8, 15, { offered: 2 }), at(23, 45, { offered: 7 }), at(24, 0, { offered: 9 })], 'offered');
  expect(day).toHaveLength(96);
  expect([day[33], day[95], day[0]]).toEqual([2, 7, 0]);
  expect(series([], 'offered').every((v) => v === null)).toBe(true);
});
