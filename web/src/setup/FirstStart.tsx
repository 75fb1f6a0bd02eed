import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { answer, api, asFault } from '../api/client';
import { atLeast, every, required, useForm, type Rules } from '../kit/form';
import { Refusal } from '../kit/states';
import { languages as known, useLanguage, useTexts } from '../kit/texts';
import { FirstStartDone } from './FirstStartDone';
import { Front } from './Front';

/** The part of the address after # never reaches a server or its log: the code may stand there. */
function codeOfAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
}

interface Answers {
  code: string;
  company: string;
  language: string;
  time_zone: string;
  sa_password: string;
  pa_password: string;
  sample: boolean;
}

const rules: Rules<Answers> = {
  code: required, company: required, sa_password: every(required, atLeast(8)), pa_password: every(required, atLeast(8)),
};

/** Asks for what a new installation must know, and then shows what was made. */
export function FirstStart({ languages }: { languages: string[] }) {
  const t = useTexts();
  const spoken = useLanguage();
  const [blank] = useState<Answers>(() => ({
    code: codeOfAddress(), company: '', language: '', time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, sa_password: '', pa_password: '', sample: true,
  }));
  const start = useMutation({ mutationFn: (body: Answers) => answer(api.POST('/api/v1/setup', { body })) });
  const form = useForm(blank, rules, start.error && asFault(start.error));
  const { body, set } = form;
  // Unless another one is chosen, the company speaks the language in which one is reading.
  const language = body.language || (languages.includes(spoken) ? spoken : 'english');
  const zones = useMemo(() => [...new Set([blank.time_zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort(), [blank.time_zone]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (form.check()) start.mutate({ ...body, code: body.code.trim(), language });
  }

  if (start.data) return <FirstStartDone made={start.data} sample={body.sample} />;
  return (
    <Front title={t('setup.welcome')} subtitle={t('setup.welcome_more')} wide>
      <form onSubmit={submit} className="front-form" noValidate>
        <Refusal fault={form.elsewhere} />
        <TextInput
          label={t('setup.code')} description={t('setup.code_hint')} {...form.text('code')} required withAsterisk={false}
          autoComplete="one-time-code" spellCheck={false} autoFocus={!blank.code}
        />
        <TextInput
          label={t('setup.company')} {...form.text('company')} required withAsterisk={false} autoFocus={!!blank.code} autoComplete="organization"
        />
        <div className="front-pair">
          <Select
            label={t('app.language')} {...form.choice('language')} value={language}
            data={languages.map((value) => ({ value, label: known.find((l) => l.value === value)?.label ?? value }))}
          />
          <Select
            label={t('setup.time_zone')} {...form.choice('time_zone')} data={zones} searchable limit={100} nothingFoundMessage={t('setup.no_time_zone')}
          />
        </div>
        <div className="front-pair">
          <PasswordInput
            label={t('setup.sa')} description={t('setup.sa_hint')} {...form.text('sa_password')} required withAsterisk={false}
            autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
          />
          <PasswordInput
            label={t('setup.pa')} description={t('setup.pa_hint')} {...form.text('pa_password')} required withAsterisk={false}
            autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
          />
        </div>
        <fieldset className="front-choice">
          <legend>{t('setup.begin_with')}</legend>
          <div className="choice-cards">
            {[true, false].map((sample) => (
              <label key={String(sample)}>
                <input type="radio" name="sample" checked={body.sample === sample} onChange={() => set({ sample })} />
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
