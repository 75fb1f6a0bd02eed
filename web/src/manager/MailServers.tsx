import { NumberInput, PasswordInput, Select, Textarea, TextInput } from '@mantine/core';
import { useTexts, type Key } from '../kit/texts';
import { Section, type FormProps } from './form';
import type { MailAccount } from './kinds';
import { portOf } from './mailPresets';

type Server = MailAccount['imap'];
type Props = Pick<FormProps<MailAccount>, 'body' | 'set' | 'wrong'>;

/** A secret of an account: it is written, and never read again. */
function Secret({ name, called, more, body, set, wrong }: Props & { name: string; called: Key; more?: Key }) {
  const t = useTexts();
  const kept = body.secrets_set?.includes(name) ?? false;
  return (
    <PasswordInput
      label={t(called)} description={kept ? t('manager.secret_kept') : more && t(more)} placeholder={kept ? t('manager.secret_unchanged') : undefined} value={body.secrets?.[name] ?? ''}
      error={wrong(`secrets.${name}`) ?? wrong('secrets')} maxLength={8000} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('manager.secret_show') }}
      onChange={(e) => {
        const { [name]: _, ...others } = body.secrets ?? {};
        const value = e.currentTarget.value;
        const secrets = value === '' ? others : { ...others, [name]: value };
        set({ secrets: Object.keys(secrets).length > 0 ? secrets : (undefined as never) });
      }}
    />
  );
}

/** Where IMAP or SMTP listens, and how it is entered. */
function ServerPart({ which, ...props }: Props & { which: 'imap' | 'smtp' }) {
  const { body, set, wrong } = props;
  const t = useTexts();
  const server = body[which];
  const put = (part: Partial<Server>) => set({ [which]: { ...server, ...part } });
  const tls = server.tls || 'implicit';
  const auth = server.auth || 'password';
  const ways = which === 'imap' ? (['password', 'xoauth2'] as const) : (['password', 'xoauth2', 'none'] as const);
  return (
    <Section title={t(`manager.mail_${which}`)} more={t(`manager.mail_${which}_more`)}>
      <div className="triple">
        <TextInput
          label={t('manager.host')} value={server.host} error={wrong(`${which}.host`)} required maxLength={253} autoComplete="off" spellCheck={false}
          onChange={(e) => {
            const host = e.currentTarget.value.trim();
            // Most companies have both at one place.
            if (which === 'imap' && (body.smtp.host === '' || body.smtp.host === server.host)) set({ imap: { ...server, host }, smtp: { ...body.smtp, host } });
            else put({ host });
          }}
        />
        <Select
          label={t('manager.mail_tls')} value={tls} error={wrong(`${which}.tls`)} data={(['implicit', 'starttls', 'none'] as const).map((value) => ({ value, label: t(`manager.mail_tls_${value}`) }))}
          allowDeselect={false} onChange={(to) => to && put({ tls: to as Server['tls'] & string, port: portOf(which, to as Server['tls']) })}
        />
        <NumberInput
          label={t('manager.port')} value={server.port || ''} error={wrong(`${which}.port`)} placeholder={String(portOf(which, tls))} min={1} max={65_535} clampBehavior="strict" allowDecimal={false}
          thousandSeparator="" onChange={(n) => put({ port: Number(n) || 0 })}
        />
      </div>
      <div className="triple">
        <Select
          label={t('manager.mail_auth')} value={auth} error={wrong(`${which}.auth`)} data={ways.map((value) => ({ value, label: t(`manager.mail_auth_${value}`) }))} allowDeselect={false}
          onChange={(to) => to && put({ auth: to as Server['auth'] & string })}
        />
        {auth !== 'none' && (
          <TextInput
            label={t('manager.mail_user')} value={server.user ?? ''} error={wrong(`${which}.user`)} required maxLength={320} autoComplete="off" spellCheck={false}
            onChange={(e) => put({ user: e.currentTarget.value })}
          />
        )}
        {auth === 'password' && (
          <Secret name={`${which}_password`} called="manager.mail_password" {...(which === 'smtp' && { more: 'manager.mail_password_same' as const })} {...props} />
        )}
      </div>
    </Section>
  );
}

/** Both servers of an account, the login by tokens, and whose certificates are trusted. */
export function MailServers(props: Props) {
  const { body, set, wrong } = props;
  const t = useTexts();
  const tokens = body.imap.auth === 'xoauth2' || body.smtp.auth === 'xoauth2';
  const oauth = body.oauth ?? {};
  const ask = (field: 'token_url' | 'client_id' | 'scope', label: Key, more: Key | undefined, required: boolean) => (
    <TextInput
      label={t(label)} description={more && t(more)} value={oauth[field] ?? ''} error={wrong(`oauth.${field}`)} required={required} maxLength={field === 'client_id' ? 400 : 1000} autoComplete="off"
      spellCheck={false} onChange={(e) => set({ oauth: { ...oauth, [field]: e.currentTarget.value.trim() } })}
    />
  );
  return (
    <>
      <ServerPart which="imap" {...props} />
      <ServerPart which="smtp" {...props} />
      {tokens && (
        <Section title={t('manager.mail_oauth')} more={t('manager.mail_oauth_more')}>
          {ask('token_url', 'manager.mail_token_url', 'manager.mail_token_url_more', true)}
          <div className="pair">
            {ask('client_id', 'manager.mail_client_id', undefined, true)}
            {ask('scope', 'manager.mail_scope', undefined, false)}
            <Secret name="client_secret" called="manager.mail_client_secret" {...props} />
            <Secret name="refresh_token" called="manager.mail_refresh_token" more="manager.mail_refresh_token_more" {...props} />
          </div>
        </Section>
      )}
      <Section title={t('manager.mail_trust')} more={t('manager.mail_trust_more')}>
        <Textarea
          label={t('manager.authority')} description={t('manager.mail_authorities_more')} value={body.authorities ?? ''} error={wrong('authorities')} autosize minRows={2} maxRows={8} maxLength={60_000}
          spellCheck={false} onChange={(e) => set({ authorities: e.currentTarget.value })}
        />
        <Textarea
          label={t('manager.mail_pins')} description={t('manager.mail_pins_more')} value={(body.pins ?? []).join('\n')} error={wrong('pins')} autosize minRows={1} maxRows={6} maxLength={1000} spellCheck={false}
          onChange={(e) => set({ pins: e.currentTarget.value === '' ? [] : e.currentTarget.value.split('\n') })}
        />
      </Section>
    </>
  );
}
