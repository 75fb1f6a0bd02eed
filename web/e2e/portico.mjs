// Starts the shipped program as a newcomer would, and a browser to look at it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.PORTICO_BIN ?? join(root, 'bin/portico');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where the pictures of docs/ go; without PORTICO_PICTURES they are taken and dropped. */
export const pictures = process.env.PORTICO_PICTURES === '1' ? join(root, 'docs/images') : undefined;

/** A port that nothing uses, below those that systems give to outgoing connections: one of
 * them would have it when a server that was stopped comes back. */
async function freePort() {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const free = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
  throw new Error('no port between 20000 and 30000 is free');
}

/** One server on a data folder of its own. */
export class Portico {
  #child;
  #output = '';

  static async start() {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: build it first`);
    const server = new Portico();
    server.data = mkdtempSync(join(tmpdir(), 'portico-e2e-'));
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    await server.run();
    return server;
  }

  /** Starts the program, again after a kill on the same port and data. */
  async run() {
    this.#output = '';
    this.#child = spawn(binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const hear = (chunk) => {
      this.#output += chunk;
    };
    this.#child.stdout.on('data', hear);
    this.#child.stderr.on('data', hear);
    await until('the server answers', async () => {
      if (this.#child.exitCode !== null) throw new Error(`the server ended:\n${this.#output}`);
      return (await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok;
    });
  }

  /** The one-time code that it printed. */
  async code() {
    return until('the one-time code is printed', () => /one-time code: (\S+)/.exec(this.#output)?.[1]);
  }

  get output() {
    return this.#output;
  }

  async #end(signal) {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  /** Pulls the plug. */
  kill() {
    return this.#end('SIGKILL');
  }

  async stop() {
    await this.#end('SIGTERM');
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** How long something is waited for that is to come: long, for machines that do much else. */
const waitMax = 30_000;

/** At most twice these milliseconds each live message and each answer of the API is held back on its way to a page, on
 * each page another time, and its processor is made slower: PORTICO_SLOW=400 shows the scenes that are not patient
 * enough for a busy machine. */
const slow = Number(process.env.PORTICO_SLOW ?? 0);

/** Asks until the answer is truthy; a deadline, not a pause. */
export async function until(what, ask, ms = waitMax) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** A field comes to hold a text: what is drawn a moment later is waited for. */
export async function holds(field, want, what = `the field holds “${want}”`) {
  let have;
  await until(what, async () => (have = await field.inputValue()) === want).catch((error) => {
    throw new Error(`${error.message}; it holds “${have}”`);
  });
}

/** Chooses from a menu that was just opened, by the keyboard: once the menu has taken the focus, as it would take it back. */
export async function chooseItem(page, name) {
  await page.getByRole('menuitem', { name }).waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('[role="menu"]'));
  await page.getByRole('menuitem', { name }).press('Enter');
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A person with a browser window of their own. Errors of the page fail whoever asks for them. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 820 }, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(waitMax);
  const page = await context.newPage();
  if (slow) await holdBack(context, page);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Refusals are the browser's own lines; what they mean is on the screen.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) page.problems.push(`console: ${message.text()}`);
  });
  return page;
}

/** Makes a page learn everything late, but in order. */
async function holdBack(context, page) {
  const late = slow * 2 * Math.random();
  const pause = () => new Promise((done) => setTimeout(done, late));
  await context.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage(async (message) => {
      await pause();
      socket.send(message);
    });
    server.onClose(async (code, reason) => {
      await pause();
      await socket.close({ code: code === 1000 || code >= 3000 ? code : 3000, reason });
    });
  });
  await context.route(/\/api\/v1\//, async (route) => {
    await pause();
    await route.continue().catch(() => undefined); // the page may have gone meanwhile
  });
  await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 2 });
}

/** Does the first start with the sample company through the API; everybody has the same password. */
export async function sampleCompany(server) {
  const password = 'Quiet-Harbour-2';
  const code = await server.code();
  const setUp = () => fetch(`${server.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      code, company: 'Harbour Goods', language: 'english', time_zone: 'Europe/Berlin',
      sa_password: password, pa_password: password, agent_password: password, sample: true,
    }),
  });
  // A machine that does much else may ask for a moment.
  const response = await until('the store is there', async () => {
    const answer = await setUp();
    return answer.status !== 503 && answer;
  });
  if (response.status !== 201) throw new Error(`the first start was refused: ${await response.text()}`);
  return password;
}

/** Asks the API as whoever is signed in on the page. */
export function ask(page, method, path, body) {
  return page.evaluate(async ([m, p, b]) => {
    const request = { method: m };
    if (b) Object.assign(request, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(b) });
    const response = await fetch(`/api/v1${p}`, request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${m} ${p}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }, [method, path, body]);
}

/** A customer's page with a chat that has just begun. */
export async function customerAsks(browser, url, queue, name, question) {
  const page = await person(browser);
  await page.goto(`${url}/web/demo?queue=${queue}`);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Your question').fill(question);
  await page.getByRole('button', { name: 'Start chat' }).click();
  return page;
}

/** Makes an agent available by the key, whatever the state was. */
export async function available(page) {
  const state = page.getByRole('button', { name: /Available|Unavailable|Not working|Partly/ });
  await state.waitFor();
  if (!(await state.innerText()).startsWith('Available')) await page.keyboard.press('Alt+s');
  await page.getByRole('button', { name: /^Available/ }).waitFor();
}

/** The agent's conversation with a customer is on the screen, ready to be written to. */
export async function talksWith(page, name) {
  await page.getByRole('region', { name: 'Conversation' }).getByRole('heading', { name }).waitFor();
}

/** Signs in on a page that asks for it. */
export async function signIn(page, url, name, password) {
  await page.goto(url);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Areas' }).waitFor();
}

/** Waits until nothing on the page moves or fades any more. */
export async function settled(page) {
  // A change of colours begins with the frame after the one that it is told in.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  // A list that was closed stays until its own clock has run: by then it belongs to nothing, and axe says so.
  await page.waitForFunction(() => [...document.querySelectorAll('.mantine-Combobox-dropdown, .mantine-Menu-dropdown')].every((list) => {
    const ids = [list.id, list.querySelector('[role="listbox"]')?.id].filter(Boolean);
    return !list.checkVisibility() || ids.some((id) => document.querySelector(`[aria-controls="${id}"][aria-expanded="true"]`));
  }));
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))));
}

/** The violations of WCAG 2.2 AA that axe finds on the page, one line each. */
export async function violations(page) {
  const has = await page.evaluate(() => 'axe' in window);
  // Through the debugger, as the page's own policy rightly forbids foreign scripts.
  if (!has) await page.evaluate(axeSource);
  const look = async () => {
    const found = await page.evaluate(() =>
      window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }));
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  };
  const first = await look();
  if (first.length === 0) return first;
  // A time that ticks while axe looks is new to it, and seems to lie before what covers it. What is wrong stays so.
  await settled(page);
  const second = await look();
  return first.filter((found) => second.includes(found));
}

/** What is too faint to read on a page that axe has looked at in other colours: all else it has seen. */
export async function faint(page) {
  return page.evaluate(() =>
    window.axe.run({ runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] })
      .then((found) => found.violations.flatMap((v) => v.nodes.map((n) => `too faint: ${n.target.join(' ')}`))));
}

/** Nothing that axe finds, in light and in dark, and no error. */
export async function clean(page, where) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    assert.deepEqual(await violations(page), [], `accessibility of ${where}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
  assert.deepEqual(page.problems, [], `errors on ${where}`);
}

export async function picture(page, name) {
  if (!pictures) return;
  await settled(page); // colours of another theme fade
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** A test that leaves a picture of every open page in e2e/failed when it fails, and closes them all. */
export function scene(name, browser, play) {
  test(name, async (t) => {
    const pages = () => browser().contexts().flatMap((context) => context.pages());
    try {
      await play(t);
    } catch (error) {
      const folder = fileURLToPath(new URL('failed/', import.meta.url));
      mkdirSync(folder, { recursive: true });
      for (const [i, page] of pages().entries()) {
        await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}-${i + 1}.png`) }).catch(() => undefined);
      }
      throw error;
    } finally {
      await Promise.all(browser().contexts().map((context) => context.close()));
    }
  });
}
