import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import { useTable } from '../app/live';
import type { Column } from '../kit/DataTable';
import { matches } from '../kit/list';
import { useTexts, type Key, type Say } from '../kit/texts';
import { FloorTable } from './FloorTable';
import { watched } from './Cell';
import type { Threshold } from './thresholds';
import { useTones } from './tones';
import type { Look } from './views';

type Count = components['schemas']['FlowCount'];

/** A component with how many contacts are in it. */
interface Row extends Count {
  name: string;
  kind: string;
}

interface Props {
  find: string;
  thresholds: readonly Threshold[];
  quiet: boolean;
  look: Look;
  setLook: (change: Partial<Look>) => void;
  onFault: (thrown: unknown) => void;
}

export const workflowSort = { column: 'now', down: true };

function columns(t: Say): Column<Row>[] {
  return [
    { id: 'name', title: t('supervisor.component'), width: '150px', by: (r) => r.name, show: (r) => <strong title={r.name}>{r.name}</strong> },
    { id: 'kind', title: t('supervisor.component_kind'), width: '110px', by: (r) => r.kind, show: (r) => r.kind, spare: true },
    { id: 'now', title: t('supervisor.component_now'), width: '80px', right: true, by: (r) => r.now, show: (r) => r.now },
    { id: 'today', title: t('supervisor.component_today'), width: '110px', right: true, by: (r) => r.today, show: (r) => r.today },
  ];
}

const figures = { now: 'present' };

/** The components of a workflow with their contacts, now and today. */
export function WorkflowPart({ find, thresholds, quiet, look, setLook, onFault }: Props) {
  const t = useTexts();
  const { data: flows } = useQuery({
    queryKey: ['floor-workflows'],
    queryFn: async () => (await answer(api.GET('/api/v1/workflows', { params: { query: { limit: 500 } } }))).items,
    staleTime: 60_000,
  });
  const id = flows?.some((f) => f.id === look.filter.workflow) ? look.filter.workflow! : flows?.find((f) => f.body.enabled)?.id ?? flows?.[0]?.id ?? '';
  const { data: flow } = useQuery({
    queryKey: ['floor-workflow', id], enabled: id !== '',
    queryFn: () => answer(api.GET('/api/v1/workflows/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  });
  const source = useTable<Count>(`workflow/${id}`);
  const rows = useMemo(() => {
    const counts = source.table?.rows;
    const nodes = (flow?.body.released?.graph ?? flow?.body.graph)?.nodes ?? [];
    const kind = (of: string) => t(`kit.step_${of}` as Key);
    const known = nodes.map((n): Row => ({ node: n.id, name: n.name || kind(n.kind), kind: kind(n.kind), now: counts?.get(n.id)?.now ?? 0, today: counts?.get(n.id)?.today ?? 0 }));
    const others = [...(counts?.values() ?? [])].filter((c) => !nodes.some((n) => n.id === c.node)).map((c): Row => ({ ...c, name: c.node, kind: '–' }));
    return [...known, ...others];
    // The words of the kinds are the spoken language's, which t stands for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [flow, source.table, t]);
  const shown = useMemo(() => rows.filter((r) => matches(find, r.name, r.kind)), [rows, find]);
  return (
    <>
      <Tones key={id} thresholds={thresholds} rows={rows} ready={!!source.table} quiet={quiet} />
      <FloorTable<Row>
        name="workflow" title={t('supervisor.workflow')} rows={shown} all={rows.length} columns={watched(columns(t), figures, thresholds, t, (_, r) => r.now, () => undefined)}
        source={id === '' && flows ? noFlow : (source as unknown as { table: undefined; refused: undefined })} id={(r) => r.node} tone={() => undefined} selected={undefined} open={() => undefined}
        look={look} setLook={setLook} sort={workflowSort} find={find} onFault={onFault} empty={t('supervisor.no_workflow')} emptyMore={t('supervisor.no_workflow_more')}
        filters={[{
          always: true, id: 'workflow', label: t('supervisor.workflow'), value: id, choices: (flows ?? []).map((f) => ({ value: f.id, label: f.name })),
          set: (value: string) => setLook({ filter: { ...look.filter, workflow: value } }),
        }]}
      />
    </>
  );
}

/** Sounds the tones of one workflow: another one that is chosen is no news. */
function Tones({ thresholds, rows, ready, quiet }: { thresholds: readonly Threshold[]; rows: readonly Row[]; ready: boolean; quiet: boolean }) {
  const shown = useMemo(() => ({ components: rows }), [rows]);
  useTones(thresholds, shown, ready, quiet);
  return null;
}

const noFlow = { table: { n: 0, rows: new Map<string, Row>() }, refused: undefined };
