import { Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTexts } from '../../kit/texts';
import { useAll, useConnectionChoices, useFunctionChoices, useSecretChoices } from '../../manager/choices';
import { functions } from '../../manager/kinds';
import { ExpressionField } from './ExpressionField';
import { KeyField, Pick, Rows, Seconds, TemplateField, type FormProps } from './parts';

/** The same in every language. */
const pathSample = '/customer/id';
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function WebRequestForm({ graph, settings: s, set, wrong }: FormProps<'web_request'>) {
  const t = useTexts();
  const secrets = useSecretChoices();
  const headers = s.headers ?? [];
  const method = s.method || 'GET';
  return (
    <>
      <Select size="xs" name="method" label={t('designer.field_method')} value={method} data={[...methods]} error={wrong('method')} onChange={(value) => set({ method: value ?? 'GET' })} />
      <TemplateField graph={graph} name="url" label={t('designer.field_url')} hint={t('designer.url_more')} value={s.url} error={wrong('url')} set={(url) => set({ url }, 'url')} />
      <Rows
        label={t('designer.field_headers')} rows={headers} add={() => ({ name: '', value: '' })} addLabel={t('designer.add_header')} nameOf={(h) => h.name}
        set={(rows, field) => set({ headers: rows }, `headers.${field}`)}
      >
        {(h, put, i) => (
          <>
            <div className="halves">
              <TextInput
                size="xs" name={`headers.${i}.name`} label={t('designer.field_name')} value={h.name} error={wrong(`headers.${i}.name`)} maxLength={100} autoComplete="off" onChange={(e) => put({ name: e.currentTarget.value })}
              />
              <Select
                size="xs" label={t('designer.value_from')} value={h.value.startsWith('secret:') ? h.value : '-'} data={[{ value: '-', label: t('designer.value_text') }, ...secrets.map((c) => ({ value: `secret:${c.value}`, label: t('designer.value_secret', { name: c.label }) }))]}
                onChange={(value) => put({ value: value === '-' ? '' : (value ?? '') })}
              />
            </div>
            {!h.value.startsWith('secret:') && (
              <TemplateField graph={graph} name={`headers.${i}.value`} label={t('designer.field_value')} value={h.value} error={wrong(`headers.${i}.value`)} set={(value) => put({ value })} />
            )}
          </>
        )}
      </Rows>
      {method !== 'GET' && (
        <TemplateField graph={graph} name="body" label={t('designer.field_body')} hint={t('designer.body_more')} value={s.body} error={wrong('body')} long max={20_000} set={(body) => set({ body }, 'body')} />
      )}
      <div className="halves">
        <Seconds name="timeout_s" label={t('designer.field_timeout_s')} value={s.timeout_s || 5} min={1} max={5} error={wrong('timeout_s')} set={(timeout_s) => set({ timeout_s }, 'timeout_s')} />
        <TagsInput
          size="xs" name="ok" label={t('designer.field_ok')} placeholder={s.ok?.length ? undefined : t('designer.ok_usual')} value={(s.ok ?? []).map(String)} error={wrong('ok')} acceptValueOnBlur
          onChange={(ok) => set({ ok: ok.map(Number).filter((n) => n >= 100 && n <= 599) })}
        />
      </div>
      <Rows
        label={t('designer.field_outputs')} hint={t('designer.outputs_more')} rows={s.outputs ?? []} add={() => ({ path: '', key: '' })} addLabel={t('designer.add_output')} nameOf={(o) => o.key}
        set={(outputs, field) => set({ outputs }, `outputs.${field}`)}
      >
        {(o, put, i) => (
          <div className="halves">
            <TextInput
              size="xs" name={`outputs.${i}.path`} label={t('designer.field_path')} value={o.path} error={wrong(`outputs.${i}.path`)} maxLength={200} autoComplete="off" spellCheck={false} placeholder={pathSample}
              onChange={(e) => put({ path: e.currentTarget.value })}
            />
            <KeyField label={t('designer.field_key')} name={`outputs.${i}.key`} value={o.key} error={wrong(`outputs.${i}.key`)} set={(key) => put({ key })} />
          </div>
        )}
      </Rows>
    </>
  );
}

export function FunctionForm({ graph, settings: s, set, wrong }: FormProps<'function'>) {
  const t = useTexts();
  const all = useAll(functions);
  const chosen = useMemo(() => all.find((f) => f.id === s.function)?.body, [all, s.function]);
  const [inputs, outputs] = [chosen?.inputs ?? [], chosen?.outputs ?? []];
  return (
    <>
      <Pick
        name="function" label={t('designer.field_function')} value={s.function} choices={useFunctionChoices()} error={wrong('function')} set={(id) => set({ function: id, inputs: {}, outputs: {} })}
        make={{ href: '/manager/functions/new', text: t('designer.make_function') }}
      />
      {inputs.length > 0 && (
        <fieldset className="rows">
          <legend>{t('designer.field_inputs')}</legend>
          {inputs.map((p) => (
            <TemplateField
              key={p.name} graph={graph} name={`inputs.${p.name}`} label={p.required ? `${p.name} *` : p.name} {...(p.description && { hint: p.description })} value={s.inputs?.[p.name]}
              error={wrong(`inputs.${p.name}`)} set={(value) => set({ inputs: { ...s.inputs, [p.name]: value } }, `inputs.${p.name}`)}
            />
          ))}
        </fieldset>
      )}
      {outputs.length > 0 && (
        <fieldset className="rows">
          <legend>{t('designer.field_outputs')}</legend>
          <p className="hint">{t('designer.function_outputs_more')}</p>
          {outputs.map((p) => (
            <KeyField
              key={p.name} name={`outputs.${p.name}`} label={p.name} value={s.outputs?.[p.name] ?? ''} error={wrong(`outputs.${p.name}`)}
              set={(key) => {
                const { [p.name]: _, ...others } = s.outputs ?? {};
                set({ outputs: key ? { ...others, [p.name]: key } : others }, `outputs.${p.name}`);
              }}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

export function LookupForm({ graph, settings: s, set, wrong, stumbled }: FormProps<'lookup'>) {
  const t = useTexts();
  const names = [...new Set([...(s.query ?? '').replace(/'(?:[^']|'')*'|::/g, '').matchAll(/:([A-Za-z_]\w*)/g)].map((m) => m[1]!))];
  return (
    <>
      <Pick
        name="connection" label={t('designer.field_connection')} value={s.connection} choices={useConnectionChoices()} error={wrong('connection')} set={(connection) => set({ connection })}
        make={{ href: '/manager/connections/new', text: t('designer.make_connection') }}
      />
      <Textarea
        size="xs" name="query" label={t('designer.field_query')} description={t('designer.query_more')} value={s.query ?? ''} error={wrong('query')} autosize minRows={3} maxRows={12} maxLength={8000} spellCheck={false}
        className="code" onChange={(e) => set({ query: e.currentTarget.value }, 'query')}
      />
      {names.length > 0 && (
        <fieldset className="rows">
          <legend>{t('designer.field_parameters')}</legend>
          {names.map((name) => (
            <ExpressionField
              key={name} graph={graph} name={`parameters.${name}`} label={name} value={s.parameters?.[name]} error={wrong(`parameters.${name}`)} stumbled={stumbled(`parameters.${name}`)}
              set={(value) => set({ parameters: { ...s.parameters, [name]: value } }, `parameters.${name}`)}
            />
          ))}
        </fieldset>
      )}
      <Rows
        label={t('designer.field_outputs')} hint={t('designer.columns_more')} rows={s.outputs ?? []} add={() => ({ column: '', key: '' })} addLabel={t('designer.add_output')} nameOf={(o) => o.key}
        set={(outputs, field) => set({ outputs }, `outputs.${field}`)}
      >
        {(o, put, i) => (
          <div className="halves">
            <TextInput
              size="xs" name={`outputs.${i}.column`} label={t('designer.field_column')} value={o.column} error={wrong(`outputs.${i}.column`)} maxLength={63} autoComplete="off" onChange={(e) => put({ column: e.currentTarget.value })}
            />
            <KeyField label={t('designer.field_key')} name={`outputs.${i}.key`} value={o.key} error={wrong(`outputs.${i}.key`)} set={(key) => put({ key })} />
          </div>
        )}
      </Rows>
    </>
  );
}
