type Child = Node | string;

/** Makes an element. Attributes are set as text; nothing is ever parsed as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** An icon of one path on a 24 × 24 grid. */
export function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  for (const [name, value] of [['viewBox', '0 0 24 24'], ['aria-hidden', 'true'], ['class', 'icon']] as const) svg.setAttribute(name, value);
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Text with its web addresses as links; what is between them is passed through plain. */
export function linked(text: string, plain: (text: string) => string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    nodes.push(document.createTextNode(plain(text.slice(from, found.index))));
    nodes.push(h('a', { href: found[0], target: '_blank', rel: 'noopener noreferrer nofollow' }, found[0]));
    from = found.index + found[0].length;
  }
  nodes.push(document.createTextNode(plain(text.slice(from))));
  return nodes;
}

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** The element that has the focus within the chat. */
export function focused(within: Node): Element | null {
  const root = within.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : document.activeElement;
}
