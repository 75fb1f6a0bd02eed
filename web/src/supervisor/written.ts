import { span } from '../kit/time';

export type Unit = 'count' | 'percent' | 'time';

/** How a figure of a day is written; times are seconds. */
export function written(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–';
  return unit === 'percent' ? `${value} %` : unit === 'time' ? span(value * 1000) : String(value);
}
