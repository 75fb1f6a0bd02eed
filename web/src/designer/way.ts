/** The way of a test run, up to one of its steps: what is lit on the canvas, and what is known of the contact there. */
import type { TestStep } from './api';

export interface Way {
  /** The number of the last step at each component that was passed. */
  lit: Map<string, number>;
  edges: Set<string>;
  now: string | undefined;
  /** What was set until here. */
  known: Map<string, string>;
}

export function wayTo(steps: readonly TestStep[], at: number): Way {
  const lit = new Map<string, number>();
  const edges = new Set<string>();
  const known = new Map<string, string>();
  for (const [i, step] of steps.slice(0, at + 1).entries()) {
    lit.set(step.node, i + 1);
    for (const [key, value] of Object.entries(step.set ?? {})) known.set(key, value);
    if (i < at && step.exit) edges.add(`${step.node} ${step.exit}`);
  }
  return { lit, edges, now: steps[at]?.node, known };
}
