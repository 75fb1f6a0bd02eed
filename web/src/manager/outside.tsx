import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTexts } from '../kit/texts';
import { useSecretChoices } from './choices';
import { CategoryForm, ConnectionForm, ConnectionTest, FunctionForm, FunctionTest, SecretForm, checkCategory, checkConnection, checkFunction, checkSecret } from './OutsideForms';
import { categories, connections, functions, secrets, workflows, type Category, type Connection, type OutsideFunction, type Secret, type WorkflowBody } from './kinds';
import type { Listed } from './Objects';
import { workingIn } from './rest';

const ImportDialog = lazy(() => import('../designer/Import'));

/** The list of workflows; what is in one is the designer's. */
export function useWorkflows(): Listed<WorkflowBody> {
  const t = useTexts();
  return useMemo(() => {
    const states = [{ value: 'on', label: t('manager.workflow_on') }, { value: 'off', label: t('manager.workflow_off') }];
    return {
      kind: workflows, id: 'workflows', title: t('manager.subject_workflows'), Form: () => null, check: () => undefined, empty: 'manager.empty_workflows', above: <ImportWorkflow />,
      parts: [
        {
          id: 'enabled', title: t('manager.state'), width: '130px', text: (w) => t(w.body.enabled ? 'manager.workflow_on' : 'manager.workflow_off'),
          show: (w) => <span className={w.body.enabled ? 'tag tag-good' : 'tag'}>{t(w.body.enabled ? 'manager.workflow_on' : 'manager.workflow_off')}</span>,
        },
        { id: 'order', title: t('manager.workflow_order'), width: '110px', right: true, text: (w) => w.body.order },
        {
          id: 'released', title: t('manager.workflow_released'), width: '150px', text: (w) => w.body.released?.number ?? 0,
          show: (w) => (w.body.released ? t('manager.workflow_release', { n: w.body.released.number }) : <span className="tag">{t('manager.workflow_never')}</span>),
        },
        {
          id: 'draft', title: t('manager.workflow_draft'), width: '190px', text: (w) => t(draftWord(w.body)),
          show: (w) => <span className={draftWord(w.body) === 'manager.draft_same' ? 'tag' : 'tag tag-warn'}>{t(draftWord(w.body))}</span>,
        },
        { id: 'description', title: t('manager.description'), width: '26%', text: (w) => w.body.description ?? '' },
      ],
      sieves: [{ id: 'state', label: t('manager.state'), choices: states, keep: (w, state) => w.body.enabled === (state === 'on') }],
      bulk: [{ id: 'enabled', label: t('manager.state'), choices: states, part: (state) => ({ enabled: state === 'on' }) }],
    };
  }, [t]);
}

/** How the draft stands: other than what contacts pass, or the same. */
function draftWord(body: WorkflowBody): 'manager.draft_ahead' | 'manager.draft_same' {
  return body.changed || !body.released ? 'manager.draft_ahead' : 'manager.draft_same';
}

function ImportWorkflow() {
  const t = useTexts();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  return (
    <div className="subject-above">
      <Button variant="default" leftSection={<IconUpload size={14} aria-hidden="true" />} onClick={() => setOpen(true)}>
        {t('manager.workflow_import')}
      </Button>
      {open && (
        <Suspense>
          <ImportDialog
            close={() => setOpen(false)}
            done={(id) => {
              void cache.invalidateQueries({ queryKey: ['objects', workingIn(), 'workflows'] });
              void navigate({ to: `/manager/workflows/${id}` });
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

export function useCategories(): Listed<Category> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: categories, id: 'categories', title: t('manager.subject_categories'), Form: CategoryForm, check: checkCategory, copy: (body) => body, empty: 'manager.empty_categories', csv: true,
      bulk: [{ id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) }],
      parts: [{ id: 'description', title: t('manager.description'), width: '50%', text: (c) => c.body.description ?? '' }],
    }),
    [t],
  );
}

export function useSecrets(): Listed<Secret> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: secrets, id: 'secrets', title: t('manager.subject_secrets'), Form: SecretForm, check: checkSecret, empty: 'manager.empty_secrets',
      parts: [{ id: 'description', title: t('manager.description'), width: '50%', text: (s) => s.body.description ?? '' }],
    }),
    [t],
  );
}

export function useConnections(): Listed<Connection> {
  const t = useTexts();
  const kept = useSecretChoices();
  return useMemo(
    () => ({
      kind: connections, id: 'connections', title: t('manager.subject_connections'), Form: ConnectionForm, check: checkConnection, copy: (body) => body, More: ConnectionTest,
      empty: 'manager.empty_connections',
      parts: [
        { id: 'driver', title: t('manager.driver'), width: '120px', text: (c) => t(`manager.driver_${c.body.driver}`) },
        { id: 'where', title: t('manager.database'), width: '28%', text: (c) => (c.body.driver === 'sqlite' ? (c.body.file ?? '') : `${c.body.host ?? ''} / ${c.body.database ?? ''}`) },
        { id: 'user', title: t('manager.db_user'), width: '14%', text: (c) => c.body.user ?? '' },
        { id: 'secret', title: t('manager.password_secret'), width: '14%', text: (c) => kept.find((s) => s.value === c.body.secret)?.label ?? '' },
      ],
    }),
    [t, kept],
  );
}

export function useFunctions(): Listed<OutsideFunction> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: functions, id: 'functions', title: t('manager.subject_functions'), Form: FunctionForm, check: checkFunction, copy: (body) => body, More: FunctionTest, empty: 'manager.empty_functions',
      parts: [
        { id: 'url', title: t('manager.url'), width: '30%', text: (f) => f.body.url },
        { id: 'profile', title: t('manager.profile'), width: '120px', text: (f) => t(`manager.profile_${f.body.profile}`) },
        { id: 'inputs', title: t('manager.inputs'), width: '18%', text: (f) => (f.body.inputs ?? []).map((p) => p.name).join(', ') },
        { id: 'outputs', title: t('manager.outputs'), width: '18%', text: (f) => (f.body.outputs ?? []).map((p) => p.name).join(', ') },
      ],
    }),
    [t],
  );
}
