import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ComponentType, type FormEvent } from 'react';
import { asFault, type Fault } from '../api/client';
import { Empty, Failed, Loading, Refusal } from '../kit/states';
import { dateTime, sentence, useTexts } from '../kit/texts';
import type { Kind, Thing } from './kinds';

/** What the form of a kind is given. */
export interface FormProps<Body> {
  body: Body;
  set: (change: Partial<Body>) => void;
  /** The sentence for a wrong field, as the API names it. */
  wrong: (field: string) => string | undefined;
  /** Of an object that exists. */
  id: string | undefined;
}

interface Props<Body> {
  kind: Kind<Body>;
  more: (body: Body) => string;
  Form: ComponentType<FormProps<Body>>;
  unsaved: boolean;
  setUnsaved: (unsaved: boolean) => void;
}

/** One subject of the manager: search, list, form. */
export function Subject<Body extends object>({ kind, more, Form, unsaved, setUnsaved }: Props<Body>) {
  const t = useTexts();
  const [find, setFind] = useState('');
  const [wanted] = useDebouncedValue(find.trim(), 200);
  const [open, setOpen] = useState<Thing<Body> | 'new'>();
  const list = useInfiniteQuery({
    queryKey: ['objects', kind.path, wanted],
    queryFn: ({ pageParam }) => kind.list(wanted, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((page) => page.items);

  function show(thing: Thing<Body> | 'new' | undefined): void {
    if (unsaved && !window.confirm(t('manager.leave_unsaved'))) return;
    setUnsaved(false);
    setOpen(thing);
  }

  return (
    <>
      <section className="subject" aria-label={t(`manager.${kind.path}`)}>
        <div className="subject-bar">
          <TextInput
            size="xs" aria-label={t('manager.find')} placeholder={t('manager.find')} value={find} onChange={(e) => setFind(e.currentTarget.value)}
            leftSection={<IconSearch size={14} aria-hidden="true" />}
          />
          <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => show('new')}>
            {t('manager.new')}
          </Button>
        </div>
        <div className="subject-list">
          {!items && !list.error && <Loading />}
          {!items && list.error && <Failed fault={asFault(list.error)} again={() => void list.refetch()} />}
          {items?.length === 0 && <Empty title={wanted ? t('manager.nothing_found') : t('manager.nothing_yet')} />}
          {items?.map((thing) => (
            <button
              key={thing.id} type="button" className="thing" aria-current={open !== 'new' && open?.id === thing.id ? 'true' : undefined}
              onClick={() => show(thing)}
            >
              <strong>{thing.name}</strong>
              <span>{more(thing.body)}</span>
              {thing.built_in && <span className="tag">{t('manager.built_in')}</span>}
            </button>
          ))}
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('manager.show_more')}
            </Button>
          )}
        </div>
      </section>
      {open ? (
        <Editor
          key={open === 'new' ? 'new' : `${open.id} ${open.version}`} kind={kind} thing={open === 'new' ? undefined : open} Form={Form}
          setUnsaved={setUnsaved} saved={setOpen} close={() => show(undefined)}
        />
      ) : (
        <div className="editor editor-empty">
          <Empty title={t('manager.choose')} />
        </div>
      )}
    </>
  );
}

interface EditorProps<Body> {
  kind: Kind<Body>;
  thing: Thing<Body> | undefined;
  Form: ComponentType<FormProps<Body>>;
  setUnsaved: (unsaved: boolean) => void;
  saved: (thing: Thing<Body> | undefined) => void;
  close: () => void;
}

function Editor<Body extends object>({ kind, thing, Form, setUnsaved, saved, close }: EditorProps<Body>) {
  const t = useTexts();
  const cache = useQueryClient();
  const [name, setName] = useState(thing?.name ?? '');
  const [body, setBody] = useState<Body>(thing?.body ?? kind.blank);
  const [sure, setSure] = useState(false);
  const changed = name !== (thing?.name ?? '') || body !== (thing?.body ?? kind.blank);
  useEffect(() => setUnsaved(changed), [changed, setUnsaved]);
  useLeaveGuard(changed);

  const done = (after: Thing<Body> | undefined) => {
    setUnsaved(false);
    void cache.invalidateQueries({ queryKey: ['objects', kind.path] });
    void cache.invalidateQueries({ queryKey: [kind.path] });
    saved(after);
  };
  const save = useMutation({
    mutationFn: () => (thing ? kind.change(thing.id, thing.version, name.trim(), body) : kind.create(name.trim(), body)),
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => kind.remove(thing!.id, thing!.version), onSuccess: () => done(undefined) });
  const thrown = save.error ?? remove.error;
  const fault: Fault | null = thrown && asFault(thrown);
  const wrong = (field: string) =>
    fault && (fault.field === field || fault.field === `body.${field}` || fault.field?.startsWith(`body.${field}[`)) ? sentence(fault) : undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form className="editor" onSubmit={submit} aria-label={name || t('manager.new')}>
      <header>
        <h2>{thing ? thing.name : t('manager.new')}</h2>
        {thing && (
          <small>
            {t('manager.changed', { when: dateTime(thing.changed_at), who: thing.changed_by || t('manager.system') })}
          </small>
        )}
      </header>
      {fault && <Refusal fault={fault} />}
      <fieldset disabled={thing?.built_in}>
        <TextInput
          label={kind.path === 'users' ? t('setup.user') : t('manager.name')} value={name} error={wrong('name')} required withAsterisk={false} maxLength={200}
          onChange={(e) => setName(e.currentTarget.value)} data-autofocus={!thing} autoFocus={!thing} autoComplete="off" name="object-name"
        />
        <Form body={body} set={(change) => setBody((b) => ({ ...b, ...change }))} wrong={wrong} id={thing?.id} />
      </fieldset>
      <footer>
        {thing?.built_in ? (
          <span>{t('manager.built_in_more')}</span>
        ) : (
          <>
            <Button type="submit" size="sm" loading={save.isPending} disabled={!changed || name.trim() === ''}>
              {t('manager.save')}
            </Button>
            <Button size="sm" variant="default" onClick={close}>
              {t('app.cancel')}
            </Button>
            {thing && (
              <Button size="sm" variant={sure ? 'filled' : 'default'} color="red.9" className="remove" loading={remove.isPending} onClick={() => (sure ? remove.mutate() : setSure(true))} onBlur={() => setSure(false)}>
                {sure ? t('manager.remove_sure') : t('manager.remove')}
              </Button>
            )}
          </>
        )}
      </footer>
    </form>
  );
}

/** The browser asks before it leaves a form that is not saved. */
function useLeaveGuard(changed: boolean): void {
  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [changed]);
}
