import { Composer, type ComposerActions } from './composer';
import { focused, h, icon } from './dom';
import { Ending } from './ending';
import { openingTime, type Entry, type FieldSet, type Way } from './entry';
import type { Values } from './fields';
import { Form } from './form';
import { Frame } from './frame';
import { Head, type HeadActions } from './head';
import { Log, type LogActions } from './log';
import type { State } from './line';
import type { Settings } from './settings';
import css from './widget.css?inline';
import type { Words } from './words';

const bubble = 'M21 12a8 8 0 0 1-11.6 7.1L4 20l1.2-4.6A8 8 0 1 1 21 12Z';
/** How long a wait is before it is said that something is being loaded. */
const patience = 500;

export interface Actions extends HeadActions, ComposerActions {
  open(): void;
  changed(values: Values): void;
  submit(way: Way, values: Values): void;
  again(): void;
  mail(address: string): Promise<void>;
  seenAll(): void;
  preview: LogActions['preview'];
  filled: LogActions['filled'];
  answer: LogActions['question']['answer'];
  filling: LogActions['question']['filling'];
  fetch: LogActions['fetch'];
}

/** All that the customer sees. It decides nothing and keeps nothing. */
export class View {
  readonly log: Log;
  readonly composer: Composer;
  readonly ending: Ending;
  readonly head: Head;
  private readonly shadow: ShadowRoot;
  private readonly root: HTMLElement;
  private readonly launcher: HTMLButtonElement;
  private readonly badge = h('span', { class: 'badge', part: 'badge', hidden: true });
  private readonly panel: HTMLElement;
  private readonly frame: Frame;
  private readonly banner = h('p', { class: 'banner', role: 'status', part: 'banner', hidden: true });
  private readonly news = h('p', { class: 'hidden', role: 'status' });
  private readonly door = h('div', { class: 'door' });
  private readonly talk: HTMLElement;
  private readonly state = h('p', { class: 'place', role: 'status' });
  private readonly wait = h('p', { class: 'place' });
  private readonly place: HTMLElement;
  private readonly typingLine = h('p', { class: 'typing' });
  private readonly jump: HTMLButtonElement;
  private readonly drop = h('p', { class: 'drop', hidden: true });
  private form: Form | undefined;
  private typingTimer = 0;
  private loadingTimer = 0;

  constructor(host: HTMLElement, private readonly words: Words, private readonly settings: Settings, sound: boolean, private readonly actions: Actions) {
    const say = (key: string): string => words.say(key);
    this.log = new Log(words, {
      scrolled: (atEnd) => {
        if (atEnd) this.caughtUp();
      },
      preview: (box, attachment) => actions.preview(box, attachment),
      fetch: (attachment, seq) => actions.fetch(attachment, seq),
      filled: (visit) => actions.filled(visit),
      question: {
        answer: (answer) => actions.answer(answer),
        filling: (visit, values) => actions.filling(visit, values),
        closed: (had) => {
          if (had) this.composer.focus();
        },
      },
    });
    this.launcher = h('button', { class: 'launcher', type: 'button', part: 'launcher', 'aria-label': say('widget.open'), 'aria-haspopup': 'dialog' }, icon(bubble), this.badge);
    this.launcher.onclick = () => actions.open();
    this.head = new Head(words, settings, sound, actions);
    this.composer = new Composer(words, actions);
    this.ending = new Ending(words, actions);
    this.jump = h('button', { class: 'jump', type: 'button', part: 'jump', hidden: true }, say('widget.new_messages'));
    this.jump.onclick = () => {
      this.log.toEnd();
      this.caughtUp();
      this.composer.focus();
    };
    this.place = h('div', { class: 'places', hidden: true }, this.state, this.wait);
    this.talk = h('div', { class: 'main', hidden: true },
      this.place, h('div', { class: 'stream' }, this.log.element, this.jump, this.drop), this.typingLine, this.composer.element, this.ending.element);
    const inline = settings.target !== '';
    this.panel = h(inline ? 'section' : 'dialog', { class: 'panel', part: 'panel', 'aria-labelledby': 'title', hidden: true },
      this.head.element, this.banner, this.head.bars, this.news, this.door, this.talk);
    this.root = h('div', { class: `root ${inline ? 'inline' : 'floating'} ${settings.position}`, lang: words.tag }, this.launcher, this.panel);
    this.launcher.hidden = inline;
    this.shadow = host.attachShadow({ mode: 'open' });
    this.style(css);
    this.shadow.append(this.root);
    this.frame = new Frame(this.root, this.panel, settings);
    this.listen();
  }

  /** Adds a style sheet in the one way that no policy of the page forbids. */
  style(sheet: string): void {
    const made = new CSSStyleSheet();
    made.replaceSync(sheet);
    this.shadow.adoptedStyleSheets.push(made);
  }

  showPanel(open: boolean, focus: boolean): void {
    this.frame.show(open);
    this.launcher.hidden = open || this.settings.target !== '';
    if (open) this.log.restore();
    if (focus && open) this.focus();
    else if (focus) this.launcher.focus();
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

  /** While what stands at the door is not known yet. */
  showLoading(): void {
    this.turnTo(this.door);
    this.form = undefined;
    this.door.replaceChildren();
    clearTimeout(this.loadingTimer);
    this.loadingTimer = window.setTimeout(() => this.door.replaceChildren(h('p', { role: 'status' }, this.words.say('widget.loading'))), patience);
  }

  /** The form before a chat, or the one that is answered later, or why there is neither. */
  showDoor(way: Way, entry: Entry, values: Values): void {
    clearTimeout(this.loadingTimer);
    this.turnTo(this.door);
    const opens = entry.opens_at && !entry.opens_told ? [h('p', { class: 'soft' }, this.words.say('widget.opens', { time: openingTime(entry.opens_at, this.words.locale) }))] : [];
    const closed = h('p', {}, entry.message || this.words.say('widget.closed'));
    if (way === 'closed') {
      this.form = undefined;
      this.door.replaceChildren(closed, ...opens);
    } else {
      const chat = way === 'chat';
      this.form = this.makeForm(way, chat ? entry.pre_chat : entry.offline, values);
      const intro = chat ? [h('p', {}, this.words.say('widget.intro'))] : [closed, ...opens, h('p', {}, this.words.say('widget.offline_intro'))];
      this.door.replaceChildren(...intro, this.form.element);
    }
    if (this.isOpen() && this.panel.contains(focused(this.panel))) this.focus();
  }

  /** A sentence in the form's place, with a button for what comes next. */
  showNote(sentence: string, action: string, act: () => void): void {
    clearTimeout(this.loadingTimer);
    const had = this.door.contains(focused(this.panel));
    this.turnTo(this.door);
    this.form = undefined;
    const button = h('button', { class: 'primary', type: 'button', part: 'button' }, action);
    button.onclick = act;
    this.door.replaceChildren(h('p', { role: 'status' }, sentence), button);
    if (had) button.focus();
  }

  /** While the form is sent, or when it was refused: with a sentence. */
  showSending(busy: boolean, sentence: string, field = ''): void {
    this.form?.show(busy, sentence, field);
  }

  showTalk(draft: string): void {
    clearTimeout(this.loadingTimer);
    const had = this.door.contains(focused(this.panel));
    this.turnTo(this.talk);
    this.composer.element.hidden = this.typingLine.hidden = false;
    this.composer.value = draft;
    this.ending.hide();
    if (had) this.composer.focus();
  }

  showState(s: State): void {
    this.head.say(this.sentence(s));
    const waiting = s.state === 'waiting';
    this.place.hidden = !waiting;
    const position = waiting ? this.position(s.position ?? 0) : '';
    // What is said anew is read out: the place in the queue is, the running estimate is not.
    if (this.state.textContent !== position) this.state.textContent = position;
    this.wait.textContent = waiting ? this.estimate(s.expected_wait_s) : '';
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

  /** Has a sentence read out that stands elsewhere for eyes. */
  announce(sentence: string): void {
    this.news.textContent = sentence;
  }

  private turnTo(scene: HTMLElement): void {
    this.door.hidden = scene !== this.door;
    this.talk.hidden = scene !== this.talk;
    if (scene === this.door) {
      this.head.say('');
      this.head.inChat(false, false);
    }
  }

  private makeForm(way: Way, set: FieldSet, values: Values): Form {
    const texts = { send: this.words.say(way === 'chat' ? 'widget.start' : 'widget.offline_send'), busy: this.words.say(way === 'chat' ? 'widget.starting' : 'widget.sending') };
    const fields = set.enabled ? set.fields : [];
    return new Form(this.words, fields, texts, values, (now) => this.actions.changed(now), (now) => this.actions.submit(way, now));
  }

  private sentence(s: State): string {
    if (s.state === 'ended') return this.words.say('widget.ended');
    if (s.state === 'active') return this.words.say('widget.active', { name: s.agent || this.words.say('chat.agent') });
    return this.words.say('widget.waiting');
  }

  private position(position: number): string {
    if (!position) return '';
    return this.words.say(position === 1 ? 'widget.next' : 'widget.position', { position });
  }

  private estimate(seconds: number | undefined): string {
    if (seconds === undefined || seconds < 0) return '';
    const minutes = Math.ceil(seconds / 60);
    return this.words.say(minutes <= 1 ? 'widget.wait_short' : 'widget.wait_minutes', { minutes });
  }

  private showOver(): void {
    const had = this.composer.element.contains(focused(this.panel)) || this.head.element.contains(focused(this.panel));
    this.log.over();
    this.composer.element.hidden = true;
    this.typingLine.hidden = true;
    this.head.inChat(false, false);
    this.showTyping('');
    this.ending.element.hidden = false;
    if (had) this.ending.focus();
  }

  private focus(): void {
    if (!this.door.hidden) {
      if (this.form) this.form.focus();
      else (this.door.querySelector('button') ?? this.head.element.querySelector('button'))?.focus();
    } else if (!this.composer.element.hidden) this.composer.focus();
    else this.ending.focus();
  }

  private caughtUp(): void {
    this.jump.hidden = true;
    if (this.isOpen()) this.actions.seenAll();
  }

  /** Escape closes what was opened last: a bar, else the window. */
  private escape(): void {
    if (this.composer.closeBar() || this.head.close()) return;
    if (this.settings.target === '') this.actions.minimise();
  }

  private listen(): void {
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.stopPropagation();
      event.preventDefault();
      this.escape();
    });
    this.panel.addEventListener('cancel', (event) => {
      event.preventDefault(); // a phone's back gesture
      this.escape();
    });
    this.panel.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault(); // the browser would open the file in the page's place
      if (this.composer.takesFiles()) this.showDrop();
      else event.dataTransfer.dropEffect = 'none';
    });
    this.panel.addEventListener('dragleave', (event) => {
      if (!(event.relatedTarget instanceof Node) || !this.panel.contains(event.relatedTarget)) this.drop.hidden = true;
    });
    this.panel.addEventListener('drop', (event) => {
      this.drop.hidden = true;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0 && this.composer.takesFiles()) this.actions.attach(files);
    });
  }

  private showDrop(): void {
    if (!this.drop.hidden) return;
    this.drop.hidden = false;
    this.drop.textContent = this.words.say('widget.drop');
    void this.actions.limits().then((sentence) => this.drop.append(h('small', {}, sentence)), () => undefined);
  }
}
