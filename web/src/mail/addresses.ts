import type { Mail, MailAddress } from './types';

/** An address as one writes it: Anna Example <anna@example.com>. */
export function written(a: MailAddress): string {
  return a.name ? `${a.name} <${a.address}>` : a.address;
}

/** What is typed, as a name and an address; the address may be none. */
export function parsed(typed: string): MailAddress {
  const text = typed.trim();
  const found = /^(.*?)\s*<([^<>]*)>$/.exec(text);
  if (!found) return { address: text };
  const name = (found[1] ?? '').replace(/^"(.*)"$/, '$1').trim();
  const address = (found[2] ?? '').trim();
  return name ? { name, address } : { address };
}

/** Whether a mail can be sent there; the server looks more closely. */
export function isAddress(address: string): boolean {
  return address.length <= 320 && /^[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)*$/.test(address);
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Each address once, in order, without those of others. */
function without(list: readonly MailAddress[], others: readonly string[]): MailAddress[] {
  const out: MailAddress[] = [];
  for (const a of list) {
    if (others.some((o) => same(o, a.address)) || out.some((o) => same(o.address, a.address))) continue;
    out.push(a);
  }
  return out;
}

/** Our own addresses, as far as the mails of a contact tell. */
export function own(mails: readonly Mail[]): string[] {
  return [...new Set(mails.flatMap((m) => [m.alias ?? '', m.direction === 'out' ? m.from.address : '']).filter(Boolean).map((a) => a.toLowerCase()))];
}

/** Whom an answer is for. Whoever answers the own mail writes to those who got it. */
export function answerTo(mail: Mail, all: boolean, ours: readonly string[]): { to: MailAddress[]; cc: MailAddress[] } {
  if (mail.direction === 'out') return { to: without(mail.to, []), cc: all ? without(mail.cc, mail.to.map((a) => a.address)) : [] };
  const to = mail.reply_to.length > 0 ? mail.reply_to : [mail.from];
  if (!all) return { to: without(to, []), cc: [] };
  const everybody = without([...to, ...mail.to], ours);
  // Somebody who writes to himself is answered all the same.
  const first = everybody.length > 0 ? everybody : without(to, []);
  return { to: first, cc: without(mail.cc, [...ours, ...first.map((a) => a.address)]) };
}

/** The addresses that the mails of a contact name, for who looks for one. */
export function known(mails: readonly Mail[]): string[] {
  return without(mails.flatMap((m) => [m.from, ...m.reply_to, ...m.to, ...m.cc]), own(mails)).map(written);
}

/** What programs put before the subject of an answer or a forward, in the languages of Europe. */
const prefix = /^\s*(re|aw|antw|sv|vs|ref|rif|r|res|rép|tr|fwd?|wg|enc|i|vl|doorst)\s*(\[\d+\])?\s*:\s*/i;

/** The subject of an answer or of a forward: one prefix, however long the exchange. */
export function subjectOf(subject: string, forward: boolean): string {
  let base = plainSubject(subject);
  for (let found = prefix.exec(base); found; found = prefix.exec(base)) base = base.slice(found[0].length);
  return `${forward ? 'Fwd' : 'Re'}: ${base.trim()}`.slice(0, 900);
}

/** A subject as people mean it, without the sign by which answers find their thread. */
export function plainSubject(subject: string): string {
  return subject.replace(/\s*\[#[0-9A-Z]{8}\]\s*/g, ' ').trim();
}
