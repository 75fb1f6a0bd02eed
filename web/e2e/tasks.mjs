// Twelve everyday tasks, each walked by keys and by mouse on the shipped program, and
// what they cost. Run by hand on a quiet machine: make build && node web/e2e/tasks.mjs
// Seconds are those of a practised person by the keystroke-level model (Card, Moran and
// Newell, 1980); the last column is how long the program itself took, network and drawing.
import { ask, available, customerAsks, openBrowser, person, Portico, sampleCompany, signIn, talksWith, until } from './portico.mjs';

/** Seconds of the model: a key, a click, a move of the mouse, a change of hand, a thought. */
const model = { key: 0.28, click: 0.2, point: 1.1, home: 0.4, think: 1.2 };

/** Does what a person does, and counts it. */
class Hand {
  clicks = 0;
  keys = 0;
  seconds = 0;
  #on = 'keys';

  constructor(page) {
    this.page = page;
  }

  #to(device) {
    if (this.#on !== device) this.seconds += model.home;
    this.#on = device;
  }

  async press(keys) {
    this.#to('keys');
    const strokes = keys.split('+').length;
    this.keys += strokes;
    this.seconds += model.think + strokes * model.key;
    await this.page.keyboard.press(keys);
  }

  /** More of the same key, without a thought of its own. */
  async again(key, times) {
    for (let i = 0; i < times; i++) {
      this.keys += 1;
      this.seconds += model.key;
      await this.page.keyboard.press(key);
    }
  }

  /** Tab until something has the focus: as many as it takes. */
  async tabTo(locator, key = 'Tab') {
    this.#to('keys');
    this.seconds += model.think;
    for (let i = 0; i < 60; i++) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await this.again(key, 1);
    }
    throw new Error(`60 times ${key} did not lead there`);
  }

  async type(text) {
    this.#to('keys');
    this.keys += text.length;
    this.seconds += model.think + text.length * model.key;
    await this.page.keyboard.type(text);
  }

  async click(locator) {
    this.#to('mouse');
    this.clicks += 1;
    this.seconds += model.think + model.point + model.click;
    await locator.click();
  }
}

const rows = [];

/** Walks one task one way: what is done, and what is seen when it is done. */
async function way(task, how, page, act, seen) {
  const hand = new Hand(page);
  const began = performance.now();
  await act(hand);
  await seen();
  const took = performance.now() - began;
  rows.push(`| ${task} | ${how} | ${hand.clicks} | ${hand.keys} | ${hand.seconds.toFixed(1)} s | ${(took / 1000).toFixed(1)} s |`);
  console.log(rows.at(-1));
}

const server = await Portico.start();
const browser = await openBrowser();
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function at(name, password) {
  const page = await person(browser);
  await signIn(page, server.url, name, password);
  return page;
}

/** The palette is open, and what is typed goes into it. */
const palette = (page) => page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]')?.querySelector('[role="combobox"]') === document.activeElement);

try {
  const password = await sampleCompany(server);
  const pa = await at('pa', password);
  const sales = (await ask(pa, 'GET', '/queues?find=Sales')).items[0];
  await ask(pa, 'PUT', `/queues/${sales.id}`, { name: sales.name, version: sales.version, body: { ...sales.body, cherry_pick: true } });
  await ask(pa, 'POST', '/responses', { name: 'Shipping', body: { shortcut: 'ship', category: '', texts: { english: 'We ship within two days, {customer}.' }, personal: false } });
  const customers = [];
  for (const name of ['Pia Lund', 'Rui Costa']) {
    customers.push(await ask(pa, 'POST', '/customers', { name, addresses: [{ kind: 'email', value: `${name.split(' ')[0].toLowerCase()}@lund.example` }] }));
  }
  const ben = await at('ben', password);
  await available(ben);
  const anna = await at('anna', password);
  // Listened to from the beginning: the browser takes a while to hand its dialogs over.
  anna.on('filechooser', () => undefined);
  await available(anna);
  const log = anna.getByRole('log');
  const offer = anna.getByRole('region', { name: 'A chat for you' });

  for (const [i, how] of ['keys', 'mouse'].entries()) {
    const keys = how === 'keys';
    const guest = keys ? 'Pia Lund' : 'Rui Costa';
    await customerAsks(browser, server.url, 'Sales', guest, 'Do you ship to Porto?');
    await offer.waitFor();
    await way('accept', how, anna, (h) => (keys ? h.press('Enter') : h.click(offer.getByRole('button', { name: /^Accept/ }))), () => talksWith(anna, guest));

    await way('answer with a canned text', how, anna, async (h) => {
      if (keys) {
        await h.type('/sh');
        await anna.getByRole('option', { name: /Shipping/ }).waitFor();
        await h.press('Tab');
        await h.again('Enter', 1);
      } else {
        await h.click(anna.getByRole('button', { name: 'Standard responses' }));
        await h.click(anna.getByRole('option', { name: /Shipping/ }));
        await h.click(anna.getByRole('button', { name: 'Send', exact: true }));
      }
    }, () => log.getByText(/We ship within two days/).waitFor());

    await way('attach a file (and choose it)', how, anna, async (h) => {
      const chosen = anna.waitForEvent('filechooser');
      await (keys ? h.press('Alt+u') : h.click(anna.getByRole('button', { name: 'Send a file' })));
      await (await chosen).setFiles({ name: `plan-${i}.png`, mimeType: 'image/png', buffer: png });
    }, () => log.getByRole('link', { name: `Download plan-${i}.png` }).waitFor());

    const panel = anna.getByRole('complementary', { name: 'Contact data' });
    await way("find a customer's history", how, anna, async (h) => {
      if (keys) {
        await h.press('Control+k');
        await palette(anna);
        await h.type(guest.slice(0, 3).toLowerCase());
        const customer = anna.getByRole('option').filter({ hasText: guest }).last();
        await customer.waitFor();
        for (let i = 0; (await customer.getAttribute('aria-selected')) !== 'true' && i < 20; i++) await h.again('ArrowDown', 1);
        await h.again('Enter', 1);
        await anna.getByRole('dialog').getByText(/@lund.example/).waitFor();
      } else {
        await h.click(panel.getByPlaceholder('Find by name, e-mail or phone'));
        await h.type(guest.slice(0, 3).toLowerCase());
        await h.click(panel.getByRole('button', { name: new RegExp(guest) }));
        await panel.getByText(/@lund.example/).waitFor();
      }
    }, async () => keys && anna.keyboard.press('Escape'));

    await way('transfer to a colleague', how, anna, async (h) => {
      if (keys) {
        await h.press('Alt+t');
        await anna.getByRole('option', { name: /Ben Brandt/ }).waitFor();
        await h.type('ben');
        await h.press('Enter');
      } else {
        await h.click(anna.getByRole('button', { name: /^Transfer/ }));
        await h.click(anna.getByRole('option', { name: /Ben Brandt/ }));
        await h.click(anna.getByRole('button', { name: 'Transfer to Ben Brandt' }));
      }
    }, () => ben.getByRole('region', { name: 'A chat for you' }).waitFor());
    await ben.keyboard.press('Alt+a');
    await talksWith(ben, guest);

    await ben.keyboard.press('Alt+e');
    const wrapUp = ben.getByRole('group', { name: 'Wrap-up' });
    await wrapUp.waitFor();
    await until('the wrap-up has the focus', () => ben.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Wrap-up'));
    await way('set a reason at the end', how, ben, async (h) => {
      if (keys) {
        await h.press('1');
        await h.press('Control+Enter');
      } else {
        await h.click(wrapUp.getByRole('radio').first());
        await h.click(wrapUp.getByRole('button', { name: /^Done/ }));
      }
    }, () => ben.getByText('No contacts').waitFor());

    // Nobody is free: who waits?
    await ask(anna, 'PUT', '/agent/state', { available: false, reason: (await ask(pa, 'GET', '/reasons?find=Break')).items[0].id });
    await customerAsks(browser, server.url, 'Sales', `Waiting ${i}`, 'Is anybody there?');
    await anna.getByRole('button', { name: /Waiting contacts [1-9]/ }).waitFor();
    await way('see who waits', how, anna, (h) => (keys ? h.press('Alt+w') : h.click(anna.getByRole('button', { name: /Waiting contacts/ }))),
      () => anna.getByRole('option', { name: new RegExp(`Waiting ${i}`) }).waitFor());
    await anna.keyboard.press('Escape');

    const row = pa.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: new RegExp(`Waiting ${i}`) });
    await pa.goto(`${server.url}/supervisor`);
    await row.waitFor();
    const box = pa.getByRole('combobox', { name: 'Reassign to' });
    await way('reassign (supervisor)', how, pa, async (h) => {
      if (keys) {
        await h.press('Control+k');
        await palette(pa);
        await h.type(`waiting ${i}`);
        await pa.getByRole('option', { name: new RegExp(`Waiting ${i}`) }).first().waitFor();
        await h.press('Enter');
        await box.waitFor();
        await h.tabTo(box);
        await h.type('ben');
        await h.press('ArrowDown');
        await h.again('Enter', 1);
        await h.tabTo(pa.getByRole('button', { name: 'Reassign', exact: true }));
        await h.again('Enter', 1);
      } else {
        await h.click(row);
        await h.click(box);
        await h.click(pa.getByRole('option', { name: /Ben Brandt/ }));
        await h.click(pa.getByRole('button', { name: 'Reassign', exact: true }));
      }
    }, () => ben.getByRole('region', { name: 'A chat for you' }).waitFor());
    await ben.keyboard.press('Alt+a');
    await talksWith(ben, `Waiting ${i}`);
    for (const { id } of (await ask(ben, 'GET', '/agent')).contacts) {
      await ask(ben, 'POST', `/contacts/${id}/finish`);
      await ask(ben, 'POST', `/contacts/${id}/wrap-up`, { client_id: `end-${id}` });
    }
    await ben.getByText('No contacts').waitFor();
    await available(anna);
  }

  for (const how of ['keys', 'mouse']) {
    const keys = how === 'keys';
    /** Goes to a subject of the manager from wherever one is. */
    const subject = async (h, name) => {
      await h.click(pa.getByRole('link', { name: 'Manager' }));
      await h.click(pa.getByRole('link', { name, exact: true }));
    };
    const saved = () => pa.getByRole('status').filter({ hasText: /Saved/ }).waitFor();
    const grid = (name) => pa.getByRole('grid', { name });

    await pa.goto(`${server.url}/supervisor`);
    await grid('Contacts').waitFor();
    await way('change hours', how, pa, async (h) => {
      const friday = pa.getByLabel('Hours of Friday');
      if (keys) {
        await h.press('Control+k');
        await palette(pa);
        await h.type('office');
        await pa.getByRole('option', { name: /Office hours.*Business hours/ }).waitFor();
        await h.again('Enter', 1);
        await until('the focus is at the hours', () => pa.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Hours of Monday'));
        await h.again('ArrowDown', 4);
      } else {
        await subject(h, 'Business hours');
        await h.click(grid('Business hours').getByRole('row', { name: /Office hours/ }));
        await h.click(friday);
        await h.press('Control+a');
      }
      await h.type(keys ? '8-16' : '8-15');
      await h.again('Enter', 1);
    }, saved);

    await pa.goto(`${server.url}/supervisor`);
    await grid('Contacts').waitFor();
    const name = keys ? 'erik' : 'frida';
    await way('add an agent', how, pa, async (h) => {
      if (keys) {
        await h.press('Control+k');
        await palette(pa);
        await h.type('new us');
        await pa.getByRole('option', { name: 'New user or agent' }).waitFor();
        await h.again('Enter', 1);
      } else {
        await h.click(pa.getByRole('link', { name: 'Manager' }));
        await h.click(pa.getByRole('link', { name: 'New' }));
      }
      const first = pa.getByLabel('First name');
      await until('the focus is at the name', () => first.evaluate((element) => element === document.activeElement));
      await h.type(keys ? 'Erik' : 'Frida');
      await h.press('Tab');
      await h.type('Ek');
      await h.press('Enter');
    }, () => pa.waitForURL(/\/manager\/users\/[0-9a-f-]{36}$/));

    await pa.goto(`${server.url}/manager/users`);
    const person = grid('Users and agents').getByRole('row', { name: new RegExp(name) });
    await person.waitFor();
    await pa.waitForFunction(() => document.activeElement?.matches('.list-find input'));
    await way('give a skill', how, pa, async (h) => {
      if (keys) {
        await h.type(name.slice(0, 3));
        await h.again('ArrowDown', 1);
        await h.again('Space', 1);
      } else await h.click(person.getByRole('checkbox'));
      const give = pa.getByRole('button', { name: 'Give a skill' });
      if (keys) {
        await h.tabTo(give, 'Shift+Tab');
        await h.press('Enter');
      } else await h.click(give);
      const skill = pa.getByRole('dialog').getByRole('combobox', { name: 'Skill' });
      if (!keys) await h.click(skill);
      await skill.focus();
      await h.type('Sup');
      if (keys) {
        await h.press('ArrowDown');
        await h.again('Enter', 1);
      } else await h.click(pa.getByRole('option', { name: 'Support' }));
      await (keys ? h.press('Enter') : h.click(pa.getByRole('dialog').getByRole('button', { name: /^Give/ }).last()));
    }, () => pa.getByText(/Given to: 1/).waitFor());
  }

  for (const how of ['keys', 'mouse']) {
    const page = how === 'keys' ? anna : await at('carla', password);
    if (how === 'mouse') await available(page);
    await way('end the day', how, page, async (h) => {
      if (how === 'keys') {
        await h.press('Control+k');
        await palette(page);
        await h.type('sign out');
        await page.getByRole('option', { name: /Sign out/ }).waitFor();
        await h.press('Enter');
      } else {
        await h.click(page.getByRole('button', { name: /Carla Costa/ }));
        await h.click(page.getByRole('menuitem', { name: 'Sign out' }));
      }
    }, () => page.getByLabel('User name').waitFor());
  }
} finally {
  await browser.close();
  await server.stop();
}
