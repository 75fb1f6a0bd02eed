import { Button, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import type { QueueFigures } from '../api/types';
import { Confirm } from '../kit/Confirm';
import { Dialog } from '../kit/Dialog';
import { every, required, trimmed, upTo, useForm } from '../kit/form';
import { Empty, Refusal } from '../kit/states';
import { useTexts, type Say } from '../kit/texts';
import { measures, useKeepThreshold, type Threshold, type Watched } from './thresholds';
import { written } from './written';

/** Thresholds that the whole unit has: the list, and one of them as a form. */
export function ThresholdsDialog({ thresholds, queues, close }: { thresholds: Threshold[]; queues: QueueFigures[]; close: () => void }) {
  const t = useTexts();
  const keep = useKeepThreshold();
  const [editing, edit] = useState<Threshold | 'new'>();
  const [removing, setRemoving] = useState<Threshold>();
  const remove = useMutation({ mutationFn: keep.remove, onSuccess: () => setRemoving(undefined) });
  if (removing) {
    return (
      <Confirm
        title={t('supervisor.threshold_remove', { name: removing.name })} yes={t('kit.remove')} danger busy={remove.isPending}
        fault={remove.error && asFault(remove.error)} run={() => remove.mutate(removing)} close={() => setRemoving(undefined)}
      />
    );
  }
  if (editing) return <ThresholdForm key={editing === 'new' ? 'new' : editing.id} old={editing === 'new' ? undefined : editing} queues={queues} close={() => edit(undefined)} />;
  return (
    <Dialog title={t('supervisor.thresholds')} size={640} close={close}>
      {thresholds.length === 0 && <Empty title={t('supervisor.thresholds_none')}>{t('supervisor.thresholds_none_more')}</Empty>}
      <ul className="thresholds">
        {thresholds.map((one) => (
          <li key={one.id}>
            <button type="button" className="panel-row" onClick={() => edit(one)}>
              <span>
                <strong>{one.name}</strong> <small>{t(`supervisor.figure_${one.body.measure}` as Parameters<Say>[0])}</small>
              </span>
              <span className="figures">{limits(t, one)}</span>
            </button>
            <Button
              variant="subtle" color="gray" size="compact-sm" aria-label={t('supervisor.threshold_remove', { name: one.name })} onClick={() => setRemoving(one)}
            >
              <IconTrash size={15} aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      <div className="dialog-foot">
        <Button variant="default" onClick={close}>
          {t('app.close')}
        </Button>
        <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => edit('new')}>
          {t('supervisor.threshold_new')}
        </Button>
      </div>
    </Dialog>
  );
}

/** The limits of a threshold, as a list shows them. */
function limits(t: Say, { body }: Threshold): string {
  const unit = measures[body.table][body.measure] ?? 'count';
  const sign = body.above ? '≥' : '≤';
  const one = (value: number | undefined, mark: string) => (value === undefined ? [] : [`${mark} ${sign} ${written(value, unit)}`]);
  return [...one(body.warn, '!'), ...one(body.critical, '!!'), ...(body.tone ? [t('supervisor.threshold_tone_short')] : []), ...(body.alert ? [t('app.alert')] : [])].join(' · ');
}

const tables: Watched[] = ['queues', 'contacts', 'agents', 'workflow'];

function ThresholdForm({ old, queues, close }: { old: Threshold | undefined; queues: QueueFigures[]; close: () => void }) {
  const t = useTexts();
  const keep = useKeepThreshold();
  const start = old?.body ?? { table: 'queues' as const, measure: 'waiting', queues: [] as string[], above: true, tone: true, alert: false };
  const run = useMutation({
    mutationFn: (b: { name: string; warn: number | undefined; critical: number | undefined } & Omit<Threshold['body'], 'warn' | 'critical'>) => {
      const { name, warn, critical, ...rest } = b;
      const body: Threshold['body'] = { ...rest, ...(warn === undefined ? {} : { warn }), ...(critical === undefined ? {} : { critical }) };
      return keep.save(name, body, old);
    },
    onSuccess: close,
  });
  const form = useForm(
    {
      name: old?.name ?? '', table: start.table as Watched, measure: start.measure, queues: start.queues, above: start.above,
      warn: start.warn, critical: start.critical, tone: start.tone ?? false, alert: start.alert ?? false,
    },
    { name: every(required, trimmed, upTo(100)) },
    run.error && asFault(run.error),
  );
  const { table, measure } = form.body;
  const unit = measures[table][measure] ?? 'count';
  const note = t(`supervisor.unit_${unit}`);
  const title = old ? t('supervisor.threshold_change', { name: old.name }) : t('supervisor.threshold_new');
  return (
    <Dialog title={title} size={560} close={close}>
      <form
        className="confirm" noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (form.check()) run.mutate(form.body);
        }}
      >
        <TextInput label={t('supervisor.threshold_name')} {...form.text('name')} data-autofocus autoComplete="off" />
        <div className="threshold-row">
          <Select
            label={t('supervisor.threshold_table')} allowDeselect={false} value={table}
            data={tables.map((value) => ({ value, label: t(`supervisor.${value}` as Parameters<Say>[0]) }))}
            onChange={(value) => {
              if (value) form.set({ table: value as Watched, measure: Object.keys(measures[value as Watched])[0]!, queues: [] });
            }}
          />
          <Select
            label={t('supervisor.threshold_measure')} allowDeselect={false} searchable value={measure}
            data={Object.keys(measures[table]).map((value) => ({ value, label: t(`supervisor.figure_${value}` as Parameters<Say>[0]) }))}
            onChange={(value) => value && form.set({ measure: value, above: !value.startsWith('level') })}
          />
        </div>
        {(table === 'queues' || table === 'contacts') && (
          <MultiSelect
            label={t('supervisor.threshold_queues')} placeholder={form.body.queues.length === 0 ? t('supervisor.threshold_all_queues') : ''} searchable
            data={queues.map((q) => ({ value: q.queue, label: q.name }))} value={form.body.queues} onChange={(value) => form.set({ queues: value })}
            clearButtonProps={{ 'aria-label': t('kit.clear') }} nothingFoundMessage={t('supervisor.nothing_found')}
          />
        )}
        <div className="threshold-row">
          <Select
            label={t('supervisor.threshold_side')} allowDeselect={false} value={form.body.above ? 'above' : 'below'}
            data={[{ value: 'above', label: t('supervisor.threshold_above') }, { value: 'below', label: t('supervisor.threshold_below') }]}
            onChange={(value) => form.set({ above: value === 'above' })}
          />
          <NumberInput
            label={t('supervisor.threshold_warn')} description={note} min={0} {...form.number('warn')}
          />
          <NumberInput
            label={t('supervisor.threshold_critical')} description={note} min={0} {...form.number('critical')}
          />
        </div>
        <Switch label={t('supervisor.threshold_sounds')} {...form.toggle('tone')} />
        <Switch label={t('supervisor.threshold_alerts')} {...form.toggle('alert')} />
        <Refusal fault={form.elsewhere} />
        <div className="dialog-foot">
          <Button size="sm" variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" loading={run.isPending}>
            {t('kit.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
