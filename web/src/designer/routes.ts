/** Where edges go that would run behind components: a free line for the long part of each. */
import { entryY, exitsOf, exitY, heightOf, size, type Graph } from './graph';

/** How far an edge goes straight on before it turns. */
export const straight = 22;
const clear = 14;
const apart = 9;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Line {
  y: number;
  from: number;
  to: number;
}

/** The y of the long part of edges that need one, by "from exit"; all others bend half way. */
export function routes(graph: Graph): Map<string, number> {
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const boxes = graph.nodes.map((n): Box => ({ left: n.x, right: n.x + size.width, top: n.y, bottom: n.y + heightOf(n) }));
  const lines: Line[] = [];
  const found = new Map<string, number>();
  for (const e of graph.edges) {
    const [from, to] = [byId.get(e.from), byId.get(e.to)];
    if (!from || !to || !exitsOf(from).some((x) => x.id === e.exit)) continue;
    const [x, y, u, v] = [from.x + size.width, from.y + exitY(from, e.exit), to.x, to.y + entryY];
    const half = (x + u) / 2;
    const forward = u >= x + 2 * straight;
    if (forward && !blocked(boxes, x + 1, half, y) && !blocked(boxes, half, u - 1, v)) continue;
    const [left, right] = [Math.min(x + straight, u - straight), Math.max(x + straight, u - straight)];
    const lane = free(boxes, lines, left, right, forward ? [y, v] : [y, v, from.y + heightOf(from) + clear]);
    lines.push({ y: lane, from: left, to: right });
    found.set(`${e.from} ${e.exit}`, lane);
  }
  return found;
}

function blocked(boxes: readonly Box[], from: number, to: number, y: number): boolean {
  return boxes.some((b) => b.left < to && from < b.right && b.top - 2 < y && y < b.bottom + 2);
}

/** The free line that is nearest to those wished for. */
function free(boxes: readonly Box[], lines: readonly Line[], from: number, to: number, wished: readonly number[]): number {
  const near = boxes.filter((b) => b.left < to + 1 && from - 1 < b.right);
  const beside = lines.filter((l) => l.from < to && from < l.to);
  const all = [...wished, ...near.flatMap((b) => [b.top - clear, b.bottom + clear]), ...beside.flatMap((l) => [l.y - apart, l.y + apart])];
  const far = (y: number) => Math.min(...wished.map((w) => Math.abs(w - y)));
  const may = all.filter((y) => !blocked(near, from, to, y) && !beside.some((l) => Math.abs(l.y - y) < apart - 1));
  return may.sort((a, b) => far(a) - far(b) || a - b)[0] ?? Math.max(...wished, ...near.map((b) => b.bottom)) + clear + apart * beside.length;
}

/** A way through points, with round corners. */
export function rounded(points: readonly { x: number; y: number }[], radius: number): string {
  const parts = [`M${points[0]!.x},${points[0]!.y}`];
  for (let i = 1; i < points.length - 1; i++) {
    const [a, b, c] = [points[i - 1]!, points[i]!, points[i + 1]!];
    const r = Math.min(radius, (Math.abs(b.x - a.x) + Math.abs(b.y - a.y)) / 2, (Math.abs(c.x - b.x) + Math.abs(c.y - b.y)) / 2);
    const [p, q] = [toward(b, a, r), toward(b, c, r)];
    parts.push(`L${p.x},${p.y} Q${b.x},${b.y} ${q.x},${q.y}`);
  }
  const end = points.at(-1)!;
  return [...parts, `L${end.x},${end.y}`].join(' ');
}

function toward(from: { x: number; y: number }, to: { x: number; y: number }, by: number): { x: number; y: number } {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}
