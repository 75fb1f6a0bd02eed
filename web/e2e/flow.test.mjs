// A workflow that was made through the API leads real customers: schedule, decision, a form, a
// web request to a server that is down, a queue whose steps relax, the place in it and the
// expected wait, the offer of a callback; an agent sees what came of it, and a test run of the
// same workflow lights the same way.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { ask, available, openBrowser, person, picture, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

let server;
let browser;
let password;
let shop;
let workflow;

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
  workflow = await draw();
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
  // Anna is asked first, Ben only once the customer has waited for a while.
  const users = (await ask(pa, 'GET', '/users')).items;
  const who = (name) => users.find((u) => u.name === name).id;
  const support = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Support');
  const steps = [{ after_s: 0, agents: [who('anna')] }, { after_s: relaxesAfter, agents: [who('ben')] }];
  const line = await ask(pa, 'POST', '/queues', { name: 'Parcels', body: { ...support.body, steps, offer_s: 600 } });
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
    node('queue', 'queue', { queue: line.id }),
    node('place', 'message', { texts: { '': 'You are number {position}.\nIt takes about {minutes} minutes.' } }),
    node('offer', 'offer_callback', { texts: { '': 'Shall we call you back?' }, timeout_s: 600 }),
    node('bye', 'disconnect', { texts: { '': 'We call you back, {name}.' } }),
    node('again', 'queue', { queue: line.id }),
  ];
  const edges = ['start next hours', 'hours open who', 'hours closed closed', 'who named form', 'who else queue', 'form next crm', 'form timeout queue', 'crm next queue',
    'crm error down', 'crm timeout down', 'down next queue', 'queue next place', 'place next offer', 'offer accepted bye', 'offer declined again', 'offer timeout again']
    .map((line) => line.split(' ')).map(([from, exit, to]) => ({ from, exit, to }));
  const made = await ask(pa, 'POST', '/workflows', { name: 'Flow test', body: { order: 1, enabled: true, graph: { nodes, edges } } });
  await ask(pa, 'POST', `/workflows/${made.id}/release`, { version: made.version, why: 'to try it' });
  await pa.context().close();
  return made.id;
}

/** After how many seconds a second agent may take a customer of the queue. */
const relaxesAfter = 4;

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
  await until('what was written is there', async () => (await carla.getByLabel('Order number').inputValue()) === '4711');
  await carla.getByLabel('Topic').selectOption('Delivery');
  await carla.getByLabel('Topic').press('Tab');
  await carla.keyboard.press('Enter'); // the button, by keyboard

  await carla.getByText('Order number: 4711').waitFor();
  await carla.getByText('You are number 1.').waitFor();
  await carla.getByText('Shall we call you back?').waitFor();
  await carla.getByRole('button', { name: 'Send answer' }).waitFor({ state: 'detached' });
  await clean(carla, 'the offer');
  await carla.getByRole('button', { name: 'Yes, please call me back' }).click();
  await carla.getByText('We call you back, Carla.').waitFor();
  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
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
  const { id } = await until('it is on the desk', async () => (await ask(agent, 'GET', '/agent')).contacts.find((contact) => contact.name === 'Bernd'));
  const { details } = await ask(agent, 'GET', `/contacts/${id}`);
  assert.equal(details.order, '12');

  // The line has moved: the next customer is told how long it takes. Ben has room all the
  // time, and is asked only when the queue's second step begins.
  const dana = await customer('Dana');
  await dana.getByLabel('Order number').fill('13');
  await dana.getByRole('button', { name: 'Send answer' }).click();
  await dana.getByText(/It takes about \d+ minutes\./).waitFor();
  await dana.getByText('You are number 1.').waitFor();
  await agent.getByRole('region', { name: 'A chat for you' }).waitFor();
  await clean(dana, 'the expected wait');
  await picture(dana, 'widget-expected-wait');
  await agent.keyboard.press('Enter');
  await talksWith(agent, 'Dana');
  const contact = await until('it is on the desk', async () => (await ask(agent, 'GET', '/agent')).contacts.find((c) => c.name === 'Dana'));
  const { items: facts } = await ask(agent, 'GET', `/contacts/${contact.id}/facts`);
  const [queued, offered] = ['queued', 'offered'].map((kind) => facts.find((f) => f.kind === kind));
  assert.equal(offered.step, 1, 'the step in which Ben may take it');
  assert.ok(offered.at - queued.at >= relaxesAfter * 1000, `offered after ${offered.at - queued.at} ms`);
});

scene('the same workflow is tried out', () => browser, async () => {
  const pa = await person(browser, { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await signIn(pa, server.url, 'pa', password);
  await pa.goto(`${server.url}/manager/workflows/${workflow}`);
  await pa.getByRole('button', { name: 'Test run' }).click();
  await pa.getByLabel('Customer’s name').fill('Ida');
  await pa.getByRole('group', { name: 'crm' }).getByRole('combobox').click();
  await pa.getByRole('option', { name: 'error' }).click();
  await pa.getByRole('button', { name: 'Run', exact: true }).click();
  await pa.getByRole('list', { name: 'Steps' }).waitFor();
  const way = ['start', 'hours', 'who', 'form', 'crm', 'down', 'queue', 'place', 'offer', 'bye'].sort().join();
  await until('the way is lit', async () => (await pa.locator('.card[data-lit="true"] .card-head strong').allInnerTexts()).sort().join() === way);
  await clean(pa, 'the test run');
  await picture(pa, 'designer-flow-test');
});
