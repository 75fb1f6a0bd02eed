// The floor: thresholds, views that two supervisors share, the last 15 minutes, and what a
// supervisor does from the panel.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ask, available, clean, customerAsks, openBrowser, person, picture, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

let server;
let browser;
let password;

before(async () => {
  server = await Portico.start();
  password = await sampleCompany(server);
  browser = await openBrowser();
  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
  const ben = (await ask(pa, 'GET', '/users')).items.find((u) => u.name === 'ben');
  const support = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Support');
  await ask(pa, 'POST', '/queues', { name: 'Named', body: { ...support.body, steps: [{ after_s: 0, agents: [ben.id] }] } });
  await pa.context().close();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A supervisor's floor; its page counts the tones that it makes. */
async function floor(name, options) {
  const page = await person(browser, options);
  await page.addInitScript(() => {
    const make = AudioContext.prototype.createOscillator;
    window.tones = 0;
    AudioContext.prototype.createOscillator = function (...rest) {
      window.tones++;
      return make.apply(this, rest);
    };
  });
  await signIn(page, server.url, name, password);
  await page.getByRole('link', { name: 'Supervisor' }).press('Enter');
  await page.getByRole('grid', { name: 'Queues' }).getByRole('row', { name: /Sales/ }).waitFor();
  return page;
}

const tones = (page) => page.evaluate(() => window.tones);
const cell = (page, table, row, text) => page.getByRole('grid', { name: table }).getByRole('row', { name: row }).locator('.beyond', { hasText: text });

// Whoever has several areas goes from each to each by its link; whoever has one is led back to it.
scene('from area to area', () => browser, async () => {
  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
  const link = (name) => pa.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name });
  const queues = pa.getByRole('grid', { name: 'Queues' });
  await queues.waitFor();
  await link('Manager').press('Enter');
  await pa.getByRole('heading', { name: 'Users and agents' }).waitFor();
  await pa.getByRole('link', { name: 'Chat settings' }).press('Enter');
  await pa.getByRole('heading', { name: 'The conversation' }).waitFor();
  await link('Supervisor').press('Enter');
  await queues.getByRole('row', { name: /Sales/ }).waitFor();
  assert.equal(new URL(pa.url()).pathname, '/supervisor');
  await clean(pa, 'the floor after the manager');

  const ben = await person(browser);
  await signIn(ben, server.url, 'ben', password);
  await ben.goto(`${server.url}/supervisor`);
  await ben.getByText('My contacts').waitFor();
  await until('the address is the desk', () => new URL(ben.url()).pathname === '/desk');
});

// A threshold is set by the keyboard; the figure is coloured with a sign and words, a tone
// sounds once, the alert is there and goes by itself; who wants quiet has it.
scene('thresholds', () => browser, async () => {
  const dora = await floor('dora');
  await dora.getByRole('button', { name: 'Thresholds', exact: true }).press('Enter');
  await dora.getByText('There are no thresholds yet').waitFor();
  await clean(dora, 'the empty list of thresholds');
  await dora.getByRole('button', { name: 'New threshold' }).press('Enter');
  await dora.getByLabel('Name of the threshold').fill('Somebody waits');
  await dora.getByLabel('Warning at').fill('1');
  await dora.getByLabel('Critical at').fill('2');
  await dora.getByLabel('Raise an alert').press('Space');
  await clean(dora, 'the form of a threshold');
  await dora.keyboard.press('Enter');
  await dora.getByRole('button', { name: /^Somebody waits/ }).waitFor();
  await clean(dora, 'the list of thresholds');
  await dora.keyboard.press('Escape');

  const lea = await customerAsks(browser, server.url, 'Sales', 'Lea', 'Is anybody there?');
  await cell(dora, 'Queues', /Sales/, 'Warning: Somebody waits').getByText('!', { exact: true }).waitFor();
  const heard = await until('a tone sounds', () => tones(dora));
  await dora.getByRole('button', { name: 'Alerts: 1 open' }).press('Enter');
  await dora.getByText('Sales: “Contacts waiting” has reached 1. The threshold “Somebody waits” warns at 1.').waitFor();
  await dora.keyboard.press('Escape');
  await clean(dora, 'a figure beyond its threshold');
  await picture(dora, 'supervisor-threshold');

  await dora.getByRole('button', { name: 'No tones of thresholds' }).press('Enter');
  const max = await customerAsks(browser, server.url, 'Sales', 'Max', 'Where is my order?');
  await cell(dora, 'Queues', /Sales/, 'Critical: Somebody waits').waitFor();
  assert.ok((await tones(dora)) <= heard + 4, 'a tone of a threshold sounded though it was turned off'); // the alert itself has a sound of its own

  const anna = await person(browser);
  await signIn(anna, server.url, 'anna', password);
  await available(anna);
  for (const name of ['Lea', 'Max']) {
    await anna.getByRole('region', { name: 'A chat for you' }).waitFor();
    await anna.keyboard.press('Enter');
    await talksWith(anna, name);
  }
  await cell(dora, 'Queues', /Sales/, 'Somebody waits').waitFor({ state: 'detached' });
  await dora.getByRole('button', { name: 'Alerts', exact: true }).waitFor({ timeout: 30_000 });

  // What happened is in the last 15 minutes, and the same as the server's own figures.
  const sales = await until('both are counted', async () => {
    const { items } = await ask(dora, 'GET', '/real-time/queues');
    return items.find((q) => q.name === 'Sales' && q.answered_today === 2);
  });
  assert.deepEqual([sales.recent.offered, sales.recent.answered, sales.arrived_today, sales.answered_today], [2, 2, 2, 2]);
  assert.equal(sales.recent.wait_ms, sales.wait_ms_today);
  const facts = await ask(dora, 'GET', '/facts?limit=500');
  const counted = (kind) => facts.items.filter((f) => f.kind === kind && f.queue === sales.queue).length;
  assert.equal(counted('accepted'), sales.recent.answered, 'the figures are those of the facts');

  // Who listens in, whispers and barges in is seen by those who may see it.
  const row = dora.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: /Lea/ });
  await row.press('Enter');
  const panel = dora.getByRole('complementary', { name: 'Lea' });
  await panel.getByRole('button', { name: 'Whisper' }).press('Enter');
  await panel.getByLabel('To the agents alone').fill('Offer her the discount');
  await clean(dora, 'whispering in the panel');
  await panel.getByLabel('To the agents alone').press('Enter');
  await anna.getByRole('button', { name: /Lea/ }).first().click();
  await anna.getByText('Offer her the discount').first().waitFor();
  await panel.getByRole('radio', { name: 'Barge in' }).press('Space');
  await panel.getByLabel('To customer and agents').fill('Good morning, I am Dora');
  await panel.getByLabel('To customer and agents').press('Enter');
  await lea.getByText('Good morning, I am Dora').waitFor();
  assert.equal(await lea.getByText('Offer her the discount').count(), 0, 'a customer read a whisper'); // what came later is there
  await panel.getByRole('button', { name: 'Leave' }).press('Enter');
  await panel.getByRole('button', { name: 'Monitor' }).waitFor();
  await panel.getByRole('button', { name: 'End', exact: true }).press('Enter');
  await clean(dora, 'the question before a contact is ended');
  await dora.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).press('Enter');
  await dora.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: /Lea.*Wrap-up/ }).waitFor();
  await dora.keyboard.press('Escape');

  // An agent's state and skills.
  await dora.getByRole('grid', { name: 'Agents' }).getByRole('row', { name: /Anna/ }).press('Enter');
  const agent = dora.getByRole('complementary', { name: 'Anna Abel' });
  await agent.getByLabel('Level of Support').fill('35');
  await agent.getByRole('button', { name: 'Change skills' }).press('Enter');
  await agent.getByRole('button', { name: 'Change skills' }).and(dora.locator(':disabled')).waitFor();
  // A queue that names agents is made to name her, too.
  await agent.getByRole('combobox', { name: 'Queues that name this agent' }).press('ArrowDown');
  await dora.getByRole('option', { name: 'Named' }).click();
  await agent.getByRole('button', { name: 'Change queues' }).press('Enter');
  await agent.getByText(/Serves:.*Named/).waitFor();
  await agent.getByRole('combobox', { name: 'Make unavailable' }).press('ArrowDown');
  await dora.getByRole('option').first().waitFor();
  await dora.keyboard.press('ArrowDown');
  await dora.keyboard.press('Enter');
  await clean(dora, 'an agent in the panel');
  await agent.getByRole('button', { name: 'Pause', exact: true }).press('Enter');
  await anna.getByRole('button', { name: /^Unavailable/ }).waitFor();
  await max.close();
});

// One supervisor arranges the floor and shares it; another sees it so, workflow and all.
scene('a shared view of the floor', () => browser, async () => {
  const dora = await floor('dora');
  await dora.getByRole('button', { name: 'Layout' }).press('Enter');
  await clean(dora, 'the layout');
  await dora.getByRole('checkbox', { name: 'Workflow' }).press('Space');
  await dora.getByRole('checkbox', { name: 'Contacts' }).press('Space');
  await dora.getByRole('button', { name: 'Move up: Agents' }).press('Enter');
  await dora.keyboard.press('Escape');
  await dora.getByRole('grid', { name: 'Workflow' }).getByRole('row', { name: /sales/i }).first().waitFor();

  // A component in which somebody waits is coloured, and raises an alert that names it.
  await dora.getByRole('button', { name: 'Thresholds', exact: true }).press('Enter');
  await dora.getByRole('button', { name: 'New threshold' }).press('Enter');
  await dora.getByLabel('Name of the threshold').fill('Stuck');
  await dora.getByRole('combobox', { name: 'Table' }).click();
  await dora.getByRole('option', { name: 'Workflow' }).click();
  await dora.getByLabel('Warning at').fill('1');
  await dora.getByLabel('Raise an alert').press('Space');
  await dora.keyboard.press('Enter');
  await dora.getByRole('button', { name: /^Stuck/ }).waitFor();
  await dora.keyboard.press('Escape');
  await customerAsks(browser, server.url, 'Sales', 'Nina', 'Is anybody there?');
  await dora.getByRole('grid', { name: 'Workflow' }).locator('.beyond', { hasText: 'Warning: Stuck' }).first().waitFor();
  await dora.getByRole('button', { name: /^Alerts: \d open/ }).press('Enter');
  await dora.getByText(/Sales chats: .*The threshold “Stuck” warns at 1\./).first().waitFor();
  await dora.keyboard.press('Escape');
  await dora.getByRole('button', { name: 'Views of the floor' }).press('Enter');
  await dora.getByRole('menuitem', { name: 'Save as a view' }).press('Enter');
  await dora.getByLabel('Name of the view').fill('Agents first');
  await dora.getByLabel('For all supervisors').press('Space');
  await dora.keyboard.press('Enter');
  await dora.getByRole('button', { name: 'View: Agents first' }).waitFor();
  await clean(dora, 'the floor with a workflow');

  const pa = await floor('pa');
  await pa.getByRole('grid', { name: 'Contacts' }).waitFor();
  await pa.getByRole('button', { name: 'Views of the floor' }).press('Enter');
  await pa.getByRole('menuitemradio', { name: /Agents first/ }).press('Enter');
  await pa.getByRole('grid', { name: 'Workflow' }).waitFor();
  await pa.getByRole('grid', { name: 'Contacts' }).waitFor({ state: 'detached' });
  await until('the parts are in their order', async () => /^Agents.*Queues.*Workflow/s.test((await pa.locator('.floor-parts h2').allInnerTexts()).join(' ')));
});

// The floor with all its parts is whole in each language.
scene('four languages', () => browser, async () => {
  const dora = await floor('dora', { viewport: { width: 1500, height: 900 } });
  for (const [language, scheme] of [['deutsch', 'dark'], ['francais', 'light'], ['portugues', 'dark'], ['english', 'light']]) {
    await dora.emulateMedia({ colorScheme: scheme });
    await dora.evaluate(async (name) => {
      const me = await fetch('/api/v1/session').then((r) => r.json());
      localStorage.setItem(`portico.language.${me.user.id}`, name);
    }, language);
    await dora.goto(`${server.url}/supervisor`);
    await dora.getByRole('grid').first().getByRole('row', { name: /Sales|Anna/ }).first().waitFor();
    await settled(dora);
    assert.deepEqual(await violations(dora), [], `the floor in ${language}`);
    assert.deepEqual(dora.problems, []);
    const wide = await dora.evaluate(() => [...document.querySelectorAll('.floor-bar .mantine-Button-label, .floor-media dt, .floor-part h2')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent));
    assert.deepEqual(wide, [], `cut off in ${language}`);
  }
});
