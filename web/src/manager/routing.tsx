import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { meQuery } from '../app/session';
import { domainName, reasonName } from '../kit/names';
import { languageName, languages, useTexts, type Key } from '../kit/texts';
import { useAll, useNames, useScheduleChoices } from './choices';
import { ExcludedForm, TryNumber, checkExcluded } from './ExcludedForm';
import { excludedNumbers, queues, reasons, schedules, units, type ExcludedNumber, type Queue, type Reason, type Unit } from './kinds';
import type { Listed } from './Objects';
import { domainsOf } from './people';
import { QueueForm, checkQueue } from './QueueForm';
import { ReasonForm, checkReason } from './ReasonForm';
import { ScheduleForm, checkSchedule, isOpenNow, timeZones, weekText } from './ScheduleForm';
import type { Schedule } from './schedule';
import { UnitForm, checkUnit } from './UnitForm';

const policies = ['longest_idle', 'least_occupied', 'highest_level', 'preference'] as const;
const outsides = ['offline_form', 'message', 'accept'] as const;

export function useQueues(): Listed<Queue> {
  const t = useTexts();
  const nameOf = useNames();
  const scheduleChoices = useScheduleChoices();
  return useMemo(
    () => ({
      kind: queues, id: 'queues', title: t('manager.queues'), Form: QueueForm, check: checkQueue, copy: (body) => body, empty: 'manager.empty_queues', csv: true,
      parts: [
        { id: 'medium', title: t('manager.medium'), width: '90px', text: (q) => domainName(t, q.body.domain) },
        { id: 'policy', title: t('manager.policy'), width: '17%', text: (q) => t(`manager.policy_${q.body.policy}` as Key) },
        { id: 'steps', title: t('manager.steps_title'), width: '80px', right: true, text: (q) => q.body.steps.length },
        { id: 'objective', title: t('manager.objective_s'), width: '110px', right: true, text: (q) => q.body.objective_s, show: (q) => t('manager.seconds', { n: q.body.objective_s }) },
        { id: 'schedule', title: t('manager.schedule'), width: '16%', text: (q) => (q.body.schedule ? nameOf(q.body.schedule) : t('manager.always_open')) },
        { id: 'description', title: t('manager.description'), width: '20%', text: (q) => q.body.description ?? '' },
      ],
      sieves: [
        { id: 'medium', label: t('manager.medium'), choices: domainsOf(t), keep: (q, domain) => q.body.domain === domain },
        { id: 'policy', label: t('manager.policy'), choices: policies.map((value) => ({ value, label: t(`manager.policy_${value}`) })), keep: (q, policy) => q.body.policy === policy },
        {
          id: 'schedule', label: t('manager.schedule'), choices: [{ value: '-', label: t('manager.always_open') }, ...scheduleChoices],
          keep: (q, schedule) => (q.body.schedule ?? '-') === schedule,
        },
      ],
      bulk: [
        {
          id: 'schedule', label: t('manager.schedule'), choices: [{ value: '-', label: t('manager.always_open') }, ...scheduleChoices],
          part: (schedule) => ({ schedule: schedule === '-' ? (null as never) : schedule }),
        },
        {
          id: 'outside', label: t('manager.outside'), choices: outsides.map((value) => ({ value, label: t(`manager.outside_${value}`) })),
          part: (outside) => ({ outside: outside as Queue['outside'] }),
        },
        {
          id: 'policy', label: t('manager.policy'), choices: policies.map((value) => ({ value, label: t(`manager.policy_${value}`) })),
          part: (policy) => ({ policy: policy as Queue['policy'] }),
        },
        { id: 'objective_s', label: t('manager.objective_s'), suffix: ' s', part: (n) => ({ objective_s: Number(n) }) },
        { id: 'offer_s', label: t('manager.offer_s'), suffix: ' s', part: (n) => ({ offer_s: Number(n) }) },
        { id: 'wrap_up_s', label: t('manager.wrap_up_s'), suffix: ' s', part: (n) => ({ wrap_up_s: Number(n) }) },
        {
          id: 'cherry_pick', label: t('manager.cherry_pick'), choices: [{ value: 'yes', label: t('manager.yes') }, { value: 'no', label: t('manager.no') }],
          part: (v) => ({ cherry_pick: v === 'yes' }),
        },
        {
          id: 'may_decline', label: t('manager.may_decline'), choices: [{ value: 'yes', label: t('manager.yes') }, { value: 'no', label: t('manager.no') }],
          part: (v) => ({ may_decline: v === 'yes' }),
        },
      ],
    }),
    [t, nameOf, scheduleChoices],
  );
}

export function useSchedules(): Listed<Schedule> {
  const t = useTexts();
  const zone = useQuery(meQuery).data?.time_zone ?? 'UTC';
  const all = useAll(queues);
  return useMemo(() => {
    const bound = (id: string) => all.filter((q) => q.body.schedule === id).length;
    return {
      kind: schedules, id: 'schedules', title: t('manager.schedules'), Form: ScheduleForm, check: checkSchedule, copy: (body) => body, empty: 'manager.empty_schedules',
      parts: [
        {
          id: 'now', title: t('manager.now'), width: '110px', text: (s) => t(isOpenNow(s.body, s.body.time_zone || zone) ? 'manager.open' : 'manager.closed'),
          show: (s) =>
            isOpenNow(s.body, s.body.time_zone || zone) ? <span className="tag tag-good">{t('manager.open')}</span> : <span className="tag tag-warn">{t('manager.closed')}</span>,
        },
        { id: 'week', title: t('manager.week'), width: '26%', text: (s) => weekText(t, s.body) },
        { id: 'holidays', title: t('manager.holidays'), width: '100px', right: true, text: (s) => s.body.holidays.length },
        { id: 'queues', title: t('manager.queues'), width: '130px', right: true, text: (s) => bound(s.id) },
        { id: 'zone', title: t('manager.time_zone'), width: '18%', text: (s) => s.body.time_zone || t('manager.zone_of_unit', { zone }) },
      ],
      sieves: [
        {
          id: 'now', label: t('manager.now'), choices: [{ value: 'open', label: t('manager.open') }, { value: 'closed', label: t('manager.closed') }],
          keep: (s, value) => isOpenNow(s.body, s.body.time_zone || zone) === (value === 'open'),
        },
      ],
      csv: true,
      bulk: [
        {
          id: 'time_zone', label: t('manager.time_zone'), choices: [{ value: '-', label: t('manager.zone_of_unit', { zone }) }, ...timeZones().map((value) => ({ value, label: value }))],
          part: (time_zone) => ({ time_zone: time_zone === '-' ? '' : time_zone }),
        },
      ],
    };
  }, [t, zone, all]);
}

/** Reasons are two subjects: why somebody is unavailable, and how contacts end. */
export function useReasons(use: Reason['use']): Listed<Reason> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: reasons, id: use === 'unavailable' ? 'unavailable-reasons' : 'dispositions', title: t(use === 'unavailable' ? 'manager.unavailable_reasons' : 'manager.dispositions_title'),
      Form: ReasonForm, check: checkReason, fresh: { use }, keep: (r) => r.body.use === use, nameOf: (r) => reasonName(t, r), csv: true,
      empty: use === 'unavailable' ? 'manager.empty_unavailable' : 'manager.empty_dispositions',
      parts: [{ id: 'description', title: t('manager.description'), width: '40%', text: (r) => r.body.description ?? '' }],
      bulk: [{ id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) }],
      sieves: [
        {
          id: 'made', label: t('manager.made_by'), choices: [{ value: 'own', label: t('manager.made_here') }, { value: 'system', label: t('manager.built_in') }],
          keep: (r, value) => r.built_in === (value === 'system'),
        },
      ],
    }),
    [t, use],
  );
}

export function useExcluded(): Listed<ExcludedNumber> {
  const t = useTexts();
  return useMemo(() => {
    const whys = (['premium', 'emergency', 'internal', 'other'] as const).map((value) => ({ value, label: t(`manager.why_${value}`) }));
    return {
      kind: excludedNumbers, id: 'excluded-numbers', title: t('manager.excluded_numbers'), Form: ExcludedForm, check: checkExcluded, copy: (body) => ({ ...body, pattern: '' }),
      empty: 'manager.empty_excluded', csv: true, above: <TryNumber />,
      parts: [
        { id: 'pattern', title: t('manager.pattern'), width: '18%', text: (n) => n.body.pattern, show: (n) => <span className="figures">{n.body.pattern}</span> },
        { id: 'why', title: t('manager.why'), width: '16%', text: (n) => t(`manager.why_${n.body.why}`) },
        { id: 'note', title: t('manager.note'), width: '34%', text: (n) => n.body.note },
      ],
      sieves: [{ id: 'why', label: t('manager.why'), choices: whys, keep: (n, why) => n.body.why === why }],
      bulk: [{ id: 'why', label: t('manager.why'), choices: whys, part: (why) => ({ why: why as ExcludedNumber['why'] }) }],
    };
  }, [t]);
}

export function useUnits(): Listed<Unit> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: units, id: 'units', title: t('manager.units'), Form: UnitForm, check: checkUnit, empty: 'manager.empty_units',
      parts: [
        { id: 'zone', title: t('manager.time_zone'), width: '24%', text: (u) => u.body.time_zone },
        { id: 'language', title: t('app.language'), width: '16%', text: (u) => languageName(u.body.language) },
        {
          id: 'state', title: t('manager.state'), width: '120px', text: (u) => t(u.body.disabled ? 'manager.is_disabled' : 'manager.is_active'),
          show: (u) => <span className={u.body.disabled ? 'tag' : 'tag tag-good'}>{t(u.body.disabled ? 'manager.is_disabled' : 'manager.is_active')}</span>,
        },
      ],
      sieves: [
        {
          id: 'state', label: t('manager.state'), choices: [{ value: 'active', label: t('manager.is_active') }, { value: 'disabled', label: t('manager.is_disabled') }],
          keep: (u, value) => u.body.disabled === (value === 'disabled'),
        },
      ],
      csv: true,
      bulk: [
        { id: 'time_zone', label: t('manager.time_zone'), choices: timeZones().map((value) => ({ value, label: value })), part: (time_zone) => ({ time_zone }) },
        { id: 'language', label: t('app.language'), choices: languages.map(({ value, label }) => ({ value: value as string, label: label as string })), part: (language) => ({ language }) },
      ],
    }),
    [t],
  );
}
