// The question at the end: how satisfied, and why.
import type { Kit, Rating, RatingPart } from '../parts';
import css from './rating.css?inline';

function question(kit: Kit, given: Rating, send: (rating: Rating) => Promise<string>): HTMLElement {
  kit.style(css);
  const box = kit.h('div', { class: 'rating', part: 'rating' });
  if (given.score > 0) thank(kit, box, given, send);
  else askFor(kit, box, given, send);
  return box;
}

function askFor(kit: Kit, box: HTMLElement, given: Rating, send: (rating: Rating) => Promise<string>): void {
  const { h, words } = kit;
  let score = given.score;
  const scores = [1, 2, 3, 4, 5].map((n) => {
    const input = h('input', { type: 'radio', name: 'score', value: String(n), id: `score-${n}`, checked: n === score });
    input.onchange = () => {
      score = n;
      button.hidden = comment.hidden = false;
      error.textContent = '';
    };
    return h('label', { for: `score-${n}`, class: 'score' }, input, h('span', {}, String(n)), h('span', { class: 'hidden' }, `, ${words.say(`widget.score_${n}`)}`));
  });
  const text = h('textarea', { rows: '2', maxlength: '1000', id: 'score-comment' });
  text.value = given.comment;
  const comment = h('div', { class: 'field', hidden: score === 0 }, h('label', { for: 'score-comment' }, words.say('widget.rate_comment'), ' ', h('small', {}, `(${words.say('widget.optional')})`)), text);
  const error = h('p', { class: 'error', role: 'alert' });
  const button = h('button', { class: 'primary', type: 'submit', hidden: score === 0, part: 'button' }, words.say('widget.rate_send'));
  const form = h('form', { novalidate: true },
    h('fieldset', {}, h('legend', {}, words.say('widget.rate_ask')), h('div', { class: 'scores' }, ...scores),
      h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', {}, words.say('widget.score_1')), h('span', {}, words.say('widget.score_5')))),
    comment, error, button);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (score === 0 || button.getAttribute('aria-disabled') === 'true') return;
    const rating = { score, comment: text.value.trim() };
    button.setAttribute('aria-disabled', 'true');
    void send(rating).then((refusal) => {
      button.setAttribute('aria-disabled', 'false');
      if (refusal) error.textContent = refusal;
      else thank(kit, box, rating, send);
    });
  };
  const had = box.contains((box.getRootNode() as ShadowRoot).activeElement);
  box.replaceChildren(form);
  if (had) form.querySelector<HTMLElement>(score ? 'input:checked' : 'input')?.focus();
}

/** Thanks, and the way back to another answer. */
function thank(kit: Kit, box: HTMLElement, given: Rating, send: (rating: Rating) => Promise<string>): void {
  const { h, words } = kit;
  const had = box.contains((box.getRootNode() as ShadowRoot).activeElement);
  const change = h('button', { class: 'link', type: 'button' }, words.say('widget.rate_change'));
  change.onclick = () => askFor(kit, box, given, send);
  box.replaceChildren(h('p', { role: 'status' }, words.say('widget.rate_thanks', { score: given.score })), change);
  if (had) change.focus();
}

export default { question } satisfies RatingPart;
