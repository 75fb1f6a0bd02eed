import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { DataTable, type Column, type Sort, type Tone } from '../kit/DataTable';
import { chosenColumns, ColumnMenu, EmptyList, type Filter } from '../kit/ListBar';
import { Empty, Loading } from '../kit/states';
import { figure, textOr, useTexts } from '../kit/texts';
import type { Refused, Table } from '../live/frames';
import { ViewMenu } from './ViewMenu';
import type { Look, TableName } from './views';

interface Props<Row> {
  name: TableName;
  title: string;
  /** The rows that are kept, and how many there are before the filters. */
  rows: Row[];
  all: number;
  source: { table: Table<Row> | undefined; refused: Refused | undefined };
  columns: readonly Column<Row>[];
  id: (row: Row) => string;
  tone: (row: Row) => Tone | undefined;
  selected: string | undefined;
  open: (row: Row) => void;
  look: Look;
  setLook: (change: Partial<Look>) => void;
  /** The order of the usual look. */
  sort: Sort;
  /** One that always chooses something, such as the workflow, leaves nothing out. */
  filters: (Filter & { always?: boolean })[];
  find: string;
  empty: string;
  emptyMore: string;
  onFault: (thrown: unknown) => void;
}

/** One table of the floor, with its filters, columns and views. */
export function FloorTable<Row>(p: Props<Row>) {
  const t = useTexts();
  const filtered = p.find !== '' || p.filters.some((f) => f.value !== '' && !f.always);
  let content: ReactNode;
  if (p.source.refused && !p.source.table) content = <Empty title={textOr(`app.fault.${p.source.refused.code}`, p.source.refused.message)} />;
  else if (!p.source.table) content = <Loading />;
  else {
    content = (
      <DataTable
        label={p.title} rows={p.rows} columns={chosenColumns(p.columns, p.look.columns)} id={p.id} tone={p.tone} selected={p.selected} open={p.open}
        sort={p.look.sort} onSort={(sort) => p.setLook({ sort })}
        empty={<EmptyList filtered={filtered} title={p.empty}>{p.emptyMore}</EmptyList>}
      />
    );
  }
  return (
    <section className={`floor-part part-${p.name}`} aria-labelledby={`part-${p.name}`}>
      <header className="floor-part-head">
        <h2 id={`part-${p.name}`}>
          {p.title} <span className="figures">{filtered ? t('kit.rows_of', { count: figure(p.rows.length), all: figure(p.all) }) : figure(p.all)}</span>
        </h2>
        <div className="floor-filters">
          {p.filters.map((f) => (
            <Select
              key={f.id} size="xs" aria-label={f.label} placeholder={f.label} value={f.value || null} data={f.choices} onChange={(value) => f.set(value ?? '')}
              clearable={!f.always} allowDeselect={!f.always} searchable={f.choices.length > 8} clearButtonProps={{ 'aria-label': t('kit.clear') }} data-on={f.value !== '' && !f.always} className="list-filter"
              comboboxProps={{ width: 'max-content', position: 'bottom-end' }}
            />
          ))}
        </div>
        <ViewMenu table={p.name} look={p.look} set={p.setLook} sort={p.sort} onFault={p.onFault} />
        <ColumnMenu columns={p.columns} chosen={p.look.columns} set={(columns) => p.setLook({ columns })} />
      </header>
      {content}
    </section>
  );
}
