import { h, icon } from './dom';
import type { Settings } from './settings';
import type { Words } from './words';

const icons = {
  down: 'M6 9l6 6 6-6',
  leave: 'M15 17l5-5-5-5M20 12H9M11 4H5v16h6',
  more: 'M4.5 12h1M11.5 12h1M18.5 12h1',
};

export interface HeadActions {
  minimise(): void;
  end(): void;
  sound(on: boolean): void;
  transcript(): void;
}

/** The chat's title, its state in a sentence, and what can be done with it as a whole. */
export class Head {
  readonly element: HTMLElement;
  /** Bars below the title: options, and whether the chat is really to be ended. */
  readonly bars: HTMLElement;
  private readonly state = h('p', { class: 'state', part: 'state' });
  private readonly options: HTMLElement;
  private readonly more: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;
  private readonly transcript: HTMLButtonElement;
  private readonly ask: HTMLElement;

  constructor(private readonly words: Words, settings: Settings, sound: boolean, private readonly actions: HeadActions) {
    const say = (key: string): string => words.say(key);
    this.more = this.button('more', 'widget.options', () => this.showOptions(this.options.hidden));
    this.more.setAttribute('aria-expanded', 'false');
    this.leave = this.button('leave', 'widget.end', () => this.confirm());
    const minimise = this.button('down', 'widget.minimise', () => actions.minimise());
    minimise.hidden = settings.target !== '';
    this.transcript = h('button', { class: 'plain', type: 'button', part: 'button' }, say('widget.transcript'));
    this.transcript.onclick = () => {
      this.showOptions(false);
      actions.transcript();
    };
    this.options = h('div', { class: 'ask row', role: 'group', 'aria-label': say('widget.options'), hidden: true }, this.soundSwitch(sound), this.transcript);
    this.ask = this.makeAsk();
    this.bars = h('div', {}, this.options, this.ask);
    const logo = settings.logo ? [h('span', { class: 'logo', part: 'logo', 'aria-hidden': 'true' }, settings.logo)] : [];
    this.element = h('div', { class: 'head', part: 'header' }, ...logo,
      h('div', { class: 'titles' }, h('h2', { id: 'title', part: 'title' }, settings.title || say('widget.title')), this.state), this.more, this.leave, minimise);
    this.inChat(false, false);
  }

  say(state: string): void {
    if (this.state.textContent !== state) this.state.textContent = state;
  }

  /** Whether there is a chat that can be ended, and whether it can be taken along. */
  inChat(open: boolean, transcript: boolean): void {
    this.leave.hidden = !open;
    this.transcript.hidden = !open || !transcript;
    if (!open) this.showOptions(false);
  }

  /** Closes what stands below the title, wherever the focus is. */
  closeBars(): void {
    this.showOptions(false);
  }

  /** Closes what was opened below the title; reports whether there was anything. */
  close(): boolean {
    if (!this.ask.hidden) {
      this.ask.hidden = true;
      this.leave.focus();
      return true;
    }
    if (this.options.hidden) return false;
    this.showOptions(false);
    this.more.focus();
    return true;
  }

  private showOptions(open: boolean): void {
    this.ask.hidden = true;
    this.options.hidden = !open;
    this.more.setAttribute('aria-expanded', String(open));
  }

  private confirm(): void {
    this.showOptions(false);
    this.ask.hidden = false;
    this.ask.querySelector('button')?.focus();
  }

  private soundSwitch(on: boolean): HTMLElement {
    const button = h('button', { class: 'switch', type: 'button', role: 'switch', 'aria-checked': String(on) }, h('span', { class: 'knob', 'aria-hidden': 'true' }), this.words.say('widget.sound'));
    button.onclick = () => {
      const now = button.getAttribute('aria-checked') !== 'true';
      button.setAttribute('aria-checked', String(now));
      this.actions.sound(now);
    };
    return button;
  }

  private makeAsk(): HTMLElement {
    const yes = h('button', { class: 'primary', type: 'button', part: 'button' }, this.words.say('widget.end_yes'));
    const no = h('button', { class: 'plain', type: 'button', part: 'button' }, this.words.say('widget.end_no'));
    yes.onclick = () => {
      this.ask.hidden = true;
      this.actions.end();
    };
    no.onclick = () => this.close();
    return h('div', { class: 'ask', role: 'group', 'aria-labelledby': 'end-ask', hidden: true }, h('p', { id: 'end-ask' }, this.words.say('widget.end_ask')), h('div', { class: 'row' }, yes, no));
  }

  private button(name: keyof typeof icons, key: string, click: () => void): HTMLButtonElement {
    const text = this.words.say(key);
    const button = h('button', { type: 'button', 'aria-label': text, title: text, part: 'tool' }, icon(icons[name]));
    button.onclick = click;
    return button;
  }
}
