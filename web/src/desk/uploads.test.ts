import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../api/client';
import { refused, Uploads, type Upload } from './uploads';

interface Sending {
  upload: Upload;
  progress: (sent: number) => void;
  ok: () => Promise<void>;
  fail: (status: number) => Promise<void>;
  cancelled: boolean;
}

let sendings: Sending[];
let timers: (() => void)[];
let uploads: Uploads;

const file = (name: string) => ({ name, size: 10, type: 'image/png' }) as File;
const last = () => sendings[sendings.length - 1]!;
const settle = () => new Promise<void>((done) => setTimeout(done, 0));

beforeEach(() => {
  sendings = [];
  timers = [];
  uploads = new Uploads({
    send: (upload, progress) => {
      let ok!: () => void;
      let no!: (fault: Fault) => void;
      const done = new Promise<void>((a, b) => {
        ok = a;
        no = b;
      });
      const sending: Sending = {
        upload, progress, cancelled: false,
        ok: () => (ok(), settle()),
        fail: (status) => (no(new Fault('x', 'x', status)), settle()),
      };
      sendings.push(sending);
      return { done, cancel: () => void (sending.cancelled = true) };
    },
    later: (_, call) => {
      timers.push(call);
      return () => void (timers = timers.filter((c) => c !== call));
    },
    changed: () => undefined,
  });
});

const add = (...names: string[]) => uploads.add(names.map((name) => ({ clientId: name, contact: 'c', file: file(name) })));

describe('uploads', () => {
  // One file of a contact after the other, each shown with how far it is until the feed has it.
  test('in turn', async () => {
    add('a', 'b');
    expect(sendings.length).toBe(1);
    last().progress(5);
    expect(uploads.all()[0]?.sent).toBe(5);
    await last().ok();
    expect(last().upload.clientId).toBe('b');
    expect(uploads.all()[0]?.done).toBe(true);
    uploads.shown(['a']);
    expect(uploads.all().map((u) => u.clientId)).toEqual(['b']);
  });

  // A server that is away is asked again with the same client id; the connection's return hurries it.
  test('again', async () => {
    add('a');
    await last().fail(0);
    expect(uploads.all()[0]?.waits).toBe(true);
    uploads.now();
    expect(sendings.map((s) => s.upload.clientId)).toEqual(['a', 'a']);
    expect(timers.length).toBe(0);
    await last().ok();
    expect(uploads.all()[0]?.done).toBe(true);
  });

  // A refused file holds nobody back; it stays until the person has decided.
  test('refused', async () => {
    add('a', 'b');
    await last().fail(422);
    expect(uploads.all()[0]?.fault?.status).toBe(422);
    expect(last().upload.clientId).toBe('b');
    await last().ok();
    uploads.retry('a');
    expect(last().upload.clientId).toBe('a');
  });

  // A file that is given up while it is sent is stopped, and the next goes.
  test('given up', async () => {
    add('a', 'b');
    const first = last();
    uploads.drop('a');
    expect(first.cancelled).toBe(true);
    expect(last().upload.clientId).toBe('b');
    await first.fail(0);
    expect(uploads.all().map((u) => u.clientId)).toEqual(['b']);
  });

  // The rules of the company are told before anything leaves.
  test('rules', () => {
    const rules = { enabled: true, bytes_max: 100, types: ['image/*', 'application/pdf'] };
    expect(refused({ size: 10, type: 'image/png' }, rules)).toBeUndefined();
    expect(refused({ size: 10, type: 'application/pdf' }, rules)).toBeUndefined();
    expect(refused({ size: 10, type: 'application/pdfx' }, rules)).toBe('type');
    expect(refused({ size: 10, type: '' }, rules)).toBe('type');
    expect(refused({ size: 101, type: 'image/png' }, rules)).toBe('large');
    expect(refused({ size: 0, type: 'image/png' }, rules)).toBe('empty');
    expect(refused({ size: 1, type: 'image/png' }, { ...rules, enabled: false })).toBe('off');
  });
});
