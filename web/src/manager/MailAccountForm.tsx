import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice } from '../kit/Notice';
import { Tabs } from '../kit/Tabs';
import { useTexts, type Key } from '../kit/texts';
import { NameField, Section, type Check, type FormProps } from './form';
import type { MailAccount } from './kinds';
import { MailAliases } from './MailAliases';
import { MailPauses } from './MailPauses';
import { presetNames, presets, withPreset, type Preset } from './mailPresets';
import { MailServers } from './MailServers';
import { said, type Warning } from './mailWords';
import { call } from './rest';

type Tab = 'mailbox' | 'servers' | 'addresses' | 'running';
const tabs: readonly Tab[] = ['mailbox', 'servers', 'addresses', 'running'];

/** Where a field is, so that a wrong one brings its tab forward. */
function tabOf(field: string): Tab {
  if (/^(imap|smtp|oauth|secrets|authorities|pins)/.test(field)) return 'servers';
  if (field.startsWith('aliases')) return 'addresses';
  return /^(name|preset|address|from_name|main|disabled|send_as)/.test(field) ? 'mailbox' : 'running';
}

export function checkMailAccount({ name, body }: { name: string; body: MailAccount }, check: Check): void {
  check.name(name);
  check.needed('address', body.address);
  check.mail('address', body.address);
  for (const which of ['imap', 'smtp'] as const) {
    check.needed(`${which}.host`, body[which].host);
    if (body[which].auth !== 'none') check.needed(`${which}.user`, body[which].user);
  }
  if (body.imap.auth === 'xoauth2' || body.smtp.auth === 'xoauth2') {
    check.needed('oauth.token_url', body.oauth?.token_url);
    check.needed('oauth.client_id', body.oauth?.client_id);
  }
  const pins = (body.pins ?? []).map((pin) => pin.replace(/[:\s]/g, ''));
  check.that(pins.every((pin) => /^[0-9a-fA-F]{64}$/.test(pin)), 'pins', 'manager.check_pin');
  check.that(body.max_sessions !== 1, 'max_sessions', 'manager.check_sessions');
  body.aliases.forEach((alias, i) => {
    check.needed(`aliases[${i}].address`, alias.address);
    check.mail(`aliases[${i}].address`, alias.address);
    const first = body.aliases.findIndex((a) => a.address.toLowerCase() === alias.address.toLowerCase());
    check.that(first === i, `aliases[${i}].address`, 'manager.check_twice');
  });
}

/** What is the copied account's own is left out. */
export const copyMailAccount = (body: MailAccount): MailAccount => ({ ...body, address: '', main: false, aliases: [], secrets_set: [] });

/** What is unwise about the account as it is typed. */
function useWarnings(body: MailAccount): Warning[] {
  const { preset, address, imap, smtp, max_sessions, reserve, rate_per_minute } = body;
  const [settled] = useDebouncedValue(JSON.stringify({ preset, address, imap, smtp, max_sessions, reserve, rate_per_minute }), 400);
  const { data } = useQuery({
    queryKey: ['mail-warnings', settled], queryFn: () => call<{ warnings: Warning[] }>('POST', '/mail-accounts/warnings', { body: JSON.parse(settled) as unknown }), placeholderData: keepPreviousData,
    retry: false, staleTime: Infinity,
  });
  return data?.warnings ?? [];
}

export function MailAccountForm(props: FormProps<MailAccount>) {
  const { body, wrongFields } = props;
  const t = useTexts();
  const [tab, show] = useState<Tab>('mailbox');
  const warnings = useWarnings(body);
  const wrongTabs = new Set(wrongFields.map(tabOf));
  const [seen, see] = useState('');
  // A wrong field behind another tab brings its own forward, once.
  const wrongNow = [...wrongTabs].join();
  if (wrongNow !== seen) {
    see(wrongNow);
    if (wrongNow && !wrongTabs.has(tab)) show(tabs.find((one) => wrongTabs.has(one)) ?? tab);
  }
  return (
    <>
      <div className="mail-warnings" role="status">
        {warnings.map((w) => (
          <Notice key={`${w.setting} ${w.say}`} tone="warn">
            {said(w, w.sentence)}
          </Notice>
        ))}
      </div>
      <Tabs
        label={t('manager.subject_mail_accounts')} value={tab} set={show}
        tabs={tabs.map((id) => ({ id, title: t(`manager.mail_tab_${id}`), wrong: wrongTabs.has(id) ? t('manager.tab_wrong') : undefined }))}
      >
        <div className="fields">
          {tab === 'mailbox' && <Mailbox {...props} />}
          {tab === 'servers' && <MailServers {...props} />}
          {tab === 'addresses' && <MailAliases {...props} />}
          {tab === 'running' && <Running {...props} />}
        </div>
      </Tabs>
    </>
  );
}

/** Whose mailbox it is, and at what kind of server. */
function Mailbox({ name, setName, body, set, wrong }: FormProps<MailAccount>) {
  const t = useTexts();
  const preset = body.preset ?? 'other';
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <Select
          label={t('manager.mail_preset')} description={t('manager.mail_preset_more')} value={preset} error={wrong('preset')} allowDeselect={false}
          data={presetNames.map((value) => ({ value, label: presets[value].title || t('manager.mail_preset_other') }))} onChange={(to) => to && set(withPreset(body, to as Preset))}
        />
        <TextInput
          label={t('manager.mail_own_address')} description={t('manager.mail_own_address_more')} value={body.address} error={wrong('address')} required maxLength={320} autoComplete="off" spellCheck={false}
          inputMode="email"
          onChange={(e) => {
            const address = e.currentTarget.value.trim();
            // Most servers take the address as the login.
            const follow = (which: 'imap' | 'smtp') => ((body[which].user ?? '') === body.address ? { ...body[which], user: address } : body[which]);
            set({ address, imap: follow('imap'), smtp: follow('smtp') });
          }}
        />
        <TextInput
          label={t('manager.mail_from_name')} description={t('manager.mail_from_name_more')} value={body.from_name ?? ''} error={wrong('from_name')} maxLength={200} autoComplete="off"
          onChange={(e) => set({ from_name: e.currentTarget.value })}
        />
      </div>
      {presets[preset].notes > 0 && (
        <ul className="mail-notes" aria-label={presets[preset].title}>
          {Array.from({ length: presets[preset].notes }, (_, n) => (
            <li key={n}>{t(`manager.preset_${preset}_${n + 1}` as Key)}</li>
          ))}
        </ul>
      )}
      <TagsInput
        label={t('manager.mail_send_as')} description={t('manager.mail_send_as_more')} value={body.send_as ?? []} error={wrong('send_as')} maxTags={50} acceptValueOnBlur
        onChange={(addresses) => set({ send_as: addresses.map((address) => address.trim()) })}
      />
      <div className="switches">
        <Switch label={t('manager.mail_main')} description={t('manager.mail_main_more')} checked={body.main} onChange={(e) => set({ main: e.currentTarget.checked })} />
        <Switch label={t('manager.mail_disabled')} description={t('manager.mail_disabled_more')} checked={body.disabled} onChange={(e) => set({ disabled: e.currentTarget.checked })} />
      </div>
    </>
  );
}

/** How it runs: limits, folders, what it does by the clock. */
function Running({ body, set, wrong }: FormProps<MailAccount>) {
  const t = useTexts();
  const number = (field: 'max_sessions' | 'reserve' | 'rate_per_minute' | 'max_size_mib' | 'poll_s' | 'keep_alive_min', max: number, suffix = '', min = 0) => (
    <NumberInput
      label={t(`manager.mail_${field}`)} description={t(`manager.mail_${field}_more`)} value={body[field] || ''} error={wrong(field)} min={min} max={max} clampBehavior="strict" allowDecimal={false}
      placeholder={t('manager.mail_usual')} suffix={suffix} onChange={(n) => set({ [field]: Number(n) || 0 })}
    />
  );
  const folders = body.folders ?? {};
  return (
    <>
      <Section title={t('manager.mail_limits')} more={t('manager.mail_limits_more')}>
        <div className="triple">
          {number('max_sessions', 100)}
          {number('reserve', 99)}
          {number('rate_per_minute', 100_000)}
          {number('max_size_mib', 100, t('manager.mib_suffix'))}
          {number('poll_s', 3600, ' s')}
          {number('keep_alive_min', 1440, ' min', -1)}
        </div>
        <Switch label={t('manager.mail_only_new')} description={t('manager.mail_only_new_more')} checked={body.only_new ?? false} onChange={(e) => set({ only_new: e.currentTarget.checked })} />
      </Section>
      <Section title={t('manager.mail_folders')} more={t('manager.mail_folders_more')}>
        <div className="triple">
          {(['inbox', 'working', 'done', 'exceptions', 'sent'] as const).map((folder) => (
            <TextInput
              key={folder} label={t(`manager.mail_folder_${folder}`)} value={folders[folder] ?? ''} error={wrong(`folders.${folder}`)} placeholder={usualFolders[folder] ?? t('manager.mail_usual')} maxLength={200}
              autoComplete="off" spellCheck={false} onChange={(e) => set({ folders: { ...folders, [folder]: e.currentTarget.value } })}
            />
          ))}
        </div>
      </Section>
      <MailPauses pauses={body.maintenance ?? []} set={(maintenance) => set({ maintenance })} wrong={wrong} />
    </>
  );
}

/** The same in every language: they are names at the mail server. */
const usualFolders: Record<string, string> = { inbox: 'INBOX', working: 'Portico/Working', done: 'Portico/Done', exceptions: 'Portico/Exceptions' };
