import { Button } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet, IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useRef, useState, type DragEvent } from 'react';
import { asFault, call, Fault } from '../api/client';
import './CsvDialog.css';
import { DataTable, type Column, type Tone } from './DataTable';
import { Dialog } from './Dialog';
import { Notice } from './Notice';
import { Refusal } from './states';
import { faultText, useTexts, type Say } from './texts';

export interface CsvRow {
  line: number;
  name: string;
  action: 'create' | 'change' | 'same' | 'refuse';
  code?: string;
  message?: string;
  field?: string;
}

/** What an import did, or would do. */
export interface CsvResult {
  applied: boolean;
  created: number;
  changed: number;
  same: number;
  refused: number;
  rows: CsvRow[] | null;
}

interface Props {
  title: string;
  /** The list in the API, such as users: /api/v1/users/export and …/import. */
  path: string;
  /** Where the list is downloaded from as a pattern, where that is not the API's address alone. */
  template?: string;
  /** Called after something was taken in. */
  done: () => void;
  close: () => void;
  /** Puts another server in the place of the API's; for the page of components. */
  send?: (file: File, dryRun: boolean) => Promise<CsvResult>;
}

const bytesMax = 8 << 20;


function toServer(path: string) {
  return (file: File, dryRun: boolean) =>
    call<CsvResult>(`/api/v1/${path}/import?dry_run=${dryRun}`, { method: 'POST', body: file, type: 'text/csv' });
}

/** Takes a CSV file in: tried out first, with a result for each row, then all of it or nothing. */
export function CsvDialog({ title, path, template, done, close, send = toServer(path) }: Props) {
  const t = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [over, setOver] = useState(false);
  const run = useMutation({
    mutationFn: ({ chosen, dryRun }: { chosen: File; dryRun: boolean }) => {
      if (chosen.size > bytesMax) throw new Fault('csv_too_large', t('kit.csv_too_large'), 413);
      return send(chosen, dryRun);
    },
    onSuccess: (result) => {
      if (result.applied) done();
    },
  });
  const result = run.data;

  function take(chosen: File | undefined | null): void {
    if (!chosen) return;
    setFile(chosen);
    run.mutate({ chosen, dryRun: true });
  }
  function onDrop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  }

  return (
    <Dialog title={title} size={760} close={close}>
      <div
        className="csv" data-over={over} onDrop={onDrop} onDragLeave={() => setOver(false)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
      >
        <input
          ref={input} type="file" accept=".csv,text/csv" hidden aria-label={t('kit.csv_file')}
          onChange={(e) => {
            take(e.currentTarget.files?.[0]);
            e.currentTarget.value = '';
          }}
        />
        {!file && (
          <div className="csv-drop">
            <IconFileSpreadsheet size={30} stroke={1.5} aria-hidden="true" />
            <strong>{t('kit.csv_drop')}</strong>
            <p>{t('kit.csv_drop_more')}</p>
            <Button size="sm" leftSection={<IconUpload size={15} aria-hidden="true" />} onClick={() => input.current?.click()} data-autofocus>
              {t('kit.csv_choose')}
            </Button>
            <a href={template ?? `/api/v1/${path}/export`} download>
              <IconDownload size={14} aria-hidden="true" /> {t('kit.csv_template')}
            </a>
          </div>
        )}
        {file && (
          <div className="csv-file">
            <IconFileSpreadsheet size={18} aria-hidden="true" />
            <strong>{file.name}</strong>
            <Button variant="default" onClick={() => input.current?.click()}>
              {t('kit.csv_other')}
            </Button>
          </div>
        )}
        {run.isPending && <p role="status">{t('kit.csv_trying')}</p>}
        <Refusal fault={run.error && asFault(run.error)} />
        {result && !run.isPending && <Outcome result={result} />}
        {file && (
          <div className="dialog-foot">
            <Button size="sm" variant="default" onClick={close}>
              {result?.applied ? t('app.close') : t('app.cancel')}
            </Button>
            {!result?.applied && (
              <Button
                size="sm" loading={run.isPending && run.variables?.dryRun === false} disabled={!result || run.isPending || result.refused > 0 || result.created + result.changed === 0}
                onClick={() => run.mutate({ chosen: file, dryRun: false })}
              >
                {t('kit.csv_import')}
              </Button>
            )}
          </div>
        )}
      </div>
    </Dialog>
  );
}

const tones: Record<CsvRow['action'], Tone | undefined> = { create: 'good', change: 'warn', same: undefined, refuse: 'bad' };
const order: Record<CsvRow['action'], number> = { refuse: 0, change: 1, create: 2, same: 3 };

function rowColumns(t: Say): Column<CsvRow>[] {
  return [
    { id: 'line', title: t('kit.csv_line'), width: '64px', right: true, by: (r) => r.line, show: (r) => r.line },
    { id: 'name', title: t('kit.csv_name'), width: '30%', by: (r) => r.name, show: (r) => r.name },
    {
      id: 'action', title: t('kit.csv_action'), width: '120px', by: (r) => order[r.action],
      show: (r) => <span className={tones[r.action] ? `tag tag-${tones[r.action]}` : 'tag'}>{t(`kit.csv_${r.action}`)}</span>,
    },
    {
      id: 'why', title: t('kit.csv_why'), width: '50%',
      show: (r) => r.code && <span title={faultText(r.code, r.message)}>{r.field ? `${r.field}: ` : ''}{faultText(r.code, r.message)}</span>,
    },
  ];
}

function Outcome({ result }: { result: CsvResult }) {
  const t = useTexts();
  const [only, setOnly] = useState<CsvRow['action']>();
  const columns = useMemo(() => rowColumns(t), [t]);
  const rows = (result.rows ?? []).filter((r) => !only || r.action === only);
  const nothing = result.created + result.changed + result.refused === 0;
  const counts = { refuse: result.refused, create: result.created, change: result.changed, same: result.same };
  return (
    <>
      {result.applied ? (
        <Notice tone="good">{t('kit.csv_done')}</Notice>
      ) : result.refused > 0 ? (
        <Notice tone="bad">{t('kit.csv_refused')}</Notice>
      ) : (
        <Notice>{nothing ? t('kit.csv_nothing') : t('kit.csv_ready')}</Notice>
      )}
      <div className="csv-counts" role="group" aria-label={t('kit.filter')}>
        {(Object.keys(counts) as CsvRow['action'][]).map((action) => (
          <button
            key={action} type="button" className="csv-count figures" aria-pressed={only === action} disabled={counts[action] === 0}
            onClick={() => setOnly(only === action ? undefined : action)}
          >
            {t(`kit.csv_${action}_count`, { count: counts[action] })}
          </button>
        ))}
      </div>
      <div className="csv-rows">
        <DataTable
          label={t('kit.csv_rows')} rows={rows} columns={columns} id={(r) => String(r.line)} sortedBy={{ column: 'action', down: false }} tone={(r) => tones[r.action]}
          empty={null}
        />
      </div>
    </>
  );
}
