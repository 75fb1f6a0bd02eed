import { Button, TextInput } from '@mantine/core';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTexts } from '../kit/texts';
import { weekdays } from './Differences';
import { clock, dayMinutes, daySpans, painted, readSpans, withDay, writeSpans, type Span, type WeekPeriod } from './schedule';
import './WeekGrid.css';

/** What one step of the grid is, in minutes. Other times are typed. */
const cell = 30;
const cells = dayMinutes / cell;

interface Place {
  day: number;
  at: number;
}

interface Stroke {
  from: Place;
  to: Place;
  /** It opens, or it closes. */
  open: boolean;
}

interface Props {
  week: readonly WeekPeriod[];
  set: (week: WeekPeriod[]) => void;
}

/** The part of the grid between two places: the same hours of each day between them. */
function strokeOn(stroke: Stroke, day: number): Span | undefined {
  const { from, to } = stroke;
  if (day < Math.min(from.day, to.day) || day > Math.max(from.day, to.day)) return undefined;
  return { from: Math.min(from.at, to.at) * cell, to: (Math.max(from.at, to.at) + 1) * cell };
}

/**
 * The hours of a week. The pointer paints; with the keyboard the arrows walk, Space
 * opens or closes half an hour, Shift and the arrows do so along the way.
 */
export function WeekGrid({ week, set }: Props) {
  const t = useTexts();
  const long = weekdays('long');
  const [at, setAt] = useState<Place>({ day: 0, at: 16 });
  const [stroke, draw] = useState<Stroke>();
  const table = useRef<HTMLDivElement>(null);
  const isOpen = (p: Place) => daySpans(week, p.day).some((s) => s.from <= p.at * cell && p.at * cell < s.to);
  const shown = (day: number): Span[] => {
    const part = stroke && strokeOn(stroke, day);
    return part ? painted(daySpans(week, day), part, stroke.open) : daySpans(week, day);
  };

  function apply(done: Stroke): void {
    let out = [...week];
    for (let day = 0; day < 7; day++) {
      const part = strokeOn(done, day);
      if (part) out = withDay(out, day, painted(daySpans(out, day), part, done.open));
    }
    set(out);
  }

  function placeOf(event: PointerEvent): Place | undefined {
    const target = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-at]');
    return target && table.current?.contains(target) ? { day: Number(target.dataset.day), at: Number(target.dataset.at) } : undefined;
  }

  function onDown(event: PointerEvent): void {
    const place = event.button === 0 ? placeOf(event) : undefined;
    if (!place) return;
    setAt(place);
    draw({ from: place, to: place, open: !isOpen(place) });
  }

  function onMove(event: PointerEvent): void {
    const place = stroke && placeOf(event);
    if (place) draw({ ...stroke, to: place });
  }

  function onUp(): void {
    if (stroke) apply(stroke);
    draw(undefined);
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -cells], End: [0, cells] }[event.key];
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      apply({ from: at, to: at, open: !isOpen(at) });
    } else if (step && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      const to = { day: Math.min(6, Math.max(0, at.day + step[0]!)), at: Math.min(cells - 1, Math.max(0, at.at + step[1]!)) };
      if (event.shiftKey) apply({ from: at, to, open: isOpen(at) });
      setAt(to);
      table.current?.querySelector<HTMLElement>(`[data-day="${to.day}"][data-at="${to.at}"]`)?.focus();
    }
  }

  return (
    <div className="week">
      <div
        className="week-grid" role="grid" aria-label={t('manager.week')} tabIndex={-1} ref={table} onPointerDown={onDown} onPointerMove={onMove} onPointerUp={onUp} onPointerLeave={onUp}
        onKeyDown={onKey}
      >
        <div className="week-hours" role="presentation" aria-hidden="true">
          {[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
        {long.map((name, day) => (
          <div key={day} className="week-day" role="row">
            <span className="week-name" role="rowheader">
              {name}
            </span>
            <div className="week-line" role="presentation">
              {shown(day).map((s) => (
                <i key={s.from} style={{ left: `${(s.from / dayMinutes) * 100}%`, width: `${((s.to - s.from) / dayMinutes) * 100}%` }} />
              ))}
              {Array.from({ length: cells }, (_, n) => {
                const open = isOpen({ day, at: n });
                return (
                  <span
                    key={n} role="gridcell" data-day={day} data-at={n} tabIndex={at.day === day && at.at === n ? 0 : -1} aria-selected={open}
                    aria-label={t(open ? 'manager.cell_open' : 'manager.cell_closed', { day: name, time: clock(n * cell) })} onFocus={() => setAt({ day, at: n })}
                  />
                );
              })}
            </div>
          </div>
        ))}
      </div>
      <div className="week-texts" role="group" aria-label={t('manager.periods')} onKeyDown={goDay}>
        {long.map((name, day) => (
          <DayText key={day} first={day === 0} name={name} spans={daySpans(week, day)} change={(spans) => set(withDay(week, day, spans))} />
        ))}
      </div>
      <p className="week-keys">{t('manager.week_keys')}</p>
      <div className="row">
        <Button
          variant="default" size="compact-xs"
          onClick={() => set([1, 2, 3, 4].reduce((out, day) => withDay(out, day, daySpans(week, 0)), [...week]))}
        >
          {t('manager.week_as_monday')}
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => set([])}>
          {t('manager.week_clear')}
        </Button>
      </div>
    </div>
  );
}

/** Up and down go from day to day, with the hours chosen so that what is typed replaces them. */
function goDay(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.shiftKey) return;
  const days = [...event.currentTarget.querySelectorAll('input')];
  const to = days[days.indexOf(event.target as HTMLInputElement) + step];
  event.preventDefault();
  to?.focus();
}

interface DayProps {
  name: string;
  spans: readonly Span[];
  change: (spans: readonly Span[]) => void;
  first: boolean;
}

/** The hours of a day, typed. */
function DayText({ name, spans, change, first }: DayProps) {
  const t = useTexts();
  const [typed, type] = useState<string>();
  const bad = typed !== undefined && readSpans(typed) === undefined;
  return (
    <TextInput
      size="xs" aria-label={t('manager.hours_of_day', { day: name })} placeholder={t('manager.closed_all_day')} value={typed ?? writeSpans(spans)} error={bad && t('manager.check_hours')}
      onChange={(e) => {
        type(e.currentTarget.value);
        const read = readSpans(e.currentTarget.value);
        if (read) change(read);
      }}
      onBlur={() => !bad && type(undefined)} data-often={first || undefined}
      // By the mouse the caret goes where one points.
      onFocus={(e) => !e.currentTarget.matches(':active') && e.currentTarget.select()}
      onKeyDown={(e) => e.key === 'Enter' && !bad && type(undefined)}
    />
  );
}
