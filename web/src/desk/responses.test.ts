import { describe, expect, test } from 'vitest';
import { asked, choices, fill, fillHtml, find, type Values } from './responses';
import type { ResponseObject } from './types';

function response(name: string, body: Partial<ResponseObject['body']> = {}): ResponseObject {
  return { id: name, version: 1, name, body: { shortcut: name.toLowerCase(), category: '', texts: { english: `Text of ${name}` }, ...body } } as ResponseObject;
}

const none: Values = { customer: '', agent: '', queue: '', company: '', date: '', time: '' };

describe('standard responses', () => {
  // The customer's language is spoken if the response has it, else the next best.
  test('languages', () => {
    const all = [response('Hello', { texts: { english: 'Hello', deutsch: 'Guten Tag' } }), response('Bye', { texts: { francais: 'Au revoir' } })];
    expect(choices(all, 'q', ['deutsch', 'english']).map((c) => [c.text, c.language])).toEqual([['Guten Tag', 'deutsch'], ['Au revoir', 'francais']]);
  });

  // A response for some queues is not there in the others; one without a text nowhere.
  test('queues', () => {
    const all = [response('All'), response('Some', { queues: ['a'] }), response('Empty', { texts: { english: '' } })];
    expect(choices(all, 'a', ['english']).map((c) => c.name)).toEqual(['All', 'Some']);
    expect(choices(all, 'b', ['english']).map((c) => c.name)).toEqual(['All']);
  });

  // In mails, what is meant for them stands instead of the text; what is for mails alone is in no chat.
  test('mails', () => {
    const all = [
      response('Both', { texts: { english: 'Hello', deutsch: 'Hallo' }, mails: { english: { subject: 'About {queue}', html: '<p>Dear <b>{customer}</b>,</p><p>1 &lt; 2</p>' } } }),
      response('Letter', { texts: {}, mails: { deutsch: { html: '<p>Guten Tag</p>' }, english: { subject: 'No text' } } }),
    ];
    expect(choices(all, 'q', ['english']).map((c) => [c.name, c.html, c.subject])).toEqual([['Both', '', '']]);
    expect(choices(all, 'q', ['english'], true).map((c) => [c.subject, c.text, c.language])).toEqual([
      ['About {queue}', 'Dear {customer} , 1 < 2', 'english'], ['', 'Guten Tag', 'deutsch'],
    ]);
    expect(choices(all, 'q', ['deutsch'], true)[0]).toMatchObject({ text: 'Hallo', html: '', subject: '' });
    expect(find(choices(all, 'q', ['english'], true), 'about').map((c) => c.name)).toEqual(['Both']);
  });

  // Shortcut, then name, then the words within; every word must be there; accents do not matter.
  test('finding', () => {
    const all = choices([
      response('Refund', { shortcut: 'rf', category: 'Money', texts: { english: 'You get it back' } }),
      response('Café', { shortcut: 'cf', category: 'Food', texts: { english: 'refund of a coffee' } }),
      response('Rf rules', { shortcut: 'rules', texts: { english: 'x' } }),
    ], 'q', ['english']);
    expect(find(all, 'rf').map((c) => c.name)).toEqual(['Refund', 'Rf rules']);
    expect(find(all, 'refund').map((c) => c.name)).toEqual(['Refund', 'Café']);
    expect(find(all, 'cafe').map((c) => c.name)).toEqual(['Café']);
    expect(find(all, 'food coffee').map((c) => c.name)).toEqual(['Café']);
    expect(find(all, 'food tea')).toEqual([]);
    expect(find(all, '').length).toBe(3);
  });

  // A customer's name is no markup.
  test('filling HTML', () => {
    const values = { ...none, customer: 'A <b>&"' };
    expect(fillHtml('<p>Dear {customer},</p>', values)).toBe('<p>Dear A &#60;b&#62;&#38;&#34;,</p>');
    expect(fillHtml('<p>Dear {customer},</p>', none)).toBe('<p>Dear,</p>');
  });

  // What is not known leaves no hole in the sentence; braces of other kinds stay.
  test('placeholders', () => {
    expect(fill('Hello {customer}, {agent} here. {x}', { ...none, agent: 'Ben' })).toBe('Hello, Ben here. {x}');
    expect(fill('{date} {time}', { ...none, date: '1 May', time: '10:00' })).toBe('1 May 10:00');
    // A value is put in as it is: no second look for places within it.
    expect(fill('{customer}', { ...none, customer: '{agent}', agent: 'Ben' })).toBe('{agent}');
  });

  // A slash asks where a word begins: not in an address, a fraction or a date.
  test('asking', () => {
    expect(asked('/', 1)).toEqual({ from: 0, words: '' });
    expect(asked('Well, /ref del', 14)).toEqual({ from: 6, words: 'ref del' });
    expect(asked('and/or', 6)).toBeUndefined();
    expect(asked('https://x', 9)).toBeUndefined();
    expect(asked('5 / 6', 5)).toBeUndefined();
    expect(asked('/a\nb', 4)).toBeUndefined();
    expect(asked('/etc/x', 6)).toBeUndefined();
    expect(asked('/abc', 2)).toEqual({ from: 0, words: 'a' });
  });
});
