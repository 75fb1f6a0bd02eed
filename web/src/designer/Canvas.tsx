import { ActionIcon } from '@mantine/core';
import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import {
  applyNodeChanges, Background, BackgroundVariant, MiniMap, Panel, ReactFlow, useReactFlow, type Connection, type FinalConnectionState, type NodeChange,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTexts, type Say } from '../kit/texts';
import { Card, type CardNode } from './Card';
import { mayConnect, type Action, type Place } from './doc';
import { exitsOf, heightOf, inOrder, nodeOf, size, type Graph, type Kind } from './graph';
import { exitOfName, nodeName, spoken } from './labels';
import { routes } from './routes';
import { ViewContext, type View } from './view';
import { Wire, type WireEdge } from './Wire';

const nodeTypes = { card: Card };
const edgeTypes = { wire: Wire };

interface Props {
  label: string;
  view: View;
  selected: readonly string[];
  edge: { from: string; exit: string } | undefined;
  dispatch: (action: Action) => void;
  /** A way was drawn into the open: a component is to be put there. */
  ask?: (at: Place, after: { from: string; exit: string }) => void;
  /** Somebody wants to change what a component does. */
  open?: (id: string) => void;
  onKey?: (event: KeyboardEvent) => void;
}

const mapSize = { width: 168, height: 108 };
const edgeId = (from: string, exit: string) => `${from} ${exit}`;
/** What a dragged entry of the palette is. */
export const dragType = 'application/x-portico-component';

/** The graph to look at, to walk through and to draw. It must stand within a ReactFlowProvider. */
export function Canvas({ label, view, selected, edge, dispatch, ask, open, onKey }: Props) {
  const t = useTexts();
  const flow = useReactFlow();
  const { graph, readOnly } = view;
  const box = useRef<HTMLDivElement>(null);
  /** The focus came by the pointer, which chooses by itself. */
  const pointing = useRef(false);
  const [nodes, setNodes] = useNodes(view, selected);
  const edges = useEdges(view, edge);

  function onChanges(changes: NodeChange<CardNode>[]): void {
    setNodes((old) => applyNodeChanges(changes, old));
    const chosen = changes.filter((c) => c.type === 'select');
    if (chosen.length === 0) return;
    const next = new Set(selected);
    for (const c of chosen) if (c.selected) next.add(c.id); else next.delete(c.id);
    dispatch({ do: 'select', ids: [...next] });
  }
  function onDragStop(_event: unknown, _node: unknown, moved: CardNode[]): void {
    const to = Object.fromEntries(moved.filter((n) => n.position.x !== n.data.node.x || n.position.y !== n.data.node.y).map((n) => [n.id, n.position]));
    if (Object.keys(to).length > 0) dispatch({ do: 'move', to });
  }
  function onConnectEnd(event: MouseEvent | TouchEvent, end: FinalConnectionState): void {
    if (!ask || end.isValid || end.toNode || !end.fromHandle?.id || end.fromHandle.type !== 'source') return;
    const point = 'changedTouches' in event ? event.changedTouches[0]! : event;
    const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
    ask({ x: at.x, y: at.y - size.head / 2 }, { from: end.fromHandle.nodeId, exit: end.fromHandle.id });
  }
  function onDrop(event: DragEvent): void {
    const kind = event.dataTransfer.getData(dragType) as Kind | '';
    if (!kind) return;
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const wire = document.elementsFromPoint(event.clientX, event.clientY).find((e) => e.closest('.react-flow__edge'))?.closest('.react-flow__edge')?.getAttribute('data-id');
    const [from, exit] = wire?.split(' ') ?? [];
    dispatch({ do: 'insert', kind, at: { x: at.x - size.width / 2, y: at.y - size.head / 2 }, after: from && exit ? { from, exit } : undefined });
  }

  return (
    <ViewContext value={view}>
      <div
        ref={box} className="canvas" data-readonly={readOnly}
        onPointerDownCapture={() => {
          pointing.current = true;
        }}
        onKeyDownCapture={() => {
          pointing.current = false;
        }}
        onKeyDown={onKey}
        onFocus={(event) => {
          const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
          if (id && !pointing.current && !selected.includes(id)) dispatch({ do: 'select', ids: [id] });
        }}
      >
        <ReactFlow<CardNode, WireEdge>
          aria-label={label} nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} onNodesChange={onChanges} onNodeDragStop={onDragStop}
          onSelectionDragStop={(event, moved) => onDragStop(event, undefined, moved)}
          onConnect={(c) => dispatch({ do: 'connect', from: c.source, exit: c.sourceHandle!, to: c.target })} isValidConnection={(c) => valid(graph, c)} onConnectEnd={onConnectEnd}
          onReconnect={(old, c) => {
            if (old.source !== c.source || old.sourceHandle !== c.sourceHandle) dispatch({ do: 'disconnect', from: old.source, exit: old.sourceHandle! });
            dispatch({ do: 'connect', from: c.source, exit: c.sourceHandle!, to: c.target });
          }}
          onEdgeClick={(_event, e) => dispatch({ do: 'select_edge', edge: { from: e.source, exit: e.sourceHandle! } })} onPaneClick={() => dispatch({ do: 'select', ids: [] })}
          onNodeDoubleClick={(_event, n) => open?.(n.id)} onDragOver={(event) => event.dataTransfer.types.includes(dragType) && event.preventDefault()} onDrop={onDrop}
          nodesDraggable={!readOnly} nodesConnectable={!readOnly} edgesReconnectable={!readOnly} elementsSelectable deleteKeyCode={null} multiSelectionKeyCode={['Control', 'Meta']}
          selectionKeyCode="Shift" disableKeyboardA11y edgesFocusable={false} selectNodesOnDrag connectionRadius={28} snapToGrid snapGrid={[10, 10]} minZoom={0.15} maxZoom={1.75}
          onInit={(instance) => void instance.setViewport(opening(graph, box.current))} proOptions={{ hideAttribution: true }} onlyRenderVisibleElements={graph.nodes.length > 120} zoomOnDoubleClick={false}
          ariaLabelConfig={{ 'minimap.ariaLabel': t('designer.mini_map') }}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
          <MiniMap pannable zoomable className="mini-map" style={mapSize} nodeClassName={(n) => `mini mini-${(n as CardNode).data.node.kind}`} nodeBorderRadius={12} />
          <Zoom t={t} />
        </ReactFlow>
      </div>
    </ViewContext>
  );
}

/** What one sees first: all of it where it can still be read, else its beginning. */
function opening({ nodes }: Graph, box: HTMLElement | null): { x: number; y: number; zoom: number } {
  const [width, height] = [box?.clientWidth ?? 800, box?.clientHeight ?? 600];
  const [left, top] = [Math.min(0, ...nodes.map((n) => n.x)), Math.min(0, ...nodes.map((n) => n.y))];
  const [wide, high] = [Math.max(...nodes.map((n) => n.x + size.width)) - left, Math.max(...nodes.map((n) => n.y + heightOf(n))) - top];
  const zoom = Math.min(1, Math.max(0.65, Math.min((width - 64) / wide, (height - 64) / high)));
  const at = (room: number, need: number, from: number) => (need * zoom <= room - 40 ? (room - need * zoom) / 2 : 32) - from * zoom;
  return { x: at(width, wide, left), y: at(height, high, top), zoom };
}

function valid(graph: Graph, c: Connection | WireEdge): boolean {
  return mayConnect(graph, { from: c.source, exit: c.sourceHandle ?? '', to: c.target });
}

/** The graph's components as the canvas library holds them: places that are being dragged are its own until they are let go. */
function useNodes(view: View, selected: readonly string[]) {
  const t = useTexts();
  const { graph, nameOf, problems } = view;
  const made = useMemo(() => {
    const chosen = new Set(selected);
    return inOrder(graph).map((node): CardNode => ({
      id: node.id, type: 'card', position: { x: node.x, y: node.y }, data: { node }, selected: chosen.has(node.id), width: size.width, height: heightOf(node), focusable: true,
      ariaLabel: spoken(t, graph, node, nameOf, problems.get(node.id)?.count ?? 0), domAttributes: { 'aria-roledescription': t('designer.component') }, draggable: !view.readOnly,
    }));
  }, [graph, selected, nameOf, problems, t, view.readOnly]);
  const [nodes, setNodes] = useState(made);
  const [from, setFrom] = useState(made);
  if (from !== made) {
    setFrom(made);
    setNodes((old) => {
      const before = new Map(old.map((n) => [n.id, n]));
      return made.map((n) => {
        const known = before.get(n.id);
        return known ? { ...n, ...(known.measured && { measured: { width: n.width!, height: n.height! } }) } : n;
      });
    });
  }
  return [nodes, setNodes] as const;
}

function useEdges(view: View, chosen: { from: string; exit: string } | undefined): WireEdge[] {
  const t = useTexts();
  const { graph, lit, litEdges, edgeChanges } = view;
  const lanes = useMemo(() => routes(graph), [graph]);
  return useMemo(
    () =>
      graph.edges.flatMap((e): WireEdge[] => {
        const [from, to] = [nodeOf(graph, e.from), nodeOf(graph, e.to)];
        const exit = from && exitsOf(from).find((x) => x.id === e.exit);
        if (!from || !to || !exit) return [];
        const id = edgeId(e.from, e.exit);
        return [{
          id, type: 'wire', source: e.from, sourceHandle: e.exit, target: e.to, targetHandle: 'in', selected: chosen?.from === e.from && chosen.exit === e.exit,
          data: { error: exit.error ?? false, lit: litEdges.has(id), dim: lit.size > 0 && !litEdges.has(id), lane: lanes.get(id), change: edgeChanges.get(id) },
          ariaLabel: t('designer.edge_from_to', { from: nodeName(t, from), exit: exitOfName(t, graph, e.from, e.exit), to: nodeName(t, to) }),
          domAttributes: { 'aria-roledescription': t('designer.edge') },
        }];
      }),
    [graph, lit, litEdges, edgeChanges, lanes, chosen, t],
  );
}

function Zoom({ t }: { t: Say }) {
  const flow = useReactFlow();
  const buttons = [
    { name: t('designer.zoom_in'), Icon: IconPlus, run: () => flow.zoomIn() }, { name: t('designer.zoom_out'), Icon: IconMinus, run: () => flow.zoomOut() },
    { name: t('designer.fit'), Icon: IconFocusCentered, run: () => flow.fitView({ maxZoom: 1, padding: 0.08 }) },
  ];
  return (
    <Panel position="bottom-left" className="zoom">
      {buttons.map(({ name, Icon, run }) => (
        <ActionIcon key={name} variant="default" size={30} aria-label={name} title={name} onClick={() => void run()}>
          <Icon size={16} aria-hidden="true" />
        </ActionIcon>
      ))}
    </Panel>
  );
}

/** Brings a component into the middle and gives it the focus. */
export function useGoTo(): (node: { id: string; x: number; y: number } | undefined, focus?: boolean) => void {
  const flow = useReactFlow();
  const [wanted, want] = useState<string>();
  useEffect(() => {
    if (!wanted) return undefined;
    // Far away components are drawn only when they come into sight.
    let tries = 30;
    let frame = 0;
    const look = () => {
      const card = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(wanted)}"]`);
      if (!card && tries-- > 0) frame = requestAnimationFrame(look);
      else {
        card?.focus({ preventScroll: true });
        want(undefined);
      }
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [wanted]);
  return (node, focus = true) => {
    if (!node) return;
    const { zoom } = flow.getViewport();
    void flow.setCenter(node.x + size.width / 2, node.y + 60, { zoom: Math.max(zoom, 0.6) });
    if (focus) want(node.id);
  };
}
