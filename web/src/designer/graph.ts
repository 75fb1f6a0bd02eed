/** The graph of a workflow, as the API has it, and what each kind of component is. */

export const kinds = [
  'start', 'decision', 'schedule', 'queue', 'wait', 'transfer', 'disconnect', 'message', 'collect', 'offer_callback', 'auto_reply', 'set', 'category', 'web_request', 'function', 'lookup',
  'acknowledge', 'forward', 'discard',
] as const;
export type Kind = (typeof kinds)[number];

/** The parts of the palette, in its order. The start is there by itself: each graph has one. */
export const groups: readonly { id: 'decide' | 'route' | 'talk' | 'know' | 'outside'; kinds: readonly Kind[] }[] = [
  { id: 'route', kinds: ['queue', 'wait', 'transfer', 'disconnect', 'discard'] },
  { id: 'decide', kinds: ['decision', 'schedule'] },
  { id: 'talk', kinds: ['message', 'collect', 'offer_callback', 'auto_reply', 'acknowledge', 'forward'] },
  { id: 'know', kinds: ['set', 'category'] },
  { id: 'outside', kinds: ['web_request', 'function', 'lookup'] },
];

export type Texts = Record<string, string>;
export interface SkillLevel {
  skill: string;
  level: number;
}
export interface Branch {
  id: string;
  name: string;
  expression: string;
}
export interface Field {
  key: string;
  label: Texts;
  kind: 'text' | 'long' | 'email' | 'phone' | 'number' | 'choice';
  required: boolean;
  choices?: string[];
}

/** The settings of each kind. What is not set is absent or empty. */
export interface SettingsOf {
  start: { media?: string[]; source?: string[]; destination?: string[]; queues?: string[] };
  decision: { branches?: Branch[] };
  schedule: { schedule?: string };
  set: { priority?: string; language?: string; data?: { key: string; value: string }[]; skills?: SkillLevel[] };
  category: { category?: string };
  message: { texts?: Texts };
  collect: { texts?: Texts; fields?: Field[]; timeout_s?: number };
  web_request: {
    method?: string; url?: string; headers?: { name: string; value: string }[]; body?: string; timeout_s?: number; ok?: number[];
    outputs?: { path: string; key: string }[];
  };
  function: { function?: string; inputs?: Record<string, string>; outputs?: Record<string, string>; timeout_s?: number };
  lookup: { connection?: string; query?: string; parameters?: Record<string, string>; outputs?: { column: string; key: string }[]; timeout_s?: number };
  queue: { queue?: string; priority?: string; skills?: SkillLevel[]; preferred?: string; hold_s?: number };
  wait: { seconds?: number; every_s?: number; texts?: Texts };
  offer_callback: { texts?: Texts; timeout_s?: number; schedule?: string };
  transfer: { to?: 'queue' | 'agent' | 'address'; queue?: string; agent?: string; address?: string };
  auto_reply: { subject?: string; texts?: Texts };
  disconnect: { texts?: Texts; category?: string };
  acknowledge: { subject?: string; texts?: Texts };
  forward: { to?: string; note?: string };
  discard: { reason?: string };
}

export interface Node<K extends Kind = Kind> {
  id: string;
  kind: K;
  name: string;
  x: number;
  y: number;
  settings: SettingsOf[K];
}

export interface Edge {
  from: string;
  exit: string;
  to: string;
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
}

export const nodesMax = 500;

/** A way out of a component. */
export interface Exit {
  id: string;
  /** Taken when the component fails. */
  error?: boolean;
  /** May stay unconnected: something sensible happens then. */
  open?: boolean;
  /** What the person called it: the branches of a decision. */
  name?: string;
}

const error: Exit = { id: 'error', error: true, open: true };
const exit = (id: string): Exit => ({ id });

/** The exits of a component, in the order in which they are drawn: what fails comes last. */
export function exitsOf(node: Pick<Node, 'kind' | 'settings'>): Exit[] {
  switch (node.kind) {
    case 'decision':
      return [...((node.settings as SettingsOf['decision']).branches ?? []).map((b) => ({ id: b.id, name: b.name })), exit('else'), error];
    case 'schedule':
      return [exit('open'), exit('closed'), { id: 'holiday', open: true }, error];
    case 'message':
      return [exit('next')];
    case 'collect':
    case 'web_request':
    case 'function':
      return [exit('next'), exit('timeout'), error];
    case 'lookup':
      return [exit('found'), exit('none'), exit('timeout'), error];
    case 'queue':
    case 'transfer':
      return [{ id: 'next', open: true }, error];
    case 'offer_callback':
      return [exit('accepted'), exit('declined'), exit('timeout'), error];
    case 'disconnect':
    case 'discard':
      return [];
    default:
      return [exit('next'), error];
  }
}

/** How a new component of a kind begins. */
export function blank<K extends Kind>(kind: K): SettingsOf[K] {
  const begin: { [Each in Kind]: SettingsOf[Each] } = {
    start: {},
    decision: { branches: [{ id: 'yes', name: '', expression: '' }] },
    schedule: {},
    set: {},
    category: {},
    message: { texts: {} },
    collect: { texts: {}, fields: [{ key: 'number', label: {}, kind: 'text', required: true }], timeout_s: 300 },
    web_request: { method: 'GET', url: '', headers: [], body: '', timeout_s: 5, ok: [], outputs: [] },
    function: { inputs: {}, outputs: {} },
    lookup: { query: '', parameters: {}, outputs: [] },
    queue: { preferred: 'none' },
    wait: { seconds: 60, texts: {} },
    offer_callback: { texts: {}, timeout_s: 120 },
    transfer: { to: 'queue' },
    auto_reply: { subject: '', texts: {} },
    disconnect: { texts: {} },
    acknowledge: { subject: '', texts: {} },
    forward: { to: '', note: '' },
    discard: { reason: '' },
  };
  return begin[kind];
}

/** The graph of a new workflow: the contact goes where it was addressed to. */
export function first(): Graph {
  return {
    nodes: [
      { id: 'start', kind: 'start', name: '', x: 0, y: 0, settings: {} },
      { id: 'queue', kind: 'queue', name: '', x: 320, y: 0, settings: { preferred: 'none' } },
    ],
    edges: [{ from: 'start', exit: 'next', to: 'queue' }],
  };
}

/** A name for a new component: its kind and the first free number. */
export function freeId(taken: ReadonlySet<string>, kind: string): string {
  let n = 1;
  while (taken.has(n === 1 ? kind : `${kind}-${n}`)) n++;
  return n === 1 ? kind : `${kind}-${n}`;
}

export const idsOf = (graph: Graph): Set<string> => new Set(graph.nodes.map((n) => n.id));
export const nodeOf = (graph: Graph, id: string | undefined): Node | undefined => graph.nodes.find((n) => n.id === id);
export const targetOf = (graph: Graph, from: string, exit: string): string | undefined => graph.edges.find((e) => e.from === from && e.exit === exit)?.to;

/** The components as a contact may meet them: along the edges from the start, then those that nothing leads to. */
export function inOrder(graph: Graph): Node[] {
  const out = new Map<string, Node>();
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const targets = new Map(graph.edges.map((e) => [`${e.from} ${e.exit}`, e.to]));
  function go(id: string | undefined): void {
    const stack = [id];
    while (stack.length > 0) {
      const node = byId.get(stack.pop() ?? '');
      if (!node || out.has(node.id)) continue;
      out.set(node.id, node);
      for (const e of exitsOf(node).reverse()) stack.push(targets.get(`${node.id} ${e.id}`));
    }
  }
  graph.nodes.filter((n) => n.kind === 'start').forEach((n) => go(n.id));
  const led = new Set(graph.edges.map((e) => e.to));
  graph.nodes.filter((n) => !led.has(n.id)).forEach((n) => go(n.id));
  graph.nodes.forEach((n) => go(n.id));
  return [...out.values()];
}

/** The keys of contact data that some component of the graph writes. */
export function dataKeys(graph: Graph): string[] {
  const keys = new Set<string>();
  for (const node of graph.nodes) {
    const s = node.settings as SettingsOf['set'] & SettingsOf['collect'] & SettingsOf['function'] & { outputs?: unknown };
    if (node.kind === 'set') s.data?.forEach((d) => keys.add(d.key));
    if (node.kind === 'collect') s.fields?.forEach((f) => keys.add(f.key));
    if (node.kind === 'web_request' || node.kind === 'lookup') (s.outputs as { key: string }[] | undefined)?.forEach((o) => keys.add(o.key));
    if (node.kind === 'function') Object.values(s.outputs ?? {}).forEach((key) => keys.add(key));
  }
  keys.delete('');
  return [...keys].sort();
}

/** The size of a component as it is drawn, in px of the canvas. Stylesheet and layout agree by these. */
export const size = { width: 236, head: 40, line: 22, exit: 24, foot: 8 } as const;

export function heightOf(node: Pick<Node, 'kind' | 'settings'>): number {
  return size.head + size.line + exitsOf(node).length * size.exit + size.foot;
}

/** Where an exit leaves, below the component's upper edge. */
export function exitY(node: Pick<Node, 'kind' | 'settings'>, exit: string): number {
  const at = Math.max(0, exitsOf(node).findIndex((e) => e.id === exit));
  return size.head + size.line + (at + 0.5) * size.exit;
}

/** Where a component is entered, below its upper edge. */
export const entryY = size.head / 2;
