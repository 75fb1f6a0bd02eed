import type { Thing, WorkflowBody } from '../manager/kinds';
import type { Doc } from './doc';
import { first, type Graph } from './graph';

/** A workflow as the designer edits it. */
export function docOf(thing: Thing<WorkflowBody>): Doc {
  const { description, order, enabled, graph } = thing.body;
  return { name: thing.name, description: description ?? '', order: order || 100, enabled, graph: whole(graph) };
}

/** A graph that a program wrote may lack what the designer always writes. */
export function whole(graph: Graph | undefined): Graph {
  if (!graph) return first();
  return { edges: graph.edges ?? [], nodes: (graph.nodes ?? []).map((n) => ({ ...n, name: n.name ?? '', x: n.x ?? 0, y: n.y ?? 0, settings: n.settings ?? {} })) };
}

export const bodyOf = ({ description, order, enabled, graph }: Doc): WorkflowBody => ({ description, order, enabled, graph });
