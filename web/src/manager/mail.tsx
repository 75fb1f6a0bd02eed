import { useMemo } from 'react';
import { useTexts } from '../kit/texts';
import { BlockedSenderForm, checkBlockedSender } from './BlockedSenderForm';
import { useNames } from './choices';
import { mailSettings, type MailSettings } from './chatSettings';
import type { Editable } from './Editor';
import { blockedSenders, mailAccounts, signatures, type BlockedSender, type MailAccount, type Signature } from './kinds';
import { checkMailAccount, copyMailAccount, MailAccountForm } from './MailAccountForm';
import { MailAccountMore } from './MailAccountState';
import { presets } from './mailPresets';
import { checkMailSettings, MailSettingsForm } from './MailSettingsForm';
import type { Listed } from './Objects';
import { checkSignature, SignatureForm } from './SignatureForm';

export function useMailAccounts(): Listed<MailAccount> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: mailAccounts, id: 'mail-accounts', title: t('manager.subject_mail_accounts'), Form: MailAccountForm, check: checkMailAccount, copy: copyMailAccount, More: MailAccountMore,
      empty: 'manager.empty_mail_accounts', words: (a) => a.body.aliases.map((alias) => alias.address),
      parts: [
        { id: 'address', title: t('manager.mail_address'), width: '24%', text: (a) => a.body.address },
        { id: 'preset', title: t('manager.mail_preset'), width: '18%', text: (a) => presets[a.body.preset ?? 'other'].title || t('manager.mail_preset_other') },
        { id: 'aliases', title: t('manager.mail_aliases'), width: '130px', right: true, text: (a) => a.body.aliases.length },
        {
          id: 'state', title: t('manager.state'), width: '150px', text: (a) => t(a.body.disabled ? 'manager.is_disabled' : a.body.main ? 'manager.mail_is_main' : 'manager.is_active'),
          show: (a) => (
            <span className={a.body.disabled ? 'tag' : 'tag tag-good'}>{t(a.body.disabled ? 'manager.is_disabled' : a.body.main ? 'manager.mail_is_main' : 'manager.is_active')}</span>
          ),
        },
      ],
      sieves: [
        {
          id: 'state', label: t('manager.state'), choices: [{ value: 'active', label: t('manager.is_active') }, { value: 'disabled', label: t('manager.is_disabled') }],
          keep: (a, value) => a.body.disabled === (value === 'disabled'),
        },
      ],
      bulk: [
        {
          id: 'disabled', label: t('manager.state'), choices: [{ value: 'no', label: t('manager.is_active') }, { value: 'yes', label: t('manager.is_disabled') }],
          part: (v) => ({ disabled: v === 'yes' }),
        },
      ],
    }),
    [t],
  );
}

export function useSignatures(): Listed<Signature> {
  const t = useTexts();
  const nameOf = useNames();
  return useMemo(() => {
    const words = (s: { body: Signature }) => Object.values(s.body.texts).map((one) => one.text);
    return {
      kind: signatures, id: 'signatures', title: t('manager.subject_signatures'), Form: SignatureForm, check: checkSignature, copy: (body) => ({ ...body, standard: false }),
      empty: 'manager.empty_signatures', words,
      parts: [
        { id: 'text', title: t('manager.text'), width: '28%', text: (s) => words(s)[0] ?? '' },
        { id: 'languages', title: t('manager.languages'), width: '16%', text: (s) => Object.keys(s.body.texts).map((l) => l || t('manager.signature_others')).join(', ') },
        {
          id: 'for', title: t('manager.signature_for'), width: '24%',
          text: (s) => [...(s.body.agents ?? []).map(nameOf), ...(s.body.queues ?? []).map(nameOf), ...(s.body.standard ? [t('manager.signature_is_standard')] : [])].join(', '),
        },
      ],
    };
  }, [t, nameOf]);
}

export function useBlockedSenders(): Listed<BlockedSender> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: blockedSenders, id: 'blocked-senders', title: t('manager.subject_blocked_senders'), Form: BlockedSenderForm, check: checkBlockedSender, empty: 'manager.empty_blocked_senders', csv: true,
      parts: [
        { id: 'sender', title: t('manager.blocked_sender'), width: '28%', text: (b) => b.body.sender },
        { id: 'note', title: t('manager.note'), width: '34%', text: (b) => b.body.note ?? '' },
      ],
      bulk: [{ id: 'note', label: t('manager.note'), text: true, part: (note) => ({ note }) }],
    }),
    [t],
  );
}

export function useMailSettings(): Editable<MailSettings> {
  const t = useTexts();
  return useMemo(
    () => ({ kind: mailSettings, id: 'mail-settings', title: t('manager.subject_mail_settings'), Form: MailSettingsForm, check: checkMailSettings, single: true }),
    [t],
  );
}
