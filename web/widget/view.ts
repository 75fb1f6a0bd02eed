import { h, icon } from './dom';
import { Log } from './log';
import type { State } from './line';
import { css } from './style';
import type { Settings } from './settings';
import type { Words } from './words';

const icons = {
  chat: 'M21 12a8 8 0 0 1-11.6 7.1L4 20l1.2-4.6A8 8 0 1 1 21 12Z',
  down: 'M6 9l6 6 6-6',
  leave: 'M15 17l5-5-5-5M20 12H9M11 4H5v16h6',
  send: 'M4 12l16-8-6 16-3-6-7-2Z',
};

export interface Actions {
  open(): void;
  minimise(): void;
  start(name: string, question: string): void;
  changed(name: string, question: string): void;
  draft(text: string): void;
  send(text: string): void;
  end(): void;
  again(): void;
  seenAll(): void;
}

/** All that the customer sees. It decides nothing and keeps nothing. */
export class View {
  readonly log: Log;
  private readonly root: HTMLElement;
  private readonly launcher: HTMLButtonElement;
  private readonly badge = h('span', { class: 'badge', hidden: true });
  private readonly panel: HTMLElement;
  private readonly state = h('p', { class: 'state', role: 'status' });
  private readonly banner = h('p', { class: 'banner', role: 'status', hidden: true });
  private readonly leave: HTMLButtonElement;
  private readonly ask: HTMLElement;
  private readonly startForm: HTMLFormElement;
  private readonly name: HTMLInputElement;
  private readonly question: HTMLTextAreaElement;
  private readonly startError = h('p', { class: 'error', role: 'alert', id: 'start-error' });
  private readonly startButton: HTMLButtonElement;
  private readonly talk: HTMLElement;
  private readonly typingLine = h('p', { class: 'typing', 'aria-live': 'polite' });
  private readonly jump: HTMLButtonElement;
  private readonly composer: HTMLFormElement;
  private readonly message: HTMLTextAreaElement;
  private readonly over: HTMLElement;
  private typingTimer = 0;

  constructor(host: HTMLElement, private readonly words: Words, settings: Settings, private readonly actions: Actions) {
    const say = (key: string): string => words.say(key);
    this.log = new Log(words, (atEnd) => {
      if (atEnd) this.caughtUp();
    });
    this.launcher = h('button', { class: 'launcher', type: 'button', 'aria-label': say('widget.open'), 'aria-haspopup': 'dialog' }, icon(icons.chat), this.badge);
    this.launcher.onclick = () => actions.open();
    this.leave = this.button('leave', 'widget.end', () => this.confirmEnd());
    const minimise = this.button('down', 'widget.minimise', () => actions.minimise());
    minimise.hidden = settings.target !== '';
    this.ask = this.makeAsk();

    this.name = h('input', { autocomplete: 'name', maxlength: '200' });
    this.question = h('textarea', { rows: '4', maxlength: '4000', required: true, 'aria-describedby': 'start-error' });
    this.startButton = h('button', { class: 'primary', type: 'submit' }, say('widget.start'));
    this.startForm = h('form', { class: 'start', novalidate: true },
      h('p', {}, say('widget.intro')),
      h('label', {}, say('widget.name'), ' ', h('small', {}, `(${say('widget.name_hint')})`), this.name),
      h('label', {}, say('widget.question'), this.question),
      this.startError, this.startButton);

    this.jump = h('button', { class: 'jump', type: 'button', hidden: true }, say('widget.new_messages'));
    this.jump.onclick = () => {
      this.log.toEnd();
      this.caughtUp();
      this.message.focus();
    };
    this.message = h('textarea', { rows: '1', maxlength: '4000', 'aria-label': say('widget.message'), placeholder: say('widget.message'), enterkeyhint: 'send' });
    this.composer = h('form', { class: 'composer' }, this.message, h('button', { type: 'submit', 'aria-label': say('widget.send') }, icon(icons.send)));
    const again = h('button', { class: 'primary', type: 'button' }, say('widget.again'));
    again.onclick = () => actions.again();
    this.over = h('div', { class: 'over', hidden: true }, h('p', {}, say('widget.ended')), again);
    this.talk = h('div', { class: 'main', hidden: true }, h('div', { class: 'stream' }, this.log.element, this.jump), this.typingLine, this.composer, this.over);

    this.panel = h('section', { class: 'panel', role: settings.target ? 'region' : 'dialog', 'aria-labelledby': 'title', hidden: true },
      h('div', { class: 'head' }, h('div', {}, h('h2', { id: 'title' }, say('widget.title')), this.state), this.leave, minimise),
      this.banner, this.ask, this.startForm, this.talk);
    this.root = h('div', { class: settings.target ? 'root inline' : 'root floating', lang: words.tag }, this.launcher, this.panel);
    this.launcher.hidden = settings.target !== '';
    this.listen();
    this.theme(settings);
    const shadow = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet(); // no policy of the page forbids it, as it would an inline style
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.root);
  }

  showPanel(open: boolean, focus: boolean): void {
    this.panel.hidden = !open;
    this.launcher.hidden = open || this.root.classList.contains('inline');
    if (open) this.log.restore();
    if (!focus) return;
    if (!open) this.launcher.focus();
    else if (!this.startForm.hidden) (this.name.value ? this.question : this.name).focus();
    else if (!this.composer.hidden) this.message.focus();
    if (open && !this.talk.hidden && this.log.atEnd) this.caughtUp();
  }

  isOpen(): boolean {
    return !this.panel.hidden;
  }

  unread(count: number): void {
    this.badge.hidden = count === 0;
    this.badge.textContent = String(count);
    this.launcher.setAttribute('aria-label', this.words.say(count ? 'widget.unread' : 'widget.open', { count }));
    this.jump.hidden = count === 0 || this.log.atEnd || !this.isOpen();
  }

  /** The form before the chat. */
  showStart(name: string, question: string): void {
    this.startForm.hidden = false;
    this.talk.hidden = true;
    this.leave.hidden = true;
    this.ask.hidden = true;
    this.state.textContent = '';
    this.name.value = name;
    this.question.value = question;
    this.starting(false, '');
  }

  /** While the chat is asked for, or when that failed: with a sentence. */
  starting(busy: boolean, sentence: string): void {
    this.name.readOnly = busy;
    this.question.readOnly = busy;
    this.startButton.disabled = busy;
    this.startButton.textContent = this.words.say(busy ? 'widget.starting' : 'widget.start');
    this.startError.textContent = sentence;
  }

  showTalk(draft: string): void {
    const hadFocus = this.startForm.contains(this.shadowFocus());
    this.startForm.hidden = true;
    this.talk.hidden = false;
    this.leave.hidden = false;
    this.composer.hidden = false;
    this.over.hidden = true;
    this.message.value = draft;
    this.grow();
    if (hadFocus) this.message.focus();
  }

  showState(s: State): void {
    const said = this.sentence(s);
    if (this.state.textContent !== said) this.state.textContent = said;
    if (s.state === 'ended') this.showOver();
  }

  showBanner(key: string): void {
    const text = key ? this.words.say(key) : '';
    if (this.banner.textContent === text) return;
    this.banner.textContent = text;
    this.banner.hidden = text === '';
  }

  showTyping(name: string): void {
    clearTimeout(this.typingTimer);
    this.typingLine.textContent = name ? this.words.say('widget.typing', { name }) : '';
    if (name) this.typingTimer = window.setTimeout(() => this.showTyping(''), 5000);
  }

  private sentence(s: State): string {
    if (s.state === 'ended') return this.words.say('widget.ended');
    if (s.state === 'active') return this.words.say('widget.active', { name: s.agent || this.words.say('chat.agent') });
    if (!s.position) return this.words.say('widget.waiting');
    return this.words.say(s.position === 1 ? 'widget.next' : 'widget.position', { position: s.position });
  }

  private showOver(): void {
    const hadFocus = this.composer.contains(this.shadowFocus());
    this.composer.hidden = true;
    this.leave.hidden = true;
    this.ask.hidden = true;
    this.over.hidden = false;
    this.showTyping('');
    if (hadFocus) this.over.querySelector('button')?.focus();
  }

  private shadowFocus(): Element | null {
    const shadow = this.root.getRootNode();
    return shadow instanceof ShadowRoot ? shadow.activeElement : null;
  }

  private caughtUp(): void {
    this.jump.hidden = true;
    if (this.isOpen()) this.actions.seenAll();
  }

  private confirmEnd(): void {
    this.ask.hidden = false;
    this.ask.querySelector('button')?.focus();
  }

  private makeAsk(): HTMLElement {
    const yes = h('button', { class: 'primary', type: 'button' }, this.words.say('widget.end_yes'));
    const no = h('button', { class: 'plain', type: 'button' }, this.words.say('widget.end_no'));
    const ask = h('div', { class: 'ask', role: 'group', 'aria-labelledby': 'end-ask', hidden: true },
      h('p', { id: 'end-ask' }, this.words.say('widget.end_ask')), yes, no);
    yes.onclick = () => {
      ask.hidden = true;
      this.actions.end();
    };
    no.onclick = () => {
      ask.hidden = true;
      this.message.focus();
    };
    return ask;
  }

  private button(name: keyof typeof icons, key: string, click: () => void): HTMLButtonElement {
    const text = this.words.say(key);
    const button = h('button', { type: 'button', 'aria-label': text, title: text }, icon(icons[name]));
    button.onclick = click;
    return button;
  }

  private listen(): void {
    this.startForm.onsubmit = (event) => {
      event.preventDefault();
      if (this.startButton.disabled) return;
      if (!this.question.value.trim()) {
        this.startError.textContent = this.words.say('widget.question_needed');
        this.question.focus();
        return;
      }
      this.actions.start(this.name.value.trim(), this.question.value.trim());
    };
    this.startForm.oninput = () => this.actions.changed(this.name.value, this.question.value);
    this.composer.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.message.oninput = () => {
      this.grow();
      this.actions.draft(this.message.value);
    };
    this.message.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    };
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      if (!this.ask.hidden) {
        this.ask.hidden = true;
        this.message.focus();
      } else if (this.root.classList.contains('floating')) this.actions.minimise();
    });
  }

  private submit(): void {
    const text = this.message.value.trim();
    if (!text) return;
    this.message.value = '';
    this.grow();
    this.actions.send(text);
  }

  private grow(): void {
    this.message.rows = Math.min(5, Math.max(1, this.message.value.split('\n').length, Math.ceil(this.message.value.length / 38)));
  }

  private theme(settings: Settings): void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      this.root.classList.toggle('dark', settings.theme === 'dark' || (settings.theme === 'auto' && system.matches));
    };
    system.addEventListener('change', apply);
    apply();
    if (!settings.accent) return;
    this.root.style.setProperty('--portico-accent', settings.accent);
    this.root.style.setProperty('--portico-on-accent', textOn(settings.accent));
  }
}

/** Black or white, whichever is better read on the colour (WCAG 2.2, relative luminance). */
function textOn(colour: string): string {
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return '#fff';
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = Array.from(canvas.getImageData(0, 0, 1, 1).data, (byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}
