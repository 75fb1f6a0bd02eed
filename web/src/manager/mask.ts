/** Shows what masking would leave of a text. The server masks for real; this is for trying a pattern. */
import type { ChatSettings } from './chatSettings';

/** RE2 has no look-around and no references back; what the browser adds to it is refused here. */
export function badPattern(pattern: string): boolean {
  if (/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(pattern)) return true;
  try {
    return regexp(pattern).test('');
  } catch {
    return true;
  }
}

/** The flags that RE2 takes in front are the browser's own. */
function regexp(pattern: string): RegExp {
  const found = /^\(\?([is]+)\)/.exec(pattern);
  return new RegExp(found ? pattern.slice(found[0].length) : pattern.replaceAll('(?P<', '(?<'), `gu${found?.[1] ?? ''}`);
}

const dot = '•';

/** Letters and digits become dots, but for the last few. */
function dotted(text: string, keepLast: number): string {
  const signs = [...text];
  let kept = 0;
  for (let i = signs.length - 1; i >= 0; i--) {
    if (!/[\p{L}\p{N}]/u.test(signs[i]!)) continue;
    if (kept++ >= keepLast) signs[i] = dot;
  }
  return signs.join('');
}

/** The check digit of payment cards (ISO/IEC 7812-1, annex B). */
export function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || /^0+$/.test(digits)) return false;
  let sum = 0;
  [...digits].reverse().forEach((digit, i) => {
    const n = Number(digit) * (i % 2 ? 2 : 1);
    sum += n > 9 ? n - 9 : n;
  });
  return sum % 10 === 0;
}

export function masked(text: string, settings: Pick<ChatSettings, 'mask_cards' | 'masks'>): string {
  let out = text;
  if (settings.mask_cards) {
    out = out.replace(/(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)/g, (hit) => (isCard(hit.replace(/\D/g, '')) ? dotted(hit, 4) : hit));
  }
  for (const m of settings.masks) {
    if (m.pattern && !badPattern(m.pattern)) out = out.replace(regexp(m.pattern), (hit) => dotted(hit, m.keep_last ?? 0));
  }
  return out;
}
