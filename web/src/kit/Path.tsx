import type { Fact } from '../api/types';
import { clockTime, useTexts, type Key } from './texts';

/** The way that a contact has come, oldest first. */
export function Path({ facts }: { facts: Fact[] }) {
  const t = useTexts();
  return (
    <ol className="path">
      {facts.map((fact) => {
        const why = fact.why ? t(`app.why_${fact.why}` as Key) : '';
        return (
          <li key={`${fact.month} ${fact.batch} ${fact.n}`}>
            <time>{clockTime(fact.at)}</time>
            <span>
              {t(`app.fact_${fact.kind}` as Key)}
              {fact.agent_name && ['offered', 'accepted', 'not_accepted', 'held', 'invited', 'joined', 'left', 'role', 'handed_over'].includes(fact.kind) ? ` · ${fact.agent_name}` : ''}
              {fact.kind === 'queued' || fact.kind === 'arrived' ? ` · ${fact.queue_name ?? ''}` : ''}
              {why && <small> ({why})</small>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
