import { useMutation, useQuery } from '@tanstack/react-query';
import { asFault } from '../api/client';
import { Confirm } from '../kit/Confirm';
import { Dialog } from '../kit/Dialog';
import { Loading, Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { UseList } from '../kit/Uses';
import { Harms } from './Harms';
import type { Kind, Thing } from './kinds';
import { useOpenUse } from './UsesOf';

interface Props<Body> {
  kind: Kind<Body>;
  thing: Thing<Body>;
  /** Its versions are kept, so it could be had back. */
  kept: boolean;
  close: () => void;
  removed: () => void;
}

/** Asks before something is removed, and says first what depends on it. */
export function Removal<Body>({ kind, thing, kept, close, removed }: Props<Body>) {
  const t = useTexts();
  const open = useOpenUse();
  const uses = useQuery({ queryKey: ['uses', kind.path, thing.id], queryFn: () => kind.uses(thing.id), enabled: kept, staleTime: 0 });
  const unused = !kept || uses.data?.length === 0;
  const harms = useQuery({
    queryKey: ['harms', kind.path, thing.id], queryFn: () => kind.foresee?.remove(thing.id, thing.version) ?? [], enabled: unused, staleTime: 0, gcTime: 0, retry: false,
  });
  const remove = useMutation({ mutationFn: () => kind.remove(thing.id, thing.version), onSuccess: removed });
  const fault = remove.error ?? harms.error;
  const title = t('manager.remove_title', { name: thing.name });
  if (kept && (!uses.data || uses.data.length > 0)) {
    return (
      <Dialog title={title} size={440} close={close}>
        {uses.error ? <Refusal fault={asFault(uses.error)} /> : !uses.data && <Loading />}
        {uses.data && (
          <div className="uses">
            <p>{t('manager.remove_used')}</p>
            <UseList uses={uses.data} open={open} />
          </div>
        )}
      </Dialog>
    );
  }
  if (!harms.data && !harms.error) return null;
  return (
    <Confirm title={title} yes={t('kit.remove')} danger busy={remove.isPending} fault={fault && asFault(fault)} run={() => remove.mutate()} close={close}>
      {harms.data && <Harms harms={harms.data} />}
      <p>{kept ? t('manager.remove_more') : t('manager.remove_for_good')}</p>
    </Confirm>
  );
}
