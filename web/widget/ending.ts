import { focused, h } from './dom';
import type { Words } from './words';

/** What stands in the composer's place once the chat is over. */
export class Ending {
  readonly element: HTMLElement;
  private readonly question = h('div', {});
  private readonly again: HTMLButtonElement;
  private readonly transcript: HTMLButtonElement;

  constructor(words: Words, again: () => void, transcript: () => void) {
    this.again = h('button', { class: 'primary', type: 'button', part: 'button' }, words.say('widget.again'));
    this.again.onclick = again;
    this.transcript = h('button', { class: 'plain', type: 'button', part: 'button', hidden: true }, words.say('widget.transcript'));
    this.transcript.onclick = transcript;
    this.element = h('div', { class: 'over', part: 'over', hidden: true },
      h('p', {}, words.say('widget.ended')), this.question, h('div', { class: 'row' }, this.again, this.transcript));
  }

  allowTranscript(yes: boolean): void {
    this.transcript.hidden = !yes;
  }

  ask(question: HTMLElement): void {
    const had = this.element.contains(focused(this.element));
    this.question.replaceChildren(question);
    if (had) this.focus();
  }

  hide(): void {
    this.element.hidden = true;
    this.question.replaceChildren();
  }

  focus(): void {
    (this.question.querySelector<HTMLElement>('input') ?? this.again).focus();
  }
}
