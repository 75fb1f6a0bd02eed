/** Not before the page has had this long to show what one waits for, in milliseconds. */
const after = 1_500;
/** Then as soon as nothing else is to be done, and after this long in any case. */
const latest = 5_000;

/** Does something when the browser has time for it. It gives what takes that back. */
export function whenIdle(run: () => void): () => void {
  let idle = 0;
  const timer = setTimeout(() => {
    if ('requestIdleCallback' in window) idle = requestIdleCallback(run, { timeout: latest });
    else run();
  }, after);
  return () => {
    clearTimeout(timer);
    if (idle) cancelIdleCallback(idle);
  };
}
