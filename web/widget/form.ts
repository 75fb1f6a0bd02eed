import { h } from './dom';
import type { Field } from './entry';
import { filled, lengthMax, problemOf, type Values } from './fields';
import type { Words } from './words';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const completes: Record<string, string> = { name: 'name', email: 'email', phone: 'tel' };

export interface FormTexts {
  send: string;
  busy: string;
}

/** A form that the company has drawn up: what is wrong stands beside its field as soon
 * as the field is left, and goes as soon as it is mended. */
export class Form {
  readonly element: HTMLFormElement;
  private readonly controls = new Map<string, Control>();
  private readonly errors = new Map<string, HTMLElement>();
  private readonly touched = new Set<string>();
  private readonly error = h('p', { class: 'error', role: 'alert', part: 'error' });
  private readonly button: HTMLButtonElement;
  private working = false;

  constructor(
    private readonly words: Words,
    private readonly fields: Field[],
    private readonly texts: FormTexts,
    values: Values,
    private readonly changed: (values: Values) => void,
    private readonly submit: (values: Values) => void,
    private readonly prefix = 'field', // of the ids, which are its own among all forms
  ) {
    this.button = h('button', { class: 'primary', type: 'submit', part: 'button' }, texts.send);
    this.element = h('form', { class: 'form', novalidate: true, part: 'form' }, ...fields.map((f) => this.field(f, values[f.name] ?? '')), this.error, this.button);
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
  }

  /** The first field that is still to be filled, else the last, else the button. */
  focus(): void {
    const controls = [...this.controls.values()];
    (controls.find((c) => !c.value) ?? controls.at(-1) ?? this.button).focus();
  }

  /** While the server is asked, or when it has refused: with a sentence, at its field if it names one. */
  show(busy: boolean, sentence: string, field = ''): void {
    this.working = busy;
    for (const control of this.controls.values()) {
      if (control instanceof HTMLSelectElement) control.disabled = busy;
      else control.readOnly = busy;
    }
    this.button.setAttribute('aria-disabled', String(busy));
    this.button.textContent = busy ? this.texts.busy : this.texts.send;
    const control = this.controls.get(field);
    if (control && sentence) {
      this.error.textContent = '';
      this.tell(field, sentence);
      control.focus();
    } else this.error.textContent = sentence;
  }

  private values(): Values {
    const values: Values = {};
    for (const [name, control] of this.controls) values[name] = control.value;
    return values;
  }

  private field(field: Field, value: string): HTMLElement {
    const id = `${this.prefix}-${field.name}`;
    const control = this.control(field, id);
    control.value = value;
    const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
    control.oninput = () => {
      this.changed(this.values());
      if (this.touched.has(field.name)) this.check(field);
    };
    control.onchange = () => {
      if (control.value) this.check(field);
    };
    this.controls.set(field.name, control);
    this.errors.set(field.name, error);
    const label = h('label', { for: id }, field.label);
    if (!field.required) label.append(' ', h('small', {}, `(${this.words.say('widget.optional')})`));
    return h('div', { class: 'field', part: 'field' }, label, control, error);
  }

  private control(field: Field, id: string): Control {
    const common = { id, part: 'input', maxlength: String(lengthMax(field)), required: field.required === true, 'aria-describedby': `${id}-error` };
    switch (field.kind) {
      case 'long':
        return h('textarea', { ...common, rows: '4' });
      case 'choice': {
        const choices = (field.choices ?? []).map((c) => h('option', { value: c }, c));
        return h('select', { id, part: 'input', required: common.required, 'aria-describedby': common['aria-describedby'] },
          h('option', { value: '' }, this.words.say('widget.choose')), ...choices);
      }
      default: {
        const type = field.kind === 'phone' ? 'tel' : field.kind === 'email' ? 'email' : 'text';
        return h('input', { ...common, type, inputmode: field.kind === 'number' && 'decimal', autocomplete: completes[field.name] ?? 'off' });
      }
    }
  }

  private check(field: Field): boolean {
    this.touched.add(field.name);
    const problem = problemOf(field, this.controls.get(field.name)?.value ?? '');
    this.tell(field.name, problem && this.words.say(problem, { label: field.label, max: lengthMax(field) }));
    return problem === '';
  }

  private tell(name: string, sentence: string): void {
    const error = this.errors.get(name);
    if (!error) return;
    error.textContent = sentence;
    error.hidden = sentence === '';
    this.controls.get(name)?.setAttribute('aria-invalid', String(sentence !== ''));
  }

  private send(): void {
    if (this.working) return;
    this.error.textContent = '';
    const wrong = this.fields.filter((f) => !this.check(f))[0];
    if (wrong) this.controls.get(wrong.name)?.focus();
    else this.submit(filled(this.fields, this.values()));
  }
}
