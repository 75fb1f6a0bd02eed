import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './DayChart.css';
import { written, type Unit } from './written';

export interface Line {
  label: string;
  values: (number | null)[];
}

interface Props {
  /** Today, and the days beside it. */
  lines: [today: Line, ...others: Line[]];
  unit: Unit;
  height?: number;
}

const dashes: (number[] | undefined)[] = [undefined, [6, 4], [2, 3]];

/** Days as lines over each other: today thick, the others thin and broken. The words and figures are beside it. */
export default function DayChart({ lines, unit, height = 180 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const element = box.current!;
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const font = '11px system-ui, sans-serif';
    const axis = { stroke: colour('--ink-2'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [0, 96] }, y: { range: (_, __, max) => [0, unit === 'percent' ? 100 : Math.max(4, max * 1.1)] } },
        axes: [
          { ...axis, space: 50, splits: [0, 24, 48, 72, 96], values: (_, splits) => splits.map((s) => `${String(s / 4).padStart(2, '0')}:00`) },
          { ...axis, size: 46, values: (_, splits) => splits.map((s) => (Number.isInteger(s) || unit === 'time' ? written(s, unit) : '')) },
        ],
        series: [
          {},
          ...lines.map((line, i) => ({
            label: line.label, stroke: colour(i === 0 ? '--accent' : '--ink-2'), width: i === 0 ? 2.5 : 1.25, ...(dashes[i] ? { dash: dashes[i] } : {}),
            points: { show: false }, spanGaps: false,
          })),
        ],
      },
      [Array.from({ length: 96 }, (_, i) => i), ...lines.map((line) => line.values)],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [lines, unit, height, scheme]);
  return <div className="day-chart" ref={box} aria-hidden="true" style={{ height }} />;
}
