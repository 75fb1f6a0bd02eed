import { Button, Select } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../kit/Dialog';
import { useTexts } from '../kit/texts';
import { exitOn, type Action } from './doc';
import { exitsOf, inOrder, targetOf, type Graph, type Node } from './graph';
import { exitName, kindName, nodeName } from './labels';

/** The components that an exit may lead to, told apart by kind and number where they have the same name. */
export function useTargets(graph: Graph): { value: string; label: string }[] {
  const t = useTexts();
  const nodes = inOrder(graph).filter((n) => n.kind !== 'start');
  const many = new Map<string, number>();
  for (const n of nodes) many.set(nodeName(t, n), (many.get(nodeName(t, n)) ?? 0) + 1);
  return nodes.map((n) => {
    const name = n.name ? `${n.name} (${kindName(t, n.kind)})` : kindName(t, n.kind);
    return { value: n.id, label: many.get(nodeName(t, n))! > 1 ? `${name} · ${n.id}` : name };
  });
}

/** Connects by keyboard: which exit, and where to. */
export function ConnectDialog({ graph, node, dispatch, close }: { graph: Graph; node: Node; dispatch: (action: Action) => void; close: () => void }) {
  const t = useTexts();
  const targets = useTargets(graph);
  const [exit, setExit] = useState(exitOn(graph, node) ?? '');
  const [to, setTo] = useState<string | null>(targetOf(graph, node.id, exit) ?? null);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!to) return;
    dispatch({ do: 'connect', from: node.id, exit, to });
    close();
  }
  return (
    <Dialog title={t('designer.connect_title', { name: nodeName(t, node) })} size={440} close={close}>
      <form onSubmit={submit} className="form-column">
        <Select
          label={t('designer.exit')} value={exit} data={exitsOf(node).map((e) => ({ value: e.id, label: exitName(t, e) }))}
          onChange={(value) => {
            setExit(value ?? '');
            setTo(targetOf(graph, node.id, value ?? '') ?? null);
          }}
        />
        <Select
          label={t('designer.leads_to')} value={to} data={targets} searchable data-autofocus nothingFoundMessage={t('kit.nothing_found')} onChange={setTo} selectFirstOptionOnChange
          // Else the list, once open, forgets a moment later what is chosen in it, and Enter does nothing.
          selectFirstOptionOnDropdownOpen={!to}
        />
        <div className="dialog-foot">
          <Button size="sm" variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" disabled={!to}>
            {t('designer.connect')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
