import { Button } from '@mantine/core';
import { IconAlertTriangle, IconExclamationCircle, IconPlus } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useTexts } from '../kit/texts';
import type { Action } from './doc';
import { exitsOf, inOrder, nodeOf, targetOf } from './graph';
import { kindIcons } from './icons';
import { exitName, kindName, nodeName, summary } from './labels';
import type { View } from './view';

interface Props {
  view: View;
  label: string;
  selected: readonly string[];
  dispatch: (action: Action) => void;
  open: (id: string) => void;
  insertAfter: (from: string, exit: string) => void;
}

/** The same graph as a list: each component in the order in which a contact meets it, with where its exits lead. */
export function ListView({ view, label, selected, dispatch, open, insertAfter }: Props) {
  const t = useTexts();
  const { graph } = view;
  const nodes = inOrder(graph);
  const number = new Map(nodes.map((n, i) => [n.id, i + 1]));
  return (
    <div className="list-view">
      <ol aria-label={label}>
        {nodes.map((node) => {
          const Sign = kindIcons[node.kind];
          const problem = view.problems.get(node.id);
          const count = view.counts.get(node.id);
          const does = summary(t, node, view.nameOf);
          return (
            <li key={node.id} id={`list-${node.id}`} data-selected={selected.includes(node.id)} data-problem={problem?.severity}>
              <button type="button" className="list-node" data-node={node.id} aria-pressed={selected.includes(node.id)} onFocus={() => dispatch({ do: 'select', ids: [node.id] })} onClick={() => open(node.id)}>
                <span className="figures list-number">{number.get(node.id)}</span>
                <Sign size={17} stroke={1.75} aria-hidden="true" />
                <strong>{nodeName(t, node)}</strong>
                {node.name && <span className="list-kind">{kindName(t, node.kind)}</span>}
                {does && <span className="list-does">{does}</span>}
                {problem && (
                  <span className={problem.severity === 'error' ? 'tag tag-bad' : 'tag tag-warn'}>
                    {problem.severity === 'error' ? <IconExclamationCircle size={13} aria-hidden="true" /> : <IconAlertTriangle size={13} aria-hidden="true" />}
                    {t('designer.problems_count', { count: problem.count })}
                  </span>
                )}
                {count && <span className="tag figures">{t('designer.count', { now: count.now, today: count.today })}</span>}
              </button>
              {exitsOf(node).length > 0 && (
                <dl>
                  {exitsOf(node).map((e) => {
                    const to = nodeOf(graph, targetOf(graph, node.id, e.id));
                    return (
                      <Fragment key={e.id}>
                        <dt data-error={e.error ?? false}>
                          {e.error && <span aria-hidden="true">! </span>}
                          {exitName(t, e)}
                        </dt>
                        <dd>
                          {to ? (
                            <button type="button" className="link" onClick={() => document.querySelector<HTMLElement>(`#list-${CSS.escape(to.id)} .list-node`)?.focus()}>
                              {t('designer.to_numbered', { n: number.get(to.id)!, name: nodeName(t, to) })}
                            </button>
                          ) : (
                            <span className="list-open">{t(e.open ? 'designer.open_usual' : 'designer.leads_nowhere')}</span>
                          )}
                          {!view.readOnly && (
                            <Button
                              size="compact-xs" variant="subtle" leftSection={<IconPlus size={12} aria-hidden="true" />} aria-label={t('designer.insert_at', { exit: `${nodeName(t, node)}: ${exitName(t, e)}` })}
                              onClick={() => insertAfter(node.id, e.id)}
                            >
                              {t('designer.insert')}
                            </Button>
                          )}
                        </dd>
                      </Fragment>
                    );
                  })}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
