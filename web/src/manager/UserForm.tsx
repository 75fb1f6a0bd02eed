import { Button, Checkbox, Group, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { asFault } from '../api/client';
import { Refusal } from '../kit/states';
import { domainName } from '../kit/names';
import { languages, useTexts } from '../kit/texts';
import { setPassword, type Account } from './kinds';
import { SkillLevels } from './SkillLevels';
import type { FormProps } from './Subject';

const roles = ['agent', 'supervisor', 'business_administrator'] as const;
const domains = ['chat', 'email', 'voice', 'outbound'] as const;

export function UserForm({ body, set, wrong, id }: FormProps<Account>) {
  const t = useTexts();
  const text = (field: 'first_name' | 'last_name' | 'screen_name' | 'mail') => (
    <TextInput
      key={field} label={t(`manager.${field}`)} value={body[field] ?? ''} error={wrong(field)} autoComplete="off" maxLength={field === 'mail' ? 254 : 100}
      onChange={(e) => set({ [field]: e.currentTarget.value })}
    />
  );
  function capacity(domain: string, n: number): void {
    const { [domain]: _, ...others } = body.agent.capacity;
    set({ agent: { ...body.agent, capacity: n > 0 ? { ...others, [domain]: n } : others } });
  }
  return (
    <>
      <div className="pair">
        {text('first_name')}
        {text('last_name')}
        {text('screen_name')}
        {text('mail')}
      </div>
      <Checkbox.Group label={t('manager.roles')} value={body.roles} error={wrong('roles')} onChange={(chosen) => set({ roles: chosen as Account['roles'] })}>
        <Group gap="md" mt={6}>
          {roles.map((role) => (
            <Checkbox key={role} value={role} label={t(`app.role_${role}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <div className="pair">
        <Select
          label={t('app.language')} value={body.language} error={wrong('language')} onChange={(language) => set({ language: language ?? '' })}
          data={[{ value: '', label: t('manager.language_of_unit') }, ...languages.map(({ value, label }) => ({ value, label }))]}
        />
      </div>
      {body.roles.includes('agent') && (
        <>
          <fieldset className="capacity">
            <legend>{t('manager.capacity')}</legend>
            {domains.map((domain) => (
              <NumberInput
                key={domain} size="xs" label={domainName(t, domain)} value={body.agent.capacity[domain] ?? 0} min={0} max={255} clampBehavior="strict"
                onChange={(n) => capacity(domain, Number(n) || 0)}
              />
            ))}
          </fieldset>
          <SkillLevels label={t('manager.skills')} value={body.agent.skills} change={(skills) => set({ agent: { ...body.agent, skills } })} />
        </>
      )}
      <Switch label={t('manager.disabled')} checked={body.disabled} onChange={(e) => set({ disabled: e.currentTarget.checked })} />
      {id ? <Password id={id} /> : <p>{t('manager.password_later')}</p>}
    </>
  );
}

/** Sets a password at once, apart from the rest of the form. */
function Password({ id }: { id: string }) {
  const t = useTexts();
  const [password, write] = useState('');
  const save = useMutation({ mutationFn: () => setPassword(id, password), onSuccess: () => write('') });
  return (
    <fieldset className="levels">
      <legend>{t('manager.password')}</legend>
      <div className="level">
        <PasswordInput
          size="xs" aria-label={t('manager.password_new')} placeholder={t('manager.password_new')} value={password} autoComplete="new-password"
          onChange={(e) => write(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
        />
        <Button variant="default" disabled={password === ''} loading={save.isPending} onClick={() => save.mutate()}>
          {t('manager.password_set')}
        </Button>
      </div>
      {save.isSuccess && password === '' && <p role="status">{t('manager.password_done')}</p>}
      <Refusal fault={save.error && asFault(save.error)} />
    </fieldset>
  );
}
