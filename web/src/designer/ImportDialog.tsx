import { Button } from '@mantine/core';
import { IconFileCode, IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { asFault, Fault } from '../api/client';
import '../kit/CsvDialog.css';
import { Dialog } from '../kit/Dialog';
import { Notice } from '../kit/Notice';
import { Refusal } from '../kit/states';
import { useTexts, type Key } from '../kit/texts';
import { importFile, type WorkflowFile } from './api';
import { whole } from './docOf';
import { nodeOf } from './graph';
import { nodeName, problemText } from './labels';

const bytesMax = 8 << 20;

/** Takes a workflow from a file in: tried out first, with what it would do and what the unit does not have. */
export function ImportDialog({ done, close }: { done: (id: string) => void; close: () => void }) {
  const t = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; value: WorkflowFile }>();
  const read = useMutation({
    mutationFn: async (chosen: File) => {
      if (chosen.size > bytesMax) throw new Fault('workflow_file', t('designer.file_wrong'), 413);
      try {
        return { name: chosen.name, value: JSON.parse(await chosen.text()) as WorkflowFile };
      } catch {
        throw new Fault('workflow_file', t('designer.file_wrong'), 400);
      }
    },
    onSuccess: (next) => {
      setFile(next);
      run.mutate({ value: next.value, dryRun: true });
    },
  });
  const run = useMutation({
    mutationFn: ({ value, dryRun }: { value: WorkflowFile; dryRun: boolean }) => importFile(value, dryRun),
    onSuccess: (result) => {
      if (!result.applied || !result.id) return;
      done(result.id);
      close();
    },
  });
  const result = run.data;
  const graph = whole(file?.value.graph);
  const fault = read.error ?? run.error;
  return (
    <Dialog title={t('designer.import_title')} size={560} close={close}>
      <div
        className="csv" onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const [dropped] = event.dataTransfer.files;
          if (dropped) read.mutate(dropped);
        }}
      >
        <input
          ref={input} type="file" accept=".json,application/json" hidden aria-label={t('designer.import_file')}
          onChange={(e) => {
            const [chosen] = e.currentTarget.files ?? [];
            if (chosen) read.mutate(chosen);
            e.currentTarget.value = '';
          }}
        />
        {!file && (
          <div className="csv-drop">
            <IconFileCode size={30} stroke={1.5} aria-hidden="true" />
            <strong>{t('designer.import_drop')}</strong>
            <p>{t('designer.import_more')}</p>
            <Button size="sm" leftSection={<IconUpload size={15} aria-hidden="true" />} onClick={() => input.current?.click()} data-autofocus>
              {t('kit.csv_choose')}
            </Button>
          </div>
        )}
        {file && (
          <div className="csv-file">
            <IconFileCode size={18} aria-hidden="true" />
            <strong>{file.name}</strong>
            <Button variant="default" onClick={() => input.current?.click()}>
              {t('kit.csv_other')}
            </Button>
          </div>
        )}
        <Refusal fault={fault && asFault(fault)} />
        {result && (
          <>
            <Notice tone={result.missing?.length > 0 || result.problems?.length > 0 ? 'warn' : 'good'}>{t(`designer.import_${result.action}`, { name: result.name })}</Notice>
            {result.missing?.length > 0 && (
              <section>
                <h3>{t('designer.import_missing')}</h3>
                <ul className="plain-list">
                  {result.missing.map((m, i) => {
                    const node = nodeOf(graph, m.node);
                    return (
                      <li key={i}>
                        {t(`designer.field_${m.kind}` as Key)}: <strong>{m.name}</strong> {node && `(${nodeName(t, node)})`}
                      </li>
                    );
                  })}
                </ul>
              </section>
            )}
            {result.problems?.length > 0 && (
              <section>
                <h3>{t('designer.problems')}</h3>
                <ul className="plain-list">
                  {result.problems.slice(0, 20).map((p, i) => (
                    <li key={i}>{problemText(t, p, graph)}</li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
        {file && (
          <div className="dialog-foot">
            <Button size="sm" variant="default" onClick={close}>
              {t('app.cancel')}
            </Button>
            <Button size="sm" loading={run.isPending} disabled={!result} onClick={() => run.mutate({ value: file.value, dryRun: false })}>
              {t('designer.import')}
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}
