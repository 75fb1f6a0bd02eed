/** Where the caret was left in each text: by contact and kind. */
const carets = new Map<string, [number, number]>();

/** Notes where the caret of a text is. */
export function keepCaret(name: string, area: HTMLTextAreaElement): void {
  carets.set(name, [area.selectionStart, area.selectionEnd]);
}

/** Takes the focus with the caret where it was left, or at the end of the text. */
export function focusAtCaret(name: string, area: HTMLTextAreaElement): void {
  const [from, to] = carets.get(name) ?? [area.value.length, area.value.length];
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
}

/**
 * Puts a text in the place of a part of what is typed, as if it were typed: the
 * browser can undo it, and the page hears of it as of any typing.
 */
export function insertText(area: HTMLTextAreaElement, from: number, to: number, text: string): void {
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  if (document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, from, to, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** A place where one writes, as standard responses need it: the text before and behind the caret counts as one. */
export interface Field {
  value: string;
  from: number;
  to: number;
  put(from: number, to: number, text: string): void;
  /** The same with looks; without it there are none. */
  putHtml?(from: number, to: number, html: string): void;
}

/** A text field as it is now. */
export function fieldOf(area: HTMLTextAreaElement | null): Field | undefined {
  if (!area) return undefined;
  return { value: area.value, from: area.selectionStart, to: area.selectionEnd, put: (from, to, text) => insertText(area, from, to, text) };
}
