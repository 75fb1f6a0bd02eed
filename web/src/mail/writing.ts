import { answerTo, own, subjectOf } from './addresses';
import { escaped, quotable } from './body';
import type { Draft, Mail, Mode, Signature } from './types';

/** The longest that the server takes. */
export const textMax = 200_000;
export const htmlMax = 400_000;
/** A quote that is longer than this stands below as plain text, or is cut. */
const quoteMax = 150_000;

/** The parts of the HTML of a draft: what is written anew, and what stands below it. */
export interface Parts {
  own: string;
  signature: string;
  quote: string;
}

const marks = { signature: '<div data-mail="signature">', quote: '<div data-mail="quote">' } as const;

/** The HTML of a draft. The marks within go when it is sent: the server takes out what it does not know. */
export function joined(parts: Parts): string {
  const block = (name: keyof typeof marks) => (parts[name] ? `${marks[name]}${parts[name]}</div>` : '');
  return parts.own + block('signature') + block('quote');
}

/** The parts of the HTML of a draft that joined has made. */
export function parted(html: string): Parts {
  const cut = (text: string, name: keyof typeof marks): [string, string] => {
    const at = text.indexOf(marks[name]);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + marks[name].length).replace(/<\/div>$/, '')];
  };
  const [above, quote] = cut(html, 'quote');
  const [written, signature] = cut(above, 'signature');
  return { own: written, signature, quote };
}

const attached = /src="\/api\/v1\/(?:contacts\/[^/"]+\/attachments|mail-files)\/([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\?inline=1(?:&(?:amp;)?mail=[^"]*)?"/g;
const content = /src="cid:([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})@portico"/g;

/** Names the files that are shown in a text as a mail does. */
export function withCids(html: string): string {
  return html.replace(attached, 'src="cid:$1$2$3$4$5@portico"');
}

/** Shows the files of a contact that a text names. */
export function withAddresses(html: string, contact: string): string {
  return html.replace(content, `src="/api/v1/contacts/${contact}/attachments/$1-$2-$3-$4-$5?inline=1"`);
}

/** The ids of the files that a text shows. */
export function shownFiles(html: string): string[] {
  return [...html.matchAll(attached)].map(([, a, b, c, d, e]) => `${a}-${b}-${c}-${d}-${e}`);
}

/** What a mail begins with, in the words of the language spoken. */
export interface Words {
  /** Above a quote: "On 3 May, Anna wrote:" */
  wrote: (mail: Mail) => string;
  /** Above what is forwarded: who wrote it, when, to whom; a line each. */
  forwarded: (mail: Mail) => string[];
}

/** The parts of a mail that go along with its answer: the pictures in the quote; with a forward all of them. */
function along(mail: Mail, forward: boolean, quote: string): Pick<Draft, 'attachments' | 'forwarded'> {
  const shows = (id: string | undefined) => !!id && quote.toLowerCase().includes(`cid:${id.toLowerCase()}"`);
  const wanted = mail.parts.filter((p) => forward || shows(p.content_id));
  return {
    attachments: wanted.flatMap((p) => (p.attachment ? [p.attachment] : [])).slice(0, 50),
    forwarded: wanted.flatMap((p) => (!p.attachment && p.part && mail.direction === 'in' ? [p.part] : [])).slice(0, 50),
  };
}

/** Quotes a plain text. */
export function quotedText(text: string): string {
  return text.trimEnd().split('\n').map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`)).join('\n');
}

/** What stands below an answer, or what is forwarded, as HTML and as text. */
function below(mail: Mail, forward: boolean, words: Words): { html: string; text: string } {
  const said = mail.text.slice(0, quoteMax);
  const html = quotable(mail);
  const body = html.length > quoteMax ? quotable({ ...mail, html: undefined, text: said } as unknown as Mail) : html;
  if (forward) {
    const lines = words.forwarded(mail);
    return { html: `<p>${lines.map(escaped).join('<br>')}</p>${body}`, text: `${lines.join('\n')}\n\n${said}` };
  }
  const head = words.wrote(mail);
  return { html: `<p>${escaped(head)}</p><blockquote type="cite">${body}</blockquote>`, text: `${head}\n${quotedText(said)}` };
}

/** What is written anew, before anything is. */
const blank = '<p></p>';

/** A signature as HTML; empty: none. */
export function signatureHtml(signature: Signature | undefined): string {
  return signature?.html || (signature?.text ? escaped(signature.text).replaceAll('\n', '<br>') : '');
}

/** A plain text with another signature; where the one before is not found as it was, the text stays. */
export function signedAnew(text: string, before: string, after: string): string {
  const block = (signature: string) => (signature ? `\n\n-- \n${signature.trimEnd()}` : '');
  if (before && text.includes(block(before))) return text.replace(block(before), () => block(after));
  return before ? text : text + block(after);
}

/** Begins a mail: an answer to a mail of the contact, or a forward of it, or a new one. */
export function begun(mode: Mode, mail: Mail | undefined, mails: readonly Mail[], rich: boolean, signature: Signature | undefined, words: Words): Draft {
  const sign = signatureHtml(signature);
  const signed = signature?.text ? `\n\n-- \n${signature.text.trimEnd()}` : '';
  if (!mail || mode === 'new') {
    const draft: Draft = { mode: 'new', to: [], cc: [], bcc: [], subject: '', text: signed, attachments: [], forwarded: [] };
    return rich ? { ...draft, html: joined({ own: blank, signature: sign, quote: '' }) } : draft;
  }
  const forward = mode === 'forward';
  const quote = below(mail, forward, words);
  const draft: Draft = {
    mode, in_reply_to: mail.seq, ...(forward ? { to: [], cc: [] } : answerTo(mail, mode === 'reply_all', own(mails))), bcc: [],
    subject: subjectOf(mail.subject, forward), text: `${signed}\n\n${quote.text}`, ...along(mail, forward, rich ? quote.html : ''),
  };
  return rich ? { ...draft, html: joined({ own: blank, signature: sign, quote: quote.html }) } : draft;
}

/** A part of a document, as far as its text needs it. */
interface TextNode {
  nodeType: number;
  nodeName: string;
  nodeValue: string | null;
  childNodes: ArrayLike<TextNode>;
  getAttribute?: (name: string) => string | null;
}

const blocks = new Set(['P', 'DIV', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'TABLE', 'TR', 'PRE', 'HR', 'SECTION', 'ARTICLE', 'HEADER', 'FOOTER', 'CENTER', 'DL', 'DT', 'DD']);

/** The plain text of a document: what readers without HTML see. */
export function textOf(node: TextNode): string {
  return lines(node).join('\n').replace(/\n{3,}/g, '\n\n').replace(/^\n+|\s+$/g, '');
}

function lines(node: TextNode): string[] {
  const out = [''];
  const add = (text: string) => {
    out[out.length - 1] += text;
  };
  const block = (inner: readonly string[], apart: boolean) => {
    if (out.at(-1) !== '') out.push('');
    if (apart && out.length > 1 && out.at(-2) !== '') out.push('');
    out.splice(-1, 1, ...inner);
    out.push('');
    if (apart) out.push('');
  };
  let item = Number(node.getAttribute?.('start') ?? 1);
  for (const child of Array.from(node.childNodes)) {
    const name = child.nodeName;
    if (child.nodeType === 3) {
      const text = (child.nodeValue ?? '').replace(/\s+/g, ' ');
      add(out.at(-1) === '' ? text.trimStart() : text);
    }
    else if (child.nodeType !== 1) continue;
    else if (name === 'BR') out.push('');
    else if (name === 'IMG') add(child.getAttribute?.('alt') ? `[${child.getAttribute('alt')}]` : '');
    else if (name === 'A') add(linkText(lines(child).join(' '), child.getAttribute?.('href') ?? ''));
    else if (name === 'BLOCKQUOTE') block(trimmed(lines(child)).map((l) => (l === '' ? '>' : l.startsWith('>') ? `>${l}` : `> ${l}`)), true);
    else if (name === 'LI') block(trimmed(lines(child)).map((l, i) => (i > 0 ? `  ${l}` : node.nodeName === 'OL' ? `${item++}. ${l}` : `- ${l}`)), false);
    else if (blocks.has(name)) block(trimmed(lines(child)), name === 'P' || name === 'UL' || name === 'OL');
    else {
      const [first = '', ...rest] = lines(child);
      add(first);
      out.push(...rest);
    }
  }
  return out;
}

/** Without the empty lines at its ends. */
function trimmed(all: string[]): string[] {
  const first = all.findIndex((l) => l.trim() !== '');
  const last = all.findLastIndex((l) => l.trim() !== '');
  return first < 0 ? [''] : all.slice(first, last + 1).map((l) => l.trimEnd());
}

function linkText(said: string, href: string): string {
  const target = href.replace(/^(mailto|tel):/, '');
  return !href || target === said || target === `${said}/` ? said || target : `${said} <${target}>`;
}
