import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import { Confirm } from '../kit/Confirm';
import { Dialog } from '../kit/Dialog';
import { Notice } from '../kit/Notice';
import { Refusal } from '../kit/states';
import { faultText, useTexts } from '../kit/texts';
import type { Choice } from './choices';
import { Harms } from './Harms';
import { harmsOf, type BulkResult, type Kind, type Thing } from './kinds';

/** A field that can be set for many at once: one of some choices, a text, or a number. */
export interface BulkField<Body> {
  id: string;
  label: string;
  choices?: Choice[];
  suffix?: string;
  text?: boolean;
  part: (value: string) => Partial<Body>;
}

interface Wish<Body> {
  set: Partial<Body> | undefined;
  /** Whom it would hurt has been shown. */
  sure: boolean;
}

/** Tries it out, and does it when nobody objects and nobody is hurt: all of them or none. */
function useBulk<Body>(kind: Kind<Body>, things: readonly Thing<Body>[], done: () => void) {
  const bulk = useMutation({
    mutationFn: async ({ set, sure }: Wish<Body>): Promise<BulkResult> => {
      const items = things.map(({ id, version }) => ({ id, version }));
      const tried = await kind.bulk(items, set, true);
      const stays = tried.items.some((item) => item.code) || (!sure && harmsOf(tried.preview).length > 0);
      return stays ? tried : kind.bulk(items, set, false);
    },
    onSuccess: (result) => result.applied && done(),
  });
  const harms = bulk.data && !bulk.data.items.some((item) => item.code) ? harmsOf(bulk.data.preview) : [];
  return { ...bulk, harms, run: (set: Partial<Body> | undefined) => bulk.mutate({ set, sure: harms.length > 0 }) };
}

/** Who or what objects, and why; nothing was changed then. */
function Objections({ result }: { result: BulkResult | undefined }) {
  const t = useTexts();
  const refused = result?.items.filter((item) => item.code) ?? [];
  if (refused.length === 0) return null;
  return (
    <Notice tone="bad">
      {t('manager.bulk_refused', { count: refused.length })}
      <ul className="objections">
        {refused.map((item) => (
          <li key={item.id}>
            <strong>{item.name}</strong> {faultText(item.code!, item.message)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

interface Props<Body> {
  kind: Kind<Body>;
  things: Thing<Body>[];
  close: () => void;
  done: () => void;
}

/** Sets some fields of many at once; the others stay as they are. */
export function BulkEdit<Body>({ kind, things, fields, close, done }: Props<Body> & { fields: readonly BulkField<Body>[] }) {
  const t = useTexts();
  const [values, put] = useState<Record<string, string>>({});
  const bulk = useBulk(kind, things, done);
  const set = Object.assign({}, ...fields.filter((f) => values[f.id] !== undefined).map((f) => f.part(values[f.id]!))) as Partial<Body>;
  function change(id: string, value: string | undefined): void {
    const { [id]: _, ...others } = values;
    put(value === undefined ? others : { ...others, [id]: value });
    bulk.reset();
  }
  return (
    <Dialog title={t('manager.bulk_title', { count: things.length })} size={520} close={close}>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          bulk.run(set);
        }}
      >
        <p className="hint">{t('manager.bulk_more')}</p>
        {fields.map((f, i) =>
          f.choices ? (
            <Select
              key={f.id} label={f.label} value={values[f.id] ?? null} data={f.choices} placeholder={t('manager.bulk_as_is')} clearable allowDeselect searchable={f.choices.length > 8}
              clearButtonProps={{ 'aria-label': t('kit.clear') }} onChange={(value) => change(f.id, value ?? undefined)} data-autofocus={i === 0 || undefined}
            />
          ) : f.text ? (
            <TextInput
              key={f.id} label={f.label} value={values[f.id] ?? ''} placeholder={t('manager.bulk_as_is')} maxLength={200} data-autofocus={i === 0 || undefined}
              onChange={(e) => change(f.id, e.currentTarget.value || undefined)}
            />
          ) : (
            <NumberInput
              key={f.id} label={f.label} value={values[f.id] === undefined ? '' : Number(values[f.id])} min={0} clampBehavior="strict" suffix={f.suffix}
              placeholder={t('manager.bulk_as_is')} onChange={(n) => change(f.id, n === '' ? undefined : String(n))} data-autofocus={i === 0 || undefined}
            />
          ),
        )}
        <Objections result={bulk.data} />
        <Harms harms={bulk.harms} />
        <Refusal fault={bulk.error && asFault(bulk.error)} />
        <div className="dialog-foot">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" size="sm" loading={bulk.isPending} disabled={Object.keys(values).length === 0}>
            {t(bulk.harms.length > 0 ? 'manager.harm_bulk' : 'manager.bulk_apply', { count: things.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function BulkRemove<Body>({ kind, things, close, done }: Props<Body>) {
  const t = useTexts();
  const bulk = useBulk(kind, things, done);
  return (
    <Confirm
      title={t('manager.bulk_remove', { count: things.length })} yes={bulk.harms.length > 0 ? t('manager.harm_remove') : t('kit.remove')} danger busy={bulk.isPending} fault={bulk.error && asFault(bulk.error)}
      run={() => bulk.run(undefined)} close={close}
    >
      <p>{t('manager.remove_more')}</p>
      <Harms harms={bulk.harms} />
      <Objections result={bulk.data} />
    </Confirm>
  );
}
