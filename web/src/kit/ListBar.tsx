import { ActionIcon, Button, Checkbox, Popover, Select, TextInput } from '@mantine/core';
import { IconColumns3, IconSearch, IconX } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Column } from './DataTable';
import type { List } from './list';
import './ListBar.css';
import { Empty, Failed, Loading } from './states';
import { figure, useTexts } from './texts';

export interface Filter {
  id: string;
  label: string;
  value: string;
  choices: { value: string; label: string }[];
  set: (value: string) => void;
}

interface Props {
  find: string;
  onFind: (find: string) => void;
  /** What is looked for; without it: Find. */
  label?: string;
  filters?: Filter[];
  /** How many rows there are, and of how many before the filters. */
  count?: number | undefined;
  all?: number | undefined;
  /** The page is this list: its search has the focus when it is opened. */
  first?: boolean;
  /** Buttons at the right. */
  children?: ReactNode;
}

/** From the search one goes down into the list. */
function goDown(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'ArrowDown') return;
  const row = event.currentTarget.closest('section, main')?.querySelector<HTMLElement>('tbody tr[tabindex="0"]');
  if (!row) return;
  event.preventDefault();
  row.focus();
}

/** The head of a list: search, filters, how many there are, and what one may do. */
export function ListBar({ find, onFind, label, filters = [], count, all, first, children }: Props) {
  const t = useTexts();
  const name = label ?? t('kit.find');
  const filtered = find !== '' || filters.some((f) => f.value !== '');
  return (
    <div className="list-bar" role="search">
      <TextInput
        size="xs" className="list-find" aria-label={name} placeholder={name} value={find} onChange={(e) => onFind(e.currentTarget.value)}
        leftSection={<IconSearch size={14} aria-hidden="true" />} autoComplete="off" spellCheck={false}
        autoFocus={first} onKeyDown={goDown}
      />
      {filters.map((f) => (
        <Select
          key={f.id} size="xs" className="list-filter" aria-label={f.label} placeholder={f.label} value={f.value || null} data-on={f.value !== ''}
          data={f.choices} onChange={(value) => f.set(value ?? '')} clearable searchable={f.choices.length > 8} allowDeselect
          nothingFoundMessage={t('kit.nothing_found')} clearButtonProps={{ 'aria-label': t('kit.clear') }}
        />
      ))}
      {filtered && (
        <ActionIcon
          variant="subtle" color="gray" aria-label={t('kit.filters_off')} title={t('kit.filters_off')}
          onClick={() => {
            onFind('');
            filters.forEach((f) => f.set(''));
          }}
        >
          <IconX size={16} aria-hidden="true" />
        </ActionIcon>
      )}
      {count !== undefined && (
        <span className="list-count figures" role="status">
          {all === undefined || all === count ? t('kit.rows', { count: figure(count) }) : t('kit.rows_of', { count: figure(count), all: figure(all) })}
        </span>
      )}
      <div className="list-do">{children}</div>
    </div>
  );
}

/** What may be done with the chosen rows; there only while some are chosen. */
export function BulkBar({ checked, clear, children }: { checked: ReadonlySet<string>; clear: () => void; children: ReactNode }) {
  const t = useTexts();
  if (checked.size === 0) return null;
  return (
    <div className="bulk-bar" role="group" aria-label={t('kit.bulk')}>
      <strong className="figures" role="status">
        {t('kit.checked', { count: figure(checked.size) })}
      </strong>
      {children}
      <Button variant="subtle" onClick={clear} className="bulk-clear">
        {t('kit.uncheck')}
      </Button>
    </div>
  );
}

/** The columns of a table that are shown: those chosen, in their own order. */
export function chosenColumns<Row>(columns: readonly Column<Row>[], chosen: readonly string[] | undefined): Column<Row>[] {
  if (!chosen) return columns.filter((c) => !c.spare);
  const some = columns.filter((c) => chosen.includes(c.id));
  return some.length > 0 ? some : columns.filter((c) => !c.spare);
}

/** Lets one choose the columns of a table; the first one always stays. */
export function ColumnMenu<Row>({ columns, chosen, set }: {
  columns: readonly Column<Row>[];
  chosen: readonly string[] | undefined;
  set: (chosen: string[] | undefined) => void;
}) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const shown = chosenColumns(columns, chosen).map((c) => c.id);
  const toggle = (id: string) => set(columns.map((c) => c.id).filter((c) => (c === id ? !shown.includes(id) : shown.includes(c))));
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('kit.columns')} title={t('kit.columns')} onClick={() => setOpen(!open)}>
          <IconColumns3 size={17} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('kit.columns')}>
        <div className="column-menu">
          {columns.map((c, i) => (
            <Checkbox key={c.id} size="xs" label={c.title} checked={shown.includes(c.id)} disabled={i === 0} onChange={() => toggle(c.id)} />
          ))}
          <Button variant="subtle" disabled={!chosen} onClick={() => set(undefined)}>
            {t('kit.columns_usual')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A list in its states: loading, failed, or what its rows are shown as. Empty is the table's own affair. */
export function ListStates<Row>({ list, children }: { list: List<Row>; children: (rows: Row[]) => ReactNode }) {
  const t = useTexts();
  if (!list.rows) return list.fault ? <Failed fault={list.fault} again={list.again} /> : <Loading />;
  return (
    <>
      {children(list.rows)}
      {list.loadingMore && (
        <div className="list-more" role="status">
          {t('kit.loading_more')}
        </div>
      )}
    </>
  );
}

/** What stands in an empty table: nothing found, or what would be here and what to do. */
export function EmptyList({ filtered, title, children }: { filtered: boolean; title: string; children?: ReactNode }) {
  const t = useTexts();
  return filtered ? <Empty title={t('kit.nothing_found')}>{t('kit.nothing_found_more')}</Empty> : <Empty title={title}>{children}</Empty>;
}
