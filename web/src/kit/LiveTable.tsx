import { useVirtualizer } from '@tanstack/react-virtual';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import './LiveTable.css';

export interface Column<Row> {
  id: string;
  title: string;
  /** What is sorted by; without it the column does not sort. */
  by?: (row: Row) => string | number;
  show: (row: Row) => ReactNode;
  /** CSS width; the table's layout is fixed, so that live data move nothing. */
  width: string;
  right?: boolean;
}

interface Props<Row> {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  id: (row: Row) => string;
  sortedBy: { column: string; down: boolean };
  selected?: string;
  open: (row: Row) => void;
  empty: ReactNode;
}

const rowHeight = 34;

/**
 * A table of live rows: sorted, virtualised, walked with the arrow keys, Enter opens
 * a row. While the pointer is within, rows keep their places: values
 * change, nothing moves under the cursor. New rows come at the end until then.
 */
export function LiveTable<Row>({ label, rows, columns, id, sortedBy, selected, open, empty }: Props<Row>) {
  const [sort, setSort] = useState(sortedBy);
  const [held, hold] = useState<string[]>();
  const [at, setAt] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);

  const shown = useMemo(() => {
    const by = columns.find((c) => c.id === sort.column)?.by;
    if (held) {
      const place = new Map(held.map((key, i) => [key, i]));
      return [...rows].sort((a, b) => (place.get(id(a)) ?? held.length) - (place.get(id(b)) ?? held.length));
    }
    if (!by) return rows;
    return [...rows].sort((a, b) => {
      const [x, y] = [by(a), by(b)];
      const less = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
      return (sort.down ? -less : less) || id(a).localeCompare(id(b));
    });
  }, [rows, columns, sort, held, id]);

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (i) => id(shown[i]!),
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  function choose(column: Column<Row>): void {
    if (!column.by) return;
    hold(undefined);
    setSort((s) => ({ column: column.id, down: s.column === column.id ? !s.down : false }));
  }

  function walk(event: KeyboardEvent, index: number): void {
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(shown[index]!);
    } else if (to !== undefined && !event.altKey) {
      event.preventDefault();
      const target = Math.min(shown.length - 1, Math.max(0, to));
      setAt(id(shown[target]!));
      virtual.scrollToIndex(target);
      // A row outside of the window is drawn with the next frame.
      if (!focusRow(target)) requestAnimationFrame(() => focusRow(target));
    }
  }

  function focusRow(index: number): boolean {
    const row = scroller.current?.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"]`);
    row?.focus();
    return !!row;
  }

  const stop = shown.some((row) => id(row) === at) ? at : shown[0] && id(shown[0]);
  return (
    <div
      className="live-table" ref={scroller} role="presentation"
      onPointerEnter={() => hold(shown.map(id))} onPointerLeave={() => hold(undefined)}
    >
      <table role="grid" aria-label={label} aria-rowcount={shown.length + 1}>
        <colgroup>
          {columns.map((c) => (
            <col key={c.id} style={{ width: c.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((c) => (
              <th
                key={c.id} scope="col" className={c.right ? 'right' : undefined}
                aria-sort={sort.column === c.id ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                {c.by ? (
                  <button type="button" onClick={() => choose(c)}>
                    {c.title}
                    {sort.column === c.id &&
                      (sort.down ? <IconChevronDown size={12} aria-hidden="true" /> : <IconChevronUp size={12} aria-hidden="true" />)}
                  </button>
                ) : (
                  c.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {items.map((item) => {
            const row = shown[item.index]!;
            const key = id(row);
            return (
              <tr
                key={key} aria-rowindex={item.index + 2} aria-selected={key === selected} tabIndex={key === stop ? 0 : -1}
                style={{ height: rowHeight }} onClick={() => open(row)} onFocus={() => setAt(key)}
                onKeyDown={(event) => walk(event, item.index)}
              >
                {columns.map((c) => (
                  <td key={c.id} className={c.right ? 'right figures' : undefined}>
                    {c.show(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
      {shown.length === 0 && empty}
    </div>
  );
}
