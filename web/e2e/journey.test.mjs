// The main job, as a newcomer meets it: from the first start to the facts.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { available, customerAsks, holds, openBrowser, person, picture, Portico, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

const passwords = { sa: 'Marble-Arch-1', pa: 'Quiet-Harbour-2' };
/** How soon a supervisor must have seen a step: a second, and what a busy machine may take to draw and to look. */
const seenWithin = 1_000 + 4_000;

let server;
let browser;
let passwordOf;

before(async () => {
  server = await Portico.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function clean(page, where) {
  await settled(page);
  assert.deepEqual(await violations(page), [], `accessibility of ${where}`);
  assert.deepEqual(page.problems, [], `errors on ${where}`);
}

/** Has the page itself note each state in which it shows a contact. */
function watchRow(page, name) {
  return page.evaluate((who) => {
    window.seen = [];
    const look = () => {
      const row = [...document.querySelectorAll('.part-contacts tbody tr')].find((r) => r.textContent.includes(who));
      const cells = row && [...row.children].map((cell) => cell.textContent);
      const now = cells ? `${cells[3]} ${cells[4]}` : 'gone';
      if (window.seen.at(-1) !== now && (now !== 'gone' || window.seen.length > 0)) window.seen.push(now);
    };
    new MutationObserver(look).observe(document.querySelector('.part-contacts'), { childList: true, subtree: true, characterData: true });
  }, name);
}

// Somebody who has just started the program is led to a company that works.
scene('first start', () => browser, async () => {
  const page = await person(browser);
  await page.goto(`${server.url}/#code=${await server.code()}`);
  await page.getByRole('heading', { name: 'Welcome to Portico' }).waitFor();
  await clean(page, 'the first start');

  // A wrong input is told beside the field, and nothing is lost.
  await page.getByLabel('Company', { exact: true }).fill('Harbour Goods');
  await page.getByLabel('Password of sa').fill('short');
  await page.getByLabel('Password of pa').fill(passwords.pa);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('At least 8 characters.').waitFor();
  await picture(page, 'first-start');
  await page.getByLabel('Password of sa').fill(passwords.sa);
  await page.getByRole('button', { name: 'Start' }).click();

  await page.getByRole('heading', { name: 'Portico is ready' }).waitFor();
  await clean(page, 'what the first start made');
  await picture(page, 'first-start-done');
  const rows = await page.getByRole('row').all();
  passwordOf = Object.fromEntries(await Promise.all(rows.slice(1).map(async (row) => [
    await row.locator('strong').innerText(),
    (await row.locator('code').count()) > 0 ? await row.locator('code').innerText() : undefined,
  ])));
  for (const name of ['anna', 'ben', 'carla', 'dora']) assert.ok(passwordOf[name], `a password for ${name}`);

  await page.getByRole('button', { name: 'Sign in as anna' }).click();
  await holds(page.getByLabel('User name'), 'anna');
  await clean(page, 'the sign-in');
  await picture(page, 'sign-in');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is wrong.').waitFor();
});

// A customer's question reaches whom the skills name, is answered, handed over and
// wrapped up, all by keyboard; the supervisor sees each step within a second.
scene('a chat from question to outcome', () => browser, async (t) => {
  const supervisor = await person(browser);
  await signIn(supervisor, `${server.url}/supervisor`, 'pa', passwords.pa);
  const contacts = supervisor.getByRole('grid', { name: 'Contacts' });
  const agents = supervisor.getByRole('grid', { name: 'Agents' });
  await supervisor.getByText('No open contacts').waitFor();
  await watchRow(supervisor, 'Maria');
  const sees = async (what, text) => {
    const began = Date.now();
    await contacts.getByRole('row').filter({ hasText: 'Maria' }).filter({ hasText: text }).waitFor();
    const took = Date.now() - began;
    t.diagnostic(`the supervisor saw "${what}" ${took} ms after the agent`);
    assert.ok(took <= seenWithin, `the supervisor saw "${what}" after ${took} ms`);
  };

  const anna = await person(browser);
  const ben = await person(browser);
  for (const [page, name] of [[anna, 'anna'], [ben, 'ben']]) {
    await signIn(page, server.url, name, passwordOf[name]);
    await page.getByText('You are not working yet').or(page.getByText('You are unavailable')).waitFor();
    await page.keyboard.press('Alt+s');
    await page.getByText('You are available').waitFor();
  }
  await clean(ben, 'an empty desk');
  await agents.getByRole('row').filter({ hasText: 'Ben' }).filter({ hasText: 'available' }).waitFor();

  const customer = await customerAsks(browser, server.url, 'Support', 'Maria', 'My router does not connect any more');

  // Ben knows support best; Anna, who is free as well, is not asked.
  const offer = ben.getByRole('region', { name: 'A chat for you' });
  await offer.waitFor();
  await sees('offered', 'Offered');
  assert.match(await offer.innerText(), /Maria/);
  assert.equal(await anna.getByRole('region', { name: 'A chat for you' }).count(), 0);
  await clean(ben, 'a desk with an offer');
  await picture(ben, 'offer');
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Maria');
  await sees('accepted', 'Active');

  // Both ways, by Enter.
  const benLog = ben.getByRole('log');
  await benLog.getByText('My router does not connect any more').waitFor();
  await ben.keyboard.type('Good morning, this is Ben. Is the light red?');
  await ben.keyboard.press('Enter');
  await customer.getByText('Good morning, this is Ben. Is the light red?').waitFor();
  await customer.getByLabel('Write a message').fill('Yes, and it blinks.');
  await customer.keyboard.press('Enter');
  await benLog.getByText('Yes, and it blinks.').waitFor();

  // A note is for colleagues: the customer never sees it.
  await ben.keyboard.press('Alt+n');
  await ben.getByLabel('Note for colleagues').waitFor();
  await ben.keyboard.type('Line was measured yesterday.');
  await ben.keyboard.press('Enter');
  await benLog.getByText('Line was measured yesterday.').waitFor();
  await clean(ben, 'a desk with a conversation');
  await picture(ben, 'desk');
  await picture(supervisor, 'supervisor');

  // Handed over to Anna, chosen by keyboard.
  await ben.keyboard.press('Alt+t');
  const picker = ben.getByRole('dialog');
  await picker.getByRole('option', { name: /Anna/ }).waitFor();
  await clean(ben, 'the transfer picker');
  await picture(ben, 'transfer');
  await ben.keyboard.type('anna');
  await picker.getByRole('button', { name: 'Transfer to Anna Abel' }).waitFor();
  await picker.getByLabel('Note for whoever takes it').fill('Please restart her line.');
  await ben.keyboard.press('Enter');
  await picker.waitFor({ state: 'detached' });
  const second = anna.getByRole('region', { name: 'A chat for you' });
  await second.waitFor();
  await sees('transferred', /Offered.*Anna/);
  await anna.keyboard.press('Enter');
  await talksWith(anna, 'Maria');
  await sees('accepted by the second', /Active.*Anna/);
  await ben.getByText('No contacts').waitFor();

  // The whole conversation came along.
  const annaLog = anna.getByRole('log');
  for (const text of ['My router does not connect any more', 'Is the light red?', 'Yes, and it blinks.', 'Line was measured yesterday.', 'Please restart her line.']) {
    await annaLog.getByText(text).waitFor();
  }
  await anna.keyboard.type('Hello Maria, Anna here. I have restarted your line.');
  await anna.keyboard.press('Enter');
  await customer.getByText('I have restarted your line.').waitFor();
  await picture(customer, 'customer');
  for (const note of ['Line was measured yesterday.', 'Please restart her line.']) {
    assert.equal(await customer.getByText(note).count(), 0, `the customer does not see "${note}"`);
  }

  // Wrap-up: a reason by its number, done by Ctrl+Enter.
  await anna.keyboard.press('Alt+e');
  await anna.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await sees('wrap-up', 'Wrap-up');
  await clean(anna, 'the wrap-up');
  await anna.getByRole('radio', { name: 'Solved' }).waitFor();
  const number = await anna.getByRole('radio', { name: 'Solved' }).locator('kbd').innerText();
  await anna.getByRole('group', { name: 'Wrap-up' }).focus();
  await anna.keyboard.press(number);
  await anna.getByRole('radio', { name: 'Solved', checked: true }).waitFor();
  await picture(anna, 'wrap-up');
  await anna.keyboard.press('Control+Enter');
  await anna.getByText('No contacts').waitFor();
  await supervisor.getByText('No open contacts').waitFor();
  const seen = () => supervisor.evaluate(() => window.seen);
  await until('the contact is gone', async () => (await seen()).at(-1) === 'gone');
  assert.deepEqual(await seen(), [
    'Offered Ben Brandt', 'Active Ben Brandt', 'Offered Anna Abel', 'Active Anna Abel', 'Wrap-up Anna Abel', 'gone',
  ]);
  await clean(supervisor, 'the supervisor’s floor');

  // The facts are in the store, in order.
  const facts = await supervisor.evaluate(async () => {
    const history = await (await fetch('/api/v1/history')).json();
    const contact = history.items[0];
    return { contact, facts: (await (await fetch(`/api/v1/contacts/${contact.id}/facts`)).json()).items };
  });
  assert.equal(facts.contact.name, 'Maria');
  const kinds = facts.facts.map((f) => f.kind);
  const expected = ['arrived', 'offered', 'accepted', 'offered', 'accepted', 'finished', 'ended'];
  let at = -1;
  for (const kind of expected) {
    at = kinds.indexOf(kind, at + 1);
    assert.notEqual(at, -1, `${kind} in its place among ${kinds.join(', ')}`);
  }
  assert.ok(facts.facts.at(-1).reason, 'the reason is in the last fact');
  for (const page of [anna, ben, customer, supervisor]) assert.deepEqual(page.problems, []);
});

// Pulling the plug costs nobody a reload, a word or a message.
scene('a restart under the desk', () => browser, async () => {
  const ben = await person(browser);
  await signIn(ben, server.url, 'ben', passwordOf.ben);
  await available(ben);
  const customer = await customerAsks(browser, server.url, 'Support', 'Tomás', 'Where is my parcel?');
  await ben.getByRole('region', { name: 'A chat for you' }).waitFor();
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Tomás');

  // Enough to scroll, and scrolled up.
  const log = ben.getByRole('log');
  for (let i = 1; i <= 25; i++) {
    await ben.keyboard.type(`Line ${i} of the answer`);
    await ben.keyboard.press('Enter');
  }
  await customer.getByText('Line 25 of the answer').waitFor();
  await ben.evaluate(() => {
    window.sameWindow = true;
  });
  await log.evaluate((element) => element.scrollTo(0, 120));
  await ben.keyboard.type('Half a sent');

  // The customer, too, is in the middle of something.
  const theirs = customer.getByRole('log');
  await customer.evaluate(() => {
    window.sameWindow = true;
  });
  await customer.getByLabel('Write a message').fill('I have anoth');
  await theirs.evaluate((element) => element.scrollTo(0, 60));

  await server.kill();
  await ben.getByText('The connection is lost').waitFor();
  await picture(ben, 'connection-lost');
  await ben.keyboard.type('ence, now whole.');
  await ben.keyboard.press('Enter');
  await ben.keyboard.type('And typed on');
  await log.getByText('Not sent yet').waitFor();
  await log.evaluate((element) => element.scrollTo(0, 120));
  await server.run();

  await customer.getByText('Half a sentence, now whole.').waitFor();
  await ben.getByText('The connection is lost').waitFor({ state: 'detached' });
  await until('the message is confirmed', async () => (await log.getByText('Not sent yet').count()) === 0);
  await until('the message is there once', async () => (await log.getByText('Half a sentence, now whole.').count()) === 1);
  await until('it is there once', async () => (await customer.getByText('Half a sentence, now whole.').count()) === 1);
  assert.equal(await ben.evaluate(() => window.sameWindow), true, 'the page was not loaded anew');
  await holds(ben.getByLabel('Message to the customer'), 'And typed on');
  await until('the place in the log is kept', () => log.evaluate((element) => element.scrollTop === 120));

  assert.equal(await customer.evaluate(() => window.sameWindow), true, "the customer's page was not loaded anew");
  await holds(customer.getByLabel('Write a message'), 'I have anoth');
  await until("the place in the customer's log is kept", () => theirs.evaluate((element) => element.scrollTop === 60));

  // And it works on: what the customer says arrives, a reload finds the draft.
  await customer.getByLabel('Write a message').fill('Thank you!');
  await customer.keyboard.press('Enter');
  await log.getByText('Thank you!').waitFor({ state: 'attached' });
  await until('the draft is on the server', async () =>
    ben.evaluate(async () => {
      const desk = await (await fetch('/api/v1/agent')).json();
      const { id } = desk.contacts.find((contact) => contact.name === 'Tomás');
      return (await (await fetch(`/api/v1/contacts/${id}/draft`)).json()).text === 'And typed on';
    }));
  await ben.evaluate(() => sessionStorage.clear());
  await ben.reload();
  await ben.getByRole('complementary', { name: 'My contacts' }).getByRole('button', { name: /Tomás/ }).click();
  await until('the draft is back', async () => (await ben.getByLabel('Message to the customer').inputValue()) === 'And typed on');
  assert.deepEqual(ben.problems, []);
});

// The same desk in another language and in the dark is as accessible.
scene('deutsch, dark', () => browser, async () => {
  const page = await person(browser, { locale: 'de-DE', colorScheme: 'dark' });
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await page.locator('html[lang=de]').waitFor({ state: 'attached' });
  await clean(page, 'the sign-in in the dark');
  await page.getByLabel('Benutzername').fill('dora');
  await page.getByLabel('Passwort', { exact: true }).fill(passwordOf.dora);
  await page.keyboard.press('Enter');
  await page.getByText('My contacts').waitFor();
  await page.getByRole('button', { name: /Dora/ }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).waitFor();
  await clean(page, 'the open menu in the dark');
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await page.getByText('Meine Kontakte').waitFor();
  await clean(page, 'the desk in the dark');
  await picture(page, 'desk-dark');
  await page.getByRole('link', { name: 'Leitung' }).click();
  await page.getByRole('grid', { name: 'Agenten' }).waitFor();
  await clean(page, 'the floor in the dark');
  await picture(page, 'supervisor-dark');
});
