import { describe, expect, it } from 'vitest';
import type { Mail } from './types';
import { begun, joined, parted, quotedText, shownFiles, textOf, withAddresses, withCids, type Words } from './writing';

const words: Words = { wrote: (m) => `${m.from.name} wrote:`, forwarded: (m) => ['Forwarded', `From: ${m.from.address}`] };
const mail = (m: Partial<Mail>): Mail => ({
  seq: 4, at: 0, direction: 'in', from: { name: 'Carla', address: 'carla@customer.example' }, to: [{ address: 'help@company.example' }], cc: [], bcc: [],
  reply_to: [], subject: 'Order', text: 'Where is it?\n', parts: [], marks: [], in_mailbox: true, alias: 'help@company.example', ...m,
} as Mail);

/** A document as far as textOf looks at it. */
type Made = [string, Record<string, string>, ...(Made | string)[]];
function node(made: Made | string): Parameters<typeof textOf>[0] {
  if (typeof made === 'string') return { nodeType: 3, nodeName: '#text', nodeValue: made, childNodes: [] };
  const [nodeName, attributes, ...children] = made;
  return { nodeType: 1, nodeName, nodeValue: null, childNodes: children.map(node), getAttribute: (name) => attributes[name] ?? null };
}

describe('a draft', () => {
  it('keeps apart what is written, the signature and the quote', () => {
    const parts = { own: '<p>Hi</p>', signature: 'Ben<div>Acme</div>', quote: '<blockquote type="cite"><div>x</div></blockquote>' };
    expect(parted(joined(parts))).toEqual(parts);
    expect(parted('<p>Hi</p>')).toEqual({ own: '<p>Hi</p>', signature: '', quote: '' });
  });
  it('names the pictures in it as a mail does, and shows them', () => {
    const shown = '<img src="/api/v1/contacts/c1/attachments/01234567-89ab-cdef-0123-456789abcdef?inline=1">';
    expect(withCids(shown)).toBe('<img src="cid:0123456789abcdef0123456789abcdef@portico">');
    expect(withAddresses(withCids(shown), 'c1')).toBe(shown);
    expect(shownFiles(shown)).toEqual(['01234567-89ab-cdef-0123-456789abcdef']);
  });
});

describe('an answer', () => {
  it('quotes the mail, below the signature', () => {
    const draft = begun('reply', mail({}), [mail({})], true, { html: '<b>Ben</b>', text: 'Ben' }, words);
    expect(parted(draft.html ?? '')).toEqual({ own: '<p></p>', signature: '<b>Ben</b>', quote: '<p>Carla wrote:</p><blockquote type="cite">Where is it?</blockquote>' });
    expect(draft.text).toBe('\n\n-- \nBen\n\nCarla wrote:\n> Where is it?');
    expect(draft).toMatchObject({ mode: 'reply', in_reply_to: 4, subject: 'Re: Order', to: [{ name: 'Carla', address: 'carla@customer.example' }] });
  });
  it('takes the pictures of the quote along, and no files', () => {
    const parts = [{ part: '1.2', name: 'l.png', media_type: 'image/png', size: 1, content_id: 'l@x' }, { part: '2', name: 'a.pdf', media_type: 'application/pdf', size: 1 }];
    const m = mail({ html: '<img src="cid:l@x"/>', parts });
    expect(begun('reply', m, [m], true, undefined, words).forwarded).toEqual(['1.2']);
    expect(begun('reply', m, [m], false, undefined, words).forwarded).toEqual([]);
    expect(begun('forward', m, [m], true, undefined, words)).toMatchObject({ forwarded: ['1.2', '2'], to: [], subject: 'Fwd: Order' });
  });
  it('without HTML is text alone', () => {
    expect(begun('reply', mail({}), [mail({})], false, undefined, words).html).toBeUndefined();
  });
  it('quotes each line, deeper what was quoted before', () => {
    expect(quotedText('a\n\n> b\n')).toBe('> a\n>\n>> b');
  });
});

describe('the text of a document', () => {
  it('reads as it looks', () => {
    const doc = node(['BODY', {},
      ['P', {}, 'Dear ', ['STRONG', {}, 'Carla'], ',', ['BR', {}], 'it  is'],
      ['UL', {}, ['LI', {}, ['P', {}, 'one']], ['LI', {}, ['P', {}, 'two']]],
      ['OL', {}, ['LI', {}, 'first'], ['LI', {}, 'second']],
      ['P', {}, 'See ', ['A', { href: 'https://x.example/a' }, 'here'], ' or ', ['A', { href: 'mailto:a@b.c' }, 'a@b.c']],
      ['BLOCKQUOTE', {}, ['P', {}, 'said'], ['BLOCKQUOTE', {}, 'before']],
    ]);
    expect(textOf(doc)).toBe(['Dear Carla,', 'it is', '', '- one', '- two', '', '1. first', '2. second', '', 'See here <https://x.example/a> or a@b.c', '',
      '> said', '>', '>> before'].join('\n'));
  });
});
