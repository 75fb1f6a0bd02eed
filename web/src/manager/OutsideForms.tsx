import { ActionIcon, Button, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { IconPlugConnected, IconPlus, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { Notice } from '../kit/Notice';
import { Refusal } from '../kit/states';
import { faultText, useTexts } from '../kit/texts';
import { useSecretChoices } from './choices';
import { DescriptionField, NameField, Order, Section, moved, onOrderKey, type Check, type FormProps } from './form';
import type { Category, Connection, OutsideFunction, Parameter, Secret, Thing } from './kinds';
import { call } from './rest';

export const checkCategory = ({ name }: { name: string }, check: Check): void => check.name(name);

export function CategoryForm({ name, setName, body, set, wrong }: FormProps<Category>) {
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
    </>
  );
}

export function checkSecret({ name, body }: { name: string; body: Secret }, check: Check): void {
  check.name(name);
  if (!body.set) check.needed('value', body.value);
}

export function SecretForm({ name, setName, body, set, wrong, thing }: FormProps<Secret>) {
  const t = useTexts();
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <PasswordInput
        label={t('manager.secret_value')} description={t(thing ? 'manager.secret_kept' : 'manager.secret_more')} value={body.value ?? ''} error={wrong('value')} required={!thing} maxLength={4000}
        autoComplete="new-password" placeholder={thing ? t('manager.secret_unchanged') : undefined} visibilityToggleButtonProps={{ 'aria-label': t('manager.secret_show') }}
        onChange={(e) => set({ value: e.currentTarget.value === '' && thing ? (undefined as never) : e.currentTarget.value })}
      />
    </>
  );
}

export function checkConnection({ name, body }: { name: string; body: Connection }, check: Check): void {
  check.name(name);
  if (body.driver === 'sqlite') {
    check.needed('file', body.file);
    return;
  }
  for (const field of ['host', 'database', 'user'] as const) check.needed(field, body[field]);
}

export function ConnectionForm({ name, setName, body, set, wrong }: FormProps<Connection>) {
  const t = useTexts();
  const secrets = useSecretChoices();
  const text = (field: 'host' | 'database' | 'user' | 'file', label: string, hint?: string) => (
    <TextInput label={label} description={hint} value={body[field] ?? ''} error={wrong(field)} required maxLength={250} autoComplete="off" spellCheck={false} onChange={(e) => set({ [field]: e.currentTarget.value })} />
  );
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <Section title={t('manager.database')} more={t('manager.connection_more')}>
        <div className="pair">
          <Select
            label={t('manager.driver')} value={body.driver} error={wrong('driver')} data={(['postgres', 'sqlite'] as const).map((value) => ({ value, label: t(`manager.driver_${value}`) }))}
            onChange={(driver) => set({ driver: driver as Connection['driver'] })}
          />
          {body.driver === 'sqlite' ? (
            text('file', t('manager.db_file'), t('manager.db_file_more'))
          ) : (
            <>
              {text('host', t('manager.host'))}
              <NumberInput label={t('manager.port')} value={body.port || ''} error={wrong('port')} placeholder="5432" min={1} max={65_535} clampBehavior="strict" allowDecimal={false} thousandSeparator="" onChange={(n) => set({ port: Number(n) || 0 })} />
              {text('database', t('manager.database'))}
              {text('user', t('manager.db_user'), t('manager.db_user_more'))}
              <Select
                label={t('manager.password_secret')} value={body.secret ?? '-'} error={wrong('secret')} data={[{ value: '-', label: t('manager.no_secret') }, ...secrets]} searchable={secrets.length > 7}
                onChange={(id) => set({ secret: id === '-' ? (undefined as never) : (id ?? '') })}
              />
              <Select
                label={t('manager.tls')} description={t('manager.tls_more')} value={body.tls || 'verify'} error={wrong('tls')} data={(['verify', 'require', 'off'] as const).map((value) => ({ value, label: t(`manager.tls_${value}`) }))}
                onChange={(tls) => set({ tls: tls as Connection['tls'] & string })}
              />
            </>
          )}
        </div>
        {body.driver === 'postgres' && body.tls !== 'off' && (
          <Textarea
            label={t('manager.authority')} description={t('manager.authority_more')} value={body.certificate_authority ?? ''} error={wrong('certificate_authority')} autosize minRows={2} maxRows={8} maxLength={20_000}
            spellCheck={false} onChange={(e) => set({ certificate_authority: e.currentTarget.value })}
          />
        )}
      </Section>
    </>
  );
}

type Tried = components['schemas']['Tried'];

/** What went wrong, in the person's language where the catalogue has a sentence for it. */
const said = ({ code, message, values }: Tried): string => faultText(code ?? '', message, values);

/** Tries the saved connection and says in plain words what came of it. */
export function ConnectionTest({ thing }: { thing: Thing<Connection> }) {
  const t = useTexts();
  const test = useMutation({ mutationFn: () => call<Tried>('POST', `/connections/${thing.id}/test`) });
  return (
    <Section title={t('manager.connection_test')} more={t('manager.connection_test_more')}>
      <div className="try-connection">
        <Button size="sm" variant="default" loading={test.isPending} leftSection={<IconPlugConnected size={15} aria-hidden="true" />} onClick={() => test.mutate()}>
          {t('manager.connection_try')}
        </Button>
      </div>
      <Refusal fault={test.error && asFault(test.error)} />
      {test.data && <Notice tone={test.data.ok ? 'good' : 'bad'}>{test.data.ok ? t('manager.connection_works') : said(test.data)}</Notice>}
    </Section>
  );
}

/** Asks the saved function, and shows what it answers. */
export function FunctionTest({ thing }: { thing: Thing<OutsideFunction> }) {
  const t = useTexts();
  const inputs = thing.body.inputs ?? [];
  const [given, give] = useState<Record<string, string>>({});
  const test = useMutation({ mutationFn: () => call<Tried>('POST', `/functions/${thing.id}/test`, { body: { inputs: given } }) });
  return (
    <Section title={t('manager.function_try')} more={t('manager.function_try_more')}>
      {inputs.length > 0 && (
        <div className="pair">
          {inputs.map((p) => (
            <TextInput key={p.name} label={p.name} value={given[p.name] ?? ''} maxLength={1000} autoComplete="off" onChange={(e) => give({ ...given, [p.name]: e.currentTarget.value })} />
          ))}
        </div>
      )}
      <div className="try-connection">
        <Button size="sm" variant="default" loading={test.isPending} leftSection={<IconPlugConnected size={15} aria-hidden="true" />} onClick={() => test.mutate()}>
          {t('manager.connection_try')}
        </Button>
      </div>
      <Refusal fault={test.error && asFault(test.error)} />
      {test.data && (
        <Notice tone={test.data.ok ? 'good' : 'bad'}>
          {test.data.ok ? t('manager.function_works', { ms: test.data.took_ms }) : said(test.data)}
          {Object.entries(test.data.outputs ?? {}).map(([key, value]) => (
            <div key={key}>{`${key} = ${value}`}</div>
          ))}
        </Notice>
      )}
    </Section>
  );
}

export function checkFunction({ name, body }: { name: string; body: OutsideFunction }, check: Check): void {
  check.name(name);
  check.needed('url', body.url);
  check.that(!body.url.trim() || /^https?:\/\/\S+$/.test(body.url.trim()), 'url', 'manager.check_url');
}

export function FunctionForm({ name, setName, body, set, wrong }: FormProps<OutsideFunction>) {
  const t = useTexts();
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <Section title={t('manager.function_call')} more={t('manager.function_more')}>
        <TextInput
          label={t('manager.url')} value={body.url} error={wrong('url')} required maxLength={2000} placeholder={urlSample} autoComplete="off" spellCheck={false} onChange={(e) => set({ url: e.currentTarget.value })}
        />
        <div className="pair">
          <Select
            label={t('manager.profile')} description={t(`manager.profile_${body.profile}_more`)} value={body.profile} error={wrong('profile')}
            data={(['json', 'classic'] as const).map((value) => ({ value, label: t(`manager.profile_${value}`) }))} onChange={(profile) => set({ profile: profile as OutsideFunction['profile'] })}
          />
          <NumberInput
            label={t('manager.timeout_s')} description={t('manager.timeout_more')} value={body.timeout_s} error={wrong('timeout_s')} min={1} max={5} suffix=" s" clampBehavior="strict" allowDecimal={false}
            onChange={(n) => set({ timeout_s: Number(n) || 5 })}
          />
        </div>
      </Section>
      <Headers headers={body.headers ?? []} set={(headers) => set({ headers })} wrong={wrong} />
      {(['inputs', 'outputs'] as const).map((which) => (
        <Parameters key={which} which={which} parameters={body[which] ?? []} set={(parameters) => set({ [which]: parameters })} wrong={wrong} />
      ))}
    </>
  );
}

/** The same in every language. */
const urlSample = 'https://';

type Header = NonNullable<OutsideFunction['headers']>[number];

/** Headers of a call, each a text or a secret. */
function Headers({ headers, set, wrong }: { headers: Header[]; set: (headers: Header[]) => void; wrong: (field: string) => string | undefined }) {
  const t = useTexts();
  const secrets = useSecretChoices();
  const put = (i: number, part: Partial<Header>) => set(headers.map((h, at) => (at === i ? { ...h, ...part } : h)));
  return (
    <Section title={t('manager.headers')} more={t('manager.headers_more')}>
      {headers.map((h, i) => (
        <div key={i} className="header-row">
          <TextInput label={t('manager.name')} value={h.name} error={wrong(`headers[${i}].name`)} maxLength={100} autoComplete="off" onChange={(e) => put(i, { name: e.currentTarget.value })} />
          <Select
            label={t('manager.value_from')} value={h.secret || '-'} data={[{ value: '-', label: t('manager.value_text') }, ...secrets.map((s) => ({ value: s.value, label: t('manager.value_secret', { name: s.label }) }))]}
            onChange={(id) => set(headers.map((old, at) => (at === i ? { name: old.name, ...(id && id !== '-' ? { secret: id } : { value: '' }) } : old)))}
          />
          <TextInput
            label={t('manager.value')} value={h.value ?? ''} disabled={!!h.secret} error={wrong(`headers[${i}].value`)} maxLength={2000} autoComplete="off"
            onChange={(e) => put(i, { value: e.currentTarget.value })}
          />
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: h.name || String(i + 1) })} onClick={() => set(headers.filter((_, at) => at !== i))}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={headers.length >= 20} onClick={() => set([...headers, { name: '', value: '' }])}>
          {t('manager.add_header')}
        </Button>
      </div>
    </Section>
  );
}

interface ParametersProps {
  which: 'inputs' | 'outputs';
  parameters: Parameter[];
  set: (parameters: Parameter[]) => void;
  wrong: (field: string) => string | undefined;
}

/** What a function takes, or gives: declared here, filled and kept by a workflow's component. */
function Parameters({ which, parameters, set, wrong }: ParametersProps) {
  const t = useTexts();
  const put = (i: number, part: Partial<Parameter>) => set(parameters.map((p, at) => (at === i ? { ...p, ...part } : p)));
  return (
    <Section title={t(`manager.${which}`)} more={t(`manager.${which}_more`)}>
      {parameters.map((p, i) => (
        <div key={i} className="parameter-row" onKeyDown={(e) => onOrderKey(e, i, parameters.length, (to) => set(moved(parameters, i, to)))}>
          <TextInput label={t('manager.name')} value={p.name} error={wrong(`${which}[${i}].name`)} maxLength={64} autoComplete="off" spellCheck={false} onChange={(e) => put(i, { name: e.currentTarget.value })} />
          <TextInput label={t('manager.description')} value={p.description ?? ''} error={wrong(`${which}[${i}].description`)} maxLength={200} autoComplete="off" onChange={(e) => put(i, { description: e.currentTarget.value })} />
          <Switch size="xs" label={t('manager.required')} checked={p.required} onChange={(e) => put(i, { required: e.currentTarget.checked })} />
          <Order name={p.name || String(i + 1)} at={i} count={parameters.length} move={(to) => set(moved(parameters, i, to))} remove={() => set(parameters.filter((_, at) => at !== i))} />
        </div>
      ))}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={parameters.length >= 99} onClick={() => set([...parameters, { name: '', description: '', required: false }])}>
          {t(`manager.add_${which}`)}
        </Button>
      </div>
    </Section>
  );
}
