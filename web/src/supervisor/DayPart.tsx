import { Select } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { asFault } from '../api/client';
import { Empty, Failed, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { measures, series, useDay, type Measure } from './day';
import { written, type Unit } from './written';

const DayChart = lazy(() => import('./DayChart'));

const units: Record<Measure, Unit> = { offered: 'count', answered: 'count', abandoned: 'count', level: 'percent', wait: 'time' };

/** Today beside yesterday and the same weekday a week ago: a chart, and the same as a table. */
export function DayPart({ queue }: { queue: string | undefined }) {
  const t = useTexts();
  const [measure, setMeasure] = useState<Measure>('offered');
  const day = useDay(queue);
  const lines = useMemo(() => {
    if (!day.data) return undefined;
    const line = (label: string, quarters: Parameters<typeof series>[0]) => ({ label, values: series(quarters, measure) });
    return [
      line(t('supervisor.today'), day.data.today), line(t('supervisor.yesterday'), day.data.yesterday), line(t('supervisor.week_ago'), day.data.week_ago),
    ] as [ReturnType<typeof line>, ...ReturnType<typeof line>[]];
  }, [day.data, measure, t]);
  const unit = units[measure];
  return (
    <section className="day" aria-label={t('supervisor.day')}>
      <div className="day-head">
        <h3>{t('supervisor.day')}</h3>
        <Select
          size="xs" aria-label={t('supervisor.day_measure')} value={measure} onChange={(value) => value && setMeasure(value as Measure)}
          data={measures.map((value) => ({ value, label: t(`supervisor.measure_${value}`) }))}
        />
      </div>
      {!day.data && !day.error && <Loading />}
      {!day.data && day.error && <Failed fault={asFault(day.error)} again={() => void day.refetch()} />}
      {lines?.every((line) => line.values.every((v) => !v)) && <Empty title={t('supervisor.day_empty')} />}
      {lines && (
        <>
          <Suspense fallback={<Loading />}>
            <DayChart lines={lines} unit={unit} />
          </Suspense>
          <ul className="day-legend">
            {lines.map((line, i) => (
              <li key={line.label} data-line={i}>
                {line.label}
              </li>
            ))}
          </ul>
          <details>
            <summary>{t('supervisor.day_table')}</summary>
            <table className="day-table">
              <thead>
                <tr>
                  <th scope="col">{t('supervisor.day_time')}</th>
                  {lines.map((line) => (
                    <th key={line.label} scope="col">
                      {line.label}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines[0].values.map((_, i) =>
                  lines.some((line) => line.values[i]) && (
                    <tr key={i}>
                      <th scope="row">
                        {String(Math.floor(i / 4)).padStart(2, '0')}:{String((i % 4) * 15).padStart(2, '0')}
                      </th>
                      {lines.map((line) => (
                        <td key={line.label} className="figures">
                          {written(line.values[i], unit)}
                        </td>
                      ))}
                    </tr>
                  ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </section>
  );
}
