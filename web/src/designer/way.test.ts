import { expect, test } from 'vitest';
import type { TestStep } from './api';
import { wayTo } from './way';

const step = (node: string, exit: string, set: Record<string, string> = {}): TestStep => ({ visit: 1, node, name: '', kind: 'set', exit, at: 0, say: [], ask: [], set });

// Up to a step only what was passed is lit, with the way between, and data are as they are there.
test('the way up to a step', () => {
  const steps = [step('start', 'next'), step('set', 'next', { priority: '70', 'data.order': '1' }), step('wait', 'next'), step('set', 'next', { priority: '90' })];
  const first = wayTo(steps, 0);
  expect([...first.lit]).toEqual([['start', 1]]);
  expect(first.edges.size).toBe(0);
  const third = wayTo(steps, 2);
  expect([...third.edges]).toEqual(['start next', 'set next']);
  expect(third.now).toBe('wait');
  expect(third.known.get('priority')).toBe('70');
  const last = wayTo(steps, 3);
  expect(last.lit.get('set')).toBe(4);
  expect(last.known.get('priority')).toBe('90');
  expect(wayTo([], 0).now).toBeUndefined();
});
