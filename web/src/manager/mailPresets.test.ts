import { describe, expect, it } from 'vitest';
import { mailAccounts } from './kinds';
import { portOf, withPreset } from './mailPresets';

describe('presets of mail servers', () => {
  // What a preset knows is filled in; what one has typed oneself stays.
  it('fill in what is known and keep what was typed', () => {
    const body = { ...mailAccounts.blank, imap: { ...mailAccounts.blank.imap, user: 'info@example.com' } };
    const google = { ...body, ...withPreset(body, 'google') };
    expect(google.imap).toMatchObject({ host: 'imap.gmail.com', port: 993, tls: 'implicit', user: 'info@example.com' });
    const office = { ...google, ...withPreset(google, 'microsoft365') };
    expect(office.imap).toMatchObject({ host: 'outlook.office365.com', auth: 'xoauth2' });
    expect(office.oauth?.scope).toBe('https://outlook.office365.com/.default');
    const own = { ...office, imap: { ...office.imap, host: 'mail.example.com' } };
    const other = { ...own, ...withPreset(own, 'other') };
    expect(other.imap.host).toBe('mail.example.com');
    expect(other.smtp.host).toBe('');
    expect(other.oauth?.scope ?? '').toBe('');
  });

  it('know the usual ports', () => {
    expect([portOf('imap', 'implicit'), portOf('imap', 'starttls'), portOf('smtp', 'implicit'), portOf('smtp', 'starttls')]).toEqual([993, 143, 465, 587]);
  });
});
