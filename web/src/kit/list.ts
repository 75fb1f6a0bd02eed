import { keepPreviousData, useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { asFault, type Fault } from '../api/client';

export interface Page<Row> {
  items: Row[] | null;
  /** Where the next page begins; empty: there is none. */
  next?: string;
}

/** What is known of a list that comes in pages. */
export interface List<Row> {
  /** Undefined until the first page is there. */
  rows: Row[] | undefined;
  fault: Fault | undefined;
  again: () => void;
  /** Loads the next page; undefined when all is there. */
  more: (() => void) | undefined;
  loadingMore: boolean;
}

/** So many rows are loaded at once, and at most so many by `all`. */
const allMax = 10_000;

/**
 * useList reads a list page by page into the query cache. With all, it goes on until
 * the whole list is there (at most 10,000 rows), so that it can be sorted and filtered
 * here; without, the table's end asks for more. With every, in ms, it is read again so often.
 */
export function useList<Row>(key: QueryKey, load: (after: string) => Promise<Page<Row>>, { all = false, every }: { all?: boolean; every?: number } = {}): List<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: '',
    getNextPageParam: (page: Page<Row>) => page.next || undefined,
    placeholderData: keepPreviousData,
    ...(every && { refetchInterval: every }),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items ?? []), [query.data]);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage, refetch } = query;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const goOn = all && hasNextPage && !isFetchingNextPage && !isError && (rows?.length ?? 0) < allMax;
  useEffect(() => {
    if (goOn) void fetchNextPage();
  }, [goOn, fetchNextPage]);
  return {
    rows,
    fault: query.error ? asFault(query.error) : undefined,
    again: () => void refetch(),
    more: hasNextPage ? more : undefined,
    loadingMore: isFetchingNextPage,
  };
}

/** Tells whether one of the texts holds all the words that are looked for; signs above letters do not count. */
export function matches(find: string, ...texts: (string | undefined)[]): boolean {
  const words = plain(find).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const all = plain(texts.filter(Boolean).join(' '));
  return words.every((word) => all.includes(word));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
