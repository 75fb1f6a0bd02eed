import { expect, test } from 'vitest';
import { unpacking } from './packed';

function madeUp() {
  return {
    binaryType: 'blob', closed: false,
    onopen: null as (() => void) | null,
    onmessage: null as ((event: { data: unknown }) => void) | null,
    onclose: null as ((event: { code: number }) => void) | null,
    send: () => undefined,
    close() {
      this.closed = true;
    },
  };
}

const packed = (text: string) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer();

// A packed frame is read as its text, and what came behind it is told behind it, the end of the connection too.
test('order', async () => {
  const raw = madeUp();
  const socket = unpacking(raw);
  const [large, small] = [await packed('x'.repeat(100_000)), await packed('fourth')];
  const told: unknown[] = [];
  const over = new Promise<void>((done) => {
    socket.onclose = ({ code }) => {
      told.push(code);
      done();
    };
  });
  socket.onmessage = ({ data }) => told.push(data);
  raw.onmessage?.({ data: 'first' });
  expect(told).toEqual(['first']);
  raw.onmessage?.({ data: large });
  raw.onmessage?.({ data: 'third' });
  raw.onmessage?.({ data: small });
  raw.onclose?.({ code: 1012 });
  await over;
  expect(told).toEqual(['first', 'x'.repeat(100_000), 'third', 'fourth', 1012]);
});

// What cannot be unpacked ends the connection: the feed comes again and asks for whole tables.
test('a broken frame', async () => {
  const raw = madeUp();
  const socket = unpacking(raw);
  const told: unknown[] = [];
  socket.onmessage = ({ data }) => told.push(data);
  raw.onmessage?.({ data: new Uint8Array([255, 1, 2, 3]).buffer });
  await expect.poll(() => raw.closed).toBe(true);
  expect(told).toEqual([]);
});
