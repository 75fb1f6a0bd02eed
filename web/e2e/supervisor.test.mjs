// What a supervisor does in a day, walked by the keyboard alone.
import { after, before } from 'node:test';
import { available, clean, customerAsks, openBrowser, person, picture, Portico, sampleCompany, scene, signIn, talksWith, until } from './portico.mjs';

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

async function at(name) {
  const page = await person(browser);
  await signIn(page, server.url, name, password);
  return page;
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Tab until something has the focus; it must come within so many. */
async function tabTo(page, locator, most, key = 'Tab') {
  await locator.waitFor();
  for (let i = 0; i <= most; i++) {
    if (await hasFocus(locator)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the focus did not come to ${locator} within ${most} times ${key}`);
}

// Who waits is found, looked into, and given to a colleague; the focus goes into the
// panel and comes back to the row; the day, a view and the alerts are keys away.
scene('a supervisor’s tasks by keyboard', () => browser, async () => {
  await customerAsks(browser, server.url, 'Sales', 'Lea', 'Is anybody there?');
  const pa = await at('pa');
  const row = pa.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: /Lea/ });
  await tabTo(pa, row, 40);
  await pa.keyboard.press('Enter');
  const panel = pa.getByRole('complementary', { name: 'Lea' });
  await panel.getByText('Is anybody there?').first().waitFor();
  await until('the focus is in the panel', () => panel.evaluate((element) => element.contains(document.activeElement)));
  await clean(pa, 'a contact at the side');
  await pa.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await until('the focus is back at the row', () => hasFocus(row));

  const anna = await at('anna');
  await anna.getByRole('button', { name: /Unavailable|Not working/ }).waitFor();
  await pa.keyboard.press('Enter');
  const to = panel.getByRole('combobox', { name: 'Reassign to' });
  await tabTo(pa, to, 5);
  await pa.keyboard.type('Anna');
  await pa.getByRole('option', { name: /Anna Abel/ }).waitFor();
  await pa.keyboard.press('ArrowDown');
  await pa.keyboard.press('Enter');
  await tabTo(pa, panel.getByRole('button', { name: 'Reassign' }), 2);
  await pa.keyboard.press('Enter');
  // Whoever is on a break is not rung: the sentence says so, and nothing has moved.
  await panel.getByRole('alert').waitFor();
  await available(anna);
  await talksWithSoon(anna, 'Lea');

  const priority = panel.getByLabel('Priority');
  await tabTo(pa, priority, 8);
  await pa.keyboard.press('Control+a');
  await pa.keyboard.type('90');
  await tabTo(pa, panel.getByRole('button', { name: 'Change' }), 3);
  await pa.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Change' }).and(pa.locator(':disabled')).waitFor();
  await pa.keyboard.press('Escape');

  await tabTo(pa, pa.getByRole('button', { name: 'The day' }), 80, 'Shift+Tab');
  await pa.keyboard.press('Enter');
  await pa.getByText('A week ago').first().waitFor();
  await clean(pa, 'the day');
  await picture(pa, 'supervisor-day');
  await pa.keyboard.press('Escape');

  // A view that is saved for all supervisors is there for the next one.
  const agents = pa.getByRole('button', { name: 'Views' }).last();
  await tabTo(pa, agents, 90);
  await pa.keyboard.press('Enter');
  await tabTo(pa, pa.getByRole('menuitem', { name: 'Save as a view' }), 6, 'ArrowDown');
  await pa.keyboard.press('Enter');
  await tabTo(pa, pa.getByLabel('Name of the view'), 3);
  await pa.keyboard.type('Who is here');
  await tabTo(pa, pa.getByLabel('For all supervisors'), 2);
  await pa.keyboard.press('Space');
  await clean(pa, 'the dialog of a view');
  await pa.keyboard.press('Enter');
  await pa.getByRole('button', { name: 'View: Who is here' }).waitFor();
  const dora = await at('dora');
  await dora.getByRole('link', { name: 'Supervisor' }).press('Enter');
  await dora.getByRole('button', { name: 'Views' }).last().press('Enter');
  await dora.getByRole('menuitemradio', { name: /Who is here/ }).press('Enter');
  await dora.getByRole('button', { name: 'View: Who is here' }).waitFor();

  const bell = pa.getByRole('button', { name: /alert/i });
  await tabTo(pa, bell, 80, 'Shift+Tab');
  await pa.keyboard.press('Enter');
  await clean(pa, 'the alerts');
});

/** An offer comes and is accepted by the key. */
async function talksWithSoon(page, name) {
  await page.getByRole('region', { name: 'A chat for you' }).waitFor();
  await page.keyboard.press('Enter');
  await talksWith(page, name);
}
