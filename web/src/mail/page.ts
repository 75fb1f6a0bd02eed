import { textOf, type Parts } from './writing';

/** The plain text of HTML. Styles are left out first: they are nothing to read, and the page's policy would complain of each. */
export function htmlText(html: string): string {
  return textOf(new DOMParser().parseFromString(html.replace(/ style="[^"]*"/g, ''), 'text/html').body as unknown as Parameters<typeof textOf>[0]);
}

/** What stands below the own words, as text. */
export function tailOf({ signature, quote }: Parts): string {
  const signed = signature ? `\n\n-- \n${htmlText(signature)}` : '';
  return signed + (quote ? `\n\n${htmlText(quote)}` : '');
}
