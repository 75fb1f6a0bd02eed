import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { answer, api, asFault } from '../api/client';
import { meQuery } from '../app/session';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { Front } from './Front';

/** Asks who is there. The address stays, so that one comes back to where one was. */
export function SignIn({ company }: { company: string }) {
  const t = useTexts();
  const cache = useQueryClient();
  const [name, setName] = useState(() => new URLSearchParams(location.search).get('name') ?? '');
  const [password, setPassword] = useState('');
  const [unit, setUnit] = useState('');
  const [otherUnit, setOtherUnit] = useState(false);
  const signIn = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/session', { body: { name: name.trim(), password, unit: unit.trim() || undefined } })),
    onSuccess: (me) => cache.setQueryData(meQuery.queryKey, me),
    onError: () => setPassword(''),
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    signIn.mutate();
  }

  return (
    <Front title={t('setup.sign_in')} subtitle={company || undefined}>
      <form onSubmit={submit} className="front-form">
        <Refusal fault={signIn.error && asFault(signIn.error)} />
        <TextInput
          label={t('setup.user')} value={name} onChange={(e) => setName(e.currentTarget.value)} required withAsterisk={false}
          autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus={!name} name="name"
        />
        <PasswordInput
          label={t('setup.password')} value={password} onChange={(e) => setPassword(e.currentTarget.value)} required withAsterisk={false}
          autoComplete="current-password" autoFocus={!!name} name="password"
          visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
        />
        {otherUnit ? (
          <TextInput
            label={t('setup.unit')} description={t('setup.unit_hint')} value={unit} onChange={(e) => setUnit(e.currentTarget.value)}
            autoFocus name="unit"
          />
        ) : (
          <button type="button" className="link" onClick={() => setOtherUnit(true)}>
            {t('setup.other_unit')}
          </button>
        )}
        <Button type="submit" size="sm" loading={signIn.isPending}>
          {t('setup.sign_in')}
        </Button>
      </form>
    </Front>
  );
}
