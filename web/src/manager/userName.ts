interface Named {
  first_name: string;
  last_name: string;
}

/** Letters that are no letter with a mark, as people write them where a keyboard lacks them. */
const spelled: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ð: 'd', þ: 'th', ł: 'l', đ: 'd' };

function plain(text: string): string {
  return text.toLowerCase().replace(/[ßæœøðþłđ]/g, (letter) => spelled[letter]!).normalize('NFD').replace(/\p{M}|[^\p{L}\p{N}-]/gu, '');
}

/** The user name that is suggested for a person: first.last, in letters that every keyboard has. */
export function userName({ first_name, last_name }: Named): string {
  return [first_name, last_name].map(plain).filter(Boolean).join('.');
}
