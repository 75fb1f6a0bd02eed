import { expect, test } from 'vitest';
import { Claim, type Channel } from './claim';

/** Windows of one browser, with a clock that only the test moves. */
class Browser {
  private readonly channels: Channel[] = [];
  private timers: { at: number; call: () => void }[] = [];
  private now = 0;

  open(id: string): Claim {
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        this.channels.filter((other) => other !== channel).forEach((other) => other.onmessage?.({ data }));
      },
      close: () => this.channels.splice(this.channels.indexOf(channel), 1),
    };
    this.channels.push(channel);
    const claim = new Claim(channel, id, (ms, call) => {
      const timer = { at: this.now + ms, call };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter((t) => t !== timer);
      };
    }, () => undefined);
    claim.ask();
    return claim;
  }

  pass(ms: number): void {
    this.now += ms;
    const due = this.timers.filter((t) => t.at <= this.now);
    this.timers = this.timers.filter((t) => t.at > this.now);
    due.forEach((t) => t.call());
  }
}

// The first window has the desk, a second one says that it is elsewhere and may take it.
test('one window has it, another takes over', () => {
  const browser = new Browser();
  const a = browser.open('a');
  browser.pass(200);
  const b = browser.open('b');
  browser.pass(200);
  expect([a.state, b.state]).toEqual(['mine', 'elsewhere']);
  b.take();
  expect([a.state, b.state]).toEqual(['elsewhere', 'mine']);
  b.leave();
  browser.pass(200);
  expect(a.state).toBe('mine');
});

// Two windows that open in the same moment, as after a restart of the browser, do not both have it, nor neither.
test('two at once', () => {
  const browser = new Browser();
  const [b, a, c] = [browser.open('b'), browser.open('a'), browser.open('c')];
  browser.pass(200);
  browser.pass(200);
  expect([a, b, c].filter((w) => w.state === 'mine')).toHaveLength(1);
});

// A window that died without a word is missed as soon as one looks at another.
test('the holder is gone', () => {
  const browser = new Browser();
  const a = browser.open('a');
  browser.pass(200);
  const b = browser.open('b');
  browser.pass(200);
  a['channel'].close();
  b.ask();
  browser.pass(200);
  expect(b.state).toBe('mine');
});
