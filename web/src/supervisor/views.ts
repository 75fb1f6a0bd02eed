import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import type { Sort } from '../kit/DataTable';

export type SavedView = components['schemas']['ObjectView'];
export type TableName = SavedView['body']['table'];

/** How one looks at a table now. */
export interface Look {
  /** Undefined: the usual columns. */
  columns: string[] | undefined;
  sort: Sort;
  /** What is kept, by the name of the filter; an empty value keeps all. */
  filter: Record<string, string>;
  /** The saved view that it came from. */
  view?: string;
}

/** Looks are kept in this browser, so that a reload changes nothing. */
function kept(table: TableName): Partial<Look> {
  try {
    return JSON.parse(localStorage.getItem(`portico.look.${table}`) ?? '{}') as Partial<Look>;
  } catch {
    return {};
  }
}

export function useLook(table: TableName, sort: Sort): [Look, (change: Partial<Look>) => void] {
  const [look, set] = useState<Look>(() => ({ columns: undefined, sort, filter: {}, ...kept(table) }));
  return [look, (change) => set((old) => {
    const next = { ...old, ...change };
    localStorage.setItem(`portico.look.${table}`, JSON.stringify(next));
    return next;
  })];
}

const viewsKey = ['views'] as const;

/** The views that are shared, and one's own. */
export function useViews(table: TableName): SavedView[] {
  const { data } = useQuery({
    queryKey: viewsKey,
    queryFn: async () => (await answer(api.GET('/api/v1/views', { params: { query: { limit: 500 } } }))).items ?? [],
    staleTime: 60_000,
  });
  return (data ?? []).filter((v) => v.body.table === table);
}

function bodyOf(table: TableName, look: Look, shared: boolean): SavedView['body'] {
  return { table, columns: look.columns ?? [], sort: look.sort, filter: look.filter, shared };
}

/** Saves looks as views, changes and removes them. */
export function useKeepView(table: TableName) {
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
  const { columns, sort, filter } = view.body;
  return { columns: columns.length > 0 ? columns : undefined, sort: { column: sort.column, down: sort.down ?? false }, filter, view: view.id };
}

/** Whether a look is no longer what its view says. */
export function strayed(look: Look, view: SavedView): boolean {
  const plain = ({ columns, sort, filter }: Look) =>
    JSON.stringify([columns ?? [], sort.column, sort.down, Object.entries(filter).filter(([, value]) => value !== '').sort()]);
  return plain(look) !== plain(lookOf(view));
}
