// Workflows are drawn by mouse and by keyboard alone, tried out, released and gone back from, on the shipped program.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { Portico, ask, clean, customerAsks, openBrowser, person, picture, sampleCompany, scene, settled, signIn, until, violations } from './portico.mjs';

let server;
let browser;
let password;

before(async () => {
  server = await Portico.start();
  browser = await openBrowser();
  password = await sampleCompany(server);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function administrator(path, options) {
  const page = await person(browser, { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
  await signIn(page, server.url, 'pa', password);
  await page.goto(`${server.url}/manager/${path}`);
  return page;
}

const node = (page, name) => page.locator('.react-flow__node').filter({ has: page.locator('.card-head strong', { hasText: name }) });
const port = (page, name, exit) => node(page, name).locator('.card-exit').filter({ hasText: exit }).locator('.port');
const panel = (page) => page.getByRole('complementary', { name: 'Settings' });
const saved = (page) => page.locator('.studio-said', { hasText: 'Draft saved' }).waitFor();
const stored = (page) => ask(page, 'GET', `/workflows/${page.url().split('/').at(-1)}`);
const edges = (workflow) => workflow.body.graph.edges.map((e) => `${e.from} ${e.exit} ${e.to}`).sort();

async function middle(locator) {
  await locator.waitFor();
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Draws from one thing to another with the mouse, as a hand would. */
async function draw(page, from, to) {
  const [a, b] = [await middle(from), await middle(to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 4 });
  await page.mouse.move(b.x, b.y, { steps: 4 });
  await page.mouse.up();
}

// The first workflow begins with a template; components are drawn from the palette,
// connected by their ports, set at the side; what is wrong is told and gone to.
scene('a workflow is drawn by mouse', () => browser, async () => {
  const page = await administrator('workflows');
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByText('With questions').waitFor();
  await clean(page, 'the first step of a workflow');
  await page.getByLabel('Name').fill('Orders');
  await page.getByText('Almost empty').click();
  await page.getByRole('button', { name: 'Create and draw' }).click();
  await node(page, 'Queue').waitFor();

  // From the palette onto the canvas, then from port to port.
  await page.getByRole('button', { name: 'Message', exact: true }).dragTo(page.locator('.react-flow__pane'), { targetPosition: { x: 420, y: 560 } });
  await node(page, 'Message').waitFor();
  await page.locator('.problems', { hasText: 'Warnings: 1' }).waitFor();
  await draw(page, port(page, 'Start', 'then'), node(page, 'Message').locator('.port-in'));
  await draw(page, port(page, 'Message', 'then'), node(page, 'Queue').locator('.port-in'));
  await page.getByRole('button', { name: 'Errors: 1' }).click();
  await page.getByRole('button', { name: /Message “Text” must be filled in/ }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'texts');
  await page.keyboard.type('Hello ');
  await panel(page).getByRole('button', { name: '{name}' }).click();
  await page.getByText('Nothing is wrong: it can be released.').first().waitFor();

  // A component is dragged, which undo takes back and redo does again.
  const place = async () => (await node(page, 'Message').boundingBox()).y;
  const was = await place();
  const from = await middle(node(page, 'Message').locator('strong'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y - 120, { steps: 5 });
  await page.mouse.up();
  await until('it was dragged', async () => Math.abs((await place()) - was + 120) < 25);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('that is undone', async () => Math.abs((await place()) - was) < 2);
  await page.getByRole('button', { name: 'Redo' }).click();
  await until('and done again', async () => Math.abs((await place()) - was + 120) < 25);
  await page.getByRole('button', { name: 'Arrange' }).click();
  await page.keyboard.press('Control+s');
  await saved(page);
  await until('the draft is stored', async () => edges(await stored(page)).join() === 'message next queue,start next message');
  await clean(page, 'the designer');

  // Leaving without saving asks.
  await panel(page).getByLabel('Name').fill('Greeting');
  await page.getByRole('link', { name: 'Workflows' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay here' }).click();
  assert.deepEqual(page.problems, []);
});

// Everything without a mouse: walking along the edges, inserting, connecting, setting,
// removing, the list, and the keys themselves.
scene('a workflow is drawn by keyboard', () => browser, async () => {
  const page = await administrator('workflows/new');
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await page.keyboard.type('By hand');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await node(page, 'Queue').waitFor();
  const here = (name) => page.waitForFunction((n) => document.activeElement?.classList.contains('react-flow__node') && document.activeElement.textContent.includes(n), name);

  await node(page, 'Start').focus();
  await page.keyboard.press('ArrowRight');
  await here('Queue');
  await page.keyboard.press('ArrowLeft');
  await here('Start');
  await page.keyboard.press('Insert');
  await page.getByRole('dialog', { name: 'Insert a component' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
  await page.keyboard.type('business');
  await page.keyboard.press('Enter');
  await here('Business hours');
  await page.keyboard.press('i');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Find a component');
  await page.keyboard.type('goodbye');
  await page.keyboard.press('Enter');
  await here('End');
  await page.keyboard.press('ArrowLeft');
  await here('Business hours');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'node-name');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Office');
  await page.getByRole('option', { name: 'Office hours' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await here('Business hours');

  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Connect Business hours' });
  await dialog.waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.getByRole('option').first().waitFor({ state: 'detached' });
  await clean(page, 'connecting by keyboard');
  await dialog.getByRole('combobox', { name: 'Leads to' }).focus();
  await page.keyboard.type('Que');
  await page.locator('[role=option][data-combobox-selected]', { hasText: 'Queue' }).waitFor();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Connect' }).and(page.locator(':enabled')).waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+d');
  await until('it is doubled', async () => (await page.locator('.react-flow__node').count()) === 5);
  await page.keyboard.press('Delete');
  await until('and removed', async () => (await page.locator('.react-flow__node').count()) === 4);
  await page.getByText('Nothing is wrong: it can be released.').first().waitFor();
  await page.keyboard.press('Control+s');
  await saved(page);
  const now = await stored(page);
  assert.deepEqual(now.body.graph.nodes.map((n) => n.kind).sort(), ['disconnect', 'queue', 'schedule', 'start']);
  assert.ok(edges(now).includes('start next schedule'));

  await node(page, 'Start').focus();
  await page.keyboard.press('Shift+?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await clean(page, 'the keys of the designer');
  await page.keyboard.press('Escape');
  await page.getByText('List', { exact: true }).click();
  await page.getByRole('list', { name: 'Components of By hand' }).waitFor();
  await clean(page, 'the list of components');
  await page.getByText('Canvas', { exact: true }).click();
});

/** A graph that asks, decides and says, released by the API. */
async function released(page, name) {
  const n = (id, kind, x, y, settings, called = '') => ({ id, kind, name: called, x, y, settings });
  const e = (from, exit, to) => ({ from, exit, to });
  const graph = {
    nodes: [
      n('start', 'start', 0, 0, {}), n('decision', 'decision', 300, 0, { branches: [{ id: 'urgent', name: 'Urgent', expression: 'contact.caption contains "broken"' }] }),
      n('set', 'set', 600, -60, { priority: '90', data: [{ key: 'urgent', value: '"yes"' }] }, 'More urgent'), n('message', 'message', 600, 110, { texts: { english: 'Hello {name}, one moment.' } }, 'Welcome'),
      n('queue', 'queue', 900, 0, {}),
    ],
    edges: [e('start', 'next', 'decision'), e('decision', 'urgent', 'set'), e('decision', 'else', 'message'), e('set', 'next', 'queue'), e('message', 'next', 'queue')],
  };
  const made = await ask(page, 'POST', '/workflows', { name, body: { order: 10, enabled: true, graph } });
  return ask(page, 'POST', `/workflows/${made.id}/release`, { version: made.version, why: 'The first one' });
}

// A made-up contact lights its way; the release asks why; what changed is shown on the
// canvas; and one click goes back.
scene('a workflow is tried out, released and gone back from', () => browser, async () => {
  const page = await administrator('workflows');
  const workflow = await released(page, 'Questions');
  await page.goto(`${server.url}/manager/workflows/${workflow.id}`);
  await node(page, 'Decision').waitFor();
  await picture(page, 'designer');

  await page.getByRole('button', { name: 'Test run' }).click();
  await page.getByLabel('Customer’s name').fill('Ida');
  await page.getByLabel('Question', { exact: true }).fill('My kettle is broken');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const steps = page.getByRole('list', { name: 'Steps' });
  await steps.waitFor();
  await page.getByText('It waits in the queue').waitFor();
  const lit = () => page.locator('.card[data-lit="true"] .card-head strong').allInnerTexts();
  await until('its way is lit', async () => (await lit()).sort().join() === 'Decision,More urgent,Queue,Start');
  await page.getByText('Priority 90').first().waitFor();
  await settled(page);
  await picture(page, 'designer-test');
  await clean(page, 'a test run');
  // Step by step: at the beginning only the start is lit.
  await page.getByRole('button', { name: 'To the first step' }).press('Enter');
  await until('only the start is lit', async () => (await lit()).join() === 'Start');
  await page.getByRole('button', { name: 'Next step' }).press('Enter');
  await until('the decision too', async () => (await lit()).length === 2);

  await page.getByRole('button', { name: 'Test run' }).click();
  await node(page, 'Decision').click();
  const condition = panel(page).getByLabel('Taken when');
  await condition.fill('contact.caption = "broken"');
  await page.getByText('To compare, write == instead of =.').first().waitFor();
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText('It cannot be released yet.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await condition.fill('contact.caption contains "urgent"');
  await page.getByText('Nothing is wrong: it can be released.').first().waitFor();
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByRole('dialog').getByText('Decision').waitFor();
  await page.getByLabel('Why').fill('Other words are urgent');
  await clean(page, 'a release');
  await page.keyboard.press('Control+Enter');
  await page.locator('.studio-said', { hasText: 'Release 2 is in use' }).waitFor();

  await page.getByRole('button', { name: 'Releases', exact: true }).click();
  const releases = page.getByRole('list', { name: 'Releases' });
  await releases.getByText('Other words are urgent').waitFor();
  await releases.getByRole('listitem').filter({ hasText: 'The first one' }).getByRole('button', { name: 'Compare with the draft' }).click();
  await page.locator('.card[data-change="changed"]').getByText('changed').waitFor();
  await settled(page);
  await picture(page, 'designer-compare');
  await clean(page, 'two releases compared');
  await releases.getByRole('button', { name: 'Go back to it' }).click();
  await page.getByRole('dialog', { name: 'Go back to release 1?' }).getByRole('button', { name: 'Go back to it' }).press('Enter');
  await releases.getByText('as 1').waitFor();
  const now = await until('the third release is in use', async () => {
    const w = await ask(page, 'GET', `/workflows/${workflow.id}`);
    return w.body.released.number === 3 && w;
  });
  assert.match(now.body.released.graph.nodes.find((x) => x.kind === 'decision').settings.branches[0].expression, /broken/);
  assert.match(now.body.graph.nodes.find((x) => x.kind === 'decision').settings.branches[0].expression, /urgent/);

  // Out as a file, and in again under another name, tried out first.
  const waits = page.waitForEvent('download');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Export as a file' }).click();
  const file = JSON.parse(await readFile(await (await waits).path(), 'utf8'));
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Import a file' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'copy.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...file, name: 'A copy' })) });
  await page.getByText('A new workflow “A copy” would be created.').waitFor();
  await clean(page, 'the import of a workflow');
  assert.equal((await ask(page, 'GET', '/workflows?find=copy')).items.length, 0);
  await page.getByRole('dialog').getByRole('button', { name: 'Import a file' }).click();
  await page.getByRole('heading', { name: 'A copy' }).waitFor();
});

// Two people draw the same workflow: the second sees what the first did and loses nothing.
scene('two people draw one workflow', () => browser, async () => {
  const page = await administrator('workflows');
  const workflow = await released(page, 'Shared');
  await page.goto(`${server.url}/manager/workflows/${workflow.id}`);
  await node(page, 'Welcome').click();
  await panel(page).getByLabel('Name').fill('Hello');
  const theirs = structuredClone(workflow.body.graph);
  theirs.nodes.find((x) => x.id === 'queue').name = 'Wait here';
  await ask(page, 'PUT', `/workflows/${workflow.id}`, { name: 'Shared', version: workflow.version, body: { order: 10, enabled: false, graph: theirs } });
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Somebody else has saved meanwhile' });
  await dialog.getByText('Wait here').waitFor();
  await clean(page, 'a conflict of drafts');
  await dialog.getByRole('button', { name: 'Take theirs over, keep mine' }).press('Enter');
  await node(page, 'Wait here').waitFor();
  await page.keyboard.press('Control+s');
  await saved(page);
  const now = await stored(page);
  assert.deepEqual(now.body.graph.nodes.filter((x) => x.name).map((x) => x.name).sort(), ['Hello', 'More urgent', 'Wait here']);
});

// A contact that waits is counted in its component, at once.
scene('contacts are counted while they pass', () => browser, async () => {
  const page = await administrator('workflows');
  const workflow = await released(page, 'Counted');
  await page.goto(`${server.url}/manager/workflows/${workflow.id}`);
  await node(page, 'Queue').waitFor();
  await customerAsks(browser, server.url, 'Support', 'Ida', 'My kettle is broken');
  await node(page, 'Queue').getByText('Now 1 · today 1').waitFor();
  await node(page, 'More urgent').getByText('Now 0 · today 1').waitFor();
  await clean(page, 'live counts');
});

// Nobody finds a word cut off, in any of the four languages.
scene('the designer in four languages', () => browser, async () => {
  const page = await administrator('workflows');
  const workflow = await released(page, 'Languages');
  const found = [];
  for (const language of ['english', 'deutsch', 'francais', 'portugues']) {
    await page.evaluate(async (name) => {
      const me = await fetch('/api/v1/session').then((r) => r.json());
      localStorage.setItem(`portico.language.${me.user.id}`, name);
    }, language);
    await page.goto(`${server.url}/manager/workflows/${workflow.id}`);
    await page.locator('.card').first().waitFor();
    for (const look of ['none', 'node', 'test', 'releases']) {
      if (look === 'node') await page.locator('.react-flow__node').nth(1).click();
      if (look === 'test') await page.locator('.studio-do button').nth(0).click();
      if (look === 'releases') await page.locator('.studio-do button').nth(1).click();
      await settled(page);
      found.push(...(await cutOff(page)).map((line) => `${language}, ${look}: ${line}`));
    }
    if (language === 'deutsch') found.push(...(await violations(page)));
  }
  assert.deepEqual(found, []);
  assert.deepEqual(page.problems, []);
});

/** Buttons and headings that need more room than they have. */
function cutOff(page) {
  return page.evaluate(() => {
    const wide = [...document.querySelectorAll('button, label, legend, .tag, h3, .mantine-Button-label, .mantine-SegmentedControl-label')]
      .filter((e) => e.checkVisibility() && !e.closest('.unseen') && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)
      .map((e) => `“${e.textContent.trim().slice(0, 50)}” needs ${e.scrollWidth} px and has ${e.clientWidth}`);
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    return wide;
  });
}
