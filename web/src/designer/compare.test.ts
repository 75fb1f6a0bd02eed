import { expect, test } from 'vitest';
import { checkGraph, joined } from './check';
import { compare, mergeGraphs, runsAlike, united } from './compare';
import { edit } from './doc';
import { first, type Graph, type Node } from './graph';
import { template, templateIds } from './templates';

const wait: Node = { id: 'wait', kind: 'wait', name: '', x: 600, y: 0, settings: { seconds: 60 } };
const base: Graph = { nodes: [...first().nodes, wait], edges: [...first().edges, { from: 'queue', exit: 'next', to: 'wait' }] };

// Added, removed, changed and moved are told apart, and edges by where they lead.
test('what is different', () => {
  const moved = edit(base, { do: 'move', to: { queue: { x: 330, y: 8 } } });
  expect(compare(base, moved)).toEqual({ nodes: [expect.objectContaining({ id: 'queue', change: 'moved' })], edges: [] });
  expect(runsAlike(base, moved)).toBe(true);
  const changed = edit(edit(base, { do: 'change', id: 'wait', settings: { seconds: 30 }, field: 'seconds' }), { do: 'connect', from: 'wait', exit: 'next', to: 'queue' });
  expect(compare(base, changed)).toMatchObject({ nodes: [{ id: 'wait', change: 'changed', fields: ['seconds'] }], edges: [{ from: 'wait', change: 'added', to: 'queue' }] });
  const less = edit(base, { do: 'remove', ids: ['wait'] });
  expect(compare(base, less)).toMatchObject({ nodes: [{ id: 'wait', change: 'removed' }], edges: [{ from: 'queue', change: 'removed', was: 'wait' }] });
  expect(compare(less, base).nodes).toMatchObject([{ id: 'wait', change: 'added' }]);
  expect(united(base, less).nodes.map((n) => n.id)).toEqual(['start', 'queue', 'wait']);
  expect(united(base, less).edges).toHaveLength(2);
});

// What is not set and what is empty are the same.
test('empty settings are no difference', () => {
  const filled = edit(base, { do: 'change', id: 'queue', settings: { preferred: 'none', queue: '', skills: [] }, field: 'queue' });
  expect(compare(base, filled).nodes).toEqual([]);
});

// Two people who change different components lose nothing; where both changed the same, mine stays and it is told.
test('two changes are brought together', () => {
  const mine = edit(base, { do: 'change', id: 'wait', settings: { seconds: 30 }, field: 'seconds' });
  const theirs = edit(edit(base, { do: 'rename', id: 'queue', name: 'Sales' }), { do: 'connect', from: 'wait', exit: 'next', to: 'queue' });
  const { graph, both } = mergeGraphs(base, mine, theirs);
  expect(both).toEqual([]);
  expect(graph.nodes.find((n) => n.id === 'queue')!.name).toBe('Sales');
  expect(graph.nodes.find((n) => n.id === 'wait')!.settings).toEqual({ seconds: 30 });
  expect(graph.edges).toHaveLength(3);
  expect(mergeGraphs(base, mine, edit(base, { do: 'change', id: 'wait', settings: { seconds: 5 }, field: 'seconds' })).both).toEqual(['wait']);
  const removed = mergeGraphs(base, mine, edit(base, { do: 'remove', ids: ['wait'] }));
  expect(removed.both).toEqual(['wait']);
  expect(removed.graph.nodes.map((n) => n.id)).toContain('wait');
  expect(mergeGraphs(base, base, edit(base, { do: 'remove', ids: ['wait'] })).graph.edges).toHaveLength(1);
});

// What can be seen at once is told at once: open exits, nothing that leads here, what is missing.
test('local checks', () => {
  expect(checkGraph(base).map((p) => `${p.node} ${p.code}`)).toEqual(['wait open_exit']);
  const lonely = { nodes: [...base.nodes, { ...wait, id: 'm', kind: 'message' as const, settings: {} }], edges: base.edges };
  expect(checkGraph(lonely).find((p) => p.node === 'm')).toMatchObject({ code: 'unreachable', severity: 'warning' });
  const message = edit(lonely, { do: 'connect', from: 'wait', exit: 'next', to: 'm' });
  expect(checkGraph(message).map((p) => `${p.node} ${p.code} ${p.exit}${p.field}`)).toEqual(['m open_exit next', 'm required texts']);
  expect(checkGraph({ nodes: [], edges: [] })[0]?.code).toBe('no_start');
});

// Of one place the server's sentence counts; errors come first.
test('problems are joined', () => {
  const here = checkGraph(base);
  const said = { node: 'wait', exit: 'next', field: '', code: 'x', message: 'From the server.', severity: 'warning' as const };
  const other = { ...said, exit: 'error', severity: 'error' as const };
  expect(joined(here, [said, other]).map((p) => p.exit)).toEqual(['error', 'next']);
  expect(joined(here, undefined)).toEqual(here);
});

// A template is whole: what it lacks is only what a business has to choose.
test('templates have nothing open', () => {
  const say = ((key: string) => key) as never;
  for (const id of templateIds) {
    const found = checkGraph(template(id, say, { language: 'english', schedule: 's' }));
    expect(found, id).toEqual([]);
  }
  expect(checkGraph(template('hours', say, { language: 'english', schedule: undefined })).map((p) => p.field)).toEqual(['schedule']);
});
