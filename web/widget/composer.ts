import { h, icon } from './dom';
import type { Words } from './words';

const icons = {
  send: 'M4 12l16-8-6 16-3-6-7-2Z',
  clip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7.5',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.1M15 9.5v.1',
};

export interface ComposerActions {
  draft(text: string): void;
  send(text: string): void;
  attach(files: File[]): void;
  /** What is in the bar over the composer when it is opened. */
  emojiBar(pick: (emoji: string) => void): Promise<HTMLElement>;
  filesBar(choose: () => void): Promise<HTMLElement>;
  /** What may be sent, as a sentence. */
  limits(): Promise<string>;
  partFailed(): void;
  barOpened(): void;
}

/** Where the customer writes. */
export class Composer {
  readonly element: HTMLFormElement;
  private readonly text: HTMLTextAreaElement;
  private readonly bar = h('div', { class: 'bar', hidden: true });
  private readonly file = h('input', { type: 'file', multiple: true, hidden: true });
  private readonly hint = h('p', { class: 'hint', id: 'composer-hint', hidden: true });
  private readonly clip: HTMLButtonElement;
  private readonly smile: HTMLButtonElement;
  private opened: HTMLButtonElement | undefined;

  constructor(private readonly words: Words, private readonly actions: ComposerActions) {
    const say = (key: string): string => words.say(key);
    this.text = h('textarea', { rows: '1', maxlength: '4000', 'aria-label': say('widget.message'), placeholder: say('widget.message'), enterkeyhint: 'send', 'aria-describedby': 'composer-hint', part: 'input' });
    this.clip = this.tool(icons.clip, 'widget.attach', () => this.actions.filesBar(() => this.file.click()));
    this.smile = this.tool(icons.smile, 'widget.emoji', () => this.actions.emojiBar((emoji) => this.insert(emoji)));
    this.clip.hidden = true;
    const send = h('button', { class: 'send', type: 'submit', 'aria-label': say('widget.send'), title: say('widget.send'), part: 'send' }, icon(icons.send));
    this.element = h('form', { class: 'composer', part: 'composer' }, this.bar, this.hint, h('div', { class: 'box' }, this.text, h('div', { class: 'tools' }, this.clip, this.smile, send)), this.file);
    this.listen();
  }

  get value(): string {
    return this.text.value;
  }

  set value(text: string) {
    this.text.value = text;
    this.grow();
  }

  focus(): void {
    this.text.focus();
  }

  /** Whether files may be sent, and which the browser lets choose. */
  allowFiles(types: string[] | undefined): void {
    this.clip.hidden = types === undefined;
    if (types) this.file.accept = types.join(',');
  }

  /** What the customer ought to know while writing. */
  tell(hint: string): void {
    this.hint.textContent = hint;
    this.hint.hidden = hint === '';
  }

  takesFiles(): boolean {
    return !this.clip.hidden && !this.element.hidden;
  }

  /** Closes the bar; reports whether there was one. */
  closeBar(): boolean {
    const by = this.opened;
    if (!by) return false;
    this.opened = undefined;
    by.setAttribute('aria-expanded', 'false');
    this.bar.hidden = true;
    this.bar.replaceChildren();
    this.text.focus();
    return true;
  }

  private tool(path: string, key: string, fill: () => Promise<HTMLElement>): HTMLButtonElement {
    const text = this.words.say(key);
    const button = h('button', { type: 'button', 'aria-label': text, title: text, 'aria-expanded': 'false', part: 'tool' }, icon(path));
    button.onclick = () => {
      if (this.opened === button) this.closeBar();
      else void this.openBar(button, fill);
    };
    return button;
  }

  private async openBar(button: HTMLButtonElement, fill: () => Promise<HTMLElement>): Promise<void> {
    this.opened?.setAttribute('aria-expanded', 'false');
    this.opened = button;
    button.setAttribute('aria-expanded', 'true');
    let content: HTMLElement;
    try {
      content = await fill();
    } catch {
      this.closeBar();
      this.actions.partFailed();
      return;
    }
    if (this.opened !== button) return;
    this.actions.barOpened();
    this.bar.replaceChildren(content);
    this.bar.hidden = false;
    content.querySelector<HTMLElement>('button:not([tabindex="-1"])')?.focus();
  }

  private insert(emoji: string): void {
    const { selectionStart: from, selectionEnd: to } = this.text;
    this.closeBar();
    this.text.setRangeText(emoji, from, to, 'end');
    this.changed();
  }

  private listen(): void {
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.text.oninput = () => this.changed();
    this.text.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    };
    this.text.onpaste = (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || !this.takesFiles()) return;
      event.preventDefault();
      this.actions.attach(files);
    };
    this.file.onchange = () => {
      this.closeBar();
      this.actions.attach([...(this.file.files ?? [])]);
      this.file.value = '';
    };
  }

  private changed(): void {
    this.grow();
    this.actions.draft(this.text.value);
  }

  private submit(): void {
    const text = this.text.value.trim();
    if (!text) return;
    this.closeBar();
    this.value = '';
    this.actions.send(text);
  }

  private grow(): void {
    const { value, clientWidth } = this.text;
    const perLine = Math.max(20, Math.floor(clientWidth / 8));
    const lines = value.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0);
    this.text.rows = Math.min(5, lines);
  }
}
