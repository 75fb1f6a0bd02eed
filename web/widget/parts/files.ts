// Files: what may be sent, sending with progress, and small pictures of images. The
// pictures are drawn on a canvas, so that a page need not allow images of ours.
import type { Limits } from '../entry';
import type { FilesPart, Kit, Uploads, UploadListener, UploadTo } from '../parts';
import css from './files.css?inline';
import { allowed, kindsOf, typeOf } from './types';

const firstPause = 1000;
const pauseMax = 15_000;
/** Refusals that pass by themselves; after any other the customer decides whether to try again. */
const passing = ['store_away', 'busy', 'stopping'];
const paths = { close: 'M6 6l12 12M18 6L6 18', again: 'M20 11a8 8 0 1 0-2.3 6M20 5v6h-6' };

function sizeOf(kit: Kit, bytes: number): string {
  const number = new Intl.NumberFormat(kit.words.locale, { maximumFractionDigits: 1 });
  if (bytes < 1 << 20) return kit.words.say('widget.size_kb', { size: number.format(Math.max(0.1, bytes / 1024)) });
  return kit.words.say('widget.size_mb', { size: number.format(bytes / (1 << 20)) });
}

function limits(kit: Kit, { bytes_max, types }: Limits): string {
  const kinds = kindsOf(types).map((kind) => (kind.startsWith('widget.') ? kit.words.say(kind) : kind));
  const list = new Intl.ListFormat(kit.words.locale, { type: 'conjunction' }).format(kinds);
  return kit.words.say('widget.attach_limits', { types: list, size: sizeOf(kit, bytes_max) });
}

/** Why a file is not even tried; empty: it is. */
function refusal(kit: Kit, file: File, limits: Limits): string {
  if (file.size === 0) return kit.words.say('widget.file_empty');
  if (file.size > limits.bytes_max) return kit.words.say('widget.file_large', { size: sizeOf(kit, limits.bytes_max) });
  return allowed(limits.types, typeOf(file)) ? '' : kit.words.say('widget.file_kind');
}

async function preview(kit: Kit, box: HTMLElement, picture: Blob | string, name: string): Promise<void> {
  try {
    const blob = typeof picture === 'string' ? await (await fetch(picture, { credentials: 'omit' })).blob() : picture;
    const image = await createImageBitmap(blob);
    const scale = Math.min(1, 240 / image.width, 180 / image.height);
    const [width, height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
    const fine = Math.min(2, 1 / scale); // for dense screens
    const canvas = kit.h('canvas', { class: 'preview', role: 'img', 'aria-label': name, width: String(Math.round(width * fine)), height: String(Math.round(height * fine)) });
    canvas.style.width = `${width}px`;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    box.prepend(canvas);
  } catch {
    // No picture that this browser can read: its name is there.
  }
}

/** Where a file waits for its turn. */
interface Rows {
  finished(upload: Upload): void;
  again(upload: Upload): void;
}

/** One file on its way. */
class Upload {
  readonly id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  readonly row: HTMLElement;
  private readonly progress: HTMLProgressElement;
  private readonly mark: HTMLElement;
  private readonly again: HTMLButtonElement;
  private readonly cancel: HTMLButtonElement;
  private request: XMLHttpRequest | undefined;
  private timer = 0;
  private tries = 0;
  done = false;

  constructor(private readonly kit: Kit, readonly file: File, private readonly to: UploadTo, private readonly listener: UploadListener, private readonly queue: Rows) {
    const { h, words } = kit;
    this.progress = h('progress', { max: '1', value: '0', 'aria-label': words.say('widget.file_sending', { name: file.name }) });
    this.mark = h('span', { class: 'mark' }, words.say('widget.sending'));
    this.again = this.button('again', 'widget.file_again', () => this.queue.again(this));
    this.again.hidden = true;
    this.cancel = this.button('close', 'widget.file_remove', () => this.remove());
    const box = h('div', { class: 'text attached' }, h('div', { class: 'file' }, h('span', {}, file.name), h('small', {}, sizeOf(kit, file.size))), this.progress);
    this.row = h('li', { class: 'message own waiting', part: 'message own' }, h('span', { class: 'hidden' }, `${words.say('widget.you')}: `), box,
      h('div', { class: 'file-tools' }, this.mark, this.again, this.cancel));
    if (/^image\/(png|jpeg|gif|webp)$/.test(typeOf(file))) void preview(kit, box, file, file.name);
  }

  /** Sends it, again and again while nothing answers; the client id makes that harmless. */
  start(): void {
    this.show('waiting', this.kit.words.say('widget.sending'), false);
    this.progress.value = 0;
    const request = new XMLHttpRequest(); // fetch tells nothing of progress
    this.request = request;
    const query = new URLSearchParams({ client_id: this.id, name: this.file.name });
    request.open('POST', `${this.to.chat}/attachments?${query.toString()}`);
    request.setRequestHeader('Authorization', `Bearer ${this.to.session}`);
    request.setRequestHeader('Content-Type', typeOf(this.file));
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) this.progress.value = event.loaded / event.total;
    };
    request.onerror = () => this.later(0);
    request.onload = () => this.answered(request);
    request.send(this.file);
  }

  refuse(why: string, mayRepeat: boolean): void {
    const sentence = this.kit.words.say('widget.file_refused', { name: this.file.name, why });
    this.show('refused', this.kit.words.say('widget.not_sent_why', { why }), mayRepeat);
    this.listener.say(sentence);
    this.queue.finished(this);
  }

  stop(): void {
    this.done = true;
    clearTimeout(this.timer);
    this.request?.abort();
  }

  private answered(request: XMLHttpRequest): void {
    const body = parsed(request.responseText);
    if (request.status >= 200 && request.status < 300) {
      this.done = true; // the row stays until the message comes, with the file's address
      this.show('sent', '', false);
      this.cancel.hidden = true;
      this.queue.finished(this);
      return;
    }
    const { name = '', message } = body as { name?: string; message?: string };
    if (!message || passing.includes(name)) {
      this.later(Number(request.getResponseHeader('Retry-After') ?? 0) * 1000);
      return;
    }
    if (name === 'session' || name === 'chat_ended') this.listener.over();
    this.refuse(message, true);
  }

  private later(least: number): void {
    if (this.done) return;
    this.mark.textContent = this.kit.words.say('widget.file_waits');
    const wait = least + Math.random() * Math.min(pauseMax, firstPause * 2 ** this.tries++);
    this.timer = window.setTimeout(() => this.start(), wait);
  }

  private show(how: 'waiting' | 'refused' | 'sent', mark: string, again: boolean): void {
    this.row.classList.toggle('refused', how === 'refused');
    this.row.classList.toggle('waiting', how === 'waiting');
    this.progress.hidden = how !== 'waiting';
    this.mark.textContent = mark;
    this.again.hidden = !again;
  }

  private remove(): void {
    this.stop();
    this.queue.finished(this);
    this.listener.gone(this.id);
  }

  private button(name: keyof typeof paths, key: string, click: () => void): HTMLButtonElement {
    const text = this.kit.words.say(key, { name: this.file.name });
    const button = this.kit.h('button', { type: 'button', 'aria-label': text, title: text }, this.kit.icon(paths[name]));
    button.onclick = click;
    return button;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Sends files one after the other, in the order in which they were given. */
class Queue implements Uploads, Rows {
  private readonly all: Upload[] = [];
  private current: Upload | undefined;

  constructor(private readonly kit: Kit, private readonly to: UploadTo, private readonly limits: Limits, private readonly listener: UploadListener) {}

  add(files: File[]): void {
    for (const file of files) {
      const upload = new Upload(this.kit, file, this.to, this.listener, this);
      this.listener.begun(upload.id, upload.row);
      const why = refusal(this.kit, file, this.limits);
      if (why) upload.refuse(why, false);
      else this.all.push(upload);
    }
    this.next();
  }

  again(upload: Upload): void {
    this.all.push(upload);
    this.next();
  }

  finished(upload: Upload): void {
    const at = this.all.indexOf(upload);
    if (at >= 0) this.all.splice(at, 1);
    if (upload === this.current) this.current = undefined;
    this.next();
  }

  stop(): void {
    for (const upload of this.all) upload.stop();
  }

  private next(): void {
    this.listener.under(this.all.map((u) => u.file.name));
    if (this.current || !this.all[0]) return;
    this.current = this.all[0];
    this.current.start();
  }
}

function uploads(kit: Kit, to: UploadTo, limits: Limits, listener: UploadListener): Uploads {
  kit.style(css);
  return new Queue(kit, to, limits, listener);
}

export default { limits, uploads, preview } satisfies FilesPart;
