import { expect, test } from 'vitest';
import { exitsOf, heightOf, kinds, size, type Graph, type Kind, type Node } from './graph';
import { layout } from './layout';

const node = (id: string, kind: Kind = 'message'): Node => ({ id, kind, name: '', x: 0, y: 0, settings: {} });

function overlaps(graph: Graph, places: Map<string, { x: number; y: number }>): string[] {
  const boxes = graph.nodes.map((n) => ({ id: n.id, ...places.get(n.id)!, height: heightOf(n) }));
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => Math.abs(a.x - b.x) < size.width && a.y < b.y + b.height && b.y < a.y + a.height).map((b) => `${a.id} ${b.id}`));
}

// A chain is one straight line from left to right.
test('a chain', () => {
  const graph: Graph = { nodes: [node('end', 'disconnect'), node('a'), node('s', 'start')], edges: [{ from: 's', exit: 'next', to: 'a' }, { from: 'a', exit: 'next', to: 'end' }] };
  const places = layout(graph);
  const line = ['s', 'a', 'end'].map((id) => places.get(id)!);
  expect(line.map((p) => p.x)).toEqual([0, size.width + 64, 2 * (size.width + 64)]);
  expect(Math.min(...line.map((p) => p.y))).toBe(0);
});

// Ways leave in the order of their exits, and a circle does not keep anything from its place.
test('branches and circles', () => {
  const graph: Graph = {
    nodes: [node('s', 'start'), node('h', 'schedule'), node('q', 'queue'), node('w', 'wait'), node('m'), node('x', 'disconnect')],
    edges: [
      { from: 's', exit: 'next', to: 'h' }, { from: 'h', exit: 'open', to: 'q' }, { from: 'h', exit: 'closed', to: 'm' }, { from: 'm', exit: 'next', to: 'x' },
      { from: 'q', exit: 'next', to: 'w' }, { from: 'w', exit: 'next', to: 'q' },
    ],
  };
  const places = layout(graph);
  expect(overlaps(graph, places)).toEqual([]);
  expect(places.get('q')!.y).toBeLessThan(places.get('m')!.y);
  expect(places.get('w')!.x).toBeGreaterThan(places.get('q')!.x);
});

// Whatever the graph, everything has a place, nothing lies on anything, and edges but those of circles lead to the right.
test('graphs of any shape', () => {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 40; round++) {
    const count = 1 + random(60);
    const nodes = Array.from({ length: count }, (_, i) => node(`n${i}`, i === 0 ? 'start' : kinds[1 + random(kinds.length - 1)]!));
    const edges = nodes.flatMap((n) => exitsOf(n).filter(() => random(3) > 0 && count > 1).map((e) => ({ from: n.id, exit: e.id, to: `n${1 + random(count - 1)}` })));
    const graph = { nodes, edges };
    const places = layout(graph);
    expect(places.size).toBe(count);
    expect(overlaps(graph, places)).toEqual([]);
  }
});

// The largest graph that is allowed is laid out while one looks on.
test('five hundred components', () => {
  const nodes = Array.from({ length: 500 }, (_, i) => node(`n${i}`, i === 0 ? 'start' : 'schedule'));
  const edges = nodes.flatMap((n, i) => ['open', 'closed', 'next'].filter((e) => exitsOf(n).some((x) => x.id === e)).map((exit, k) => ({ from: n.id, exit, to: `n${Math.min(499, i * 2 + k + 1)}` })));
  expect(layout({ nodes, edges }).size).toBe(500);
});
