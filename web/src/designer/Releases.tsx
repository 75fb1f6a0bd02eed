import { Button, Textarea } from '@mantine/core';
import { IconArrowBackUp, IconRocket } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { asFault } from '../api/client';
import { Dialog } from '../kit/Dialog';
import { Notice } from '../kit/Notice';
import { Empty, Failed, Loading, Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import type { Thing, WorkflowBody } from '../manager/kinds';
import { goBack, release, releaseOf, releasesOf, type Release } from './api';
import type { Comparison } from './compare';
import { nodeOf, type Graph } from './graph';
import { exitOfName, fieldName, nodeName } from './labels';

type Workflow = Thing<WorkflowBody>;

interface ReleaseProps {
  id: string;
  comparison: Comparison | undefined;
  errors: number;
  graphs: { before: Graph; after: Graph };
  /** Saves the draft if it has to be, and gives its version. */
  saved: () => Promise<number>;
  done: (after: Workflow) => void;
  close: () => void;
}

/** Asks why, shows what changes, and releases the draft: contacts that come from now on pass it. */
export function ReleaseDialog({ id, comparison, errors, graphs, saved, done, close }: ReleaseProps) {
  const t = useTexts();
  const cache = useQueryClient();
  const [why, setWhy] = useState('');
  const run = useMutation({
    mutationFn: async () => release(id, await saved(), why.trim()),
    onSuccess: (after) => {
      void cache.invalidateQueries({ queryKey: ['releases', id] });
      done(after);
      close();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (why.trim() && errors === 0) run.mutate();
  }
  return (
    <Dialog title={t('designer.release_title')} size={560} close={close}>
      <form onSubmit={submit} className="form-column">
        <p>{t('designer.release_more')}</p>
        {errors > 0 && <Notice tone="bad">{t('designer.release_errors', { count: errors })}</Notice>}
        {comparison && (
          <section className="release-changes" aria-label={t('designer.changes')}>
            <h3>{t('designer.changes')}</h3>
            <Changes comparison={comparison} graphs={graphs} />
          </section>
        )}
        <Textarea
          label={t('designer.why')} description={t('designer.why_more')} value={why} required maxLength={1000} autosize minRows={2} maxRows={6} data-autofocus onChange={(e) => setWhy(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && e.ctrlKey) submit(e);
          }}
        />
        <Refusal fault={run.error && asFault(run.error)} />
        <div className="dialog-foot">
          <Button size="sm" variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" loading={run.isPending} disabled={!why.trim() || errors > 0} leftSection={<IconRocket size={15} aria-hidden="true" />}>
            {t('designer.release')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is different, as a list; a click shows the component. */
export function Changes({ comparison, graphs, go }: { comparison: Comparison; graphs: { before: Graph; after: Graph }; go?: (id: string) => void }) {
  const t = useTexts();
  const { nodes, edges } = comparison;
  if (nodes.length === 0 && edges.length === 0) return <p className="hint">{t('designer.no_changes')}</p>;
  const nameOf = (id: string) => {
    const node = nodeOf(graphs.after, id) ?? nodeOf(graphs.before, id);
    return node ? nodeName(t, node) : id;
  };
  const exit = (from: string, id: string) => exitOfName(t, nodeOf(graphs.after, from) ? graphs.after : graphs.before, from, id);
  return (
    <ul className="changes">
      {nodes.map((n) => (
        <li key={n.id} data-change={n.change}>
          <span className="change-word">{t(`designer.change_${n.change}`)}</span>
          {go ? (
            <button type="button" className="link" onClick={() => go(n.id)}>
              {nodeName(t, n.node)}
            </button>
          ) : (
            <strong>{nodeName(t, n.node)}</strong>
          )}
          {n.fields.length > 0 && <span>{n.fields.map((f) => fieldName(t, f)).join(', ')}</span>}
        </li>
      ))}
      {edges.map((e) => (
        <li key={`${e.from} ${e.exit}`} data-change={e.change}>
          <span className="change-word">{t(`designer.change_${e.change}`)}</span>
          <span>
            {e.change === 'changed'
              ? t('designer.edge_changed', { from: nameOf(e.from), exit: exit(e.from, e.exit), to: nameOf(e.to), was: nameOf(e.was) })
              : t('designer.edge_from_to', { from: nameOf(e.from), exit: exit(e.from, e.exit), to: nameOf(e.to || e.was) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

export type Compared = number | 'draft';

interface PanelProps {
  thing: Workflow;
  /** One may go back to a release. */
  may: boolean;
  /** The draft as it is on the screen. */
  draft: Graph;
  unsaved: boolean;
  chosen: { from: Compared; to: Compared };
  choose: (chosen: { from: Compared; to: Compared }) => void;
  comparison: Comparison | undefined;
  graphs: { before: Graph; after: Graph } | undefined;
  go: (id: string) => void;
  done: (after: Workflow) => void;
}

/** The releases: who, when and why; what is different between two; and the way back. */
export function ReleasesPanel({ thing, may, unsaved, chosen, choose, comparison, graphs, go, done }: PanelProps) {
  const t = useTexts();
  const list = useQuery({ queryKey: ['releases', thing.id], queryFn: () => releasesOf(thing.id) });
  const [back, askBack] = useState<Release>();
  const current = thing.body.released?.number;
  const name = (which: Compared) => (which === 'draft' ? t('designer.draft') : t('designer.release_n', { n: which }));
  if (list.error) return <Failed fault={asFault(list.error)} again={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  if (list.data.length === 0) return <Empty title={t('designer.no_releases')}>{t('designer.no_releases_more')}</Empty>;
  return (
    <div className="panel-scroll">
      <header className="panel-head">
        <h2>{t('designer.releases')}</h2>
      </header>
      <ul className="releases" aria-label={t('designer.releases')}>
        {list.data.map((r) => (
          <li key={r.number} data-chosen={r.number === chosen.from || r.number === chosen.to}>
            <div className="release-head">
              <strong>{t('designer.release_n', { n: r.number })}</strong>
              {r.number === current && <span className="tag tag-good">{t('designer.in_use')}</span>}
              {r.same_as ? <span className="tag">{t('designer.same_as', { n: r.same_as })}</span> : null}
            </div>
            <p className="release-why">{r.why}</p>
            <p className="release-who">{t('designer.release_by', { who: r.by || t('manager.system'), when: dateTime(r.at) })}</p>
            <div className="panel-do">
              <Button size="compact-xs" variant="default" aria-pressed={chosen.from === r.number && chosen.to === 'draft'} onClick={() => choose({ from: r.number, to: 'draft' })}>
                {t('designer.compare_draft')}
              </Button>
              {r.number !== current && current !== undefined && (
                <Button size="compact-xs" variant="default" aria-pressed={chosen.from === r.number && chosen.to === current} onClick={() => choose({ from: r.number, to: current })}>
                  {t('designer.compare_current')}
                </Button>
              )}
              {r.number !== current && may && (
                <Button size="compact-xs" variant="default" leftSection={<IconArrowBackUp size={13} aria-hidden="true" />} onClick={() => askBack(r)}>
                  {t('designer.go_back')}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {comparison && graphs && (
        <section aria-label={t('designer.changes')}>
          <h3>{t('designer.changes_between', { from: name(chosen.from), to: name(chosen.to) })}</h3>
          <Changes comparison={comparison} graphs={graphs} go={go} />
        </section>
      )}
      {back && (
        <BackDialog
          thing={thing} to={back} unsaved={unsaved} close={() => askBack(undefined)}
          done={(after) => {
            void list.refetch();
            done(after);
          }}
        />
      )}
    </div>
  );
}

/** Goes back to a former release: one click, and a reason. */
function BackDialog({ thing, to, unsaved, done, close }: { thing: Workflow; to: Release; unsaved: boolean; done: (after: Workflow) => void; close: () => void }) {
  const t = useTexts();
  const [why, setWhy] = useState(t('designer.back_why', { n: to.number }));
  const run = useMutation({
    mutationFn: () => goBack(thing.id, to.number, thing.version, why.trim()),
    onSuccess: (after) => {
      done(after);
      close();
    },
  });
  return (
    <Dialog title={t('designer.back_title', { n: to.number })} size={480} close={close}>
      <form
        className="form-column"
        onSubmit={(event) => {
          event.preventDefault();
          if (why.trim()) run.mutate();
        }}
      >
        <p>{t('designer.back_more')}</p>
        {unsaved && <Notice tone="info">{t('designer.back_unsaved')}</Notice>}
        <Textarea label={t('designer.why')} value={why} required maxLength={1000} autosize minRows={2} onChange={(e) => setWhy(e.currentTarget.value)} />
        <Refusal fault={run.error && asFault(run.error)} />
        <div className="dialog-foot">
          <Button size="sm" variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" loading={run.isPending} disabled={!why.trim()} data-autofocus>
            {t('designer.go_back')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The graph of a release; the draft is at hand. */
export function useGraphOf(id: string | undefined, which: Compared | undefined, draft: Graph): Graph | undefined {
  const number = typeof which === 'number' ? which : undefined;
  const { data } = useQuery({ queryKey: ['release', id, number], queryFn: () => releaseOf(id!, number!), enabled: id !== undefined && number !== undefined, staleTime: Infinity });
  return which === 'draft' ? draft : data?.graph;
}
