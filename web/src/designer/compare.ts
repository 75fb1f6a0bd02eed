/** What is different between two graphs, and how two changed ones are brought together. */
import { merge, same } from '../manager/merge';
import { exitsOf, type Edge, type Graph, type Node } from './graph';

export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved';

export interface NodeChange {
  id: string;
  node: Node;
  change: ChangeKind;
  /** Of a changed one: what is other, the settings by their names. */
  fields: string[];
}

export interface EdgeChange {
  from: string;
  exit: string;
  change: 'added' | 'removed' | 'changed';
  to: string;
  /** Where it led before. */
  was: string;
}

export interface Comparison {
  nodes: NodeChange[];
  edges: EdgeChange[];
}

const nameOfEdge = (e: Edge) => `${e.from} ${e.exit}`;

export function compare(before: Graph, after: Graph): Comparison {
  const [was, is] = [byId(before), byId(after)];
  const nodes: NodeChange[] = [];
  for (const node of after.nodes) {
    const old = was.get(node.id);
    if (!old) nodes.push({ id: node.id, node, change: 'added', fields: [] });
    else {
      const fields = fieldsChanged(old, node);
      if (fields.length > 0) nodes.push({ id: node.id, node, change: 'changed', fields });
      else if (old.x !== node.x || old.y !== node.y) nodes.push({ id: node.id, node, change: 'moved', fields: [] });
    }
  }
  for (const node of before.nodes) if (!is.has(node.id)) nodes.push({ id: node.id, node, change: 'removed', fields: [] });
  const [had, has] = [new Map(before.edges.map((e) => [nameOfEdge(e), e])), new Map(after.edges.map((e) => [nameOfEdge(e), e]))];
  const edges: EdgeChange[] = [];
  for (const e of after.edges) {
    const old = had.get(nameOfEdge(e));
    if (!old) edges.push({ ...e, change: 'added', was: '' });
    else if (old.to !== e.to) edges.push({ ...e, change: 'changed', was: old.to });
  }
  for (const e of before.edges) if (!has.has(nameOfEdge(e))) edges.push({ from: e.from, exit: e.exit, change: 'removed', to: '', was: e.to });
  return { nodes, edges };
}

function fieldsChanged(old: Node, node: Node): string[] {
  const fields: string[] = [];
  if (old.kind !== node.kind) fields.push('kind');
  if ((old.name ?? '') !== (node.name ?? '')) fields.push('name');
  const [a, b] = [old.settings as Record<string, unknown>, node.settings as Record<string, unknown>];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) if (!same(filled(a[key]), filled(b[key]))) fields.push(key);
  return fields;
}

/** What is not set and what is empty are alike. */
function filled(value: unknown): unknown {
  const empty = value === '' || value === null || (Array.isArray(value) && value.length === 0) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return empty ? undefined : value;
}

const byId = (graph: Graph) => new Map(graph.nodes.map((n) => [n.id, n]));

/** Whether a contact would go through both in the same way: places on the canvas do not count. */
export function runsAlike(a: Graph | undefined, b: Graph): boolean {
  if (!a) return false;
  const { nodes, edges } = compare(a, b);
  return edges.length === 0 && nodes.every((n) => n.change === 'moved');
}

/** Both graphs in one picture: what was removed stands where it stood. */
export function united(before: Graph, after: Graph): Graph {
  const is = byId(after);
  const nodes = [...after.nodes, ...before.nodes.filter((n) => !is.has(n.id))];
  const all = byId({ nodes, edges: [] });
  const has = new Set(after.edges.map(nameOfEdge));
  const old = before.edges.filter((e) => !has.has(nameOfEdge(e)) && all.has(e.from) && all.has(e.to));
  const exits = new Map(nodes.map((n) => [n.id, new Set(exitsOf(n).map((e) => e.id))]));
  return { nodes, edges: [...after.edges, ...old].filter((e) => exits.get(e.from)?.has(e.exit)) };
}

type Keyed = { nodes: Record<string, Node>; edges: Record<string, Edge> };

function keyed(graph: Graph): Keyed {
  return { nodes: Object.fromEntries(graph.nodes.map((n) => [n.id, n])), edges: Object.fromEntries(graph.edges.map((e) => [nameOfEdge(e), e])) };
}

/** Brings another's change under one's own, component by component: what both changed stays mine. */
export function mergeGraphs(base: Graph, mine: Graph, theirs: Graph): { graph: Graph; both: string[] } {
  const [b, m, t] = [keyed(base), keyed(mine), keyed(theirs)];
  const out: Keyed = { nodes: {}, edges: {} };
  const both = new Set<string>();
  for (const part of ['nodes', 'edges'] as const) {
    for (const key of new Set([...Object.keys(m[part]), ...Object.keys(t[part])])) {
      const [old, own, other] = [b[part][key], m[part][key], t[part][key]];
      const touched = !same(old, own) && !same(old, other) && !same(own, other);
      if (own && other) {
        const merged = merge<unknown>(old ?? {}, own, other);
        out[part][key] = merged.value as never;
        if (merged.both.some((path) => path !== 'x' && path !== 'y')) both.add(own === undefined ? key : key.split(' ')[0]!);
      } else if (own && (!old || !same(old, own))) out[part][key] = own as never;
      else if (other && (!old || !same(old, other))) out[part][key] = other as never;
      if (touched && (!own || !other)) both.add(key.split(' ')[0]!);
    }
  }
  const edges = Object.values(out.edges).filter((e) => out.nodes[e.from] && out.nodes[e.to] && exitsOf(out.nodes[e.from]!).some((x) => x.id === e.exit));
  return { graph: { nodes: Object.values(out.nodes), edges }, both: [...both] };
}
