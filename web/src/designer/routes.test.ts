import { expect, test } from 'vitest';
import { entryY, exitY, heightOf, size, type Graph, type Node } from './graph';
import { rounded, routes } from './routes';

const node = (id: string, kind: Node['kind'], x: number, y: number): Node => ({ id, kind, name: '', x, y, settings: {} });

// An edge with nothing in its way bends by itself; one that would run behind a component goes around it.
test('edges go around components', () => {
  const graph: Graph = {
    nodes: [node('a', 'collect', 0, 0), node('b', 'message', 300, 0), node('c', 'queue', 600, 0)],
    edges: [{ from: 'a', exit: 'next', to: 'b' }, { from: 'a', exit: 'timeout', to: 'c' }, { from: 'b', exit: 'next', to: 'c' }],
  };
  const found = routes(graph);
  expect([...found.keys()]).toEqual(['a timeout']);
  const lane = found.get('a timeout')!;
  const b = graph.nodes[1]!;
  expect(lane < b.y || lane > b.y + heightOf(b)).toBe(true);
});

// A way back runs below or above what it passes, and two of them beside each other.
test('ways back are beside each other', () => {
  const graph: Graph = {
    nodes: [node('a', 'message', 0, 0), node('b', 'wait', 300, 0), node('c', 'wait', 600, 0)],
    edges: [{ from: 'b', exit: 'next', to: 'b' }, { from: 'c', exit: 'next', to: 'a' }, { from: 'c', exit: 'error', to: 'a' }],
  };
  const found = routes(graph);
  expect(found.size).toBe(3);
  for (const y of found.values()) {
    for (const n of graph.nodes) expect(y <= n.y || y >= n.y + heightOf(n)).toBe(true);
  }
  expect(Math.abs(found.get('c next')! - found.get('c error')!)).toBeGreaterThan(7);
  expect(found.get('b next')! + 0).not.toBe(exitY(graph.nodes[1]!, 'next'));
  expect(entryY).toBeLessThan(size.head);
});

// Corners are round, and never rounder than there is room.
test('round corners', () => {
  expect(rounded([{ x: 0, y: 0 }, { x: 20, y: 0 }, { x: 20, y: 20 }], 6)).toBe('M0,0 L14,0 Q20,0 20,6 L20,20');
  expect(rounded([{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 40 }], 10)).toBe('M0,0 L2,0 Q4,0 4,2 L4,40');
});
