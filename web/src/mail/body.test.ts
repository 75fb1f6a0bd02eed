import { describe, expect, it } from 'vitest';
import { files, partAt, pieces, quotable, shownHtml } from './body';
import type { Mail } from './types';

const mail = (m: Partial<Mail>): Mail => ({
  seq: 3, at: 0, direction: 'in', from: { address: 'carla@customer.example' }, to: [], cc: [], bcc: [], reply_to: [], subject: '', text: '',
  parts: [], marks: [], in_mailbox: true, ...m,
} as Mail);

describe('a mail on the screen', () => {
  const logo = { part: '1.2', name: 'logo.png', media_type: 'image/png', size: 9, content_id: 'Logo@x', inline: true };
  const html = '<p>Hello<img src="cid:logo@X" alt="us"/><img data-remote="https://spy.example/1.gif"/></p>';
  it('asks nobody else for pictures before somebody wants it', () => {
    const shown = shownHtml('c1', mail({ html, parts: [logo] }), false);
    expect(shown).toContain('src="/api/v1/contacts/c1/mails/3/parts/1.2?inline=1"');
    expect(shown).not.toMatch(/[^-]src="https:|data-remote="(?!https)/);
    expect(shown).not.toContain(' src="https://spy');
    expect(shownHtml('c1', mail({ html, parts: [logo] }), true)).toContain(' src="https://spy.example/1.gif"');
  });
  it('leaves out a picture of which there is no part', () => {
    expect(shownHtml('c1', mail({ html }), false)).not.toContain('cid:');
  });
  it('lists the files that its text does not show', () => {
    const pdf = { part: '2', name: 'a.pdf', media_type: 'application/pdf', size: 9 };
    expect(files(mail({ html, parts: [logo, pdf] }))).toEqual([pdf]);
  });
  it('knows where files are had from', () => {
    expect(partAt('c1', mail({ direction: 'out' }), { part: '2', name: 'a', media_type: 'x/y', size: 1 })).toBeUndefined();
    expect(partAt('c1', mail({ direction: 'out' }), { attachment: 'f1', name: 'a', media_type: 'x/y', size: 1 })).toBe('/api/v1/contacts/c1/attachments/f1');
  });
});

describe('a plain text', () => {
  it('is parted from what it quotes', () => {
    expect(pieces('Yes.\n\nAnna wrote:\n> Really?\n\n> Yes?\nBye\n\n')).toEqual([
      { quoted: false, text: 'Yes.\n\nAnna wrote:' }, { quoted: true, text: '> Really?\n\n> Yes?' }, { quoted: false, text: 'Bye' },
    ]);
  });
  it('is quoted as it is, and never as HTML', () => {
    expect(quotable(mail({ text: 'a < b\nc' }))).toBe('a &lt; b<br>c');
    expect(quotable(mail({ html: '<p>x<img data-remote="https://spy.example"/><img src="cid:a"/></p>' }))).toBe('<p>x<img src="cid:a"/></p>');
  });
});
