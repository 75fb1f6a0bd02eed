import { IconAlertTriangle, IconArrowsMove, IconExclamationCircle, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { Handle, Position, type Node as FlowNode, type NodeProps } from '@xyflow/react';
import { memo, useContext } from 'react';
import { figure, useTexts } from '../kit/texts';
import type { ChangeKind } from './compare';
import { exitsOf, targetOf, type Node } from './graph';
import { kindIcons } from './icons';
import { exitName, nodeName, summary } from './labels';
import { ViewContext } from './view';

export type CardNode = FlowNode<{ node: Node }, 'card'>;

const changeSigns = { added: IconPlus, removed: IconMinus, changed: IconPencil, moved: IconArrowsMove };

function ChangeSign({ change }: { change: ChangeKind }) {
  const Sign = changeSigns[change];
  return <Sign size={13} aria-hidden="true" />;
}

/** One component on the canvas: what it is, what it does, and its exits by name, each with a port. */
export const Card = memo(function Card({ data: { node }, selected }: NodeProps<CardNode>) {
  const t = useTexts();
  const view = useContext(ViewContext);
  const Sign = kindIcons[node.kind];
  const problem = view.problems.get(node.id);
  const count = view.counts.get(node.id);
  const change = view.changes.get(node.id);
  const step = view.lit.get(node.id);
  return (
    <div
      className="card" data-kind={node.kind} data-selected={selected} data-problem={problem?.severity} data-change={change} data-lit={step !== undefined} data-dim={view.lit.size > 0 && step === undefined}
      data-now={view.now === node.id}
    >
      {node.kind !== 'start' && <Handle type="target" position={Position.Left} id="in" className="port port-in" isConnectableStart={false} />}
      <div className="card-head">
        <Sign size={17} stroke={1.75} aria-hidden="true" />
        <strong title={nodeName(t, node)}>{nodeName(t, node)}</strong>
        {problem && (problem.severity === 'error' ? <IconExclamationCircle size={16} className="card-bad" aria-hidden="true" /> : <IconAlertTriangle size={16} className="card-warn" aria-hidden="true" />)}
      </div>
      <div className="card-line">{summary(t, node, view.nameOf)}</div>
      {exitsOf(node).map((exit) => (
        <div key={exit.id} className="card-exit" data-error={exit.error ?? false} data-open={!targetOf(view.graph, node.id, exit.id)} data-needed={!exit.open}>
          <span>
            {exit.error && <span aria-hidden="true">! </span>}
            {exitName(t, exit)}
          </span>
          <Handle type="source" position={Position.Right} id={exit.id} className="port" isConnectable={!view.readOnly} />
        </div>
      ))}
      {count && (count.now > 0 || count.today > 0) && (
        <div className="card-count figures" data-here={count.now > 0}>
          {t('designer.count', { now: figure(count.now), today: figure(count.today) })}
        </div>
      )}
      {step !== undefined && <div className="card-step figures">{step}</div>}
      {change && (
        <div className="card-change">
          <ChangeSign change={change} /> {t(`designer.change_${change}`)}
        </div>
      )}
    </div>
  );
});
