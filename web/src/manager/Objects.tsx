import { Button } from '@mantine/core';
import { IconDownload, IconPencil, IconPlus, IconTrash, IconUpload } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useContext, useMemo, useState, type ReactNode } from 'react';
import { DataTable, type Column } from '../kit/DataTable';
import { CsvDialog } from '../kit/CsvDialog';
import { Kbd } from '../kit/Kbd';
import { keyTable, useKeys } from '../kit/keys';
import { matches, useList } from '../kit/list';
import { BulkBar, EmptyList, ListBar, ListStates, type Filter } from '../kit/ListBar';
import { dateTime, useTexts, type Key } from '../kit/texts';
import { BulkEdit, BulkRemove, type BulkField } from './Bulk';
import type { Choice } from './choices';
import { Editor, type Editable } from './Editor';
import { csvLink, importCsv, type Thing } from './kinds';
import { useMayChange } from './mayChange';
import { workingIn } from './rest';
import { UnitContext } from './unitChoice';

/** A column of a kind's list; name and last change are there by themselves. */
export interface Part<Body> {
  id: string;
  title: string;
  width: string;
  /** What is sorted and searched by. */
  text: (thing: Thing<Body>) => string | number;
  show?: (thing: Thing<Body>) => ReactNode;
  right?: boolean;
}

/** A filter of a kind's list. */
export interface Sieve<Body> {
  id: string;
  label: string;
  choices: Choice[];
  keep: (thing: Thing<Body>, value: string) => boolean;
}

/** A further thing that one may do with the chosen ones. */
export interface BulkAction<Body> {
  id: string;
  label: string;
  icon: ReactNode;
  Dialog: (props: { things: Thing<Body>[]; close: () => void; done: () => void }) => ReactNode;
}

export interface Listed<Body> extends Editable<Body> {
  parts: Part<Body>[];
  sieves?: Sieve<Body>[];
  bulk?: BulkField<Body>[];
  actions?: BulkAction<Body>[];
  /** Only these belong to the subject. */
  keep?: (thing: Thing<Body>) => boolean;
  nameOf?: (thing: Thing<Body>) => string;
  /** What else the search looks into. */
  words?: (thing: Thing<Body>) => (string | undefined)[];
  /** What the name's column is called. */
  nameTitle?: string;
  csv?: boolean;
  /** There may be very many: the server searches, and rows are loaded as one scrolls. */
  many?: boolean;
  /** What an empty list says: why one would make the first. */
  empty: Key;
  above?: ReactNode;
}

/** One subject: its list, or the form of what is chosen by the address. */
export function Objects<Body extends object>({ subject, id, from }: { subject: Listed<Body>; id: string | undefined; from: string | undefined }) {
  const navigate = useNavigate();
  const may = useMayChange(subject.id);
  useKeys(may ? { fresh: () => void navigate({ to: `/manager/${subject.id}/new` }) } : {});
  return id ? <Editor key={subject.id} subject={subject} id={id} from={from} /> : <ObjectList subject={subject} />;
}

function useColumns<Body>({ parts, nameOf, nameTitle }: Listed<Body>): Column<Thing<Body>>[] {
  const t = useTexts();
  return useMemo(
    () => [
      {
        id: 'name', title: nameTitle ?? t('manager.name'), width: '22%', by: (thing) => nameOf?.(thing) ?? thing.name,
        show: (thing) => (
          <>
            <strong>{nameOf?.(thing) ?? thing.name}</strong>
            {thing.built_in && <span className="tag">{t('manager.built_in')}</span>}
            {thing.shared && <span className="tag">{t('manager.shared')}</span>}
          </>
        ),
      },
      ...parts.map((p): Column<Thing<Body>> => ({ id: p.id, title: p.title, width: p.width, by: p.text, show: p.show ?? p.text, right: p.right ?? false })),
      { id: 'changed', title: t('manager.changed_last'), width: '166px', by: (thing) => thing.changed_at, show: (thing) => <time>{dateTime(thing.changed_at)}</time> },
    ],
    [parts, nameOf, nameTitle, t],
  );
}

/** What Global has of these is for every business unit. */
const sharing: ReadonlySet<string> = new Set(['schedules', 'unavailable-reasons', 'dispositions', 'categories', 'excluded-numbers', 'responses', 'articles']);

const idOf = (thing: { id: string }) => thing.id;

/** What one was looking for, kept while one looks at a form. */
const kept = new Map<string, { find: string; values: Record<string, string> }>();

function ObjectList<Body extends object>({ subject }: { subject: Listed<Body> }) {
  const t = useTexts();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { kind, sieves = [], bulk = [], actions = [] } = subject;
  const columns = useColumns(subject);
  const may = useMayChange(subject.id);
  const { global } = useContext(UnitContext);
  const [{ find, values }, look] = useState(kept.get(subject.id) ?? { find: '', values: {} });
  const [checked, check] = useState<ReadonlySet<string>>(new Set());
  const [dialog, show] = useState<string>();
  const [asked] = useDebouncedValue(subject.many ? find.trim() : '', 250);
  const list = useList(['objects', workingIn(), kind.path, 'list', asked], (after) => kind.list(asked, {}, after), { all: !subject.many });

  function lookFor(next: { find: string; values: Record<string, string> }): void {
    kept.set(subject.id, next);
    look(next);
  }
  const filters: Filter[] = sieves.map((s) => ({
    id: s.id, label: s.label, choices: s.choices, value: values[s.id] ?? '', set: (value) => lookFor({ find, values: { ...values, [s.id]: value } }),
  }));
  const all = useMemo(() => list.rows?.filter((thing) => subject.keep?.(thing) ?? true), [list.rows, subject]);
  const rows = useMemo(
    () =>
      (all ?? []).filter(
        (thing) =>
          (subject.many || matches(find, subject.nameOf?.(thing) ?? thing.name, ...subject.parts.map((p) => String(p.text(thing))), ...(subject.words?.(thing) ?? []))) &&
          (subject.sieves ?? []).every((s) => !values[s.id] || s.keep(thing, values[s.id]!)),
      ),
    [all, find, values, subject],
  );
  const chosen = rows.filter((thing) => checked.has(thing.id) && !thing.built_in && !thing.shared);
  const chosenIds = useMemo(() => new Set(rows.filter((thing) => checked.has(thing.id)).map(idOf)), [rows, checked]);
  const open = (thing: Thing<Body>) => void navigate({ to: `/manager/${subject.id}/${thing.id}` });
  const again = () => {
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), kind.path] });
    void cache.invalidateQueries({ queryKey: [kind.path] });
  };
  function finish(): void {
    again();
    check(new Set());
    show(undefined);
  }
  const action = actions.find((a) => a.id === dialog);
  const filtered = find !== '' || Object.values(values).some(Boolean);

  return (
    <section className="subject" aria-label={subject.title}>
      <header className="subject-head">
        <h2>{subject.title}</h2>
        {subject.above}
        {global && sharing.has(subject.id) && <p className="hint">{t('manager.shared_by_global')}</p>}
        <div className="subject-do">
          {subject.csv && (
            <>
              <Button component="a" href={csvLink(kind.path)} download variant="default" leftSection={<IconDownload size={14} aria-hidden="true" />}>
                {t('kit.csv_export')}
              </Button>
              {may && (
                <Button variant="default" leftSection={<IconUpload size={14} aria-hidden="true" />} onClick={() => show('csv')}>
                  {t('manager.csv_import')}
                </Button>
              )}
            </>
          )}
          {may && (
            <Button
              component={Link} to={`/manager/${subject.id}/new`} aria-keyshortcuts="Alt+N" leftSection={<IconPlus size={14} aria-hidden="true" />}
              rightSection={<span aria-hidden="true"><Kbd keys={keyTable.fresh.shown} /></span>}
            >
              {t('manager.new')}
            </Button>
          )}
        </div>
      </header>
      <ListBar
        first find={find} filters={filters} count={list.rows && !list.more ? rows.length : undefined} all={all?.length}
        onFind={(text) => lookFor({ find: text, values })}
      />
      <BulkBar checked={chosenIds} clear={() => check(new Set())}>
        {bulk.length > 0 && (
          <Button variant="default" leftSection={<IconPencil size={14} aria-hidden="true" />} onClick={() => show('edit')}>
            {t('manager.bulk_edit')}
          </Button>
        )}
        {actions.map((a) => (
          <Button key={a.id} variant="default" leftSection={a.icon} onClick={() => show(a.id)}>
            {a.label}
          </Button>
        ))}
        <Button variant="default" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={() => show('remove')}>
          {t('kit.remove')}
        </Button>
      </BulkBar>
      <ListStates list={list}>
        {() => (
          <DataTable
            label={subject.title} rows={rows} columns={columns} id={idOf} name={(thing) => thing.name} sortedBy={{ column: 'name', down: false }} open={open}
            {...(may && { checked: chosenIds, onChecked: check })} end={subject.many ? list.more : undefined}
            empty={
              <EmptyList filtered={filtered} title={t(subject.empty)}>
                {may && (
                  <Button component={Link} to={`/manager/${subject.id}/new`} leftSection={<IconPlus size={14} aria-hidden="true" />}>
                    {t('manager.first')}
                  </Button>
                )}
              </EmptyList>
            }
          />
        )}
      </ListStates>
      {dialog === 'csv' && (
        <CsvDialog
          title={t('manager.csv_title', { what: subject.title })} path={kind.path} template={csvLink(kind.path)} done={again} close={() => show(undefined)}
          send={async (file, dryRun) => importCsv(kind.path, await file.text(), dryRun)}
        />
      )}
      {dialog === 'edit' && <BulkEdit kind={kind} things={chosen} fields={bulk} close={() => show(undefined)} done={finish} />}
      {dialog === 'remove' && <BulkRemove kind={kind} things={chosen} close={() => show(undefined)} done={finish} />}
      {action && <action.Dialog things={chosen} close={() => show(undefined)} done={again} />}
    </section>
  );
}
