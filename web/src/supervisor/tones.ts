import { useEffect, useRef, useState } from 'react';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { notify } from '../app/notify';
import { useTexts } from '../kit/texts';
import { useNow } from '../kit/time';
import { agentFigure, contactFigure, levelOf, queueFigure, type Threshold } from './thresholds';

const quietKey = 'portico.quiet';
/** A tone comes at most once in so long: a floor where everything happens at once is not to scream. */
const toneEvery = 10_000;

/** Whether thresholds make no sound in this browser. */
export function useQuiet(): [boolean, (quiet: boolean) => void] {
  const [quiet, set] = useState(() => localStorage.getItem(quietKey) === 'yes');
  return [quiet, (on) => {
    localStorage.setItem(quietKey, on ? 'yes' : 'no');
    set(on);
  }];
}

interface Rows {
  queues?: readonly QueueFigures[];
  agents?: readonly AgentFigures[];
  contacts?: readonly Contact[];
  /** The components of a workflow. */
  components?: readonly { node: string; now: number }[];
}

/** How bad each figure is that a threshold with a tone is about: 1 or 2, by threshold and row. */
export function standings(all: readonly Threshold[], rows: Rows, now: number): Map<string, number> {
  const out = new Map<string, number>();
  for (const threshold of all) {
    const { table, measure, queues, tone } = threshold.body;
    if (!tone) continue;
    const counts = (queue: string) => queues.length === 0 || queues.includes(queue);
    const put = (id: string, value: number | undefined) => {
      const level = value === undefined ? undefined : levelOf(threshold, value);
      if (level) out.set(`${threshold.id} ${id}`, level === 'bad' ? 2 : 1);
    };
    if (table === 'queues') for (const q of rows.queues ?? []) if (counts(q.queue)) put(q.queue, queueFigure(measure, q, now));
    if (table === 'agents') for (const a of rows.agents ?? []) put(a.agent, agentFigure(measure, a, now));
    if (table === 'contacts') for (const c of rows.contacts ?? []) if (counts(c.queue)) put(c.id, contactFigure(measure, c, now));
    if (table === 'workflow') for (const c of rows.components ?? []) put(c.node, c.now);
  }
  return out;
}

/** Sounds a tone when a figure gets worse. What was so when one came is no news. */
export function useTones(all: readonly Threshold[], rows: Rows, ready: boolean, quiet: boolean): void {
  const t = useTexts();
  const now = useNow();
  const before = useRef<Map<string, number>>(undefined);
  const last = useRef(0);
  useEffect(() => {
    if (!ready) return;
    const is = standings(all, rows, now);
    const was = before.current;
    before.current = is;
    const worse = was && [...is].find(([key, level]) => level > (was.get(key) ?? 0));
    if (!worse || quiet || now - last.current < toneEvery) return;
    last.current = now;
    const name = all.find((threshold) => worse[0].startsWith(threshold.id))?.name ?? '';
    notify({ id: 'threshold', title: t('supervisor.threshold_tone', { name }), sound: 'alert' });
  }, [all, rows, now, ready, quiet, t]);
}
