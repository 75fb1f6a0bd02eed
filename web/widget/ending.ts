import { focused, h } from './dom';
import type { Entry } from './entry';
import { Form } from './form';
import { Refused } from './line';
import type { Words } from './words';

export interface EndingActions {
  again(): void;
  transcript(): void;
  mail(address: string): Promise<void>;
}

/** What stands in the composer's place once the chat is over. */
export class Ending {
  readonly element: HTMLElement;
  private readonly question = h('div', {});
  private readonly again: HTMLButtonElement;
  private readonly transcript: HTMLButtonElement;
  private readonly mail: HTMLButtonElement;
  private readonly mailed = h('div', {});
  private known = ''; // the customer's address, as far as it was told

  constructor(
    private readonly words: Words,
    private readonly actions: EndingActions,
  ) {
    this.again = h('button', { class: 'primary', type: 'button', part: 'button' }, words.say('widget.again'));
    this.again.onclick = () => actions.again();
    this.transcript = h('button', { class: 'plain', type: 'button', part: 'button', hidden: true }, words.say('widget.transcript'));
    this.transcript.onclick = () => actions.transcript();
    this.mail = h('button', { class: 'plain', type: 'button', part: 'button', hidden: true }, words.say('widget.mail_copy'));
    this.mail.onclick = () => this.askAddress();
    this.element = h('div', { class: 'over', part: 'over', hidden: true },
      h('p', {}, words.say('widget.ended')), this.question, this.mailed, h('div', { class: 'row' }, this.again, this.transcript, this.mail));
  }

  /** Offers copies of the conversation; by e-mail if somebody was there, to the address that is known, if any. */
  allowTranscript(entry: Entry, address: string | undefined): void {
    this.transcript.hidden = !entry.transcript;
    this.mail.hidden = !entry.transcript_by_mail || address === undefined || this.mailed.childElementCount > 0;
    this.known = address ?? '';
  }

  private askAddress(): void {
    const { words } = this;
    const texts = { send: words.say('widget.send'), busy: words.say('widget.sending') };
    const form = new Form(words, [{ name: 'email', kind: 'email', label: words.say('widget.mail_address'), required: true }], texts, { email: this.known },
      ({ email = '' }) => (this.known = email),
      ({ email = '' }) => {
        form.show(true, '');
        this.actions.mail(email).then(
          () => {
            const had = this.element.contains(focused(this.element));
            this.mailed.replaceChildren(h('p', { class: 'sent', role: 'status' }, words.say('widget.mail_sent', { address: email })));
            if (had) this.again.focus();
          },
          (error: unknown) => form.show(false, (error instanceof Refused && error.message) || words.say('widget.failed'), 'email'),
        );
      }, 'copy');
    this.mailed.replaceChildren(form.element);
    this.mail.hidden = true;
    form.focus();
  }

  ask(question: HTMLElement): void {
    const had = this.element.contains(focused(this.element));
    this.question.replaceChildren(question);
    if (had) this.focus();
  }

  hide(): void {
    this.element.hidden = true;
    this.question.replaceChildren();
    this.mailed.replaceChildren();
  }

  focus(): void {
    (this.question.querySelector<HTMLElement>('input') ?? this.again).focus();
  }
}
