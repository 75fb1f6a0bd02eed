import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { asFault } from '../api/client';
import { Notice } from '../kit/Notice';
import { Failed, Refusal } from '../kit/states';
import { dateTime, figure, useTexts } from '../kit/texts';
import { Section } from './form';
import type { MailAccount, Thing } from './kinds';
import { advice, said, type AccountState, type Finding } from './mailWords';
import { call, workingIn } from './rest';

/** How often a mailbox is asked how it does, while somebody looks at it. */
const every = 4_000;

/** Below the form of an account that there is: how it does now, and what a test of it finds. */
export function MailAccountMore({ thing }: { thing: Thing<MailAccount> }) {
  const t = useTexts();
  return (
    <>
      <Section title={t('manager.mail_state')}>{thing.body.disabled ? <p className="hint">{t('manager.mail_state_disabled')}</p> : <State id={thing.id} />}</Section>
      <MailCheck key={thing.version} id={thing.id} />
    </>
  );
}

function State({ id }: { id: string }) {
  const t = useTexts();
  const { data: state, error, refetch } = useQuery({
    queryKey: ['mail-account-state', workingIn(), id], queryFn: () => call<AccountState>('GET', `/mail-accounts/${id}/state`), refetchInterval: every, gcTime: 0,
  });
  if (!state) return error ? <Failed fault={asFault(error)} again={() => void refetch()} /> : null;
  return (
    <>
      <p className="mail-standing">
        <span className={state.connected ? 'tag tag-good' : 'tag tag-bad'}>{t(state.connected ? 'manager.mail_connected' : 'manager.mail_not_connected')}</span>
        {!!state.since && <span className="hint">{t('manager.mail_since', { when: dateTime(state.since) })}</span>}
      </p>
      {state.error && (
        <Notice tone={state.connected ? 'warn' : 'bad'}>
          {said(state, state.error)} {advice(state, state.hint)}
        </Notice>
      )}
      {state.warnings.map((w) => (
        <Notice key={w.sentence} tone="warn">
          {said(w, w.sentence)}
        </Notice>
      ))}
      <dl className="facts mail-facts">
        <dt>{t('manager.mail_waiting_in')}</dt>
        <dd className="figures">{state.aside > 0 ? t('manager.mail_with_aside', { count: figure(state.waiting), aside: figure(state.aside) }) : figure(state.waiting)}</dd>
        <dt>{t('manager.mail_waiting_out')}</dt>
        <dd className="figures">{figure(state.sending)}</dd>
        <dt>{t('manager.mail_rate')}</dt>
        <dd className="figures">{state.rate_per_minute > 0 ? figure(state.rate_per_minute) : t('manager.mail_no_bound')}</dd>
        <dt>{t('manager.mail_taken')}</dt>
        <dd className="figures">{figure(state.taken)}</dd>
        {!!state.last && (
          <>
            <dt>{t('manager.mail_last')}</dt>
            <dd>
              <time>{dateTime(state.last)}</time>
            </dd>
          </>
        )}
        <dt>{t('manager.mail_sessions')}</dt>
        <dd className="figures">{state.sessions_waiting > 0 ? t('manager.mail_with_waiting', { count: figure(state.sessions), waiting: figure(state.sessions_waiting) }) : figure(state.sessions)}</dd>
        {state.mode && (
          <>
            <dt>{t('manager.mail_mode')}</dt>
            <dd>{t(`manager.mail_mode_${state.mode}`)}</dd>
          </>
        )}
        {!!state.quota_used && (
          <>
            <dt>{t('manager.mail_quota')}</dt>
            <dd className="figures">{t('manager.mail_percent', { n: figure(state.quota_used) })}</dd>
          </>
        )}
        {!!state.keepalive_seen && (
          <>
            <dt>{t('manager.mail_keepalive_seen')}</dt>
            <dd>
              <time>{dateTime(state.keepalive_seen)}</time>
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

/** Tries the saved account at its servers, and says step by step what was found. */
function MailCheck({ id }: { id: string }) {
  const t = useTexts();
  const test = useMutation({ mutationFn: () => call<{ findings: Finding[] }>('POST', `/mail-accounts/${id}/check`) });
  const found = test.data?.findings;
  const bad = found?.filter((f) => !f.ok).length ?? 0;
  return (
    <Section title={t('manager.mail_check')} more={t('manager.mail_check_more')}>
      <div className="try-connection">
        <Button size="sm" variant="default" loading={test.isPending} leftSection={<IconPlugConnected size={15} aria-hidden="true" />} onClick={() => test.mutate()}>
          {t('manager.connection_try')}
        </Button>
      </div>
      {test.isPending && <p className="hint" role="status">{t('manager.mail_check_runs')}</p>}
      <Refusal fault={test.error && asFault(test.error)} />
      {found && (
        <>
          <Notice tone={bad > 0 ? 'bad' : 'good'}>{bad > 0 ? t('manager.mail_check_bad', { count: bad }) : t('manager.mail_check_good')}</Notice>
          <ol className="findings" aria-label={t('manager.mail_check')}>
            {found.map((f, i) => (
              <FindingRow key={i} finding={f} />
            ))}
          </ol>
        </>
      )}
    </Section>
  );
}

function FindingRow({ finding: f }: { finding: Finding }) {
  const t = useTexts();
  const hint = advice(f, f.hint);
  const tone = !f.ok ? 'bad' : hint ? 'note' : 'good';
  const Sign = { bad: IconAlertTriangle, note: IconInfoCircle, good: IconCircleCheck }[tone];
  return (
    <li data-tone={tone}>
      <Sign size={17} aria-hidden="true" />
      <div>
        <span className="unseen">{t(`manager.finding_${tone}`)}</span>
        <span>{said(f, f.sentence)}</span>
        {hint && <p className="hint">{hint}</p>}
      </div>
    </li>
  );
}
