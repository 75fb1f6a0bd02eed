import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef, type KeyboardEvent as ReactKeyboardEvent } from 'react';
import { takesText } from '../kit/keys';
import { neighbour, piece, type Action, type EditorState } from './doc';
import { nodeOf, type Graph, type Node } from './graph';

interface Given {
  state: EditorState;
  dispatch: (action: Action) => void;
  readOnly: boolean;
  /** The component that has the focus. */
  focused: () => string | undefined;
  goTo: (node: Node | undefined) => void;
  edit: (id: string) => void;
  insert: () => void;
  connect: (node: Node) => void;
  remove: () => void;
  duplicate: () => void;
  help: () => void;
  test: () => void;
}

const clipKey = 'portico.designer.clip';

/** What was copied last, in this browser: it may be put into another workflow. */
function clip(): Graph | undefined {
  try {
    return JSON.parse(localStorage.getItem(clipKey) ?? 'null') as Graph | undefined;
  } catch {
    return undefined;
  }
}

const by: Record<string, [number, number]> = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };
const ways = { ArrowRight: 'next', ArrowLeft: 'back', ArrowUp: 'up', ArrowDown: 'down' } as const;

/** The keys of the canvas, and those of undo, which work everywhere but in what takes text. */
export function useCanvasKeys(given: Given): (event: ReactKeyboardEvent) => void {
  const flow = useReactFlow();
  const latest = useRef(given);
  useEffect(() => {
    latest.current = given;
  });
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const { dispatch, readOnly } = latest.current;
      if (readOnly || !(event.ctrlKey || event.metaKey) || event.altKey || takesText(event.target) || document.querySelector('[aria-modal="true"]')) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      dispatch({ do: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (event) => {
    if (takesText(event.target) || event.altKey || event.defaultPrevented) return;
    const { state } = given;
    const { graph } = state.doc;
    const at = given.focused();
    const node = nodeOf(graph, at);
    const done = (run: () => unknown) => {
      event.preventDefault();
      event.stopPropagation();
      void run();
    };
    if (event.ctrlKey || event.metaKey) {
      withControl(event, given, at, done);
      return;
    }
    const way = ways[event.key as keyof typeof ways];
    if (way) {
      const to = node && neighbour(graph, node.id, way);
      if (node || state.selected.length > 0) done(() => given.goTo(nodeOf(graph, to)));
      return;
    }
    switch (event.key) {
      case 'Home':
        return done(() => given.goTo(graph.nodes.find((n) => n.kind === 'start')));
      case 'Enter':
        return node && done(() => given.edit(node.id));
      case ' ':
        return node && done(() => given.dispatch({ do: 'select', ids: state.selected.includes(node.id) ? state.selected.filter((id) => id !== node.id) : [...state.selected, node.id] }));
      case 'Escape':
        return state.selected.length > 1 && done(() => given.dispatch({ do: 'select', ids: at ? [at] : [] }));
      case '?':
        return done(given.help);
      case 'f':
        return done(() => flow.fitView({ maxZoom: 1, padding: 0.08 }));
      case '+':
        return done(() => flow.zoomIn());
      case '-':
        return done(() => flow.zoomOut());
      case 't':
        return done(given.test);
      default:
        if (!given.readOnly) change(event, given, node, done);
    }
  };
}

/** The keys that change the graph. */
function change(event: ReactKeyboardEvent, given: Given, node: Node | undefined, done: (run: () => unknown) => void): void {
  const { state, dispatch } = given;
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      if (state.selected.length > 0 || state.edge) done(given.remove);
      return;
    case 'Insert':
    case 'i':
      done(given.insert);
      return;
    case 'c':
      if (node && node.kind !== 'disconnect') done(() => given.connect(node));
      return;
    case 'l':
      done(() => dispatch({ do: 'arrange' }));
      return;
    default:
  }
}

/** The keys with Ctrl: moving, choosing all, copying. */
function withControl(event: ReactKeyboardEvent, given: Given, at: string | undefined, done: (run: () => unknown) => void): void {
  const { state, dispatch, readOnly } = given;
  const { graph } = state.doc;
  const step = by[event.key];
  if (step) {
    const ids = state.selected.length > 0 ? state.selected : at ? [at] : [];
    if (!readOnly && ids.length > 0) {
      done(() => dispatch({ do: 'move', to: Object.fromEntries(ids.map((id) => nodeOf(graph, id)).filter((n) => n !== undefined).map((n) => [n.id, { x: n.x + step[0], y: n.y + step[1] }])) }));
    }
    return;
  }
  const copy = () => {
    const copied = piece(graph, state.selected);
    if (copied.nodes.length > 0) localStorage.setItem(clipKey, JSON.stringify(copied));
    return copied.nodes.length > 0;
  };
  switch (event.key.toLowerCase()) {
    case 'a':
      return done(() => dispatch({ do: 'select', ids: graph.nodes.map((n) => n.id) }));
    case 'c':
      return done(copy);
    case 'x':
      return done(() => copy() && !readOnly && given.remove());
    case 'v': {
      const from = clip();
      if (from && !readOnly) done(() => dispatch({ do: 'paste', piece: from }));
      return undefined;
    }
    case 'd':
      return done(() => !readOnly && given.duplicate());
    default:
      return undefined;
  }
}
