import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import type { Sort } from '../kit/DataTable';

export type SavedView = components['schemas']['ObjectView'];
type ViewTable = SavedView['body']['table'];
/** One of the live tables. */
export type TableName = Exclude<ViewTable, 'floor'>;
export type Parts = NonNullable<SavedView['body']['parts']>;

/** How one looks at a table now. */
export interface Look {
  /** Undefined: the usual columns. */
  columns: string[] | undefined;
  sort: Sort;
  /** What is kept, by the name of the filter; an empty value keeps all. */
  filter: Record<string, string>;
  /** Of the whole floor: its tables in their order, and each one's look. */
  parts?: Parts;
  /** The saved view that it came from. */
  view?: string;
}

/** Looks are kept in this browser, so that a reload changes nothing. */
function kept(table: ViewTable): Partial<Look> {
  try {
    return JSON.parse(localStorage.getItem(`portico.look.${table}`) ?? '{}') as Partial<Look>;
  } catch {
    return {};
  }
}

export function useLook(table: ViewTable, sort: Sort): [Look, (change: Partial<Look>) => void] {
  const [look, set] = useState<Look>(() => ({ columns: undefined, sort, filter: {}, ...kept(table) }));
  return [look, (change) => set((old) => {
    const next = { ...old, ...change };
    localStorage.setItem(`portico.look.${table}`, JSON.stringify(next));
    return next;
  })];
}

const viewsKey = ['views'] as const;

/** The views that are shared, and one's own. */
export function useViews(table: ViewTable): SavedView[] {
  const { data } = useQuery({
    queryKey: viewsKey,
    queryFn: async () => (await answer(api.GET('/api/v1/views', { params: { query: { limit: 500 } } }))).items ?? [],
    staleTime: 60_000,
  });
  return (data ?? []).filter((v) => v.body.table === table);
}

function bodyOf(table: ViewTable, look: Look, shared: boolean): SavedView['body'] {
  return { table, columns: look.columns ?? [], sort: look.sort, filter: look.filter, shared, ...(look.parts ? { parts: look.parts } : {}) };
}

/** Saves looks as views, changes and removes them. */
export function useKeepView(table: ViewTable) {
  const cache = useQueryClient();
  const done = () => void cache.invalidateQueries({ queryKey: viewsKey });
  return {
    create: async (name: string, look: Look, shared: boolean) => {
      const made = await answer(api.POST('/api/v1/views', { body: { name, body: bodyOf(table, look, shared) } }));
      done();
      return made;
    },
    change: async (view: SavedView, look: Look) => {
      await answer(api.PUT('/api/v1/views/{id}', {
        params: { path: { id: view.id } }, body: { name: view.name, version: view.version, body: bodyOf(table, look, view.body.shared ?? false) },
      }));
      done();
    },
    remove: async (view: SavedView) => {
      await answer(api.DELETE('/api/v1/views/{id}', { params: { path: { id: view.id }, query: { version: view.version } } }));
      done();
    },
  };
}

/** The look that a saved view describes. */
export function lookOf(view: SavedView): Look {
  return { ...lookOfPart(view.body), ...(view.body.parts ? { parts: view.body.parts } : {}), view: view.id };
}

/** The look of a table within a view. */
export function lookOfPart({ columns, sort, filter }: Pick<Parts[number], 'columns' | 'sort' | 'filter'>): Look {
  return { columns: columns.length > 0 ? columns : undefined, sort: { column: sort.column, down: sort.down ?? false }, filter };
}

/** A table as a part of a view of the whole floor. */
export function partOf(table: TableName, { columns, sort, filter }: Look): Parts[number] {
  return { table, columns: columns ?? [], sort, filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) };
}

/** Whether a look is no longer what its view says. */
export function strayed(look: Look, view: SavedView): boolean {
  const one = ({ columns, sort, filter }: Look) =>
    [columns ?? [], sort.column, sort.down, Object.entries(filter).filter(([, value]) => value !== '').sort()];
  const plain = (l: Look) => JSON.stringify([one(l), (l.parts ?? []).map((p) => [p.table, one(lookOfPart(p))])]);
  return plain(look) !== plain(lookOf(view));
}
