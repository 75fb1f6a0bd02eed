import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { use, useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { Confirm } from '../kit/Confirm';
import { DataTable, type Column } from '../kit/DataTable';
import { Dialog } from '../kit/Dialog';
import { matches, useList } from '../kit/list';
import { BulkBar, EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { Notice } from '../kit/Notice';
import { Refusal } from '../kit/states';
import { dateTime, useTexts, type Key } from '../kit/texts';
import { serverNow } from '../live/clock';
import { useRoleChoices } from './choices';
import { call, workingIn } from './rest';
import { UnitContext } from './unitChoice';

type Token = components['schemas']['Token'];
type NewToken = components['schemas']['NewToken'];

const roles = ['business_administrator', 'supervisor', 'integrator', 'auditor'] as const;
const daySeconds = 86_400;

type Standing = 'valid' | 'expired' | 'revoked';
const standingOf = (token: Token): Standing => (token.revoked ? 'revoked' : token.expires_at <= serverNow() ? 'expired' : 'valid');
const tones = { valid: 'tag tag-good', expired: 'tag tag-warn', revoked: 'tag' } as const;

/** What a token may do, in a word. */
const roleOf = (t: (key: Key) => string, token: Token) => token.custom_role?.name ?? t(`app.role_${token.role}` as Key);

/** The keys by which programs use the API. */
export function Tokens() {
  const t = useTexts();
  const cache = useQueryClient();
  const key = ['tokens', workingIn()];
  const list = useList<Token>(key, (after) => call('GET', '/tokens', { query: { after: after || undefined, limit: 500 } }), { all: true });
  const [find, look] = useState('');
  const [standing, setStanding] = useState('');
  const [checked, check] = useState<ReadonlySet<string>>(new Set());
  const [dialog, show] = useState<'new' | 'revoke'>();
  const again = () => void cache.invalidateQueries({ queryKey: key });
  const rows = (list.rows ?? []).filter((token) => matches(find, token.name, token.created_by) && (!standing || standingOf(token) === standing));
  const chosen = rows.filter((token) => checked.has(token.id) && standingOf(token) === 'valid');
  const revoke = useMutation({
    mutationFn: async () => {
      for (const token of chosen) await call('DELETE', `/tokens/${token.id}`);
    },
    onSettled: again,
    onSuccess: () => {
      check(new Set());
      show(undefined);
    },
  });
  const columns = useMemo<Column<Token>[]>(
    () => [
      { id: 'name', title: t('manager.name'), width: '28%', by: (x) => x.name, show: (x) => <strong>{x.name}</strong> },
      { id: 'role', title: t('manager.role'), width: '20%', by: (x) => roleOf(t, x), show: (x) => roleOf(t, x) },
      { id: 'state', title: t('manager.state'), width: '110px', by: standingOf, show: (x) => <span className={tones[standingOf(x)]}>{t(`manager.token_${standingOf(x)}`)}</span> },
      { id: 'expires', title: t('manager.expires_at'), width: '160px', by: (x) => x.expires_at, show: (x) => <time>{dateTime(x.expires_at)}</time> },
      { id: 'created', title: t('manager.created_at'), width: '160px', by: (x) => x.created_at, show: (x) => <time>{dateTime(x.created_at)}</time> },
      { id: 'by', title: t('manager.created_by'), width: '16%', by: (x) => x.created_by, show: (x) => x.created_by },
    ],
    [t],
  );
  const make = (
    <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => show('new')}>
      {t('manager.token_new')}
    </Button>
  );
  return (
    <section className="subject" aria-label={t('manager.subject_tokens')}>
      <header className="subject-head">
        <h2>{t('manager.subject_tokens')}</h2>
        <div className="subject-do">{make}</div>
      </header>
      <ListBar
        first find={find} onFind={look} count={list.rows && rows.length} all={list.rows?.length}
        filters={[{
          id: 'state', label: t('manager.state'), value: standing, set: setStanding,
          choices: (['valid', 'expired', 'revoked'] as const).map((value) => ({ value, label: t(`manager.token_${value}`) })),
        }]}
      />
      <BulkBar checked={checked} clear={() => check(new Set())}>
        <Button variant="default" leftSection={<IconTrash size={14} aria-hidden="true" />} disabled={chosen.length === 0} onClick={() => show('revoke')}>
          {t('manager.token_revoke')}
        </Button>
      </BulkBar>
      <ListStates list={list}>
        {() => (
          <DataTable
            label={t('manager.subject_tokens')} rows={rows} columns={columns} id={(x) => x.id} name={(x) => x.name} sortedBy={{ column: 'created', down: true }} checked={checked}
            onChecked={check} empty={<EmptyList filtered={find !== '' || standing !== ''} title={t('manager.empty_tokens')}>{make}</EmptyList>}
          />
        )}
      </ListStates>
      {dialog === 'new' && <NewTokenDialog close={() => show(undefined)} made={again} />}
      {dialog === 'revoke' && (
        <Confirm
          title={t('manager.token_revoke_title', { count: chosen.length })} yes={t('manager.token_revoke')} danger busy={revoke.isPending} fault={revoke.error && asFault(revoke.error)}
          run={() => revoke.mutate()} close={() => show(undefined)}
        >
          <p>{t('manager.token_revoke_more')}</p>
        </Confirm>
      )}
    </section>
  );
}

/** Makes a token; its secret is shown this once. */
function NewTokenDialog({ close, made }: { close: () => void; made: () => void }) {
  const t = useTexts();
  const [name, setName] = useState('');
  const { global } = use(UnitContext);
  const own = useRoleChoices();
  const builtIn: readonly string[] = global ? ['system_administrator'] : roles;
  const [role, setRole] = useState<string>(builtIn[0] ?? '');
  const [days, setDays] = useState(90);
  const [copied, setCopied] = useState(false);
  const create = useMutation({
    mutationFn: () => call<NewToken>('POST', '/tokens', { body: { name: name.trim(), ...(builtIn.includes(role) ? { role } : { custom_role: role }), expires_in_s: days * daySeconds } }),
    onSuccess: made,
  });
  const secret = create.data?.secret;
  return (
    <Dialog title={t('manager.token_new')} size={520} close={close}>
      {secret === undefined ? (
        <form
          className="fields"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <TextInput
            label={t('manager.name')} description={t('manager.token_name_more')} value={name} maxLength={200} data-autofocus autoComplete="off" onChange={(e) => setName(e.currentTarget.value)}
          />
          <Select
            label={t('manager.role')} description={t('manager.token_role_more')} value={role} allowDeselect={false} onChange={(to) => to && setRole(to)}
            data={[
              ...builtIn.map((value) => ({ value, label: t(`app.role_${value}` as Key) })),
              ...(!global && own.length > 0 ? [{ group: t('manager.custom_roles'), items: own }] : []),
            ]}
          />
          <NumberInput label={t('manager.token_days')} value={days} min={1} max={366} clampBehavior="strict" onChange={(n) => setDays(Number(n) || 1)} />
          <Refusal fault={create.error && asFault(create.error)} />
          <div className="dialog-foot">
            <Button variant="default" size="sm" onClick={close}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" size="sm" disabled={name.trim() === ''} loading={create.isPending}>
              {t('manager.token_make')}
            </Button>
          </div>
        </form>
      ) : (
        <div className="fields">
          <Notice tone="warn">{t('manager.token_once')}</Notice>
          <code className="secret" tabIndex={0} aria-label={t('manager.token_secret')}>
            {secret}
          </code>
          <p className="hint">{t('manager.token_use')}</p>
          <div className="dialog-foot">
            <Button
              size="sm" variant="default" data-autofocus leftSection={copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
              onClick={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}
            >
              {t(copied ? 'manager.copied' : 'manager.token_copy')}
            </Button>
            <Button size="sm" onClick={close}>
              {t('manager.token_kept')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
