/** Where an address may go on in the next line: before a sign that begins a part, after one that ends it. */
const seam = /(?<=[/?&=_-])(?=[^/])|(?=[@.])/;

/** Cuts a text with a long word at the seams of addresses; any other is one part. */
export const atSeams = (text: string): string[] => (/\S{16}/.test(text) ? text.split(seam) : [text]);
