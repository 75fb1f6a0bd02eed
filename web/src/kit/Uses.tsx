import { useTexts, type Key } from './texts';
import './Uses.css';

export interface Use {
  kind: string;
  id: string;
  name: string;
}

/** What depends on an object, as a list; a click opens what open has a way to. */
export function UseList({ uses, open }: { uses: Use[]; open?: (use: Use) => (() => void) | undefined }) {
  const t = useTexts();
  if (uses.length === 0) return <p>{t('kit.uses_none')}</p>;
  return (
    <ul>
      {uses.map((use) => {
        const key = `kit.kind_${use.kind}` as Key;
        const kind = t(key);
        const way = open?.(use);
        return (
          <li key={`${use.kind} ${use.id}`}>
            <span className="tag">{kind === key ? use.kind : kind}</span>{' '}
            {way ? (
              <button type="button" className="link" onClick={way}>
                {use.name}
              </button>
            ) : (
              use.name
            )}
          </li>
        );
      })}
    </ul>
  );
}
