import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import { Dialog } from '../kit/Dialog';
import { Empty, Failed, Loading, Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { flat } from './Conflict';
import { Differences } from './Differences';
import { Harms } from './Harms';
import type { Harm, Kind, Thing } from './kinds';
import { differences } from './merge';

interface Props<Body> {
  kind: Kind<Body>;
  thing: Thing<Body>;
  /** There is no way back: it is built in, or one may only look. */
  fixed: boolean;
  close: () => void;
  reverted: (thing: Thing<Body>) => void;
}

/** How it was before: each version with what changed in it, compared with now, and the way back. */
export function Versions<Body>({ kind, thing, fixed, close, reverted }: Props<Body>) {
  const t = useTexts();
  const list = useQuery({ queryKey: ['versions', kind.path, thing.id], queryFn: () => kind.versions(thing.id), staleTime: 0 });
  const [chosen, choose] = useState<number>();
  const [harms, warn] = useState<Harm[]>([]);
  const revert = useMutation({
    mutationFn: async (to: number) => {
      const found = harms.length > 0 ? [] : ((await kind.foresee?.revert(thing.id, thing.version, to)) ?? []);
      if (found.length === 0) return kind.revert(thing.id, thing.version, to);
      warn(found);
      return undefined;
    },
    onSuccess: (after) => after && reverted(after),
  });
  const versions = [...(list.data ?? [])].sort((a, b) => b.version - a.version);
  const at = versions.find((v) => v.version === (chosen ?? versions[1]?.version ?? versions[0]?.version));
  const before = at && versions.find((v) => v.version < at.version);
  return (
    <Dialog title={t('manager.versions_of', { name: thing.name })} size={860} close={close}>
      {!list.data && !list.error && <Loading />}
      {list.error && <Failed fault={asFault(list.error)} again={() => void list.refetch()} />}
      {list.data?.length === 0 && <Empty title={t('manager.versions_none')} />}
      {at && (
        <div className="versions">
          <ul className="versions-list">
            {versions.map((v) => (
              <li key={v.version}>
                <button type="button" aria-pressed={v === at} onClick={() => {
                    choose(v.version);
                    warn([]);
                  }}>
                  <strong>{t(v.version === thing.version ? 'manager.version_now' : 'manager.version', { n: v.version })}</strong>
                  <span>{dateTime(v.changed_at)}</span>
                  <span>{v.changed_by || t('manager.system')}</span>
                </button>
              </li>
            ))}
          </ul>
          <div className="versions-one">
            <h3>{before ? t('manager.version_changed', { n: at.version }) : t('manager.version_first')}</h3>
            {before && <Differences changes={differences(flat(before), flat(at))} />}
            {at.version !== thing.version && !at.deleted && (
              <>
                <h3>{t('manager.version_back', { n: at.version })}</h3>
                <Differences changes={differences(flat(thing), flat(at))} />
                <Harms harms={harms} />
                {revert.error && <Refusal fault={asFault(revert.error)} />}
                {!fixed && (
                  <Button size="sm" loading={revert.isPending} onClick={() => revert.mutate(at.version)}>
                    {t(harms.length > 0 ? 'manager.harm_revert' : 'manager.revert_to', { n: at.version })}
                  </Button>
                )}
              </>
            )}
          </div>
        </div>
      )}
    </Dialog>
  );
}
