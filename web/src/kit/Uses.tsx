import { useQuery } from '@tanstack/react-query';
import { asFault, call } from '../api/client';
import { Loading, Failed } from './states';
import { useTexts, type Key } from './texts';
import './Uses.css';

export interface Use {
  kind: string;
  id: string;
  name: string;
}

/** What depends on an object of a kind, such as ('queues', id): to be known before one changes or removes it. */
export function useUses(path: string, id: string) {
  return useQuery({ queryKey: ['uses', path, id], queryFn: async () => (await call<{ items: Use[] | null }>(`/api/v1/${path}/${id}/uses`)).items ?? [] });
}

/** Shows what depends on an object; a click opens it where that is possible. */
export function Uses({ path, id, open }: { path: string; id: string; open?: (use: Use) => void }) {
  const t = useTexts();
  const uses = useUses(path, id);
  return (
    <section className="uses" aria-label={t('kit.uses')}>
      <h3>{t('kit.uses')}</h3>
      {uses.isPending && <Loading />}
      {uses.error && <Failed fault={asFault(uses.error)} again={() => void uses.refetch()} />}
      {uses.data && <UseList uses={uses.data} open={open} />}
    </section>
  );
}

/** What depends on something, as a list. */
export function UseList({ uses, open }: { uses: Use[]; open?: ((use: Use) => void) | undefined }) {
  const t = useTexts();
  if (uses.length === 0) return <p>{t('kit.uses_none')}</p>;
  return (
    <ul>
      {uses.map((use) => {
        const key = `kit.kind_${use.kind}` as Key;
        const kind = t(key);
        return (
          <li key={`${use.kind} ${use.id}`}>
            <span className="tag">{kind === key ? use.kind : kind}</span>{' '}
            {open ? (
              <button type="button" className="link" onClick={() => open(use)}>
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
