import type { Mail, MailPart } from './types';

/** Where a part of a mail, or a file of ours in it, is had from; undefined: from nowhere. */
export function partAt(contact: string, mail: Pick<Mail, 'seq' | 'direction'>, part: MailPart): string | undefined {
  if (part.attachment) return `/api/v1/contacts/${contact}/attachments/${part.attachment}`;
  if (!part.part || mail.direction === 'out') return undefined;
  return `/api/v1/contacts/${contact}/mails/${mail.seq}/parts/${encodeURIComponent(part.part)}`;
}

/**
 * The HTML of a mail as it is shown. The server has made it harmless and writes every
 * attribute in one way: pictures of the mail itself are had from the server, those
 * from elsewhere only when they were asked for.
 */
export function shownHtml(contact: string, mail: Mail, pictures: boolean): string {
  const html = (mail.html ?? '').replace(/ src="cid:([^"]*)"/gi, (_, id: string) => {
    const part = mail.parts.find((p) => p.content_id && p.content_id.toLowerCase() === id.toLowerCase());
    const at = part && partAt(contact, mail, part);
    return at ? ` src="${at}?inline=1"` : '';
  });
  return pictures ? html.replace(/ data-remote="/g, ' referrerpolicy="no-referrer" src="') : html;
}

/** A piece of a plain text: what was written, or what it quotes. */
export interface Piece {
  quoted: boolean;
  text: string;
}

/** Parts what was written from what it quotes, which begins with > in each line. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  for (const line of text.replace(/\s+$/, '').split('\n')) {
    const quoted = line.startsWith('>');
    const last = out.at(-1);
    // A blank line between two quotes belongs to them.
    if (last && (last.quoted === quoted || (last.quoted && line.trim() === ''))) last.text += `\n${line}`;
    else out.push({ quoted, text: line });
  }
  return out;
}

/** The files of a mail, without the pictures that its text shows. */
export function files(mail: Mail): MailPart[] {
  const html = mail.html ?? '';
  return mail.parts.filter((p) => !(p.content_id && html.toLowerCase().includes(`cid:${p.content_id.toLowerCase()}"`)));
}

const letters: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => letters[c] ?? c);
}

/** What a mail says, as HTML, to stand below an answer; pictures from elsewhere are left out. */
export function quotable(mail: Mail): string {
  if (!mail.html) return escaped(mail.text.trimEnd()).replaceAll('\n', '<br>');
  return mail.html.replace(/<img(?![^>]* src=)[^>]*>/g, '');
}
