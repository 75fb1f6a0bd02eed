import { createContext } from 'react';
import type { ChangeKind } from './compare';
import type { Graph } from './graph';

/** What the canvas shows of each component beyond the graph itself. */
export interface View {
  graph: Graph;
  readOnly: boolean;
  nameOf: (id: string) => string;
  /** How much is wrong with a component: the worst of it, and how many. */
  problems: ReadonlyMap<string, { severity: 'error' | 'warning'; count: number }>;
  counts: ReadonlyMap<string, { now: number; today: number }>;
  /** The way of a test run: which step first came here, and where it stands now. */
  lit: ReadonlyMap<string, number>;
  litEdges: ReadonlySet<string>;
  now: string | undefined;
  /** What a comparison found. */
  changes: ReadonlyMap<string, ChangeKind>;
  edgeChanges: ReadonlyMap<string, 'added' | 'removed' | 'changed'>;
}

const none = new Map<string, never>();

export const plain: Omit<View, 'graph' | 'nameOf'> = {
  readOnly: false, problems: none, counts: none, lit: none, litEdges: new Set(), now: undefined, changes: none, edgeChanges: none,
};

export const ViewContext = createContext<View>({ ...plain, graph: { nodes: [], edges: [] }, nameOf: (id) => id });
