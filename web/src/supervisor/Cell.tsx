import type { ReactNode } from 'react';
import type { Column } from '../kit/DataTable';
import type { Say } from '../kit/texts';
import { useNow } from '../kit/time';
import { verdict, type Threshold } from './thresholds';

/** The sign beside a coloured figure: colours alone say nothing to some. */
const signs = { warn: '!', bad: '!!' };

interface Props {
  value: (now: number) => number | undefined;
  measure: string;
  queue: string | undefined;
  all: readonly Threshold[];
  t: Say;
  children: ReactNode;
}

/** A figure that thresholds are about: coloured, with a sign and words. */
function Cell({ value, measure, queue, all, t, children }: Props) {
  const found = verdict(all, measure, value(useNow()), queue);
  if (!found) return children;
  const text = t(`supervisor.beyond_${found.level}`, { name: found.threshold.name });
  return (
    <span className="beyond" data-tone={found.level} title={text}>
      {children}
      <span aria-hidden="true"> {signs[found.level]}</span>
      <span className="unseen">{text}</span>
    </span>
  );
}

/**
 * Columns whose figures are watched by thresholds. plain gives what such a column shows
 * without the colours that the program has by itself.
 */
export function watched<Row>(
  columns: Column<Row>[], of: Readonly<Record<string, string>>, all: readonly Threshold[], t: Say,
  figure: (measure: string, row: Row, now: number) => number | undefined, queue: (row: Row) => string | undefined, plain?: Partial<Record<string, (row: Row) => ReactNode>>,
): Column<Row>[] {
  if (all.length === 0) return columns;
  return columns.map((column) => {
    const measure = of[column.id];
    const some = all.filter((threshold) => threshold.body.measure === measure);
    if (!measure || some.length === 0) return column;
    const show = plain?.[column.id] ?? column.show;
    return {
      ...column,
      show: (row) => (
        <Cell value={(now) => figure(measure, row, now)} measure={measure} queue={queue(row)} all={some} t={t}>
          {show(row)}
        </Cell>
      ),
    };
  });
}
