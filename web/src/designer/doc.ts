/** What is edited in the designer, and its past: pure, so that undo is never a surprise. */
import { blank, exitsOf, freeId, heightOf, idsOf, inOrder, nodeOf, nodesMax, size, targetOf, type Edge, type Graph, type Kind, type Node } from './graph';
import { layout } from './layout';

export interface Doc {
  name: string;
  description: string;
  order: number;
  enabled: boolean;
  graph: Graph;
}

export interface EditorState {
  doc: Doc;
  selected: readonly string[];
  edge: { from: string; exit: string } | undefined;
  past: readonly Doc[];
  future: readonly Doc[];
  /** What the last step changed: typing into one field is one step. */
  tag: string;
}

export interface Place {
  x: number;
  y: number;
}

export type Side = 'left' | 'top' | 'row' | 'column';

export type Action =
  | { do: 'insert'; kind: Kind; at?: Place; after?: { from: string; exit: string } | undefined }
  | { do: 'move'; to: Record<string, Place> }
  | { do: 'connect'; from: string; exit: string; to: string }
  | { do: 'disconnect'; from: string; exit: string }
  | { do: 'change'; id: string; settings: Node['settings']; field: string }
  | { do: 'rename'; id: string; name: string }
  | { do: 'remove'; ids: readonly string[] }
  | { do: 'paste'; piece: Graph; at?: Place }
  | { do: 'arrange' }
  | { do: 'align'; ids: readonly string[]; side: Side }
  | { do: 'set'; part: Partial<Doc>; field: string }
  | { do: 'select'; ids: readonly string[] }
  | { do: 'select_edge'; edge: { from: string; exit: string } | undefined }
  | { do: 'settle' }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'begin'; doc: Doc };

/** So many steps can be undone. */
export const stepsMax = 100;
export const grid = 20;
const gap = 64;

export function begin(doc: Doc): EditorState {
  return { doc, selected: [], edge: undefined, past: [], future: [], tag: '' };
}

export function reduce(state: EditorState, action: Action): EditorState {
  switch (action.do) {
    case 'select':
      return same(state.selected, action.ids) && !state.edge ? state : { ...state, selected: action.ids, edge: undefined, tag: '' };
    case 'select_edge':
      return { ...state, edge: action.edge, selected: action.edge ? [] : state.selected, tag: '' };
    case 'settle':
      return state.tag ? { ...state, tag: '' } : state;
    case 'begin':
      return { ...begin(action.doc), selected: state.selected.filter((id) => nodeOf(action.doc.graph, id)) };
    case 'undo':
      return travel(state, state.past, state.future, false);
    case 'redo':
      return travel(state, state.future, state.past, true);
    case 'set':
      return step(state, { ...state.doc, ...action.part }, `set ${action.field}`);
    case 'insert':
      return insert(state, action);
    case 'paste':
      return paste(state, action.piece, action.at);
    default: {
      const graph = edit(state.doc.graph, action);
      if (graph === state.doc.graph) return state;
      const next = step(state, { ...state.doc, graph }, tagOf(action));
      return action.do === 'remove' ? { ...next, selected: next.selected.filter((id) => nodeOf(graph, id)), edge: undefined } : next;
    }
  }
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, i) => id === b[i]);

/** Typing into one field, and pushing the same components on, are one step each. */
function tagOf(action: Action): string {
  if (action.do === 'change') return `change ${action.id} ${action.field}`;
  if (action.do === 'rename') return `rename ${action.id}`;
  return '';
}

function step(state: EditorState, doc: Doc, tag: string): EditorState {
  const one = tag !== '' && tag === state.tag;
  return { ...state, doc, past: one ? state.past : [...state.past, state.doc].slice(-stepsMax), future: [], tag };
}

function travel(state: EditorState, from: readonly Doc[], to: readonly Doc[], forward: boolean): EditorState {
  const doc = from.at(-1);
  if (!doc) return state;
  const [left, grown] = [from.slice(0, -1), [...to, state.doc]];
  return {
    ...state, doc, past: forward ? grown : left, future: forward ? left : grown, tag: '', edge: undefined, selected: state.selected.filter((id) => nodeOf(doc.graph, id)),
  };
}

/** The graph after a step that adds nothing. What a step cannot do it leaves as it is. */
export function edit(graph: Graph, action: Action): Graph {
  switch (action.do) {
    case 'move':
      return { ...graph, nodes: graph.nodes.map((n) => (action.to[n.id] ? { ...n, ...rounded(action.to[n.id]!) } : n)) };
    case 'connect':
      return connect(graph, action);
    case 'disconnect':
      return { ...graph, edges: graph.edges.filter((e) => e.from !== action.from || e.exit !== action.exit) };
    case 'change':
      return whole({ ...graph, nodes: graph.nodes.map((n) => (n.id === action.id ? { ...n, settings: action.settings } : n)) });
    case 'rename':
      return { ...graph, nodes: graph.nodes.map((n) => (n.id === action.id ? { ...n, name: action.name } : n)) };
    case 'remove': {
      const gone = new Set(action.ids.filter((id) => nodeOf(graph, id)?.kind !== 'start'));
      if (gone.size === 0) return graph;
      return { nodes: graph.nodes.filter((n) => !gone.has(n.id)), edges: graph.edges.filter((e) => !gone.has(e.from) && !gone.has(e.to)) };
    }
    case 'arrange': {
      const places = layout(graph);
      return { ...graph, nodes: graph.nodes.map((n) => ({ ...n, ...places.get(n.id) })) };
    }
    case 'align':
      return align(graph, action.ids, action.side);
    default:
      return graph;
  }
}

const rounded = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y) });

/** Edges of exits that a component no longer has go with them. */
function whole(graph: Graph): Graph {
  const exits = new Map(graph.nodes.map((n) => [n.id, new Set(exitsOf(n).map((e) => e.id))]));
  return { ...graph, edges: graph.edges.filter((e) => exits.get(e.from)?.has(e.exit) && exits.has(e.to)) };
}

export function mayConnect(graph: Graph, edge: Edge): boolean {
  const [from, to] = [nodeOf(graph, edge.from), nodeOf(graph, edge.to)];
  return !!from && !!to && to.kind !== 'start' && exitsOf(from).some((e) => e.id === edge.exit);
}

function connect(graph: Graph, { from, exit, to }: Edge): Graph {
  if (!mayConnect(graph, { from, exit, to }) || targetOf(graph, from, exit) === to) return graph;
  return { ...graph, edges: [...graph.edges.filter((e) => e.from !== from || e.exit !== exit), { from, exit, to }] };
}

/** The exit that goes on from a component by itself: the first that is open, else the first. */
export function exitOn(graph: Graph, node: Node): string | undefined {
  const exits = exitsOf(node);
  const usual = exits.filter((e) => !e.error);
  return (usual.find((e) => !targetOf(graph, node.id, e.id)) ?? usual[0] ?? exits[0])?.id;
}

/** Adds a component: at a place, or behind an exit; whatever was there comes behind it. */
function insert(state: EditorState, { kind, at, after }: Extract<Action, { do: 'insert' }>): EditorState {
  const { graph } = state.doc;
  if (graph.nodes.length >= nodesMax || (kind === 'start' && graph.nodes.some((n) => n.kind === 'start'))) return state;
  const id = freeId(idsOf(graph), kind);
  const node: Node = { id, kind, name: '', ...rounded(at ?? behind(graph, after)), settings: blank(kind) };
  let next: Graph = { ...graph, nodes: [...graph.nodes, node] };
  if (after) {
    const before = targetOf(graph, after.from, after.exit);
    next = connect(next, { ...after, to: id });
    const on = exitsOf(node)[0];
    if (before && on) {
      next = connect(next, { from: id, exit: on.id, to: before });
      if (!at) next = pushed(next, node, before);
    }
  }
  return { ...step(state, { ...state.doc, graph: next }, ''), selected: [id], edge: undefined };
}

/** A free place to the right of an exit, or of everything. */
function behind(graph: Graph, after: { from: string; exit: string } | undefined): Place {
  const from = nodeOf(graph, after?.from);
  if (!from || !after) {
    const right = Math.max(0, ...graph.nodes.map((n) => n.x + size.width + gap));
    return { x: graph.nodes.length > 0 ? right : 0, y: Math.min(0, ...graph.nodes.map((n) => n.y)) };
  }
  const at = { x: from.x + size.width + gap, y: from.y + Math.max(0, exitsOf(from).findIndex((e) => e.id === after.exit)) * size.exit };
  const target = targetOf(graph, after.from, after.exit);
  if (target) return { x: at.x, y: nodeOf(graph, target)!.y };
  while (graph.nodes.some((n) => Math.abs(n.x - at.x) < size.width + grid && n.y < at.y + 150 && at.y < n.y + heightOf(n) + grid)) at.y += grid;
  return at;
}

/** Makes room for a component in the middle: what comes behind it moves to the right. */
function pushed(graph: Graph, node: Node, target: string): Graph {
  const old = nodeOf(graph, target)!;
  const by = node.x + size.width + gap - old.x;
  if (by <= 0) return graph;
  const later = reachable(graph, target);
  return { ...graph, nodes: graph.nodes.map((n) => (n.id !== node.id && later.has(n.id) && n.x >= old.x ? { ...n, x: n.x + by } : n)) };
}

export function reachable(graph: Graph, from: string): Set<string> {
  const seen = new Set([from]);
  const queue = [from];
  while (queue.length > 0) {
    const id = queue.pop()!;
    for (const e of graph.edges) {
      if (e.from === id && !seen.has(e.to)) {
        seen.add(e.to);
        queue.push(e.to);
      }
    }
  }
  return seen;
}

/** The chosen components and the edges among them, to be put elsewhere. The start stays: there is one. */
export function piece(graph: Graph, ids: readonly string[]): Graph {
  const chosen = new Set(ids.filter((id) => nodeOf(graph, id)?.kind !== 'start'));
  return { nodes: graph.nodes.filter((n) => chosen.has(n.id)), edges: graph.edges.filter((e) => chosen.has(e.from) && chosen.has(e.to)) };
}

function paste(state: EditorState, from: Graph, at: Place | undefined): EditorState {
  const { graph } = state.doc;
  const nodes = from.nodes.filter((n) => n.kind !== 'start');
  if (nodes.length === 0 || graph.nodes.length + nodes.length > nodesMax) return state;
  const taken = idsOf(graph);
  const names = new Map<string, string>();
  for (const n of nodes) {
    const id = freeId(taken, n.id.replace(/-\d+$/, ''));
    taken.add(id);
    names.set(n.id, id);
  }
  const [left, top] = [Math.min(...nodes.map((n) => n.x)), Math.min(...nodes.map((n) => n.y))];
  const by = at ? { x: at.x - left, y: at.y - top } : free(graph, nodes);
  const added = nodes.map((n) => ({ ...structuredClone(n), id: names.get(n.id)!, ...rounded({ x: n.x + by.x, y: n.y + by.y }) }));
  const edges = from.edges.filter((e) => names.has(e.from) && names.has(e.to)).map((e) => ({ ...e, from: names.get(e.from)!, to: names.get(e.to)! }));
  const next = whole({ nodes: [...graph.nodes, ...added], edges: [...graph.edges, ...edges] });
  return { ...step(state, { ...state.doc, graph: next }, ''), selected: added.map((n) => n.id), edge: undefined };
}

/** How far to move a piece so that it lies on nothing. */
function free(graph: Graph, nodes: readonly Node[]): Place {
  for (let by = grid * 2; ; by += grid * 2) {
    if (!nodes.some((n) => graph.nodes.some((o) => Math.abs(o.x - n.x - by) < grid && Math.abs(o.y - n.y - by) < grid))) return { x: by, y: by };
  }
}

function align(graph: Graph, ids: readonly string[], side: Side): Graph {
  const chosen = graph.nodes.filter((n) => ids.includes(n.id));
  if (chosen.length < 2) return graph;
  const to = new Map<string, Place>();
  if (side === 'left') chosen.forEach((n) => to.set(n.id, { x: Math.min(...chosen.map((c) => c.x)), y: n.y }));
  if (side === 'top') chosen.forEach((n) => to.set(n.id, { x: n.x, y: Math.min(...chosen.map((c) => c.y)) }));
  if (side === 'row') {
    const line = [...chosen].sort((a, b) => a.x - b.x);
    const [from, end] = [line[0]!.x, line.at(-1)!.x];
    line.forEach((n, i) => to.set(n.id, { x: Math.round(from + ((end - from) * i) / (line.length - 1)), y: n.y }));
  }
  if (side === 'column') {
    const line = [...chosen].sort((a, b) => a.y - b.y);
    const heights = line.reduce((sum, n) => sum + heightOf(n), 0);
    const space = Math.max(grid, (line.at(-1)!.y + heightOf(line.at(-1)!) - line[0]!.y - heights) / (line.length - 1));
    let { y } = line[0]!;
    for (const n of line) {
      to.set(n.id, { x: n.x, y: Math.round(y) });
      y += heightOf(n) + space;
    }
  }
  return edit(graph, { do: 'move', to: Object.fromEntries(to) });
}

/** Where the focus goes from a component: along its first connected exit, back, or to the nearest above and below. */
export function neighbour(graph: Graph, id: string, way: 'next' | 'back' | 'up' | 'down'): string | undefined {
  const from = nodeOf(graph, id);
  if (!from) return undefined;
  if (way === 'next') return exitsOf(from).map((e) => targetOf(graph, id, e.id)).find(Boolean) ?? undefined;
  if (way === 'back') return inOrder(graph).find((n) => graph.edges.some((e) => e.from === n.id && e.to === id))?.id;
  const down = way === 'down';
  const far = (n: Node) => Math.abs(n.y - from.y) + 2 * Math.abs(n.x - from.x);
  return graph.nodes.filter((n) => n.id !== id && (down ? n.y > from.y : n.y < from.y)).sort((a, b) => far(a) - far(b))[0]?.id;
}
