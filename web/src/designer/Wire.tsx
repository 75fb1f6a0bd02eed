import { BaseEdge, getSmoothStepPath, type Edge as FlowEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { rounded, straight } from './routes';

export type WireEdge = FlowEdge<{ error: boolean; lit: boolean; dim: boolean; lane?: number | undefined; change?: 'added' | 'removed' | 'changed' | undefined }, 'wire'>;

/** An edge: of an error exit it is dashed, of a way that leads back it goes around. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props;
  const lane = data?.lane;
  const [bent] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 10, offset: straight });
  const path = lane === undefined ? bent : rounded(
    [
      { x: sourceX, y: sourceY }, { x: sourceX + straight, y: sourceY }, { x: sourceX + straight, y: lane }, { x: targetX - straight, y: lane }, { x: targetX - straight, y: targetY },
      { x: targetX, y: targetY },
    ],
    10,
  );
  return (
    <g className="wire" data-error={data?.error} data-lit={data?.lit} data-dim={data?.dim} data-change={data?.change} data-selected={selected}>
      <BaseEdge path={path} interactionWidth={18} />
      <path className="wire-tip" d={`M${targetX - 9},${targetY - 5} L${targetX - 1},${targetY} L${targetX - 9},${targetY + 5} Z`} />
    </g>
  );
});
