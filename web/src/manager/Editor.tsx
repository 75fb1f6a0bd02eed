import { Button } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconCopy, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ComponentType, type FormEvent } from 'react';
import { asFault } from '../api/client';
import { makeTitle, type SubjectId } from '../app/subjects';
import { Confirm } from '../kit/Confirm';
import { Failed, Loading, Refusal } from '../kit/states';
import { Kbd } from '../kit/Kbd';
import { useLeaveGuard } from '../kit/leave';
import { sentence, useTexts, type Say } from '../kit/texts';
import { Conflict } from './Conflict';
import { Check, type FormProps } from './form';
import { Harms } from './Harms';
import type { Harm, Kind, Thing } from './kinds';
import { useMayChange } from './mayChange';
import { merge, same } from './merge';
import { Removal } from './Removal';
import { workingIn } from './rest';
import { useSaveKey } from './saveKey';
import { UsesOf } from './UsesOf';
import { Versions } from './Versions';

export interface Draft<Body> {
  name: string;
  body: Body;
}

/** A subject of objects, as its form needs it. */
export interface Editable<Body> {
  kind: Kind<Body>;
  /** Where its list is: /manager/<id>. */
  id: string;
  title: string;
  Form: ComponentType<FormProps<Body>>;
  check: (draft: Draft<Body>, check: Check) => void;
  /** How a copy begins: without what is one object's own; without it, nothing is copied. */
  copy?: (body: Body) => Body;
  /** What a new one of this subject begins with, beyond the kind's. */
  fresh?: Partial<Body>;
  /** What was typed already when the form began anew. */
  carried?: () => { name: string; body: Partial<Body> } | undefined;
  nameOf?: (thing: Thing<Body>) => string;
  /** What is said when it was saved. */
  said?: (before: Thing<Body> | undefined, after: Thing<Body>, t: Say) => string;
  /** Beside the form of one that exists. */
  More?: ComponentType<{ thing: Thing<Body> }>;
  /** false: without versions and uses. */
  kept?: boolean;
  /** There is one of it, without a list. */
  single?: boolean;
}

interface Props<Body> {
  subject: Editable<Body>;
  id: string;
  /** A new one begins as a copy of this. */
  from: string | undefined;
}

/** Loads what is edited, and says of what was just saved that it is. */
export function Editor<Body extends object>({ subject, id, from }: Props<Body>) {
  const { kind } = subject;
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [said, say] = useState<{ id: string; text: string }>();
  const wanted = id === 'new' ? from : id;
  const key = ['object', workingIn(), kind.path, wanted];
  const query = useQuery({ queryKey: key, queryFn: () => kind.read(wanted!), enabled: wanted !== undefined, staleTime: Infinity, gcTime: 0 });
  if (wanted !== undefined && query.error) return <Failed fault={asFault(query.error)} again={() => void query.refetch()} />;
  if (wanted !== undefined && !query.data) return <Loading />;

  function saved(thing: Thing<Body>, text: string): void {
    cache.setQueryData(['object', workingIn(), kind.path, thing.id], thing);
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), kind.path] });
    void cache.invalidateQueries({ queryKey: ['versions', kind.path, thing.id] });
    void cache.invalidateQueries({ queryKey: [kind.path] });
    say({ id: thing.id, text });
    if (id === 'new') void navigate({ to: `/manager/${subject.id}/${thing.id}`, replace: true, ignoreBlocker: true });
  }

  function removed(): void {
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), kind.path] });
    void cache.invalidateQueries({ queryKey: [kind.path] });
    void navigate({ to: `/manager/${subject.id}`, ignoreBlocker: true });
  }

  const thing = id === 'new' ? undefined : query.data;
  const begin: Draft<Body> = thing ?? {
    name: '', body: { ...kind.blank, ...(query.data && (subject.copy?.(query.data.body) ?? query.data.body)), ...subject.fresh },
  };
  return (
    <EditorForm
      key={id === 'new' ? `new ${from ?? ''}` : id} subject={subject} thing={thing} begin={begin} said={said?.id === id ? said.text : undefined}
      saved={saved} removed={removed}
    />
  );
}

interface FormOf<Body> {
  subject: Editable<Body>;
  thing: Thing<Body> | undefined;
  begin: Draft<Body>;
  said: string | undefined;
  saved: (thing: Thing<Body>, said: string) => void;
  removed: () => void;
}

function EditorForm<Body extends object>({ subject, thing, begin, said, saved, removed }: FormOf<Body>) {
  const t = useTexts();
  const { kind, Form, More } = subject;
  const form = useRef<HTMLFormElement>(null);
  // What one's own changes are counted from: what was loaded, saved, or taken over.
  const [base, setBase] = useState(begin);
  const [version, setVersion] = useState(thing?.version ?? 0);
  const [draft, setDraft] = useState(() => {
    const carried = thing ? undefined : subject.carried?.();
    return carried ? { name: carried.name, body: { ...begin.body, ...carried.body } } : begin;
  });
  const [tried, setTried] = useState(0);
  const [dialog, show] = useState<'versions' | 'remove'>();
  const [harms, warn] = useState<Harm[]>();
  const changed = !same(draft, base);
  const may = useMayChange(subject.id);
  const fixed = thing?.built_in || thing?.shared || !may;
  const found = new Check(t);
  subject.check(draft, found);

  function adopt(to: Thing<Body>): void {
    setBase({ name: to.name, body: to.body });
    setDraft({ name: to.name, body: to.body });
    setVersion(to.version);
    setTried(0);
  }

  const save = useMutation({
    // Whoever would be hurt is named first; then one is sure, or thinks again.
    mutationFn: async (sure: boolean) => {
      const name = draft.name.trim();
      if (!thing) return kind.create(name, draft.body);
      const found = sure ? [] : ((await kind.foresee?.change(thing.id, version, name, draft.body)) ?? []);
      if (found.length === 0) return kind.change(thing.id, version, name, draft.body);
      warn(found);
      return undefined;
    },
    onError: () => warn(undefined),
    onSuccess: (after) => {
      if (!after) return;
      warn(undefined);
      adopt(after);
      saved(after, subject.said?.(thing, after, t) ?? t('manager.saved'));
    },
  });
  const fault = save.error && asFault(save.error);
  const conflict = fault?.code === 'changed' && thing;
  const faultField = fault?.field?.replace(/^body\./, '');
  const wrong = (field: string): string | undefined => {
    const own = found.found.find((w) => w.field === field && (tried > 0 || !w.missing));
    if (own) return own.text;
    return fault && (faultField === field || faultField?.startsWith(`${field}[`)) ? sentence(fault) : undefined;
  };
  const wrongFields = [...found.found.filter((w) => tried > 0 || !w.missing).map((w) => w.field), ...(faultField ? [faultField] : [])];

  function change(to: Draft<Body> | ((was: Draft<Body>) => Draft<Body>)): void {
    setDraft(to);
    if (faultField) save.reset();
  }

  function trySave(event?: FormEvent): void {
    event?.preventDefault();
    if (fixed || save.isPending || (!changed && thing)) return;
    setTried((n) => n + 1);
    if (found.found.length === 0) save.mutate(false);
  }
  useSaveKey(trySave);
  useLeaveGuard(changed);

  // The first wrong field is where one looks next, once a tab has come forward for it.
  useEffect(() => {
    if (tried > 0 || fault) requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }, [tried, fault]);
  // Tab goes on from where one has come to: a new thing's name; of one that exists what is
  // changed most often, if the form knows, else the head.
  useEffect(() => {
    if (!thing) form.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    else if (!form.current?.contains(document.activeElement)) (form.current?.querySelector<HTMLInputElement>('[data-often]') ?? form.current)?.focus({ preventScroll: true });
  }, [thing]);

  return (
    <form className="object-form" ref={form} tabIndex={-1} onSubmit={trySave} noValidate aria-label={subject.single ? subject.title : thing ? thing.name : t('manager.new')}>
      <header className="editor-head">
        {!subject.single && (
          <Link to={`/manager/${subject.id}`} className="back">
            <IconArrowLeft size={16} aria-hidden="true" /> {subject.title}
          </Link>
        )}
        <h2>
          {subject.single ? subject.title : thing ? (subject.nameOf?.(thing) ?? thing.name) : t(makeTitle(subject.id as SubjectId))}
          {thing?.built_in && <span className="tag">{t('manager.built_in')}</span>}
          {thing?.shared && <span className="tag">{t('manager.shared')}</span>}
        </h2>
        {thing && (
          <div className="editor-do">
            {subject.copy && may && (
              <Button component={Link} to={`/manager/${subject.id}/new?from=${thing.id}`} variant="default" leftSection={<IconCopy size={14} aria-hidden="true" />}>
                {t('manager.copy')}
              </Button>
            )}
            {!fixed && !subject.single && (
              <Button variant="default" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={() => show('remove')}>
                {t('kit.remove')}
              </Button>
            )}
          </div>
        )}
      </header>
      <div className="editor-scroll" {...(fixed && { tabIndex: 0, role: 'region', 'aria-label': thing?.name ?? subject.title })}>
        <div className="editor-main">
          {fixed && <p className="hint">{t(thing?.shared ? 'manager.shared_more' : may ? 'manager.built_in_more' : 'manager.only_look')}</p>}
          {conflict ? (
            <Conflict
              kind={kind} thing={thing} base={base} mine={draft} fault={fault}
              take={(theirs, merged) => {
                setBase({ name: theirs.name, body: theirs.body });
                setVersion(theirs.version);
                setDraft(merged);
                save.reset();
              }}
              drop={(theirs) => {
                adopt(theirs);
                save.reset();
              }}
            />
          ) : (
            fault && <Refusal fault={fault} />
          )}
          <fieldset className="editor-fields" disabled={fixed}>
            <Form
              name={draft.name} setName={(name) => change((was) => ({ ...was, name }))} body={draft.body} thing={thing} wrong={wrong} wrongFields={wrongFields}
              set={(part) => change((was) => ({ ...was, body: { ...was.body, ...part } }))}
            />
          </fieldset>
          {thing && More && <More thing={thing} />}
        </div>
        {thing && !thing.shared && thing.changed_at > 0 && <UsesOf kind={kind} thing={thing} versions={subject.kept === false ? undefined : () => show('versions')} single={!!subject.single} />}
      </div>
      {!fixed && (
        <footer className="editor-foot">
          <Button type="submit" size="sm" loading={save.isPending} disabled={!changed && !!thing} rightSection={<Kbd keys="Ctrl S" />}>
            {t('manager.save')}
          </Button>
          {subject.single ? (
            <Button size="sm" variant="default" disabled={!changed} onClick={() => change(base)}>
              {t('manager.undo')}
            </Button>
          ) : (
            <Button component={Link} to={`/manager/${subject.id}`} size="sm" variant="default">
              {changed ? t('app.cancel') : t('app.close')}
            </Button>
          )}
          <span role="status" className="editor-said">
            {changed ? (
              tried > 0 && found.found.length > 0 ? t('manager.wrong_count', { count: found.found.length }) : t('manager.unsaved')
            ) : said ? (
              <>
                <IconCheck size={16} color="var(--good)" aria-hidden="true" /> {said}
              </>
            ) : null}
          </span>
        </footer>
      )}
      {harms && (
        <Confirm title={t('manager.harm_title')} yes={t('manager.harm_save')} danger busy={save.isPending} run={() => save.mutate(true)} close={() => warn(undefined)}>
          <Harms harms={harms} />
        </Confirm>
      )}
      {dialog === 'versions' && thing && (
        <Versions
          kind={kind} thing={thing} fixed={fixed} close={() => show(undefined)}
          reverted={(after) => {
            // What was typed meanwhile stays.
            const to = { name: after.name, body: after.body };
            setDraft(merge(base, draft, to).value);
            setBase(to);
            setVersion(after.version);
            saved(after, t('manager.reverted', { n: after.version }));
            show(undefined);
          }}
        />
      )}
      {dialog === 'remove' && thing && <Removal kind={kind} thing={thing} kept={subject.kept !== false} close={() => show(undefined)} removed={removed} />}
    </form>
  );
}
