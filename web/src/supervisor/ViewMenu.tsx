import { ActionIcon, Button, Menu, Switch, TextInput } from '@mantine/core';
import { IconBookmark, IconDeviceFloppy, IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import { Confirm } from '../kit/Confirm';
import { Dialog } from '../kit/Dialog';
import type { Sort } from '../kit/DataTable';
import { required, trimmed, upTo, every, useForm } from '../kit/form';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { lookOf, strayed, useKeepView, useViews, type Look, type Parts, type SavedView, type TableName } from './views';

interface Props {
  table: TableName | 'floor';
  look: Look;
  set: (look: Partial<Look>) => void;
  /** The order of the usual look. */
  sort: Sort;
  /** Of the whole floor: the usual parts. */
  usual?: Parts;
  onFault: (thrown: unknown) => void;
}

/** Ways to look at a table: the usual one, those that are saved, and saving this one. */
export function ViewMenu({ table, look, set, sort, usual, onFault }: Props) {
  const t = useTexts();
  const views = useViews(table);
  const keep = useKeepView(table);
  const [saving, setSaving] = useState(false);
  const [removing, setRemoving] = useState<SavedView>();
  const current = views.find((v) => v.id === look.view);
  const change = useMutation({ mutationFn: keep.change.bind(undefined, current!), onError: onFault });
  const remove = useMutation({
    mutationFn: keep.remove,
    onSuccess: () => {
      setRemoving(undefined);
      set({ view: undefined });
    },
  });
  const name = current ? t('supervisor.view_named', { name: current.name }) : t('supervisor.views');
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          {table === 'floor' ? (
            <Button variant={current ? 'light' : 'default'} leftSection={<IconBookmark size={15} aria-hidden="true" />}>
              {current ? t('supervisor.floor_view', { name: current.name }) : t('supervisor.floor_views')}
            </Button>
          ) : (
            <ActionIcon variant={current ? 'light' : 'subtle'} color={current ? undefined : 'gray'} aria-label={name} title={name}>
              <IconBookmark size={17} aria-hidden="true" />
            </ActionIcon>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.RadioGroup
            aria-label={t('supervisor.views')} value={current?.id ?? ''}
            onChange={(id) => {
              const view = views.find((v) => v.id === id);
              set(view ? lookOf(view) : { columns: undefined, sort, filter: {}, view: undefined, parts: usual });
            }}
          >
            <Menu.RadioItem value="" closeMenuOnClick>
              {t('supervisor.view_usual')}
            </Menu.RadioItem>
            {views.map((v) => (
              <Menu.RadioItem
                key={v.id} value={v.id} closeMenuOnClick
                rightSection={v.body.shared ? <IconUsers size={14} role="img" aria-label={t('supervisor.view_shared')} /> : undefined}
              >
                {v.name}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          {current && strayed(look, current) && (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} aria-hidden="true" />} onClick={() => change.mutate(look)}>
              {t('supervisor.view_change', { name: current.name })}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setSaving(true)}>
            {t('supervisor.view_save')}
          </Menu.Item>
          {current && (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden="true" />} onClick={() => setRemoving(current)}>
              {t('supervisor.view_remove', { name: current.name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && (
        <SaveView
          close={() => setSaving(false)}
          save={async (title, shared) => {
            const made = await keep.create(title, look, shared);
            set({ view: made.id });
          }}
        />
      )}
      {removing && (
        <Confirm
          title={t('supervisor.view_remove', { name: removing.name })} yes={t('kit.remove')} danger busy={remove.isPending}
          fault={remove.error && asFault(remove.error)} run={() => remove.mutate(removing)} close={() => setRemoving(undefined)}
        >
          {removing.body.shared && <p>{t('supervisor.view_remove_more')}</p>}
        </Confirm>
      )}
    </>
  );
}

function SaveView({ save, close }: { save: (name: string, shared: boolean) => Promise<void>; close: () => void }) {
  const t = useTexts();
  const run = useMutation({ mutationFn: (body: { name: string; shared: boolean }) => save(body.name, body.shared), onSuccess: close });
  const form = useForm({ name: '', shared: false }, { name: every(required, trimmed, upTo(100)) }, run.error && asFault(run.error));
  return (
    <Dialog title={t('supervisor.view_save')} size={420} close={close}>
      <form
        className="confirm" noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (form.check()) run.mutate(form.body);
        }}
      >
        <TextInput label={t('supervisor.view_name')} {...form.text('name')} data-autofocus autoComplete="off" />
        <Switch label={t('supervisor.view_share')} {...form.toggle('shared')} />
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
