import { expect, test } from 'vitest';
import { begin, edit, neighbour, piece, reduce, stepsMax, type Action, type Doc, type EditorState } from './doc';
import { dataKeys, exitsOf, first, inOrder, nodeOf, targetOf, type Graph, type SettingsOf } from './graph';

const doc = (graph: Graph = first()): Doc => ({ name: 'Chats', description: '', order: 100, enabled: true, graph });
const after = (state: EditorState, ...actions: Action[]) => actions.reduce(reduce, state);

// What is put in behind an exit stands between it and what was there before.
test('a component is inserted into an edge', () => {
  const { doc: now, selected } = after(begin(doc()), { do: 'insert', kind: 'message', after: { from: 'start', exit: 'next' } });
  expect(targetOf(now.graph, 'start', 'next')).toBe('message');
  expect(targetOf(now.graph, 'message', 'next')).toBe('queue');
  expect(selected).toEqual(['message']);
  const [message, queue] = [nodeOf(now.graph, 'message')!, nodeOf(now.graph, 'queue')!];
  expect(queue.x).toBeGreaterThan(message.x + 200);
});

// Undo and redo walk the same steps, typing into one field is one of them, and a new step forgets what was undone.
test('undo and redo', () => {
  const start = begin(doc());
  const typed = after(start, { do: 'rename', id: 'queue', name: 'S' }, { do: 'rename', id: 'queue', name: 'Sa' }, { do: 'settle' }, { do: 'rename', id: 'queue', name: 'Sal' });
  expect(typed.past).toHaveLength(2);
  const undone = after(typed, { do: 'undo' });
  expect(nodeOf(undone.doc.graph, 'queue')!.name).toBe('Sa');
  expect(nodeOf(after(undone, { do: 'redo' }).doc.graph, 'queue')!.name).toBe('Sal');
  expect(after(undone, { do: 'undo' }).doc).toEqual(start.doc);
  expect(after(undone, { do: 'insert', kind: 'wait' }, { do: 'redo' }).doc.graph.nodes).toHaveLength(3);
  expect(after(start, { do: 'undo' }, { do: 'redo' })).toBe(start);
});

// The past is bounded: the oldest steps are forgotten first.
test('the past is bounded', () => {
  let state = begin(doc());
  for (let n = 0; n < stepsMax + 20; n++) state = reduce(state, { do: 'move', to: { queue: { x: n, y: 0 } } });
  expect(state.past).toHaveLength(stepsMax);
  for (let n = 0; n < stepsMax + 5; n++) state = reduce(state, { do: 'undo' });
  expect(nodeOf(state.doc.graph, 'queue')!.x).toBe(19);
});

// An exit leads to one place, nothing leads to the start, and an exit that is gone takes its edge with it.
test('edges keep to the rules', () => {
  const state = after(begin(doc()), { do: 'insert', kind: 'decision' }, { do: 'connect', from: 'start', exit: 'next', to: 'decision' }, { do: 'connect', from: 'decision', exit: 'yes', to: 'queue' });
  expect(state.doc.graph.edges).toHaveLength(2);
  expect(reduce(state, { do: 'connect', from: 'decision', exit: 'else', to: 'start' })).toBe(state);
  expect(reduce(state, { do: 'connect', from: 'decision', exit: 'no such', to: 'queue' })).toBe(state);
  const without = reduce(state, { do: 'change', id: 'decision', settings: { branches: [] }, field: 'branches' });
  expect(without.doc.graph.edges).toEqual([{ from: 'start', exit: 'next', to: 'decision' }]);
  expect(targetOf(reduce(state, { do: 'disconnect', from: 'decision', exit: 'yes' }).doc.graph, 'decision', 'yes')).toBeUndefined();
});

// The start cannot be removed or doubled; whatever else goes takes its edges with it.
test('removing', () => {
  const state = after(begin(doc()), { do: 'remove', ids: ['start', 'queue'] });
  expect(state.doc.graph).toEqual({ nodes: [first().nodes[0]], edges: [] });
  expect(reduce(state, { do: 'insert', kind: 'start' })).toBe(state);
});

// A pasted piece has names of its own, its inner edges, and lies on nothing.
test('copy and paste', () => {
  const state = after(begin(doc()), { do: 'insert', kind: 'wait', after: { from: 'queue', exit: 'next' } }, { do: 'connect', from: 'wait', exit: 'next', to: 'queue' });
  const copied = piece(state.doc.graph, ['start', 'queue', 'wait']);
  expect(copied.nodes.map((n) => n.id)).toEqual(['queue', 'wait']);
  const { doc: now, selected } = reduce(state, { do: 'paste', piece: copied });
  expect(selected).toEqual(['queue-2', 'wait-2']);
  expect(targetOf(now.graph, 'queue-2', 'next')).toBe('wait-2');
  expect(targetOf(now.graph, 'wait-2', 'next')).toBe('queue-2');
  const places = now.graph.nodes.map((n) => `${n.x} ${n.y}`);
  expect(new Set(places).size).toBe(places.length);
});

// Aligned components share an edge, and spread ones the space between the outermost.
test('aligning', () => {
  const graph: Graph = { nodes: [0, 10, 500].map((x, i) => ({ id: `n${i}`, kind: 'wait', name: '', x, y: i * 7, settings: {} })), edges: [] };
  const ids = ['n0', 'n1', 'n2'];
  expect(edit(graph, { do: 'align', ids, side: 'left' }).nodes.map((n) => n.x)).toEqual([0, 0, 0]);
  expect(edit(graph, { do: 'align', ids, side: 'top' }).nodes.map((n) => n.y)).toEqual([0, 0, 0]);
  expect(edit(graph, { do: 'align', ids, side: 'row' }).nodes.map((n) => n.x)).toEqual([0, 250, 500]);
  expect(edit(graph, { do: 'align', ids: ['n0'], side: 'left' })).toBe(graph);
});

// The focus follows the edges forth and back, and never leaves the graph.
test('walking along the edges', () => {
  const state = after(begin(doc()), { do: 'insert', kind: 'schedule', after: { from: 'start', exit: 'next' } }, { do: 'insert', kind: 'disconnect', after: { from: 'schedule', exit: 'closed' } });
  const { graph } = state.doc;
  expect(neighbour(graph, 'start', 'next')).toBe('schedule');
  expect(neighbour(graph, 'schedule', 'next')).toBe('queue');
  expect(neighbour(graph, 'queue', 'back')).toBe('schedule');
  expect(neighbour(graph, 'queue', 'next')).toBeUndefined();
  expect(inOrder(graph).map((n) => n.id)).toEqual(['start', 'schedule', 'queue', 'disconnect']);
});

// Exits come in the order in which they are drawn, failures last; data keys are those that components write.
test('exits and data keys', () => {
  const settings: SettingsOf['decision'] = { branches: [{ id: 'a', name: 'A', expression: 'true' }] };
  expect(exitsOf({ kind: 'decision', settings }).map((e) => e.id)).toEqual(['a', 'else', 'error']);
  expect(exitsOf({ kind: 'disconnect', settings: {} })).toEqual([]);
  const state = after(
    begin(doc()), { do: 'insert', kind: 'set' }, { do: 'change', id: 'set', settings: { data: [{ key: 'order', value: '1' }] }, field: 'data' }, { do: 'insert', kind: 'function' },
    { do: 'change', id: 'function', settings: { outputs: { found: 'customer_id' } }, field: 'outputs' },
  );
  expect(dataKeys(state.doc.graph)).toEqual(['customer_id', 'order']);
});
