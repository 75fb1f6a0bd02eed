import { IconAlertTriangle, IconChevronDown, IconChevronUp, IconCircleCheck, IconExclamationCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import type { Problem } from './check';
import { nodeOf, type Graph } from './graph';
import { nodeName, problemText } from './labels';

interface Props {
  graph: Graph;
  problems: readonly Problem[];
  /** The server has not yet seen this graph. */
  asking: boolean;
  /** The server could not be asked. */
  failed: boolean;
  go: (problem: Problem) => void;
}

/** What keeps the draft from being released, told while one draws; a click goes where it is. */
export function Problems({ graph, problems, asking, failed, go }: Props) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const errors = problems.filter((p) => p.severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [errors > 0 ? t('designer.errors_count', { count: errors }) : '', warnings > 0 ? t('designer.warnings_count', { count: warnings }) : ''].filter(Boolean);
  const said = parts.join(' · ') || t(failed ? 'designer.check_failed' : asking ? 'designer.checking' : 'designer.no_problems');
  const Sign = errors > 0 ? IconExclamationCircle : warnings > 0 || failed ? IconAlertTriangle : IconCircleCheck;
  const shown = open && problems.length > 0;
  return (
    <section className="problems" aria-label={t('designer.problems')} data-tone={errors > 0 ? 'bad' : warnings > 0 || failed ? 'warn' : 'good'}>
      <span className="unseen" role="status">
        {said}
      </span>
      <button type="button" className="problems-head" aria-expanded={shown} disabled={problems.length === 0} onClick={() => setOpen(!open)}>
        <Sign size={16} aria-hidden="true" />
        <span>{said}</span>
        {problems.length > 0 && (shown ? <IconChevronDown size={15} aria-hidden="true" /> : <IconChevronUp size={15} aria-hidden="true" />)}
      </button>
      {shown && (
        <ul>
          {problems.map((p, i) => {
            const node = nodeOf(graph, p.node);
            return (
              <li key={i}>
                <button type="button" data-severity={p.severity} onClick={() => go(p)}>
                  {p.severity === 'error' ? <IconExclamationCircle size={15} aria-hidden="true" /> : <IconAlertTriangle size={15} aria-hidden="true" />}
                  <span className="unseen">{t(p.severity === 'error' ? 'designer.error' : 'designer.warning')}</span>
                  {node && <strong>{nodeName(t, node)}</strong>}
                  <span>{problemText(t, p, graph)}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
