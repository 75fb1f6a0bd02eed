import { Button, Menu, NumberInput, Select, TextInput } from '@mantine/core';
import { IconCalendarPlus, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery } from '../app/session';
import { serverNow } from '../live/clock';
import { tag, useTexts, type Key, type Say } from '../kit/texts';
import { useNow } from '../kit/time';
import { NameField, Order, Section, moved, onOrderKey, type Check, type FormProps } from './form';
import {
  clock, isoDate, nextDate, periodsOf, readSpans, standing, usualHolidays, validDate, wall, weekday, writeSpans,
  type Day, type Holiday, type Period, type Schedule,
} from './schedule';
import { weekdays } from './Differences';
import { WeekGrid } from './WeekGrid';

export function checkSchedule({ name, body }: { name: string; body: Schedule }, check: Check): void {
  check.name(name);
  check.that(body.time_zone === '' || knownZone(body.time_zone), 'time_zone', 'manager.check_zone');
  body.holidays.forEach((h, i) => {
    check.needed(`holidays[${i}].name`, h.name);
    if (h.easter === undefined) check.that(validDate(h.date ?? '', !!h.yearly), `holidays[${i}].date`, 'manager.check_date');
  });
}

function knownZone(zone: string): boolean {
  try {
    return !!new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return false;
  }
}

/** The zones that the browser knows. */
export function timeZones(): string[] {
  return Intl.supportedValuesOf?.('timeZone') ?? [];
}

function dayText(d: Day): string {
  return new Intl.DateTimeFormat(tag(), { dateStyle: 'full', timeZone: 'UTC' }).format(Date.UTC(d.year, d.month - 1, d.day));
}

export function ScheduleForm({ name, setName, body, set, wrong }: FormProps<Schedule>) {
  const t = useTexts();
  const unitZone = useQuery(meQuery).data?.time_zone ?? 'UTC';
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <Select
          label={t('manager.time_zone')} value={body.time_zone} error={wrong('time_zone')} searchable limit={200}
          data={[{ value: '', label: t('manager.zone_of_unit', { zone: unitZone }) }, ...timeZones().map((zone) => ({ value: zone, label: zone }))]}
          onChange={(zone) => set({ time_zone: zone ?? '' })}
        />
      </div>
      <Now schedule={body} zone={body.time_zone || unitZone} />
      <Section title={t('manager.week')} more={t('manager.week_more')}>
        <WeekGrid week={body.week} set={(week) => set({ week })} />
      </Section>
      <Holidays {...{ body, set, wrong }} zone={body.time_zone || unitZone} />
    </>
  );
}

/** Is it open now, and until when: of what is in the form, saved or not. */
function Now({ schedule, zone }: { schedule: Schedule; zone: string }) {
  const t = useTexts();
  const now = useNow();
  const is = standing(schedule, now, zone);
  const today = wall(now, zone);
  const when = is.at && t('manager.day_at', { day: isoDate(is.at) === isoDate(today) ? t('manager.today') : dayText(is.at), time: clock(is.at.minute) });
  return (
    <p className="standing" role="status" data-open={is.open}>
      <span className={is.open ? 'tag tag-good' : 'tag tag-warn'}>{t(is.open ? 'manager.open' : 'manager.closed')}</span>
      <span>{when ? t(is.open ? 'manager.closes' : 'manager.opens', { when }) : t(is.open ? 'manager.never_closes' : 'manager.never_opens')}</span>
      {is.holiday && <span>{t('manager.today_is', { name: is.holiday.name })}</span>}
      <span className="figures">{t('manager.clock_there', { time: clock(today.minute), zone })}</span>
    </p>
  );
}

type HolidaysProps = Pick<FormProps<Schedule>, 'body' | 'set' | 'wrong'> & { zone: string };

function Holidays({ body, set, wrong, zone }: HolidaysProps) {
  const t = useTexts();
  const holidays = body.holidays;
  const put = (i: number, part: Partial<Holiday>) => set({ holidays: holidays.map((h, at) => (at === i ? { ...h, ...part } : h)) });
  const missing = usualHolidays.filter((u) => !holidays.some((h) => (u.easter === undefined ? h.yearly && h.date === u.date : h.easter === u.easter)));
  const add = (list: readonly { key: string; date?: string; easter?: number }[]) =>
    set({ holidays: [...holidays, ...list.map((u) => ({ name: t(`manager.holiday_${u.key}` as Key), periods: [], ...(u.easter === undefined ? { date: u.date!, yearly: true } : { easter: u.easter, yearly: false }) }))] });
  const today = wall(serverNow(), zone);
  return (
    <Section title={t('manager.holidays')} more={t('manager.holidays_more')}>
      {holidays.length > 0 && (
        <ol className="holidays">
          {holidays.map((h, i) => (
            <HolidayFields
              key={i} holiday={h} at={i} count={holidays.length} today={today} wrong={(field) => wrong(`holidays[${i}].${field}`)} put={(part) => put(i, part)}
              move={(to) => set({ holidays: moved(holidays, i, to) })} remove={() => set({ holidays: holidays.filter((_, at) => at !== i) })}
            />
          ))}
        </ol>
      )}
      <div className="row">
        <Button
          variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => set({ holidays: [...holidays, { name: '', date: isoDate(today), yearly: false, periods: [] }] })}
        >
          {t('manager.add_holiday')}
        </Button>
        {missing.length > 0 && (
          <Menu position="bottom-start">
            <Menu.Target>
              <Button variant="default" leftSection={<IconCalendarPlus size={14} aria-hidden="true" />}>
                {t('manager.usual_holidays')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => add(missing)}>{t('manager.all_of_them')}</Menu.Item>
              <Menu.Divider />
              {missing.map((u) => (
                <Menu.Item key={u.key} onClick={() => add([u])}>
                  {t(`manager.holiday_${u.key}` as Key)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </Section>
  );
}

interface HolidayProps {
  holiday: Holiday;
  at: number;
  count: number;
  today: Day;
  wrong: (field: string) => string | undefined;
  put: (part: Partial<Holiday>) => void;
  move: (to: number) => void;
  remove: () => void;
}

type When = 'once' | 'yearly' | 'easter';

function HolidayFields({ holiday: h, at, count, today, wrong, put, move, remove }: HolidayProps) {
  const t = useTexts();
  const when: When = h.easter !== undefined ? 'easter' : h.yearly ? 'yearly' : 'once';
  const next = nextDate(h, today);
  function change(to: When): void {
    const known = next ?? today;
    if (to === 'easter') put({ easter: h.easter ?? 1, date: undefined, yearly: false });
    else put({ easter: undefined, yearly: to === 'yearly', date: to === 'yearly' ? isoDate(known).slice(5) : isoDate(known) });
  }
  return (
    <li className="holiday" onKeyDown={(e) => onOrderKey(e, at, count, move)}>
      <TextInput
        size="xs" label={t('manager.name')} value={h.name} error={wrong('name')} maxLength={100} autoFocus={h.name === ''} onChange={(e) => put({ name: e.currentTarget.value })}
      />
      <Select
        size="xs" label={t('manager.when')} value={when} data={(['once', 'yearly', 'easter'] as const).map((value) => ({ value, label: t(`manager.when_${value}`) }))}
        onChange={(to) => change(to as When)}
      />
      {when === 'easter' ? (
        <NumberInput
          size="xs" label={t('manager.easter')} value={h.easter} min={-100} max={200} clampBehavior="strict" error={wrong('easter')} onChange={(n) => put({ easter: Number(n) || 0 })}
        />
      ) : (
        <TextInput
          size="xs" type="date" label={t('manager.date')} value={when === 'yearly' ? `${today.year}-${h.date ?? ''}` : (h.date ?? '')} error={wrong('date')}
          onChange={(e) => e.currentTarget.value && put({ date: when === 'yearly' ? e.currentTarget.value.slice(5) : e.currentTarget.value })}
        />
      )}
      <Hours value={h.periods ?? []} change={(periods) => put({ periods })} />
      <Order name={h.name || t('manager.holiday')} at={at} count={count} move={move} remove={remove} />
      <p className="holiday-next">{next ? t('manager.next_date', { day: dayText(next) }) : t('manager.date_over')}</p>
    </li>
  );
}

/** The hours of a day as text: nothing is closed. What cannot be read yet is kept as it is typed. */
function Hours({ value, change }: { value: Period[]; change: (periods: Period[]) => void }) {
  const t = useTexts();
  const given = writeSpans(readSpans(value.map((p) => `${p.from}-${p.to}`).join(',')) ?? []);
  const [typed, type] = useState<string>();
  const bad = typed !== undefined && readSpans(typed) === undefined;
  return (
    <TextInput
      size="xs" label={t('manager.periods')} placeholder={t('manager.closed_all_day')} value={typed ?? given} error={bad && t('manager.check_hours')}
      onChange={(e) => {
        type(e.currentTarget.value);
        const spans = readSpans(e.currentTarget.value);
        if (spans) change(periodsOf(spans));
      }}
      onBlur={() => !bad && type(undefined)}
    />
  );
}

/** A schedule in a line of a list: the days that have hours. */
export function weekText(t: Say, s: Schedule): string {
  const names = weekdays('short');
  const open = names.filter((_, day) => s.week.some((p) => p.day === day));
  return open.length === 0 ? t('manager.never_open') : open.join(' ');
}

export function isOpenNow(s: Schedule, zone: string): boolean {
  return standing(s, serverNow(), zone).open;
}

export const todayIn = (zone: string): number => weekday(wall(serverNow(), zone));
