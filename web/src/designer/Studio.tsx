import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTable } from '../app/live';
import { useLeaveGuard } from '../kit/leave';
import { Edge, useWidth } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { useAll, useNames } from '../manager/choices';
import { connections, functions, workflows, type Thing, type WorkflowBody } from '../manager/kinds';
import { useMayChange } from '../manager/mayChange';
import { Removal } from '../manager/Removal';
import { workingIn } from '../manager/rest';
import { useSaveKey } from '../manager/saveKey';
import type { TestResult } from './api';
import { Canvas, useGoTo } from './Canvas';
import type { Problem } from './check';
import { compare, runsAlike, united } from './compare';
import { ConnectDialog } from './ConnectDialog';
import { exitOn, piece, type Place } from './doc';
import { whole } from './docOf';
import { DraftConflict } from './DraftConflict';
import { nodeOf, type Graph, type Kind, type Node } from './graph';
import { Head, type Look, type Side } from './Head';
import { ImportDialog } from './ImportDialog';
import { DesignerKeys } from './Keys';
import { ListView } from './ListView';
import { InsertDialog, Palette } from './Palette';
import { EdgePanel, ManyPanel, NodePanel, WorkflowPanel } from './Panel';
import { Problems } from './Problems';
import { ReleaseDialog, ReleasesPanel, useGraphOf, type Compared } from './Releases';
import { blankTest, TestPanel, type TestForm } from './TestRun';
import { useCanvasKeys } from './useCanvasKeys';
import { useDraft, useProblems } from './useDraft';
import { plain, type View } from './view';
import { wayTo } from './way';

type Dialog = { kind: 'keys' | 'release' | 'import' | 'remove' } | { kind: 'connect'; node: Node } | { kind: 'insert'; after: { from: string; exit: string } | undefined; at: Place | undefined };

interface Count {
  node: string;
  now: number;
  today: number;
}

const [least, usual, most] = [300, 372, 640];

/** The designer at work: palette, canvas or list, and what is chosen at the side. */
export function Studio({ thing: first }: { thing: Thing<WorkflowBody> }) {
  const t = useTexts();
  const draft = useDraft(first);
  const { thing, doc, state, dispatch, changed } = draft;
  const { graph } = doc;
  const may = useMayChange('workflows');
  const { problems, asking, failed } = useProblems(graph, may);
  const nameOf = useFlowNames();
  const goTo = useGoTo();
  const panel = useRef<HTMLElement>(null);
  const [width, setWidth] = useWidth('designer', usual, least, most);
  const [look, setLook] = useState<Look>(() => (localStorage.getItem('portico.designer.look') === 'list' ? 'list' : 'canvas'));
  const [side, setSide] = useState<Side>('edit');
  const [dialog, show] = useState<Dialog>();
  const [test, setTest] = useState<TestForm>(blankTest);
  const [result, setResult] = useState<TestResult>();
  const [at, setAt] = useState(0);
  const [chosen, choose] = useState<{ from: Compared; to: Compared }>();
  const leave = useLeaveGuard(changed);
  useSaveKey(draft.save);

  const released = useMemo(() => (thing.body.released?.graph ? whole(thing.body.released.graph) : undefined), [thing.body.released]);
  const ahead = !runsAlike(released, graph);
  const pair = chosen ?? { from: thing.body.released?.number ?? 1, to: 'draft' as const };
  const comparing = side === 'releases' && thing.body.released !== undefined;
  const [before, after] = [useGraphOf(thing.id, comparing ? pair.from : undefined, graph), useGraphOf(thing.id, comparing ? pair.to : undefined, graph)];
  const compared = useMemo(() => (comparing && before && after ? { comparison: compare(whole(before), whole(after)), graphs: { before: whole(before), after: whole(after) } } : undefined), [comparing, before, after]);
  const way = useMemo(() => (side === 'test' && result ? wayTo(result.steps, at) : undefined), [side, result, at]);
  const seen = useView({ graph, problems, nameOf, compared, way, id: thing.id });
  const view = useMemo(() => (may ? seen : { ...seen, readOnly: true }), [may, seen]);
  const one = state.selected.length === 1 ? nodeOf(graph, state.selected[0]) : undefined;

  // What was just put in by a key or a click is where one goes on.
  const follow = useRef(false);
  useEffect(() => {
    if (!follow.current) return;
    follow.current = false;
    if (look === 'canvas') goTo(nodeOf(graph, state.selected[0]));
    else requestAnimationFrame(() => document.querySelector<HTMLElement>(`.list-node[data-node="${CSS.escape(state.selected[0] ?? '')}"]`)?.focus());
  });

  function put(kind: Kind, after?: { from: string; exit: string }, place?: Place): void {
    const from = nodeOf(graph, state.selected.at(-1));
    const exit = from && exitOn(graph, from);
    follow.current = true;
    dispatch({ do: 'insert', kind, ...(place && { at: place }), after: after ?? state.edge ?? (from && exit ? { from: from.id, exit } : undefined) });
    setSide('edit');
  }
  function edit(id: string): void {
    dispatch({ do: 'select', ids: [id] });
    setSide('edit');
    requestAnimationFrame(() => panel.current?.querySelector<HTMLElement>('[data-first]')?.focus());
  }
  function back(): void {
    if (look === 'list') document.querySelector<HTMLElement>(`.list-node[data-node="${CSS.escape(one?.id ?? '')}"]`)?.focus();
    else goTo(one ?? graph.nodes[0]);
  }
  function remove(): void {
    if (state.edge) {
      const { edge } = state;
      dispatch({ do: 'disconnect', ...edge });
      dispatch({ do: 'select', ids: [edge.from] });
      return;
    }
    const led = graph.edges.find((e) => state.selected.includes(e.to) && !state.selected.includes(e.from));
    dispatch({ do: 'remove', ids: state.selected });
    if (led) {
      dispatch({ do: 'select', ids: [led.from] });
      follow.current = true;
    }
  }
  const duplicate = () => {
    follow.current = true;
    dispatch({ do: 'paste', piece: piece(graph, state.selected) });
  };
  function goToProblem(p: Problem): void {
    const node = nodeOf(graph, p.node);
    setSide('edit');
    if (!node) {
      dispatch({ do: 'select', ids: [] });
      return;
    }
    dispatch({ do: 'select', ids: [node.id] });
    goTo(node, false);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const field = p.field && panel.current?.querySelector<HTMLElement>(`[name="${CSS.escape(p.field)}"]`);
      (field || panel.current?.querySelector<HTMLElement>('[data-first]'))?.focus();
    }));
  }
  const onKey = useCanvasKeys({
    state, dispatch, readOnly: view.readOnly, goTo, edit, remove, duplicate,
    focused: () => document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset.id ?? (document.activeElement as HTMLElement | null)?.dataset.node,
    insert: () => show({ kind: 'insert', after: undefined, at: undefined }), connect: (node) => show({ kind: 'connect', node }), help: () => show({ kind: 'keys' }), test: () => may && setSide('test'),
  });
  function changeLook(to: Look): void {
    localStorage.setItem('portico.designer.look', to);
    setLook(to);
  }

  return (
    <section className="studio" aria-label={doc.name}>
      <Head
        thing={{ ...thing, body: { ...thing.body, enabled: doc.enabled } }} name={doc.name} changed={changed} ahead={ahead} saving={draft.saving} mayUndo={state.past.length > 0} mayRedo={state.future.length > 0}
        readOnly={view.readOnly} may={may} look={look} side={side} said={draft.said} setLook={changeLook} setSide={setSide}
        run={(what) => {
          if (what === 'undo' || what === 'redo' || what === 'arrange') dispatch({ do: what });
          else if (what === 'save') draft.save();
          else if (what === 'import') leave(() => show({ kind: what }));
          else show({ kind: what });
        }}
      />
      {draft.fault && !draft.conflict && <Refusal fault={draft.fault} close={draft.forget} />}
      <div className="studio-body">
        {!view.readOnly && (
          <nav className="studio-palette" aria-label={t('designer.palette')}>
            <Palette insert={(kind) => put(kind)} drag={look === 'canvas'} />
          </nav>
        )}
        <div className="studio-work">
          {look === 'canvas' ? (
            <Canvas
              label={t('designer.canvas_of', { name: doc.name })} view={view} selected={state.selected} edge={state.edge} dispatch={dispatch} onKey={onKey} open={edit}
              ask={(place, after) => show({ kind: 'insert', after, at: place })}
            />
          ) : (
            <div className="list-keys" onKeyDown={onKey}>
              <ListView
                view={view} label={t('designer.list_of', { name: doc.name })} selected={state.selected} dispatch={dispatch} open={edit}
                insertAfter={(from, exit) => show({ kind: 'insert', after: { from, exit }, at: undefined })}
              />
            </div>
          )}
          <Problems graph={graph} problems={problems} asking={asking} failed={failed} go={goToProblem} />
        </div>
        <aside
          ref={panel} className="studio-panel" style={{ width }} aria-label={t(`designer.side_${side}`)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !event.defaultPrevented && side === 'edit') back();
          }}
        >
          <Edge width={width} min={least} max={most} set={setWidth} />
          {side === 'test' && <TestPanel graph={graph} form={test} setForm={setTest} result={result} setResult={setResult} at={at} setAt={setAt} way={way} go={(id) => goTo(nodeOf(graph, id), false)} />}
          {side === 'releases' && (
            <ReleasesPanel
              thing={thing} may={may} draft={graph} unsaved={changed} chosen={pair} choose={choose} comparison={compared?.comparison} graphs={compared?.graphs} go={(id) => goTo(nodeOf(view.graph, id), false)}
              done={(after) => {
                draft.keep(after);
                choose(undefined);
              }}
            />
          )}
          {side === 'edit' && (
            <fieldset className="studio-fields" disabled={!may}>
              {one ? (
                <NodePanel
                  key={one.id} graph={graph} node={one} problems={problems.filter((p) => p.node === one.id)} dispatch={dispatch} remove={remove} duplicate={duplicate}
                  insertAfter={(exit) => show({ kind: 'insert', after: { from: one.id, exit }, at: undefined })}
                />
              ) : state.selected.length > 1 ? (
                <ManyPanel ids={state.selected} dispatch={dispatch} remove={remove} duplicate={duplicate} />
              ) : state.edge ? (
                <EdgePanel graph={graph} edge={state.edge} dispatch={dispatch} insertAfter={() => show({ kind: 'insert', after: state.edge, at: undefined })} />
              ) : (
                <WorkflowPanel doc={doc} dispatch={dispatch} wrong={draft.wrong} />
              )}
            </fieldset>
          )}
        </aside>
      </div>
      <Dialogs dialog={dialog} close={() => show(undefined)} draft={draft} put={put} problems={problems} released={released} saidReleased={(after) => {
        draft.keep(after);
        draft.say(t('designer.released_said', { n: after.body.released?.number ?? 1 }));
      }} />
    </section>
  );
}

interface DialogsProps {
  dialog: Dialog | undefined;
  close: () => void;
  draft: ReturnType<typeof useDraft>;
  put: (kind: Kind, after?: { from: string; exit: string }, at?: Place) => void;
  problems: readonly Problem[];
  released: Graph | undefined;
  saidReleased: (after: Thing<WorkflowBody>) => void;
}

/** What opens over the designer. */
function Dialogs({ dialog, close, draft, put, problems, released, saidReleased }: DialogsProps) {
  const t = useTexts();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { thing, doc, dispatch } = draft;
  const gone = () => {
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), 'workflows'] });
    void navigate({ to: '/manager/workflows', ignoreBlocker: true });
  };
  if (draft.conflict) return <DraftConflict id={thing.id} base={draft.base} mine={doc} fault={draft.conflict} take={draft.take} drop={draft.drop} close={draft.forget} />;
  switch (dialog?.kind) {
    case 'keys':
      return <DesignerKeys close={close} />;
    case 'connect':
      return <ConnectDialog graph={doc.graph} node={dialog.node} dispatch={dispatch} close={close} />;
    case 'insert':
      return <InsertDialog title={t('designer.insert_title')} insert={(kind) => put(kind, dialog.after, dialog.at)} close={close} />;
    case 'release':
      return (
        <ReleaseDialog
          id={thing.id} comparison={released && compare(released, doc.graph)} graphs={{ before: released ?? doc.graph, after: doc.graph }} errors={problems.filter((p) => p.severity === 'error').length}
          saved={draft.saved} done={saidReleased} close={close}
        />
      );
    case 'import':
      return (
        <ImportDialog
          close={close}
          done={(id) => {
            void cache.invalidateQueries({ queryKey: ['objects', workingIn(), 'workflows'] });
            if (id === thing.id) void workflows.read(id).then(draft.drop);
            else void navigate({ to: `/manager/workflows/${id}`, ignoreBlocker: true });
          }}
        />
      );
    case 'remove':
      return <Removal kind={workflows} thing={thing} kept close={close} removed={gone} />;
    default:
      return null;
  }
}

/** The names of all that a graph names. */
function useFlowNames(): (id: string) => string {
  const known = useNames();
  const [f, c] = [useAll(functions), useAll(connections)];
  return useMemo(() => {
    const outside = new Map([...f, ...c].map((thing) => [thing.id, thing.name]));
    return (id) => outside.get(id) ?? known(id);
  }, [known, f, c]);
}

interface Seen {
  graph: Graph;
  problems: readonly Problem[];
  nameOf: (id: string) => string;
  compared: { comparison: ReturnType<typeof compare>; graphs: { before: Graph; after: Graph } } | undefined;
  way: ReturnType<typeof wayTo> | undefined;
  id: string;
}

/** What the canvas shows: the draft at work, the way of a test, or two graphs at once. */
function useView({ graph, problems, nameOf, compared, way, id }: Seen): View {
  const { table } = useTable<Count>(`workflow/${id}`);
  return useMemo((): View => {
    if (compared) {
      const { nodes, edges } = compared.comparison;
      return {
        ...plain, graph: united(compared.graphs.before, compared.graphs.after), nameOf, readOnly: true, changes: new Map(nodes.map((n) => [n.id, n.change])),
        edgeChanges: new Map(edges.map((e) => [`${e.from} ${e.exit}`, e.change])),
      };
    }
    const wrong = new Map<string, { severity: 'error' | 'warning'; count: number }>();
    for (const p of problems) {
      const known = wrong.get(p.node);
      wrong.set(p.node, { severity: known?.severity === 'error' ? 'error' : p.severity, count: (known?.count ?? 0) + 1 });
    }
    return {
      ...plain, graph, nameOf, problems: wrong, counts: table?.rows ?? new Map(), ...(way && { readOnly: true, lit: way.lit, litEdges: way.edges, now: way.now }),
    };
  }, [graph, problems, nameOf, compared, way, table]);
}
