import type { Socket } from './feed';

/** Whether this browser can unpack frames. */
export const unpacks = typeof DecompressionStream !== 'undefined';

async function unpacked(data: ArrayBuffer): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).text();
}

/** What a WebSocket has that the wrapper needs. */
interface Raw extends Socket {
  binaryType: string;
}

/**
 * A socket whose binary messages are unpacked: the server makes large frames small once for
 * all who watch. What comes behind one waits for it, so that the order stays.
 */
export function unpacking(raw: Raw): Socket {
  raw.binaryType = 'arraybuffer';
  let waiting = 0;
  let last = Promise.resolve();
  const out: Socket = {
    send: (text) => raw.send(text),
    close: () => raw.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  raw.onopen = () => out.onopen?.();
  raw.onmessage = (event) => {
    const { data } = event;
    if (!(data instanceof ArrayBuffer) && waiting === 0) {
      out.onmessage?.(event);
      return;
    }
    waiting++;
    const text = data instanceof ArrayBuffer ? unpacked(data) : Promise.resolve(data);
    last = last
      .then(() => text)
      .then(
        (whole) => out.onmessage?.({ data: whole }),
        () => raw.close(), // a frame that cannot be read is a gap: come again
      )
      .finally(() => waiting--);
  };
  raw.onclose = (event) => void last.then(() => out.onclose?.(event));
  return out;
}
