import type { components } from '../api/schema';

/** Business hours as they are edited: when it is open, what a holiday changes. Pure; the server judges for real. */
type Schemas = components['schemas'];
export type Period = Schemas['Period'];
export type WeekPeriod = Schemas['Opening'];
export type Holiday = Schemas['Holiday'];
export type Schedule = Schemas['Schedule'];

/** Part of a day in minutes since midnight; `to` does not belong to it. */
export interface Span {
  from: number;
  to: number;
}

export const dayMinutes = 24 * 60;
/** How far one looks for the next change, in days. */
const lookAhead = 2 * 365 + 1;

export function minutes(text: string): number {
  const found = /^(\d{2}):(\d{2})$/.exec(text);
  if (!found) return Number.NaN;
  const n = Number(found[1]) * 60 + Number(found[2]);
  return Number(found[2]) < 60 && n <= dayMinutes ? n : Number.NaN;
}

export function clock(n: number): string {
  return `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
}

/** Sorts spans and makes one of those that touch. */
export function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const s of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && s.from <= last.to) last.to = Math.max(last.to, s.to);
    else out.push({ ...s });
  }
  return out;
}

function spansOf(periods: readonly Period[]): Span[] {
  return joined(periods.map((p) => ({ from: minutes(p.from), to: minutes(p.to) })).filter((s) => s.from < s.to));
}

export const periodsOf = (spans: readonly Span[]): Period[] => spans.map((s) => ({ from: clock(s.from), to: clock(s.to) }));

export const daySpans = (week: readonly WeekPeriod[], day: number): Span[] => spansOf(week.filter((p) => p.day === day));

/** The week with the hours of one day replaced; days stay in order. */
export function withDay(week: readonly WeekPeriod[], day: number, spans: readonly Span[]): WeekPeriod[] {
  return [...week.filter((p) => p.day !== day), ...periodsOf(joined(spans)).map((p) => ({ day, ...p }))].sort(
    (a, b) => a.day - b.day || a.from.localeCompare(b.from),
  );
}

/** Opens or closes a part of a day. */
export function painted(spans: readonly Span[], part: Span, open: boolean): Span[] {
  if (open) return joined([...spans, part]);
  return spans.flatMap((s) => [
    ...(s.from < part.from ? [{ from: s.from, to: Math.min(s.to, part.from) }] : []),
    ...(s.to > part.to ? [{ from: Math.max(s.from, part.to), to: s.to }] : []),
  ].filter((x) => x.from < x.to));
}

/** What somebody types for a day: "8-12, 13:00–18:30"; undefined: cannot be read. Nothing is closed all day. */
export function readSpans(text: string): Span[] | undefined {
  const spans: Span[] = [];
  for (const part of text.split(/[,;]/).map((p) => p.trim()).filter(Boolean)) {
    const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?$/.exec(part);
    if (!found) return undefined;
    const [from, to] = [Number(found[1]) * 60 + Number(found[2] ?? 0), Number(found[3]) * 60 + Number(found[4] ?? 0)];
    if (Number(found[2] ?? 0) > 59 || Number(found[4] ?? 0) > 59 || from >= to || to > dayMinutes) return undefined;
    spans.push({ from, to });
  }
  return joined(spans);
}

export const writeSpans = (spans: readonly Span[]): string => spans.map((s) => `${clock(s.from)}–${clock(s.to)}`).join(', ');

/** A day of the calendar. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

const utc = (d: Day): number => Date.UTC(d.year, d.month - 1, d.day);
const fromUtc = (ms: number): Day => {
  const at = new Date(ms);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
};
const oneDay = 86_400_000;
export const plusDays = (d: Day, n: number): Day => fromUtc(utc(d) + n * oneDay);
/** 0 on Mondays. */
export const weekday = (d: Day): number => (new Date(utc(d)).getUTCDay() + 6) % 7;
export const isoDate = (d: Day): string => `${String(d.year).padStart(4, '0')}-${String(d.month).padStart(2, '0')}-${String(d.day).padStart(2, '0')}`;

/** The Gregorian algorithm that Nature published in 1876. */
export function easterSunday(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const moon = (19 * golden + century - Math.floor(century / 4) - Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) + 15) % 30;
  const sunday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - moon - (rest % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * sunday) / 451);
  const n = moon + sunday - 7 * late + 114;
  return { year, month: Math.floor(n / 31), day: (n % 31) + 1 };
}

/** Is there such a day? The 29th of February counts where the year is left out. */
export function validDate(text: string, yearly: boolean): boolean {
  const full = yearly ? `2000-${text}` : text;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(full)) return false;
  const d = dayOf(full);
  return isoDate(fromUtc(utc(d))) === full;
}

function dayOf(text: string): Day {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
}

/** The day of a holiday in a year, if it is then. */
function inYear(h: Holiday, year: number): Day | undefined {
  if (h.easter !== undefined) return plusDays(easterSunday(year), h.easter);
  if (h.yearly) return validDate(`${year}-${h.date ?? ''}`, false) ? dayOf(`${year}-${h.date}`) : undefined;
  const d = validDate(h.date ?? '', false) ? dayOf(h.date!) : undefined;
  return d?.year === year ? d : undefined;
}

/** When a holiday is next, from a day on; undefined: it is over. */
export function nextDate(h: Holiday, from: Day): Day | undefined {
  for (let year = from.year; year <= from.year + 8; year++) {
    const d = inYear(h, year);
    if (d && utc(d) >= utc(from)) return d;
  }
  if (h.easter !== undefined || h.yearly || !validDate(h.date ?? '', false)) return undefined;
  return utc(dayOf(h.date!)) >= utc(from) ? dayOf(h.date!) : undefined;
}

/** The holiday in force on a day: one of a single year before those that return, then the first of the list. */
export function holidayOn(s: Schedule, d: Day): Holiday | undefined {
  const hits = s.holidays.filter((h) => {
    const at = inYear(h, d.year);
    return at && utc(at) === utc(d);
  });
  return (
    hits.find((h) => h.easter === undefined && !h.yearly) ?? hits.find((h) => h.easter === undefined) ?? hits[0]
  );
}

export function spansOn(s: Schedule, d: Day): Span[] {
  const holiday = holidayOn(s, d);
  return holiday ? spansOf(holiday.periods ?? []) : daySpans(s.week, weekday(d));
}

interface Wall extends Day {
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone; of UTC, where the browser does not know the zone. */
export function wall(ms: number, zone: string): Wall {
  let format = formats.get(zone);
  if (!format) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    try {
      format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
    }
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, Number(p.value)]));
  return { year: part.year!, month: part.month!, day: part.day!, minute: part.hour! * 60 + part.minute! };
}

export function openAt(s: Schedule, ms: number, zone: string): boolean {
  const now = wall(ms, zone);
  return spansOn(s, now).some((x) => x.from <= now.minute && now.minute < x.to);
}

/** Whether it is open, and when on the wall that changes; without `at` it never does. */
export interface Standing {
  open: boolean;
  at?: Wall;
  holiday?: Holiday;
}

/** Walks the days by the wall clock, which is what people read. */
export function standing(s: Schedule, ms: number, zone: string): Standing {
  const now = wall(ms, zone);
  const open = openAt(s, ms, zone);
  const holiday = holidayOn(s, now);
  let openBefore = open;
  for (let n = 0; n <= lookAhead; n++) {
    const d = plusDays(now, n);
    const spans = spansOn(s, d);
    const marks = [0, ...spans.flatMap((x) => [x.from, x.to])].filter((m) => m < dayMinutes && (n > 0 || m > now.minute));
    for (const minute of marks) {
      const opened = spans.some((x) => x.from <= minute && minute < x.to);
      if (opened !== openBefore) return { open, holiday, at: { ...d, minute } };
      openBefore = opened;
    }
  }
  return { open, holiday };
}

/** What most companies keep; the names come from the catalogue. */
export const usualHolidays: readonly { key: string; date?: string; easter?: number }[] = [
  { key: 'new_year', date: '01-01' },
  { key: 'good_friday', easter: -2 },
  { key: 'easter_monday', easter: 1 },
  { key: 'labour_day', date: '05-01' },
  { key: 'ascension', easter: 39 },
  { key: 'whit_monday', easter: 50 },
  { key: 'christmas', date: '12-25' },
  { key: 'boxing_day', date: '12-26' },
];
