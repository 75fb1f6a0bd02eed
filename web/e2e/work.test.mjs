// The days that are not the main job: offers at a bad moment, supervisors who step
// in, people who are set up, sessions that end.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ask, available, customerAsks, holds, openBrowser, person, picture, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

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

async function clean(page, where) {
  await settled(page);
  assert.deepEqual(await violations(page), [], `accessibility of ${where}`);
  assert.deepEqual(page.problems, [], `errors on ${where}`);
}

async function at(name, path = '') {
  const page = await person(browser);
  await signIn(page, server.url + path, name, password);
  return page;
}

const offerOf = (page) => page.getByRole('region', { name: 'A chat for you' });

async function finish(page) {
  // What is ended is the chat on the screen, once it is there.
  await page.getByRole('button', { name: /^End chat/ }).waitFor();
  await page.keyboard.press('Alt+e');
  await page.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('group', { name: 'Wrap-up' }).waitFor({ state: 'detached' });
}

// A business unit makes a role of two rights; who has it beside the work writes an article,
// and sees nothing else of the manager. An agent puts the article into an answer.
scene('a role, and what the knowledge base knows', () => browser, async () => {
  const pa = await at('pa', '/manager/roles/new');
  await pa.getByRole('textbox', { name: 'Name', exact: true }).fill('Editors');
  await pa.getByRole('checkbox', { name: 'Knowledge base: see' }).check();
  await pa.getByRole('checkbox', { name: 'Knowledge base: change' }).check();
  await clean(pa, 'a custom role');
  await picture(pa, 'manager-role');
  await pa.keyboard.press('Control+s');
  await pa.waitForURL(/\/manager\/roles\/[0-9a-f-]{36}/);
  const role = (await ask(pa, 'GET', '/roles')).items.find((r) => r.name === 'Editors');
  const carla = (await ask(pa, 'GET', '/users')).items.find((u) => u.name === 'carla');
  await ask(pa, 'PUT', `/users/${carla.id}`, { name: carla.name, version: carla.version, body: { ...carla.body, custom_roles: [role.id] } });

  const editor = await at('carla', '/manager/articles/new');
  await editor.getByRole('textbox', { name: 'Name', exact: true }).or(editor.getByRole('textbox', { name: 'Title', exact: true })).fill('Kettles that whistle');
  await editor.getByRole('textbox', { name: 'Text', exact: true }).fill('Descale the kettle with vinegar.');
  await clean(editor, 'an article');
  await editor.keyboard.press('Control+s');
  await editor.waitForURL(/\/manager\/articles\/[0-9a-f-]{36}/);
  assert.deepEqual(await editor.locator('nav.subjects a').allInnerTexts(), ['Knowledge base']);
  await assert.rejects(ask(editor, 'GET', '/mail-accounts'), /403/);

  const ben = await at('ben');
  await available(ben);
  const ulla = await customerAsks(browser, server.url, 'Support', 'Ulla', 'My kettle whistles');
  await offerOf(ben).waitFor();
  await ben.keyboard.press('Alt+a');
  await talksWith(ben, 'Ulla');
  await ben.getByRole('button', { name: /Returning something/ }).waitFor(); // suggested in the queue
  await ben.getByRole('textbox', { name: 'Search the knowledge base' }).fill('whistle');
  await ben.getByRole('button', { name: /Kettles that whistle/ }).press('Enter');
  await ben.getByRole('button', { name: 'Insert text' }).waitFor();
  await clean(ben, 'an article beside a conversation');
  await picture(ben, 'knowledge');
  await ben.getByRole('button', { name: 'Insert text' }).press('Enter');
  await holds(ben.getByLabel('Message to the customer'), 'Descale the kettle with vinegar.');
  await ben.getByLabel('Message to the customer').press('Enter');
  await ulla.getByText('Descale the kettle with vinegar.').waitFor();
  await finish(ben);
  await ulla.close();
});

// A program gets a token with a role that the unit made, opens what the role opens, and keeps
// the role from being removed.
scene('a program with a role of the unit', () => browser, async () => {
  const pa = await at('pa', '/manager/tokens');
  await ask(pa, 'POST', '/roles', { name: 'Wallboards', body: { description: '', rights: ['floor.read'], permissions: [] } });
  await pa.reload();
  await pa.getByRole('button', { name: 'New API token' }).first().click();
  const made = pa.getByRole('dialog');
  await made.getByLabel('Name').fill('Board in the hall');
  await made.getByRole('combobox', { name: 'Role' }).click();
  await pa.getByRole('option', { name: 'Wallboards' }).click();
  await clean(pa, 'a token with a role of the unit');
  await made.getByRole('button', { name: 'Make the token' }).click();
  const secret = await made.locator('code.secret').innerText();
  const by = async (path) => (await fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;
  assert.deepEqual([await by('/real-time/agents'), await by('/contacts'), await by('/users')], [200, 403, 403]);
  await made.getByRole('button', { name: 'I have kept it' }).click();
  await pa.getByRole('grid', { name: 'API tokens' }).getByRole('row', { name: /Board in the hall Wallboards/ }).waitFor();

  const role = (await ask(pa, 'GET', '/roles')).items.find((r) => r.name === 'Wallboards');
  await pa.goto(`${server.url}/manager/roles/${role.id}`);
  const about = pa.getByRole('complementary', { name: 'About this' });
  await about.getByRole('button', { name: 'Board in the hall' }).click();
  await pa.waitForURL(/\/manager\/tokens$/);
});

// Whoever may only look finds nothing that the server would refuse: no new things, no saving.
scene('an auditor looks', () => browser, async () => {
  const pa = await at('pa', '/manager/users');
  const dora = (await ask(pa, 'GET', '/users?find=dora')).items[0];
  await ask(pa, 'PUT', `/users/${dora.id}`, { name: dora.name, version: dora.version, body: { ...dora.body, roles: ['auditor'] } });
  const page = await at('dora', '/manager/queues');
  const list = page.getByRole('grid', { name: 'Queues' });
  await list.getByRole('row', { name: /Support/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: /^New/ }).count() + await page.getByRole('button', { name: 'Import CSV' }).count() + await list.getByRole('checkbox').count(), 0);
  await page.getByRole('link', { name: 'Export', exact: true }).waitFor();
  await clean(page, 'a list that one may only look at');
  await list.getByRole('row', { name: /Support/ }).click();
  await page.getByText('You may look at this, but not change it.').waitFor();
  await until('the form is shut', () => page.getByRole('textbox', { name: 'Name', exact: true }).isDisabled());
  assert.equal(await page.getByRole('button', { name: /^(Save|Remove$|Copy)/ }).count(), 0);
  await clean(page, 'a form that one may only look at');
  await page.goto(`${server.url}/manager/workflows`);
  await page.getByRole('grid', { name: 'Workflows' }).waitFor();
  await clean(page, 'workflows that one may only look at');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Contacts, customers, colleagues, commands' }).fill('queue');
  await page.getByRole('option', { name: 'Queues' }).waitFor();
  assert.equal(await page.getByRole('option', { name: 'New queue' }).count(), 0);
});

// Enter belongs to what is typed: an offer that comes in the middle of a sentence is
// not accepted by sending it. Alt+A takes it even then, Alt+X declines it.
scene('an offer never takes what is typed', () => browser, async () => {
  const ben = await at('ben');
  await available(ben);
  const first = await customerAsks(browser, server.url, 'Support', 'Ida', 'First question');
  await offerOf(ben).waitFor();
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Ida');

  await ben.keyboard.type('In the middle of');
  const second = await customerAsks(browser, server.url, 'Support', 'Jon', 'Second question');
  await offerOf(ben).waitFor();
  await ben.keyboard.type(' a sentence');
  await ben.keyboard.press('Enter');
  await first.getByText('In the middle of a sentence').waitFor();
  await until('the offer is still open', async () => (await offerOf(ben).count()) === 1);
  await ben.keyboard.type('More');
  await ben.keyboard.press('Alt+a');
  await talksWith(ben, 'Jon');
  await ben.keyboard.press('Alt+ArrowDown');
  await talksWith(ben, 'Ida');
  await holds(ben.getByLabel('Message to the customer'), 'More', 'each contact keeps its own text');

  // What the other customer says is marked until one looks.
  await second.getByLabel('Write a message').fill('Are you there?');
  await second.keyboard.press('Enter');
  // One, or two: the question counts as read only when its chat was on the screen for a moment.
  await ben.getByRole('button', { name: /Jon.*[12] unread/ }).waitFor();
  await picture(ben, 'two-contacts');
  await clean(ben, 'a desk with two contacts');

  await customerAsks(browser, server.url, 'Support', 'Kim', 'Third question');
  await offerOf(ben).waitFor();
  await ben.keyboard.press('Alt+x');
  await offerOf(ben).waitFor({ state: 'detached' });
  await ben.getByLabel('Message to the customer').fill('');
  await finish(ben);
  await finish(ben);
});

// An offer that nobody answers goes on to the next agent, and the screen says why
// one is no longer asked; one key mends it.
scene('an offer without answer', () => browser, async () => {
  const pa = await at('pa', '/supervisor');
  const support = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Support');
  const { id, name, version, body } = support;
  await ask(pa, 'PUT', `/queues/${id}`, { name, version, body: { ...body, offer_s: 5 } });
  const ben = await at('ben');
  await available(ben);
  const customer = await customerAsks(browser, server.url, 'Support', 'Lea', 'Anybody there?');
  await offerOf(ben).waitFor();
  await offerOf(ben).waitFor({ state: 'detached' });
  await ben.getByRole('button', { name: /Unavailable for Chat/ }).waitFor();
  await picture(ben, 'no-answer');
  await clean(ben, 'a desk after no answer');
  const now = (await ask(pa, 'GET', `/queues/${id}`));
  await ask(pa, 'PUT', `/queues/${id}`, { name, version: now.version, body });

  // What one looks for is what one sees; a click on an agent opens the side panel.
  const agents = pa.getByRole('grid', { name: 'Agents' });
  await pa.getByLabel('Find queues, agents, contacts').fill('brandt');
  await agents.getByRole('row').filter({ hasText: 'Anna' }).waitFor({ state: 'detached' });
  await pa.getByLabel('Find queues, agents, contacts').fill('');
  await agents.getByRole('row').filter({ hasText: 'not for Chat' }).click();
  await pa.getByRole('complementary', { name: 'Ben Brandt' }).getByText('unavailable').first().waitFor();
  await agents.getByRole('row').filter({ hasText: 'Ben' }).focus();
  await pa.keyboard.press('ArrowDown');
  await pa.keyboard.press('Enter');
  await pa.getByRole('complementary', { name: 'Ben Brandt' }).waitFor({ state: 'detached' });
  await clean(pa, 'an agent at the supervisor’s side');

  // The supervisor gives the waiting contact to Anna, who knows little of support.
  const anna = await at('anna');
  await available(anna);
  const row = pa.getByRole('grid', { name: 'Contacts' }).getByRole('row').filter({ hasText: 'Lea' });
  await row.filter({ hasText: 'Waiting' }).focus();
  await pa.keyboard.press('Enter');
  const panel = pa.getByRole('complementary', { name: 'Lea' });
  await panel.getByText('Anybody there?').first().waitFor();
  await panel.getByText('Not accepted').waitFor();
  await clean(pa, 'a contact at the supervisor’s side');
  await picture(pa, 'supervisor-contact');
  await panel.getByRole('combobox', { name: 'Reassign to' }).fill('Anna');
  await pa.getByRole('option', { name: /Anna Abel/ }).click();
  await panel.getByRole('button', { name: 'Reassign' }).click();
  await offerOf(anna).waitFor();
  await anna.keyboard.press('Enter');
  await talksWith(anna, 'Lea');

  // A customer whose page goes away is waited for, and the agent sees that.
  await customer.context().close();
  await anna.getByText('The customer’s page is gone').waitFor();
  await clean(anna, 'a desk with a lost customer');
  await finish(anna);
});

// While the store is away the screen says so, and what one sends waits in this
// window until it can be saved: once.
scene('nothing can be saved', () => browser, async () => {
  const ben = await person(browser);
  let say;
  await ben.routeWebSocket(/\/api\/v1\/live/, (socket) => {
    socket.connectToServer();
    say = (frame) => socket.send(JSON.stringify(frame));
  });
  await signIn(ben, server.url, 'ben', password);
  await available(ben);
  const customer = await customerAsks(browser, server.url, 'Support', 'Ole', 'One more thing');
  await offerOf(ben).waitFor();
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Ole');

  const away = { status: 503, code: 'store_away', title: 'Service Unavailable', detail: 'Nothing can be saved at the moment.' };
  await ben.route('**/messages', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(away) }));
  say({ topic: 'system', kind: 'store', body: { away: true } });
  await ben.getByText('Nothing can be saved at the moment').waitFor();
  await ben.keyboard.type('Said while the store was away');
  await ben.keyboard.press('Enter');
  await ben.getByText('Not sent yet').waitFor();
  await clean(ben, 'a desk while nothing can be saved');
  await picture(ben, 'store-away');
  await ben.unroute('**/messages');
  say({ topic: 'system', kind: 'store', body: { away: false } });
  await customer.getByText('Said while the store was away').waitFor();
  await ben.getByText('Not sent yet').waitFor({ state: 'detached' });
  await ben.getByText('Nothing can be saved at the moment').waitFor({ state: 'detached' });
  await until('it is there once', async () => (await ben.getByRole('log').getByText('Said while the store was away').count()) === 1);
  await finish(ben);
});

// A business administrator makes a skill, a queue and a person who then serves it.
scene('setting up', () => browser, async () => {
  const pa = await at('pa', '/manager');
  const section = (name) => pa.getByRole('navigation', { name: 'Subjects' }).getByRole('link', { name });
  const save = async () => {
    await pa.keyboard.press('Control+s');
    await pa.getByRole('status').filter({ hasText: /Saved/ }).waitFor();
  };
  await pa.getByRole('grid').getByText('Anna Abel').waitFor();

  await section('Skills').click();
  await pa.getByRole('link', { name: 'New' }).click();
  await pa.getByLabel('Name').fill('Sailing');
  await save();

  // A name that is taken is told beside it, and what was typed stays.
  await section('Skills').click();
  await pa.getByRole('link', { name: 'New' }).click();
  await pa.getByLabel('Name').fill('sailing');
  await pa.keyboard.press('Control+s');
  await pa.getByText('The name is in use already').first().waitFor();
  await holds(pa.getByLabel('Name'), 'sailing');
  await section('Queues').click();
  await pa.getByRole('button', { name: 'Leave', exact: true }).click();
  await pa.getByRole('link', { name: 'New' }).click();
  await pa.getByLabel('Name').fill('Boats');
  await pa.getByRole('button', { name: 'Add a skill' }).click();
  const skill = pa.getByRole('group', { name: 'Agents with these skills' });
  await skill.getByRole('combobox').fill('Sailing');
  await pa.getByRole('option', { name: 'Sailing' }).click();
  await save();

  await section('Users and agents').click();
  await pa.getByRole('link', { name: 'New' }).click();
  await pa.getByLabel('User name').fill('erik');
  await pa.getByLabel('First name').fill('Erik');
  await pa.getByLabel('Last name').fill('Ek');
  await pa.getByRole('tab', { name: 'Work' }).click();
  await pa.getByRole('button', { name: 'Add a skill' }).click();
  await pa.getByRole('group', { name: 'Skills' }).getByRole('combobox').fill('Sailing');
  await pa.getByRole('option', { name: 'Sailing' }).click();
  await save();
  await pa.getByRole('tab', { name: 'Sign-in' }).click();
  await pa.getByPlaceholder('New password').fill(password);
  await pa.keyboard.press('Enter');
  await pa.getByText('The password is set.').waitFor();

  const erik = await at('erik');
  await available(erik);
  await customerAsks(browser, server.url, 'Boats', 'Mo', 'Do you have sails?');
  await offerOf(erik).waitFor();
  await erik.keyboard.press('Enter');
  await talksWith(erik, 'Mo');

  // The session ends elsewhere: the page asks to sign in, and gives back what was typed.
  await erik.keyboard.type('We have all kinds of');
  const other = await erik.context().newPage();
  await other.goto(server.url);
  await other.getByRole('navigation', { name: 'Areas' }).waitFor();
  await ask(other, 'DELETE', '/session');
  await erik.getByRole('heading', { name: 'Sign in' }).waitFor();
  await erik.getByLabel('User name').fill('erik');
  await erik.getByLabel('Password', { exact: true }).fill(password);
  await erik.keyboard.press('Enter');
  await talksWith(erik, 'Mo');
  await holds(erik.getByLabel('Message to the customer'), 'We have all kinds of');
});
