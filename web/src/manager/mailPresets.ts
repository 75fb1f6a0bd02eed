import type { MailAccount } from './kinds';

type Server = MailAccount['imap'];

export type Preset = NonNullable<MailAccount['preset']>;

interface Known {
  title: string;
  imap: Partial<Server>;
  smtp: Partial<Server>;
  oauth?: Partial<NonNullable<MailAccount['oauth']>>;
  /** How many notes the texts have about it. */
  notes: number;
}

const usual = { imap: { port: 993, tls: 'implicit', auth: 'password' }, smtp: { port: 587, tls: 'starttls', auth: 'password' } } as const;

/** What is known of the kinds of mail servers. Their limits are the server's to tell. */
export const presets: Record<Preset, Known> = {
  other: { title: '', ...usual, notes: 0 },
  microsoft365: {
    title: 'Microsoft 365', imap: { ...usual.imap, host: 'outlook.office365.com', auth: 'xoauth2' }, smtp: { ...usual.smtp, host: 'smtp.office365.com', auth: 'xoauth2' },
    oauth: { token_url: 'https://login.microsoftonline.com/TENANT/oauth2/v2.0/token', scope: 'https://outlook.office365.com/.default' }, notes: 2,
  },
  google: { title: 'Google Workspace', imap: { ...usual.imap, host: 'imap.gmail.com' }, smtp: { ...usual.smtp, host: 'smtp.gmail.com' }, notes: 3 },
  exchange: { title: 'Exchange 2007–2019', ...usual, notes: 3 },
  domino: { title: 'HCL/IBM Domino', imap: usual.imap, smtp: { ...usual.smtp, port: 465, tls: 'implicit' }, notes: 3 },
};

export const presetNames = Object.keys(presets) as Preset[];

/** An account with another preset: its ports and hosts take the place of those before; a host of one's own stays. */
export function withPreset(body: MailAccount, preset: Preset): Partial<MailAccount> {
  const before = presets[body.preset ?? 'other'];
  const next = presets[preset];
  const server = (which: 'imap' | 'smtp'): Server => {
    const { host, user } = body[which];
    const known = !host || host === before[which].host ? (next[which].host ?? '') : host;
    return { ...body[which], ...next[which], host: known, user };
  };
  const oauth = { ...next.oauth, ...Object.fromEntries(Object.entries(body.oauth ?? {}).filter(([key, value]) => value && value !== before.oauth?.[key as 'scope'])) };
  return { preset, imap: server('imap'), smtp: server('smtp'), oauth };
}

/** The port that goes with a way of TLS. */
export function portOf(which: 'imap' | 'smtp', tls: Server['tls']): number {
  if (which === 'imap') return tls === 'implicit' || !tls ? 993 : 143;
  return tls === 'implicit' || !tls ? 465 : 587;
}
