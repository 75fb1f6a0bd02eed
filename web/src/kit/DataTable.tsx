import { useVirtualizer } from '@tanstack/react-virtual';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import './DataTable.css';
import { useTexts } from './texts';

export interface Column<Row> {
  id: string;
  title: string;
  /** What is sorted by; without it the column does not sort. */
  by?: (row: Row) => string | number;
  show: (row: Row) => ReactNode;
  /**
   * CSS width; the table's layout is fixed, so that live data move nothing. Widths in px
   * are the least: what is left is shared among them, what lacks is scrolled.
   */
  width: string;
  /** Figures stand at the right. */
  right?: boolean;
  /** Shown only when it is chosen (ColumnMenu). */
  spare?: boolean;
}

export interface Sort {
  column: string;
  down: boolean;
}

/** What a row means at a glance; a word within the row must say the same. */
export type Tone = 'good' | 'warn' | 'bad';

interface Props<Row> {
  /** What the table holds, for whoever does not see it. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  id: (row: Row) => string;
  /** The order at the beginning; the table keeps it itself unless sort and onSort are given. */
  sortedBy?: Sort;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** The row that is shown beside the table. */
  selected?: string | undefined;
  open?: (row: Row) => void;
  /** Rows that are chosen for a bulk action; without it there are no boxes. */
  checked?: ReadonlySet<string>;
  onChecked?: (checked: ReadonlySet<string>) => void;
  /** The name of a row, for its box. */
  name?: (row: Row) => string;
  tone?: (row: Row) => Tone | undefined;
  /** What stands in the place of rows. */
  empty: ReactNode;
  /** Called when the end comes near: more can be loaded. */
  end?: (() => void) | undefined;
  /** Below this the table scrolls sideways, in px; without it where columns would be narrower than their px. */
  minWidth?: number;
}

const rowHeight = 34;

/**
 * A table of up to 10,000 rows: sorted, virtualised, walked with the arrow keys; Enter
 * opens a row, Space chooses it. While the pointer is within, rows keep their places:
 * values change, nothing moves under the cursor. New rows come at the end until then.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, columns, id, selected, open, checked, onChecked, name = id, tone, empty, end } = props;
  const t = useTexts();
  const [own, setOwn] = useState<Sort | undefined>(props.sortedBy);
  const sort = props.sort ?? own;
  const [held, hold] = useState<string[]>();
  const [at, setAt] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<number>(undefined);

  const shown = useMemo(() => ordered(rows, columns, sort, held, id), [rows, columns, sort, held, id]);
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

  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (end && last >= shown.length - 20) end();
  }, [end, last, shown.length]);

  function choose(column: Column<Row>): void {
    if (!column.by) return;
    hold(undefined);
    const next = { column: column.id, down: sort?.column === column.id ? !sort.down : false };
    setOwn(next);
    props.onSort?.(next);
  }

  /** With Shift, all rows from the one that was chosen last. */
  function check(index: number, range: boolean): void {
    if (!checked || !onChecked) return;
    const next = new Set(checked);
    const on = !checked.has(id(shown[index]!));
    const from = range && anchor.current !== undefined ? anchor.current : index;
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const row = shown[i];
      if (!row) continue;
      if (on) next.add(id(row));
      else next.delete(id(row));
    }
    anchor.current = index;
    onChecked(next);
  }

  function walk(event: KeyboardEvent, index: number): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === ' ' && checked) {
      event.preventDefault();
      check(index, event.shiftKey);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open?.(shown[index]!);
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

  function onBox(event: MouseEvent, index: number): void {
    event.stopPropagation();
    check(index, event.shiftKey);
  }

  const minWidth = props.minWidth ?? columns.reduce((sum, c) => sum + (c.width.endsWith('px') ? Number.parseInt(c.width, 10) : 80), checked ? 36 : 0);
  const stop = shown.some((row) => id(row) === at) ? at : shown[0] && id(shown[0]);
  const all = !!checked && shown.length > 0 && shown.every((row) => checked.has(id(row)));
  return (
    <div
      className="data-table" ref={scroller} role="presentation"
      onPointerEnter={() => hold(shown.map(id))} onPointerLeave={() => hold(undefined)}
    >
      <table role="grid" aria-label={label} aria-rowcount={shown.length + 1} aria-multiselectable={checked ? true : undefined} style={{ minWidth }}>
        <colgroup>
          {checked && <col style={{ width: 36 }} />}
          {columns.map((c) => (
            <col key={c.id} style={{ width: c.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {checked && (
              <th scope="col" className="box">
                <input
                  type="checkbox" aria-label={t('kit.check_all')} checked={all}
                  ref={(box) => {
                    if (box) box.indeterminate = !all && shown.some((row) => checked.has(id(row)));
                  }}
                  onChange={() => onChecked?.(all ? new Set() : new Set(shown.map(id)))}
                />
              </th>
            )}
            {columns.map((c) => (
              <th
                key={c.id} scope="col" className={c.right ? 'right' : undefined} title={c.title}
                aria-sort={sort?.column === c.id ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                {c.by ? (
                  <button type="button" onClick={() => choose(c)}>
                    <span>{c.title}</span>
                    {sort?.column === c.id &&
                      (sort.down ? <IconChevronDown size={12} aria-hidden="true" /> : <IconChevronUp size={12} aria-hidden="true" />)}
                  </button>
                ) : (
                  <span>{c.title}</span>
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
            const isChecked = checked?.has(key);
            return (
              <tr
                key={key} aria-rowindex={item.index + 2} aria-selected={key === selected || isChecked} tabIndex={key === stop ? 0 : -1}
                data-tone={tone?.(row)} data-open={open ? '' : undefined}
                style={{ height: rowHeight }} onClick={() => open?.(row)} onFocus={() => setAt(key)}
                onKeyDown={(event) => walk(event, item.index)}
              >
                {checked && (
                  <td className="box" onClick={(event) => onBox(event, item.index)}>
                    <input type="checkbox" tabIndex={-1} readOnly checked={isChecked} aria-label={t('kit.check_row', { name: name(row) })} />
                  </td>
                )}
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

/** The rows in their order: the one that is held, else the one that is sorted by. */
function ordered<Row>(
  rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | undefined, held: string[] | undefined, id: (row: Row) => string,
): readonly Row[] {
  if (held) {
    const place = new Map(held.map((key, i) => [key, i]));
    return [...rows].sort((a, b) => (place.get(id(a)) ?? held.length) - (place.get(id(b)) ?? held.length));
  }
  const by = columns.find((c) => c.id === sort?.column)?.by;
  if (!by || !sort) return rows;
  const keyed = rows.map((row) => ({ row, key: by(row), id: id(row) }));
  keyed.sort((a, b) => {
    const less = typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key : collator.compare(String(a.key), String(b.key));
    return (sort.down ? -less : less) || collator.compare(a.id, b.id);
  });
  return keyed.map(({ row }) => row);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
