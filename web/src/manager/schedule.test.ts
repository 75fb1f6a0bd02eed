import { expect, test } from 'vitest';
import { easterSunday, isoDate, nextDate, painted, readSpans, standing, withDay, writeSpans, type Schedule } from './schedule';

const office: Schedule = {
  time_zone: '',
  week: [0, 1, 2, 3, 4].flatMap((day) => [{ day, from: '08:00', to: '12:00' }, { day, from: '13:00', to: '18:00' }]),
  holidays: [{ name: 'Christmas', date: '12-25', yearly: true, periods: [] }, { name: 'Eve', date: '2026-12-24', yearly: false, periods: [{ from: '08:00', to: '12:00' }] }],
};

// Easter and what hangs on it are right in years that are easily looked up.
test('Easter Sunday', () => {
  expect([1961, 2024, 2025, 2026, 2038].map((y) => isoDate(easterSunday(y)))).toEqual(['1961-04-02', '2024-03-31', '2025-04-20', '2026-04-05', '2038-04-25']);
});

// People type hours as they like; what cannot be hours is not guessed at.
test('typed hours', () => {
  expect(writeSpans(readSpans('8-12, 13:00–18.30')!)).toBe('08:00–12:00, 13:00–18:30');
  expect(readSpans('')).toEqual([]);
  expect(writeSpans(readSpans('8-12;10-24')!)).toBe('08:00–24:00');
  for (const wrong of ['8', '12-8', '8-25', '8:61-9', 'x']) expect(readSpans(wrong)).toBeUndefined();
});

// Painting a hole makes two periods, painting it again makes one.
test('painting', () => {
  const whole = [{ from: 480, to: 1080 }];
  const hole = painted(whole, { from: 720, to: 780 }, false);
  expect(writeSpans(hole)).toBe('08:00–12:00, 13:00–18:00');
  expect(painted(hole, { from: 720, to: 780 }, true)).toEqual(whole);
  expect(painted(whole, { from: 0, to: 1440 }, false)).toEqual([]);
  expect(withDay(office.week, 0, []).some((p) => p.day === 0)).toBe(false);
});

// Open now, and the next change: over midday, night, a weekend, a holiday, and a short day.
test('standing', () => {
  const at = (text: string) => {
    const s = standing(office, Date.parse(text), 'Europe/Berlin');
    return `${s.open ? 'open' : 'closed'} ${s.at ? isoDate(s.at) : ''} ${s.at?.minute ?? ''}`;
  };
  expect(at('2026-11-23T10:00:00Z')).toBe('open 2026-11-23 720'); // Monday 11:00 in Berlin
  expect(at('2026-11-23T11:30:00Z')).toBe('closed 2026-11-23 780');
  expect(at('2026-11-27T18:00:00Z')).toBe('closed 2026-11-30 480');
  expect(at('2026-12-24T09:00:00Z')).toBe('open 2026-12-24 720');
  expect(at('2026-12-24T12:00:00Z')).toBe('closed 2026-12-28 480'); // Christmas is a Friday
  const always: Schedule = { time_zone: '', holidays: [], week: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, from: '00:00', to: '24:00' })) };
  expect(standing(always, 0, 'UTC')).toEqual({ open: true, holiday: undefined });
});

// A yearly holiday has its next date this year or the next, a single one none once it is over.
test('the next date of a holiday', () => {
  const from = { year: 2026, month: 12, day: 26 };
  expect(isoDate(nextDate(office.holidays[0]!, from)!)).toBe('2027-12-25');
  expect(nextDate(office.holidays[1]!, from)).toBeUndefined();
  expect(isoDate(nextDate({ name: 'Good Friday', easter: -2, yearly: false, periods: [] }, from)!)).toBe('2027-03-26');
  expect(isoDate(nextDate({ name: 'Leap', yearly: true, date: '02-29', periods: [] }, from)!)).toBe('2028-02-29');
});
