import { describe, expect, it } from 'vitest';
import { answerTo, isAddress, known, own, parsed, subjectOf, written } from './addresses';
import type { Mail } from './types';

const mail = (m: Partial<Mail>): Mail => ({
  seq: 1, at: 0, direction: 'in', from: { name: 'Carla', address: 'carla@customer.example' }, to: [{ address: 'help@company.example' }],
  cc: [], bcc: [], reply_to: [], subject: '', text: '', parts: [], marks: [], in_mailbox: true, alias: 'help@company.example', ...m,
} as Mail);

describe('addresses', () => {
  it('are read as people and programs write them', () => {
    expect(parsed('Anna Example <anna@example.com>')).toEqual({ name: 'Anna Example', address: 'anna@example.com' });
    expect(parsed(' "Example, Anna" <anna@example.com> ')).toEqual({ name: 'Example, Anna', address: 'anna@example.com' });
    expect(parsed('anna@example.com')).toEqual({ address: 'anna@example.com' });
    expect(written(parsed('Anna <a@b.example>'))).toBe('Anna <a@b.example>');
  });
  it('must be whole', () => {
    for (const good of ['a@b', 'anna.e+x@mail.example.com']) expect(isAddress(good)).toBe(true);
    for (const bad of ['', 'anna', 'anna@', '@b', 'a b@c', 'a@b..c', 'a@b,c@d']) expect(isAddress(bad)).toBe(false);
  });
});

describe('an answer', () => {
  const ours = ['help@company.example'];
  it('goes to who wrote, or where that person wants it', () => {
    expect(answerTo(mail({}), false, ours).to).toEqual([{ name: 'Carla', address: 'carla@customer.example' }]);
    expect(answerTo(mail({ reply_to: [{ address: 'desk@customer.example' }] }), false, ours).to).toEqual([{ address: 'desk@customer.example' }]);
  });
  it('to all goes to everybody but ourselves, and to nobody twice', () => {
    const m = mail({
      to: [{ address: 'HELP@company.example' }, { address: 'bob@customer.example' }],
      cc: [{ address: 'carla@customer.example' }, { address: 'dan@customer.example' }, { address: 'help@company.example' }],
    });
    expect(answerTo(m, true, ours)).toEqual({
      to: [{ name: 'Carla', address: 'carla@customer.example' }, { address: 'bob@customer.example' }], cc: [{ address: 'dan@customer.example' }],
    });
  });
  it('to the own mail goes to who got it', () => {
    const m = mail({ direction: 'out', from: { address: 'help@company.example' }, to: [{ address: 'carla@customer.example' }] });
    expect(answerTo(m, false, ours).to).toEqual([{ address: 'carla@customer.example' }]);
  });
  it('has one prefix', () => {
    expect(subjectOf('Order 7', false)).toBe('Re: Order 7');
    expect(subjectOf('Re: AW: Re[2]: Order 7', false)).toBe('Re: Order 7');
    expect(subjectOf('Re: Order 7', true)).toBe('Fwd: Order 7');
    expect(subjectOf('Re: Order 7 [#MM2EEPDW]', false)).toBe('Re: Order 7');
  });
});

describe('what the mails tell', () => {
  const mails = [mail({}), mail({ direction: 'out', from: { address: 'help@company.example' }, to: [{ address: 'carla@customer.example' }, { address: 'eve@x.example' }] })];
  it('which addresses are ours, and which are known', () => {
    expect(own(mails)).toEqual(['help@company.example']);
    expect(known(mails)).toEqual(['Carla <carla@customer.example>', 'eve@x.example']);
  });
});
