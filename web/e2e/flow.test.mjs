// A workflow that was made through the API leads a real customer: schedule, decision, a
// form, a web request to a server that is down, a queue, the place in it, the offer of a
// callback; and an agent sees what came of it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { ask, available, openBrowser, person, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

let server;
let browser;
let password;
let shop;

before(async () => {
  server = await Portico.start();
  password = await sampleCompany(server);
  browser = await openBrowser();
  shop = createServer((request, response) => {
    const language = new URL(request.url, 'http://shop').searchParams.get('language') ?? 'english';
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(`<!DOCTYPE html><html lang="en"><head><title>Shop</title></head><body><main><h1>Shop</h1></main>
      <script src="${server.url}/web/widget.js" data-language="${language}" data-queue="Support" data-destination="flow-test" defer></script></body></html>`);
  });
  await new Promise((done) => shop.listen(0, '127.0.0.1', done));
});

after(async () => {
  shop?.close();
  await browser?.close();
  await server?.stop();
});

/** A port at which nobody listens. */
async function deadPort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Allows the test's own machine, and releases the workflow. */
async function draw() {
  const sa = await person(browser);
  await signIn(sa, server.url, 'sa', password);
  const { version, settings } = await ask(sa, 'GET', '/settings');
  await ask(sa, 'PUT', '/settings', { version, settings: { ...settings, outside_allow: ['127.0.0.1'] } });
  await sa.context().close();

  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
  const always = await ask(pa, 'POST', '/schedules', { name: 'Always', body: { time_zone: '', holidays: [], week: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, from: '00:00', to: '24:00' })) } });
  const node = (id, kind, settings = {}) => ({ id, kind, name: id, x: 0, y: 0, settings });
  const nodes = [
    node('start', 'start', { destination: ['flow-test'] }),
    node('hours', 'schedule', { schedule: always.id }),
    node('closed', 'disconnect', { texts: { '': 'We are closed.' } }),
    node('who', 'decision', { branches: [{ id: 'named', name: 'has a name', expression: 'contact.name != ""' }] }),
    node('form', 'collect', {
      texts: { '': 'Which order is it about?', deutsch: 'Um welche Bestellung geht es?' },
      fields: [{ key: 'order', label: { '': 'Order number', deutsch: 'Bestellnummer' }, kind: 'number', required: true },
        { key: 'topic', label: { '': 'Topic' }, kind: 'choice', choices: ['Delivery', 'Invoice'] }],
    }),
    node('crm', 'web_request', { url: `http://127.0.0.1:${await deadPort()}/orders/{data.order}`, timeout_s: 2, outputs: [{ path: '/state', key: 'state' }] }),
    node('down', 'set', { data: [{ key: 'state', value: '"not known"' }] }),
    node('queue', 'queue', {}),
    node('place', 'message', { texts: { '': 'You are number {position}.\nIt takes about {minutes} minutes.' } }),
    node('offer', 'offer_callback', { texts: { '': 'Shall we call you back?' }, timeout_s: 600 }),
    node('bye', 'disconnect', { texts: { '': 'We call you back, {name}.' } }),
    node('again', 'queue', {}),
  ];
  const edges = ['start next hours', 'hours open who', 'hours closed closed', 'who named form', 'who else queue', 'form next crm', 'form timeout queue', 'crm next queue',
    'crm error down', 'crm timeout down', 'down next queue', 'queue next place', 'place next offer', 'offer accepted bye', 'offer declined again', 'offer timeout again']
    .map((line) => line.split(' ')).map(([from, exit, to]) => ({ from, exit, to }));
  const made = await ask(pa, 'POST', '/workflows', { name: 'Flow test', body: { order: 1, enabled: true, graph: { nodes, edges } } });
  await ask(pa, 'POST', `/workflows/${made.id}/release`, { version: made.version, why: 'to try it' });
  return pa;
}

/** A customer who has begun a chat and waits for the form. */
async function customer(name, language = 'english', words = { open: 'Open chat', name: 'Your name', question: 'Your question', start: 'Start chat' }) {
  const page = await person(browser);
  await page.goto(`http://127.0.0.1:${shop.address().port}/?language=${language}`);
  await page.getByRole('button', { name: words.open }).click();
  await page.getByLabel(words.name).fill(name);
  await page.getByLabel(words.question).fill('Where is it?');
  await page.getByRole('button', { name: words.start }).click();
  return page;
}

async function clean(page, where) {
  await settled(page);
  assert.deepEqual(await violations(page), [], `accessibility of ${where}`);
  assert.deepEqual(page.problems, [], `errors on ${where}`);
}

scene('a workflow asks a customer, survives a server that is down, and offers a callback', () => browser, async () => {
  const pa = await draw();
  const carla = await customer('Carla');
  await carla.getByText('Which order is it about?').waitFor();
  await clean(carla, 'the form');

  // What is wrong stands at its field; a reload keeps what was written.
  const order = carla.getByLabel('Order number');
  await order.fill('soon');
  await carla.getByRole('button', { name: 'Send answer' }).click();
  await carla.getByText('Please enter a number.').waitFor();
  await order.fill('4711');
  await carla.reload();
  await carla.getByLabel('Order number').waitFor();
  assert.equal(await carla.getByLabel('Order number').inputValue(), '4711');
  await carla.getByLabel('Topic').selectOption('Delivery');
  await carla.getByLabel('Topic').press('Tab');
  await carla.keyboard.press('Enter'); // the button, by keyboard

  await carla.getByText('Order number: 4711').waitFor();
  await carla.getByText('You are number 1.').waitFor();
  await carla.getByText('Shall we call you back?').waitFor();
  assert.equal(await carla.getByRole('button', { name: 'Send answer' }).count(), 0, 'the form is gone');
  await clean(carla, 'the offer');
  await carla.getByRole('button', { name: 'Yes, please call me back' }).click();
  await carla.getByText('We call you back, Carla.').waitFor();
  const wish = await until('the wish is kept', async () => (await ask(pa, 'GET', '/offline-requests?state=open')).items.find((r) => r.kind === 'callback'));
  assert.equal(wish.name, 'Carla');
  assert.equal(wish.fields.order, '4711');
  assert.equal(wish.fields.state, 'not known', 'the error exit was taken');
});

scene('a German customer declines, and an agent sees the answers', () => browser, async () => {
  const bernd = await customer('Bernd', 'deutsch', { open: 'Chat öffnen', name: 'Ihr Name', question: 'Ihre Frage', start: 'Chat beginnen' });
  await bernd.getByText('Um welche Bestellung geht es?').waitFor();
  await bernd.getByLabel('Bestellnummer').fill('12');
  await bernd.getByRole('button', { name: 'Antwort senden' }).click();
  await bernd.getByRole('button', { name: 'Nein, ich warte' }).click();
  await bernd.getByText('Nein, ich warte.').waitFor();

  const agent = await person(browser);
  await signIn(agent, server.url, 'ben', password);
  await available(agent);
  await agent.getByRole('region', { name: 'A chat for you' }).waitFor();
  await agent.keyboard.press('Enter');
  await talksWith(agent, 'Bernd');
  await agent.getByText('Bestellnummer: 12').waitFor();
  const { id } = (await ask(agent, 'GET', '/agent')).contacts.find((contact) => contact.name === 'Bernd');
  const { details } = await ask(agent, 'GET', `/contacts/${id}`);
  assert.equal(details.order, '12');
});
