// Several agents in one conversation, and a supervisor who steers it: by the keyboard, with
// the customer looking on.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ask, available, clean, customerAsks, openBrowser, person, picture, Portico, sampleCompany, scene, signIn, talksWith, until } from './portico.mjs';

let server;
let browser;
let password;

before(async () => {
  server = await Portico.start();
  password = await sampleCompany(server);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function at(name, path = '') {
  const page = await person(browser, { reducedMotion: 'reduce' });
  await signIn(page, `${server.url}${path}`, name, password);
  return page;
}

const aside = (page) => page.getByRole('region', { name: 'Among agents' });
const parts = (page) => page.getByRole('group', { name: 'Who takes part' });
const log = (page) => page.getByRole('log', { name: 'Messages' });
const endChat = (page) => page.getByRole('button', { name: /^End chat/ });
const toCustomer = (page) => page.getByLabel('Message to the customer');

/** What the customer's page and the customer's own messages hold never has these words. */
async function unseen(customer, ...words) {
  const shown = await customer.evaluate(() => {
    const all = [document.body.innerText];
    for (const element of document.querySelectorAll('*')) if (element.shadowRoot) all.push(element.shadowRoot.textContent);
    return all.join('\n');
  });
  for (const word of words) assert.ok(!shown.includes(word), `the customer reads “${word}”`);
}

// An owner asks for advice, brings the adviser to the customer, and hands over.
scene('consult conference hand over', () => browser, async () => {
  const [ben, anna] = await Promise.all([at('ben'), at('anna')]);
  await Promise.all([available(ben), available(anna)]);
  const customer = await customerAsks(browser, server.url, 'Support', 'Maria', 'Is a broken aerial covered?');
  await ben.getByRole('region', { name: 'A chat for you' }).waitFor();
  await ben.keyboard.press('Alt+a');
  await talksWith(ben, 'Maria');

  await ben.keyboard.press('Alt+h');
  const picker = ben.getByRole('dialog');
  await picker.getByText('You ask a colleague for advice', { exact: false }).waitFor();
  await ben.keyboard.type('Anna');
  await picker.getByRole('option', { name: /Anna Abel/ }).waitFor();
  await clean(ben, 'the picker of colleagues');
  await picker.getByLabel(/Why you ask/).fill('Two years old, warranty or not?');
  await ben.keyboard.press('Enter');
  await picker.waitFor({ state: 'detached' });

  const asked = anna.getByRole('region', { name: 'Ben Brandt asks you for advice' });
  await asked.getByText('Two years old, warranty or not?', { exact: true }).waitFor();
  await clean(anna, 'an invitation');
  await anna.keyboard.press('Alt+a');
  await talksWith(anna, 'Maria');
  await aside(anna).waitFor();
  await toCustomer(anna).waitFor({ state: 'detached' }); // an adviser has nowhere to write to the customer

  await anna.keyboard.press('Alt+v');
  await anna.keyboard.type('Aerials are covered for three years');
  await anna.keyboard.press('Enter');
  await aside(ben).getByText('Aerials are covered for three years').waitFor();
  await clean(ben, 'a consultation');
  await clean(anna, 'the desk of an adviser');
  await picture(ben, 'consult');

  await ben.keyboard.press('Alt+b');
  await customer.getByText('Anna has joined the chat.').waitFor();
  await toCustomer(anna).fill('Good news, Maria: it is covered.');
  await anna.keyboard.press('Enter');
  await customer.getByText('Good news, Maria: it is covered.').waitFor();
  await log(ben).getByText('Good news, Maria: it is covered.').waitFor();
  await parts(ben).getByText('in the conversation').waitFor();
  await clean(ben, 'a conference');

  await ben.keyboard.press('Alt+o');
  await customer.getByText('Anna is looking after you now.').waitFor();
  await ben.getByText('You are available').waitFor();
  await toCustomer(anna).fill('I send you a new one.');
  await anna.keyboard.press('Enter');
  await customer.getByText('I send you a new one.').waitFor();
  await unseen(customer, 'three years', 'warranty or not', 'advises');
  await endChat(anna).waitFor(); // the desk knows by now that the chat is its own
  await anna.keyboard.press('Alt+e');
  await anna.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await anna.keyboard.press('Control+Enter');
  assert.deepEqual([ben.problems, anna.problems, customer.problems], [[], [], []]);
});

/** Has the agents see who listens in: without it nobody but supervisors does. */
async function showListeners() {
  const sa = await at('sa');
  const unit = (await ask(sa, 'GET', '/units')).items[0];
  await ask(sa, 'PUT', `/units/${unit.id}`, { name: unit.name, version: unit.version, body: { ...unit.body, monitoring_shown: true } });
  await sa.context().close();
}

// A supervisor listens in, whispers, barges in, takes over and ends; the customer sees the
// supervisor from the moment of barging in, and never the whisper.
scene('monitor whisper barge in take over end', () => browser, async () => {
  const [ben, dora] = await Promise.all([at('ben'), at('dora', '/desk')]);
  await available(ben);
  await showListeners();
  const customer = await customerAsks(browser, server.url, 'Support', 'Oskar', 'I am losing my patience');
  await ben.getByRole('region', { name: 'A chat for you' }).waitFor();
  await ben.keyboard.press('Alt+a');
  await talksWith(ben, 'Oskar');
  const [contact] = await until('the desk has it', async () => (await ask(ben, 'GET', '/agent')).contacts);

  await ask(dora, 'POST', `/contacts/${contact.id}/join`, { role: 'monitoring' });
  await talksWith(dora, 'Oskar');
  await aside(dora).getByText(/You listen in/).waitFor();
  await toCustomer(dora).waitFor({ state: 'detached' }); // who listens has nowhere to write to the customer
  await parts(ben).getByText('listens in').waitFor();
  await clean(dora, 'listening in');

  await parts(dora).getByText('Whisper', { exact: true }).click();
  const whisper = aside(dora).getByLabel('Whisper to the agents');
  await whisper.waitFor();
  await dora.keyboard.press('Alt+v');
  await dora.keyboard.type('Offer a voucher of ten');
  await clean(dora, 'whispering');
  await picture(dora, 'whisper');
  await dora.keyboard.press('Enter');
  await aside(ben).getByText('Offer a voucher of ten').waitFor();

  await parts(dora).getByText('Barge in', { exact: true }).click();
  await customer.getByText('Dora has joined the chat.').waitFor();
  await toCustomer(dora).fill('Dear Oskar, I am the supervisor.');
  await dora.keyboard.press('Enter');
  await customer.getByText('Dear Oskar, I am the supervisor.').waitFor();

  await dora.keyboard.press('Alt+y');
  await customer.getByText('Dora is looking after you now.').waitFor();
  await ben.getByText('You are available').waitFor();
  await unseen(customer, 'voucher of ten', 'listens in');
  await endChat(dora).waitFor(); // the customer may have been told before the desk was
  await dora.keyboard.press('Alt+e');
  await dora.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await dora.keyboard.press('Control+Enter');
  await until('nothing is left', async () => (await ask(dora, 'GET', '/agent')).contacts.length === 0);
  assert.deepEqual([ben.problems, dora.problems, customer.problems], [[], [], []]);
});

// A pause that would leave a queue below its minimum is refused in words; a supervisor may
// do it all the same.
scene('minimum', () => browser, async () => {
  const pa = await at('pa');
  const { items } = await ask(pa, 'GET', '/queues');
  const support = items.find((q) => q.name === 'Support');
  await ask(pa, 'PUT', `/queues/${support.id}`, { name: support.name, version: support.version, body: { ...support.body, minimum: { available: 2 } } });
  const dora = await at('dora', '/desk');
  await available(dora);
  const users = (await ask(pa, 'GET', '/users')).items;
  const who = users.find((u) => u.name === 'dora');
  await ask(pa, 'PUT', `/agents/${who.id}/skills`, { version: who.version, skills: who.body.agent.skills.map((s) => ({ ...s, level: 90 })) });
  await until('the skills are in force', async () => {
    const { items: served } = await ask(pa, 'GET', `/agents/${who.id}/queues`);
    return served.some((q) => q.name === 'Support');
  });
  await dora.keyboard.press('Alt+s');
  await dora.getByRole('menuitem').first().press('Enter');
  await dora.getByText('Support needs 2 available agents', { exact: false }).waitFor();
  await dora.getByText('You are available').waitFor(); // the desk below the bar may still be on its way
  await clean(dora, 'a pause that is refused');
  await dora.getByRole('button', { name: 'All the same' }).click();
  await dora.getByRole('button', { name: /^Unavailable/ }).waitFor();
  assert.deepEqual(dora.problems, []);
});
