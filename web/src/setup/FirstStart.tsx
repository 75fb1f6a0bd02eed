import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import { Refusal } from '../kit/states';
import { languages as known, ownLanguage, sentence, useTexts } from '../kit/texts';
import { FirstStartDone } from './FirstStartDone';
import { Front } from './Front';

/** The part of the address after # never reaches a server or its log: the code may stand there. */
function codeOfAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
}

/** Asks for what a new installation must know, and then shows what was made. */
export function FirstStart({ languages }: { languages: string[] }) {
  const t = useTexts();
  const [form, setForm] = useState(() => ({
    code: codeOfAddress(),
    company: '',
    language: (languages.includes(ownLanguage()) ? ownLanguage() : 'english') as string,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    sa_password: '',
    pa_password: '',
    sample: true,
  }));
  const zones = useMemo(() => [...new Set([form.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort(), [form.time_zone]);
  const start = useMutation({ mutationFn: () => answer(api.POST('/api/v1/setup', { body: form })) });
  const fault: Fault | null = start.error && asFault(start.error);

  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }));
  const wrong = (field: string) => (fault?.field === field ? sentence(fault) : undefined);

  function submit(event: FormEvent): void {
    event.preventDefault();
    start.mutate();
  }

  if (start.data) return <FirstStartDone made={start.data} sample={form.sample} />;
  const inputs = ['code', 'company', 'language', 'time_zone', 'sa_password', 'pa_password'];
  return (
    <Front title={t('setup.welcome')} subtitle={t('setup.welcome_more')} wide>
      <form onSubmit={submit} className="front-form">
        <Refusal fault={fault && !inputs.includes(fault.field ?? '') ? fault : null} />
        <TextInput
          label={t('setup.code')} description={t('setup.code_hint')} value={form.code} error={wrong('code')} required withAsterisk={false}
          onChange={(e) => set({ code: e.currentTarget.value.trim() })} autoComplete="one-time-code" spellCheck={false} autoFocus={!form.code} name="code"
        />
        <TextInput
          label={t('setup.company')} value={form.company} error={wrong('company')} required withAsterisk={false} autoFocus={!!form.code}
          onChange={(e) => set({ company: e.currentTarget.value })} autoComplete="organization" name="company"
        />
        <div className="front-pair">
          <Select
            label={t('app.language')} value={form.language} error={wrong('language')}
            data={languages.map((value) => ({ value, label: known.find((l) => l.value === value)?.label ?? value }))}
            onChange={(language) => language && set({ language })}
          />
          <Select
            label={t('setup.time_zone')} value={form.time_zone} error={wrong('time_zone')} data={zones} searchable limit={100}
            nothingFoundMessage={t('setup.no_time_zone')} onChange={(zone) => zone && set({ time_zone: zone })}
          />
        </div>
        <div className="front-pair">
          <PasswordInput
            label={t('setup.sa')} description={t('setup.sa_hint')} value={form.sa_password} error={wrong('sa_password')} required withAsterisk={false}
            onChange={(e) => set({ sa_password: e.currentTarget.value })} autoComplete="new-password" name="sa_password"
            visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
          />
          <PasswordInput
            label={t('setup.pa')} description={t('setup.pa_hint')} value={form.pa_password} error={wrong('pa_password')} required withAsterisk={false}
            onChange={(e) => set({ pa_password: e.currentTarget.value })} autoComplete="new-password" name="pa_password"
            visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
          />
        </div>
        <fieldset className="choice">
          <legend>{t('setup.begin_with')}</legend>
          <div className="choice-cards">
            {[true, false].map((sample) => (
              <label key={String(sample)}>
                <input type="radio" name="sample" checked={form.sample === sample} onChange={() => set({ sample })} />
                <span>
                  {sample ? t('setup.sample') : t('setup.empty')}
                  <small>{sample ? t('setup.sample_more') : t('setup.empty_more')}</small>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Button type="submit" size="md" loading={start.isPending}>
          {t('setup.start')}
        </Button>
      </form>
    </Front>
  );
}
