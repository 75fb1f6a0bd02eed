/** Lays a graph out from left to right: layers by the longest way, few crossings, straight main ways. */
import { entryY, exitsOf, exitY, heightOf, inOrder, size, type Graph, type Node } from './graph';

const columnGap = 64;
const rowGap = 36;
/** How often the order within the layers is improved. */
const sweeps = 12;

/** A component, or a place through which an edge passes a layer. */
interface Spot {
  node: Node | undefined;
  layer: number;
  height: number;
  y: number;
  /** Where it is entered, below its upper edge. */
  entry: number;
}

interface Link {
  from: Spot;
  to: Spot;
  /** Where it leaves, below the upper edge of from. */
  exit: number;
  /** Of the exits of one component: 0 is the main way. */
  rank: number;
}

/** The place of each component; the start is at 0, 0 when it is alone in its layer. */
export function layout(graph: Graph): Map<string, { x: number; y: number }> {
  const order = inOrder(graph);
  const { layers, links } = spots(graph, order);
  sort(layers, links);
  place(layers, links);
  const top = Math.min(0, ...layers.flat().map((s) => s.y));
  const places = new Map<string, { x: number; y: number }>();
  for (const [i, layer] of layers.entries()) {
    for (const s of layer) if (s.node) places.set(s.node.id, { x: i * (size.width + columnGap), y: Math.round(s.y - top) });
  }
  return places;
}

/** The edges without those that lead back: what is left has no circle. */
function forward(graph: Graph, order: readonly Node[]): { from: Node; to: Node; exit: string; rank: number }[] {
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const targets = new Map(graph.edges.map((e) => [`${e.from} ${e.exit}`, byId.get(e.to)]));
  const kept: { from: Node; to: Node; exit: string; rank: number }[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of order) {
    const stack: { node: Node; at: number }[] = [];
    const enter = (node: Node) => {
      state.set(node.id, 'open');
      stack.push({ node, at: 0 });
    };
    if (!state.has(root.id)) enter(root);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const e = exitsOf(top.node)[top.at];
      if (!e) {
        state.set(top.node.id, 'done');
        stack.pop();
        continue;
      }
      const to = targets.get(`${top.node.id} ${e.id}`);
      const rank = top.at++;
      if (!to || state.get(to.id) === 'open') continue;
      kept.push({ from: top.node, to, exit: e.id, rank });
      if (!state.has(to.id)) enter(to);
    }
  }
  return kept;
}

/** The layer of each component: one behind the last that leads to it. */
function depths(order: readonly Node[], edges: ReturnType<typeof forward>): Map<string, number> {
  const depth = new Map(order.map((n) => [n.id, 0]));
  const waits = new Map(order.map((n) => [n.id, 0]));
  for (const e of edges) waits.set(e.to.id, waits.get(e.to.id)! + 1);
  const ready = order.filter((n) => waits.get(n.id) === 0).map((n) => n.id);
  const out = grouped(edges);
  while (ready.length > 0) {
    const id = ready.pop()!;
    for (const e of out.get(id) ?? []) {
      depth.set(e.to.id, Math.max(depth.get(e.to.id)!, depth.get(id)! + 1));
      const left = waits.get(e.to.id)! - 1;
      waits.set(e.to.id, left);
      if (left === 0) ready.push(e.to.id);
    }
  }
  return depth;
}

function grouped(edges: ReturnType<typeof forward>): Map<string, ReturnType<typeof forward>> {
  const out = new Map<string, ReturnType<typeof forward>>();
  for (const e of edges) out.set(e.from.id, [...(out.get(e.from.id) ?? []), e]);
  return out;
}

/** Components in layers; an edge over several layers passes a narrow place in each. */
function spots(graph: Graph, order: readonly Node[]): { layers: Spot[][]; links: Link[] } {
  const edges = forward(graph, order);
  const depth = depths(order, edges);
  const layers: Spot[][] = [];
  const add = (spot: Spot): Spot => {
    (layers[spot.layer] ??= []).push(spot);
    return spot;
  };
  const spotOf = new Map(order.map((n) => [n.id, add({ node: n, layer: depth.get(n.id)!, height: heightOf(n), y: 0, entry: entryY })]));
  const links: Link[] = [];
  for (const e of edges) {
    let from = spotOf.get(e.from.id)!;
    let exit = exitY(e.from, e.exit);
    const to = spotOf.get(e.to.id)!;
    for (let layer = from.layer + 1; layer < to.layer; layer++) {
      const pass = add({ node: undefined, layer, height: 8, y: 0, entry: 4 });
      links.push({ from, to: pass, exit, rank: e.rank });
      [from, exit] = [pass, 4];
    }
    links.push({ from, to, exit, rank: e.rank });
  }
  return { layers, links };
}

/** Puts each layer into the order of what leads to it, and of where it leads, in turns. */
function sort(layers: Spot[][], links: readonly Link[]): void {
  const at = new Map<Spot, number>();
  const number = (layer: Spot[]) => layer.forEach((s, i) => at.set(s, i));
  layers.forEach(number);
  const into = new Map<Spot, Link[]>();
  const outOf = new Map<Spot, Link[]>();
  for (const l of links) {
    into.set(l.to, [...(into.get(l.to) ?? []), l]);
    outOf.set(l.from, [...(outOf.get(l.from) ?? []), l]);
  }
  const arrange = (layer: Spot[], down: boolean) => {
    const weight = new Map(layer.map((s) => {
      const all = (down ? into : outOf).get(s) ?? [];
      // Exits count within their component, so that ways leave in the order of the exits.
      const sum = all.reduce((total, l) => total + (down ? at.get(l.from)! + (l.exit / (l.from.height + 1)) : at.get(l.to)!), 0);
      return [s, all.length > 0 ? sum / all.length : at.get(s)!];
    }));
    layer.sort((a, b) => weight.get(a)! - weight.get(b)! || at.get(a)! - at.get(b)!);
    number(layer);
  };
  for (let i = 0; i < sweeps; i++) {
    const down = i % 2 === 0;
    for (const layer of down ? layers.slice(1) : layers.slice(0, -1).reverse()) arrange(layer, down);
  }
  layers.slice(1).forEach((layer) => arrange(layer, true));
}

/** Draws each spot towards the exit that leads to it, as near as those beside it let it. */
function place(layers: Spot[][], links: readonly Link[]): void {
  const into = new Map<Spot, Link[]>();
  const outOf = new Map<Spot, Link[]>();
  for (const l of links) {
    into.set(l.to, [...(into.get(l.to) ?? []), l]);
    outOf.set(l.from, [...(outOf.get(l.from) ?? []), l]);
  }
  const main = (all: Link[] | undefined) => all?.reduce((a, b) => (b.rank < a.rank ? b : a));
  for (const layer of layers) {
    spread(layer, layer.map((s) => {
      const l = main(into.get(s));
      return l ? l.from.y + l.exit - s.entry : 0;
    }));
  }
  for (const layer of layers.slice(0, -1).reverse()) {
    spread(layer, layer.map((s) => {
      const l = into.has(s) ? undefined : main(outOf.get(s));
      return l ? l.to.y + l.to.entry - l.exit : s.y;
    }));
  }
}

/** The nearest places to those that are wished for, in this order and without touching (pool adjacent violators). */
function spread(layer: Spot[], wished: readonly number[]): void {
  const pools: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [i, s] of layer.entries()) {
    offsets.push(offset);
    offset += s.height + (s.node ? rowGap : 12);
    pools.push({ sum: wished[i]! - offsets[i]!, count: 1 });
    while (pools.length > 1) {
      const [a, b] = [pools.at(-2)!, pools.at(-1)!];
      if (a.sum / a.count <= b.sum / b.count) break;
      pools.splice(-2, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  }
  let i = 0;
  for (const pool of pools) for (let n = 0; n < pool.count; n++, i++) layer[i]!.y = pool.sum / pool.count + offsets[i]!;
}
