/**
 * The server's clock. Deadlines and waiting times are the server's instants; a
 * machine whose clock is wrong shows the right countdown all the same.
 */
let offset = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes the server's time from its greeting. */
export function setServerTime(ms: number): void {
  offset = ms - Date.now();
}

/** Now, in milliseconds of the server's clock. */
export function serverNow(): number {
  return Date.now() + offset;
}

/** An instant of the server's clock, by the clock of this machine. */
export function onThisMachine(ms: number): number {
  return ms - offset;
}

/** The second that is running: what useSyncExternalStore compares. */
export function serverSecond(): number {
  return Math.floor(serverNow() / 1000);
}

/** Calls at each full second of the server's clock. One timer serves everybody. */
export function eachSecond(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  };
}

function tick(): void {
  timer = setTimeout(() => {
    tick();
    for (const listener of listeners) listener();
  }, 1001 - (serverNow() % 1000));
}
