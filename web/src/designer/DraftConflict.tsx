import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { asFault, type Fault } from '../api/client';
import { Dialog } from '../kit/Dialog';
import { Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { workflows, type Thing, type WorkflowBody } from '../manager/kinds';
import { compare, mergeGraphs } from './compare';
import type { Doc } from './doc';
import { nodeOf } from './graph';
import { docOf } from './docOf';
import { nodeName } from './labels';
import { Changes } from './Releases';
import { merge } from '../manager/merge';

interface Props {
  id: string;
  base: Doc;
  mine: Doc;
  fault: Fault;
  take: (theirs: Thing<WorkflowBody>, merged: Doc) => void;
  drop: (theirs: Thing<WorkflowBody>) => void;
  close: () => void;
}

/** Somebody else has saved meanwhile: shows what, and brings it under what was drawn here, component by component. */
export function DraftConflict({ id, base, mine, fault, take, drop, close }: Props) {
  const t = useTexts();
  const { data: theirs, error } = useQuery({ queryKey: ['theirs', 'workflows', id], queryFn: () => workflows.read(id), gcTime: 0, staleTime: 0 });
  const other = theirs && docOf(theirs);
  const merged = other && mergeGraphs(base.graph, mine.graph, other.graph);
  return (
    <Dialog title={t('designer.conflict_title')} size={560} close={close}>
      {error || !theirs || !other || !merged ? (
        <Refusal fault={error ? asFault(error) : fault} />
      ) : (
        <div className="form-column">
          <p className="conflict-who">
            <IconAlertTriangle size={17} aria-hidden="true" /> {t('manager.conflict', { who: theirs.changed_by || t('manager.system'), when: dateTime(theirs.changed_at) })}
          </p>
          <Changes comparison={compare(base.graph, other.graph)} graphs={{ before: base.graph, after: other.graph }} />
          <p>
            {merged.both.length > 0
              ? t('designer.conflict_both', { names: merged.both.map((n) => nameIn(n, mine, other)).join(', ') })
              : t('manager.conflict_apart')}
          </p>
          <div className="dialog-foot">
            <Button size="sm" variant="default" onClick={() => drop(theirs)}>
              {t('manager.conflict_drop')}
            </Button>
            <Button size="sm" data-autofocus onClick={() => take(theirs, { ...merge(rest(base), rest(mine), rest(other)).value, graph: merged.graph })}>
              {t('manager.conflict_take')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );

  function nameIn(node: string, ...docs: Doc[]): string {
    const found = docs.map((d) => nodeOf(d.graph, node)).find(Boolean);
    return found ? nodeName(t, found) : node;
  }
}

const rest = ({ name, description, order, enabled }: Doc): Omit<Doc, 'graph'> => ({ name, description, order, enabled });
