import { ActionIcon, Button, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import {
  IconAlertTriangle, IconCopy, IconExclamationCircle, IconLayoutAlignLeft, IconLayoutAlignTop, IconLayoutDistributeHorizontal, IconLayoutDistributeVertical, IconPlugConnected, IconPlus, IconTrash, IconX,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { useTexts } from '../kit/texts';
import type { Problem } from './check';
import { useTargets } from './ConnectDialog';
import type { Action, Doc, Side } from './doc';
import { forms } from './forms/forms';
import type { FormProps } from './forms/parts';
import { exitsOf, nodeOf, targetOf, type Graph, type Kind, type Node } from './graph';
import { kindIcons } from './icons';
import { exitName, exitOfName, kindName, nodeName, problemText } from './labels';

interface Common {
  graph: Graph;
  dispatch: (action: Action) => void;
}

/** What is wrong with one component, in words. */
function Wrong({ graph, problems }: { graph: Graph; problems: readonly Problem[] }) {
  const t = useTexts();
  if (problems.length === 0) return null;
  return (
    <ul className="panel-problems">
      {problems.map((p, i) => (
        <li key={i} data-severity={p.severity}>
          {p.severity === 'error' ? <IconExclamationCircle size={15} aria-hidden="true" /> : <IconAlertTriangle size={15} aria-hidden="true" />}
          <span>{problemText(t, p, graph)}</span>
        </li>
      ))}
    </ul>
  );
}

interface NodeProps extends Common {
  node: Node;
  problems: readonly Problem[];
  insertAfter: (exit: string) => void;
  remove: () => void;
  duplicate: () => void;
}

/** One component: its name, what it does, where it leads. */
export function NodePanel({ graph, node, problems, dispatch, insertAfter, remove, duplicate }: NodeProps) {
  const t = useTexts();
  const Form = forms[node.kind] as ComponentType<FormProps<Kind>>;
  const Sign = kindIcons[node.kind];
  const of = (field: string) => problems.find((p) => p.field === field && p.severity === 'error');
  // What is said of no field of the form, or of an exit, stands above it.
  const above = problems.filter((p) => p.exit !== '' || p.field === '');
  return (
    <div className="panel-scroll" onBlur={() => dispatch({ do: 'settle' })}>
      <header className="panel-head">
        <Sign size={19} stroke={1.75} aria-hidden="true" />
        <h2>{kindName(t, node.kind)}</h2>
        {node.kind !== 'start' && (
          <>
            <ActionIcon variant="subtle" color="gray" aria-label={t('designer.duplicate')} title={t('designer.duplicate')} onClick={duplicate}>
              <IconCopy size={16} aria-hidden="true" />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label={t('kit.remove')} title={t('kit.remove')} onClick={remove}>
              <IconTrash size={16} aria-hidden="true" />
            </ActionIcon>
          </>
        )}
      </header>
      <Wrong graph={graph} problems={above} />
      <div className="form-column">
        <TextInput
          size="xs" name="node-name" label={t('designer.field_name')} value={node.name} placeholder={kindName(t, node.kind)} maxLength={100} autoComplete="off" data-first
          onChange={(e) => dispatch({ do: 'rename', id: node.id, name: e.currentTarget.value })}
        />
        <Form
          key={node.id} node={node} graph={graph} settings={node.settings} set={(part, field) => dispatch({ do: 'change', id: node.id, settings: { ...node.settings, ...part }, field: field ?? '' })}
          wrong={(field) => {
            const p = of(field);
            return p && problemText(t, p, graph);
          }}
          stumbled={(field) => {
            const values = of(field)?.values;
            return values?.line ? { line: Number(values.line), column: Number(values.column) } : undefined;
          }}
        />
      </div>
      {node.kind !== 'disconnect' && <Exits graph={graph} node={node} dispatch={dispatch} insertAfter={insertAfter} />}
    </div>
  );
}

/** Where each exit leads: drawing ways without a canvas. */
function Exits({ graph, node, dispatch, insertAfter }: Common & { node: Node; insertAfter: (exit: string) => void }) {
  const t = useTexts();
  const targets = useTargets(graph);
  return (
    <section className="exits" aria-labelledby="panel-exits">
      <h3 id="panel-exits">{t('designer.exits')}</h3>
      {exitsOf(node).map((e) => {
        const name = exitName(t, e);
        const to = targetOf(graph, node.id, e.id);
        return (
          <div key={e.id} className="exit" data-error={e.error ?? false}>
            <Select
              size="xs" label={e.error ? `! ${name}` : name} value={to ?? null} data={targets} searchable clearable allowDeselect placeholder={t(e.open ? 'designer.open_usual' : 'designer.leads_nowhere')}
              nothingFoundMessage={t('kit.nothing_found')} clearButtonProps={{ 'aria-label': t('kit.clear') }} description={e.open && !to ? openHint(t, node.kind, e.id) : undefined}
              onChange={(id) => dispatch(id ? { do: 'connect', from: node.id, exit: e.id, to: id } : { do: 'disconnect', from: node.id, exit: e.id })}
            />
            <ActionIcon variant="subtle" color="gray" aria-label={t('designer.insert_at', { exit: name })} title={t('designer.insert_at', { exit: name })} onClick={() => insertAfter(e.id)}>
              <IconPlus size={16} aria-hidden="true" />
            </ActionIcon>
          </div>
        );
      })}
    </section>
  );
}

function openHint(t: ReturnType<typeof useTexts>, kind: Kind, exit: string): string | undefined {
  if (exit === 'error') return t(kind === 'start' ? 'designer.open_start_error' : 'designer.open_error');
  if (exit === 'holiday') return t('designer.open_holiday');
  return kind === 'queue' ? t('designer.open_queue') : undefined;
}

/** An edge: from where to where, and what one may do with it. */
export function EdgePanel({ graph, edge, dispatch, insertAfter }: Common & { edge: { from: string; exit: string }; insertAfter: (exit: string) => void }) {
  const t = useTexts();
  const [from, to] = [nodeOf(graph, edge.from), nodeOf(graph, targetOf(graph, edge.from, edge.exit))];
  if (!from || !to) return null;
  return (
    <div className="panel-scroll">
      <header className="panel-head">
        <IconPlugConnected size={19} stroke={1.75} aria-hidden="true" />
        <h2>{t('designer.edge')}</h2>
      </header>
      <p>{t('designer.edge_from_to', { from: nodeName(t, from), exit: exitOfName(t, graph, edge.from, edge.exit), to: nodeName(t, to) })}</p>
      <div className="panel-do">
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => insertAfter(edge.exit)}>
          {t('designer.insert_between')}
        </Button>
        <Button
          variant="default" leftSection={<IconX size={14} aria-hidden="true" />}
          onClick={() => {
            dispatch({ do: 'disconnect', ...edge });
            dispatch({ do: 'select', ids: [edge.from] });
          }}
        >
          {t('designer.disconnect')}
        </Button>
      </div>
    </div>
  );
}

const sides: { side: Side; Icon: typeof IconLayoutAlignLeft }[] = [
  { side: 'left', Icon: IconLayoutAlignLeft }, { side: 'top', Icon: IconLayoutAlignTop }, { side: 'row', Icon: IconLayoutDistributeHorizontal }, { side: 'column', Icon: IconLayoutDistributeVertical },
];

/** Several components at once. */
export function ManyPanel({ ids, dispatch, remove, duplicate }: { ids: readonly string[]; dispatch: (action: Action) => void; remove: () => void; duplicate: () => void }) {
  const t = useTexts();
  return (
    <div className="panel-scroll">
      <header className="panel-head">
        <h2>{t('designer.chosen', { count: ids.length })}</h2>
      </header>
      <div className="panel-do">
        {sides.map(({ side, Icon }) => (
          <Button key={side} variant="default" leftSection={<Icon size={15} aria-hidden="true" />} onClick={() => dispatch({ do: 'align', ids, side })}>
            {t(`designer.align_${side}`)}
          </Button>
        ))}
        <Button variant="default" leftSection={<IconCopy size={15} aria-hidden="true" />} onClick={duplicate}>
          {t('designer.duplicate')}
        </Button>
        <Button variant="default" leftSection={<IconTrash size={15} aria-hidden="true" />} onClick={remove}>
          {t('kit.remove')}
        </Button>
      </div>
    </div>
  );
}

/** The workflow itself, when nothing is chosen. */
export function WorkflowPanel({ doc, dispatch, wrong, children }: { doc: Doc; dispatch: (action: Action) => void; wrong: (field: string) => string | undefined; children?: ReactNode }) {
  const t = useTexts();
  const set = (part: Partial<Doc>, field: string) => dispatch({ do: 'set', part, field });
  return (
    <div className="panel-scroll" onBlur={() => dispatch({ do: 'settle' })}>
      <header className="panel-head">
        <h2>{t('designer.workflow')}</h2>
      </header>
      <div className="form-column">
        <TextInput
          size="xs" name="object-name" label={t('designer.field_name')} value={doc.name} error={doc.name.trim() ? wrong('name') : t('kit.required')} required maxLength={200} autoComplete="off" data-first
          onChange={(e) => set({ name: e.currentTarget.value }, 'name')}
        />
        <Textarea
          size="xs" name="description" label={t('manager.description')} value={doc.description} error={wrong('description')} autosize minRows={2} maxRows={6} maxLength={1000}
          onChange={(e) => set({ description: e.currentTarget.value }, 'description')}
        />
        <NumberInput
          size="xs" name="order" label={t('designer.field_order')} description={t('designer.order_more')} value={doc.order} error={wrong('order')} min={1} max={999} clampBehavior="strict" allowDecimal={false}
          onChange={(n) => set({ order: Number(n) || 1 }, 'order')}
        />
        <Switch
          size="xs" name="enabled" label={t('designer.field_enabled')} description={t('designer.enabled_more')} checked={doc.enabled} onChange={(e) => set({ enabled: e.currentTarget.checked }, 'enabled')}
        />
      </div>
      {children}
      <p className="hint panel-tip">{t('designer.tip')}</p>
    </div>
  );
}

