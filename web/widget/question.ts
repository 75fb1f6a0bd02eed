import { h } from './dom';
import type { Field } from './entry';
import type { Values } from './fields';
import { Form } from './form';
import { Refused, type Message } from './line';
import type { Words } from './words';

/** What a customer answers: the values of a form, or yes or no. */
export interface Answer {
  visit: number;
  fields?: Values;
  accepted?: boolean;
}

export interface QuestionActions {
  /** Sends an answer until it is taken or refused. */
  answer(answer: Answer): Promise<void>;
  /** What is written so far, for after a reload. */
  filling(visit: number, values: Values): void;
  /** The question is answered or over; had says that the customer was in it. */
  closed(had: boolean): void;
}

/** A question in the conversation: a small form, or yes and no. It goes once it is
 * answered, or nobody waits for the answer any more. */
export class Question {
  readonly element = h('div', { class: 'question' });
  private readonly note = h('p', { class: 'error', role: 'alert', part: 'error' });
  private form: Form | undefined;
  private timer = 0;
  private busy = false;

  constructor(private readonly words: Words, asked: NonNullable<Message['form']>, values: Values, private readonly actions: QuestionActions) {
    const { visit, fields, left_s: left } = asked;
    if (left <= 0) {
      this.close(words.say('widget.not_asked'));
      return;
    }
    this.timer = window.setTimeout(() => this.close(words.say('widget.not_asked')), Math.min(left, 2_000_000) * 1000);
    if (fields) this.ask(visit, fields, values);
    else this.offer(visit);
  }

  /** Takes the question away; a sentence says why, if it was not answered. */
  close(sentence = ''): void {
    clearTimeout(this.timer);
    const root = this.element.getRootNode();
    const had = root instanceof ShadowRoot && this.element.contains(root.activeElement);
    this.element.replaceChildren(...(sentence ? [h('p', { class: 'over-asked' }, sentence)] : []));
    this.form = undefined;
    this.actions.closed(had);
  }

  private ask(visit: number, fields: Field[], values: Values): void {
    const texts = { send: this.words.say('widget.form_send'), busy: this.words.say('widget.sending') };
    this.form = new Form(this.words, fields, texts, values, (now) => this.actions.filling(visit, now),
      (now) => void this.send({ visit, fields: now }), `asked-${visit}`);
    this.element.append(this.form.element);
  }

  private offer(visit: number): void {
    const button = (key: string, accepted: boolean): HTMLElement => {
      const made = h('button', { class: accepted ? 'primary' : 'plain', type: 'button', part: 'button' }, this.words.say(key));
      made.onclick = () => void this.send({ visit, accepted });
      return made;
    };
    this.element.append(h('div', { class: 'row' }, button('widget.offer_yes', true), button('widget.offer_no', false)), this.note);
  }

  private async send(answer: Answer): Promise<void> {
    if (this.busy) return;
    this.show(true, '');
    try {
      await this.actions.answer(answer);
      this.close();
    } catch (error) {
      if (error instanceof Refused && error.reason === 'not_asked') {
        this.close(this.words.say('widget.not_asked'));
        return;
      }
      const known = error instanceof Refused && error.message;
      this.show(false, known || this.words.say('widget.failed'), error instanceof Refused ? error.field : '');
    }
  }

  private show(busy: boolean, sentence: string, field = ''): void {
    this.busy = busy;
    this.form?.show(busy, sentence, field);
    if (this.form) return;
    this.note.textContent = sentence;
    for (const button of this.element.querySelectorAll('button')) button.setAttribute('aria-disabled', String(busy));
  }
}
