import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { asFault, type Fault } from '../api/client';
import { Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { Differences } from './Differences';
import type { Draft } from './Editor';
import type { Kind, Thing } from './kinds';
import { differences, merge } from './merge';

interface Props<Body> {
  kind: Kind<Body>;
  thing: Thing<Body>;
  base: Draft<Body>;
  mine: Draft<Body>;
  fault: Fault;
  take: (theirs: Thing<Body>, merged: Draft<Body>) => void;
  drop: (theirs: Thing<Body>) => void;
}

/** Somebody else has saved meanwhile: shows what, and brings it under what was typed here. */
export function Conflict<Body>({ kind, thing, base, mine, fault, take, drop }: Props<Body>) {
  const t = useTexts();
  const { data: theirs, error } = useQuery({ queryKey: ['theirs', kind.path, thing.id], queryFn: () => kind.read(thing.id), gcTime: 0, staleTime: 0 });
  if (error) return <Refusal fault={asFault(error)} />;
  if (!theirs) return <Refusal fault={fault} />;
  const other = { name: theirs.name, body: theirs.body };
  const merged = merge(base, mine, other);
  const who = theirs.changed_by || t('manager.system');
  return (
    <div className="conflict" role="alert">
      <h3>
        <IconAlertTriangle size={18} aria-hidden="true" /> {t('manager.conflict', { who, when: dateTime(theirs.changed_at) })}
      </h3>
      <Differences changes={differences(flat(base), flat(other))} />
      <p>{merged.both.length > 0 ? t('manager.conflict_both') : t('manager.conflict_apart')}</p>
      <div className="conflict-do">
        <Button onClick={() => take(theirs, merged.value)}>{t('manager.conflict_take')}</Button>
        <Button variant="default" onClick={() => drop(theirs)}>
          {t('manager.conflict_drop')}
        </Button>
      </div>
    </div>
  );
}

/** The name beside the body's own fields. */
export function flat<Body>({ name, body }: Draft<Body>): object {
  return { name, ...body };
}
