// What administrators set up, walked as they would: mostly by keyboard, on the shipped program.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Portico, ask, chooseItem, faint, holds, openBrowser, person, picture, sampleCompany, scene, settled, signIn, until, violations } from './portico.mjs';

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

/** The business administrator at a place of the manager. */
async function administrator(path, options) {
  const page = await person(browser, { viewport: { width: 1280, height: 800 }, ...options });
  await signIn(page, server.url, 'pa', password);
  await page.goto(`${server.url}/manager/${path}`);
  return page;
}

/** axe finds nothing; in dark colours only the colours are other, so only they are looked at again. */
async function clean(page, what) {
  await settled(page);
  assert.deepEqual(await violations(page), [], what);
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  assert.deepEqual(await faint(page), [], `${what}, in dark colours`);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.deepEqual(page.problems, [], what);
}

const saved = (page) => page.getByRole('status').filter({ hasText: /Saved/ }).waitFor();
const list = (page, name) => page.getByRole('grid', { name });
const named = async (page, path, name) => (await ask(page, 'GET', `/${path}?find=${name}`)).items.find((thing) => thing.name === name);

// A new agent by keyboard alone: what is missing is told, in the tab where it is; the
// switch for e-mail and chat has its own tab, and saving says what it did.
scene('an agent is added', () => browser, async () => {
  const page = await administrator('users');
  await list(page, 'Users and agents').getByText('Anna Abel').waitFor();
  await clean(page, 'the list of users');
  await page.getByRole('link', { name: 'New' }).press('Enter');

  const hasFocus = (label) => until(`the focus is at ${label}`, () => page.getByLabel(label).evaluate((element) => element === document.activeElement));
  await hasFocus('First name');
  await page.keyboard.press('Control+s');
  await page.getByText('This must be filled in.').first().waitFor();
  await page.keyboard.type('Erik');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Ëk');
  // The user name is made of the names until one writes another.
  const name = page.getByLabel('User name');
  await holds(name, 'erik.ek');
  await page.keyboard.press('Tab');
  await hasFocus('User name');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('erik');
  await page.getByLabel('Last name').fill('Ek');
  await holds(name, 'erik');
  await page.getByRole('textbox', { name: 'E-mail' }).focus();
  await page.keyboard.type('erik');
  await page.getByText('This is no e-mail address').waitFor();
  await page.keyboard.type('@example.org');
  await page.getByText('This is no e-mail address').waitFor({ state: 'detached' });

  await page.getByRole('tab', { name: 'Person' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Add a skill' }).press('Enter');
  await clean(page, 'the work of a new user');
  await page.getByRole('tab', { name: 'Work' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('Name that customers see').fill('Erik of Harbour Goods');
  await page.keyboard.press('Control+s');
  await page.getByText('erik is now among the chat and e-mail users').waitFor();
  assert.match(page.url(), /\/manager\/users\/[0-9a-f-]{36}$/);

  const erik = await named(page, 'users', 'erik');
  assert.equal(erik.body.agent.skills.length, 1);
  assert.equal(erik.body.mail, 'erik@example.org');
  await page.goBack();
  await list(page, 'Users and agents').getByText('Erik Ek').waitFor();
});

// A skill goes to one person in the form, and to many at once from the list.
scene('a skill is given', () => browser, async () => {
  const page = await administrator('skills/new');
  await page.getByLabel('Name').fill('Danish');
  await page.keyboard.press('Control+s');
  await page.getByText('Who has it (0)').waitFor();
  await page.getByRole('combobox', { name: 'Give it to' }).fill('carla');
  await page.getByRole('option', { name: /carla/ }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Give', exact: true }).press('Enter');
  await page.getByText('Given to: 1').waitFor();
  await page.getByText('Who has it (1)').waitFor();
  await clean(page, 'the form of a skill');

  await page.getByRole('link', { name: 'Users and agents' }).press('Enter');
  const users = list(page, 'Users and agents');
  await users.getByRole('row', { name: /anna/ }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.getByText('2 chosen').waitFor();
  await page.getByRole('button', { name: 'Give a skill' }).press('Enter');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Skill' }).fill('Danish');
  await page.getByRole('option', { name: 'Danish' }).click();
  await page.getByLabel('Level').fill('70');
  await clean(page, 'giving a skill to many');
  await page.keyboard.press('Enter');
  await page.getByText('Given to: 2').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await users.getByRole('row', { name: /ben/ }).getByText('Danish 70').waitFor();
  const anna = await named(page, 'users', 'anna');
  assert.equal(anna.body.agent.skills.length, 3, 'the other skills stay');

  // Fields of many at once: all or none.
  await page.getByRole('button', { name: 'Edit' }).press('Enter');
  await page.getByRole('combobox', { name: 'Support e-mail and chat' }).click();
  await page.getByRole('option', { name: 'No' }).click();
  await page.getByRole('button', { name: 'Change all 2' }).press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await named(page, 'users', 'ben')).body.support_digital, false);

  // What is needed elsewhere says so before it is removed.
  await page.goto(`${server.url}/manager/skills/${(await named(page, 'skills', 'Danish')).id}`);
  await page.getByRole('button', { name: 'Remove' }).press('Enter');
  await page.getByText('It is still in use').waitFor();
});

// Hours are drawn with the keyboard; a holiday has its next date; what happens outside is the queue's.
scene('hours are changed', () => browser, async () => {
  const page = await administrator('schedules/new');
  await page.getByLabel('Name').fill('Shop');
  const cell = (label) => page.getByRole('gridcell', { name: label });
  await cell('Saturday 09:00, closed').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await cell('Saturday 10:00, open').waitFor();
  await holds(page.getByLabel('Hours of Saturday'), '09:00–10:30');
  await page.getByLabel('Hours of Monday').fill('8-12, 13:00-17:15');
  await page.getByRole('button', { name: 'Usual holidays' }).press('Enter');
  await chooseItem(page, 'Good Friday');
  await page.getByText(/^Next: Friday, /).waitFor();
  await clean(page, 'the form of business hours');
  await picture(page, 'manager-hours');
  await page.keyboard.press('Control+s');
  await saved(page);
  const shop = await named(page, 'schedules', 'Shop');
  assert.deepEqual(shop.body.week.filter((p) => p.day === 0), [{ day: 0, from: '08:00', to: '12:00' }, { day: 0, from: '13:00', to: '17:15' }]);
  assert.deepEqual(shop.body.holidays.map((h) => h.easter), [-2]);

  await page.goto(`${server.url}/manager/queues/${(await named(page, 'queues', 'Sales')).id}`);
  await page.getByText('At once: agents with Sales from level 60.').waitFor();
  await page.getByText(/^Agents who may take it: \d/).first().waitFor();
  await page.getByRole('combobox', { name: 'Business hours' }).click();
  await page.getByRole('option', { name: 'Shop' }).click();
  await page.getByRole('combobox', { name: 'Outside the hours' }).click();
  await page.getByRole('option', { name: 'Accept all the same' }).click();
  await clean(page, 'the form of a queue');
  await picture(page, 'manager-queue');
  await page.keyboard.press('Control+s');
  await saved(page);
  assert.equal((await named(page, 'queues', 'Sales')).body.schedule, shop.id);

  // Back to how it was.
  await page.getByRole('button', { name: 'Earlier versions' }).press('Enter');
  await page.getByRole('heading', { name: /^What going back to version/ }).waitFor();
  await clean(page, 'the versions of a queue');
  await page.getByRole('button', { name: /^Go back to version/ }).press('Enter');
  await page.getByText('It is as it was').waitFor();
  assert.equal((await named(page, 'queues', 'Sales')).body.schedule ?? undefined, undefined);
});

// What is set up is found by its name from anywhere; hours are typed without a detour, and Enter saves.
scene('hours are changed by an expert', () => browser, async () => {
  const page = await administrator('users');
  await list(page, 'Users and agents').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Contacts, customers' }).waitFor();
  await page.keyboard.type('office');
  await page.getByRole('option', { name: /Office hours.*Business hours/ }).waitFor();
  await page.keyboard.press('Enter');
  const day = (name) => page.getByLabel(`Hours of ${name}`);
  await until('the focus is at the hours', () => day('Monday').evaluate((element) => element === document.activeElement));
  for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowDown');
  await page.keyboard.type('8-15:45');
  await page.keyboard.press('Enter');
  await saved(page);
  await holds(day('Friday'), '08:00–15:45');
  assert.deepEqual((await named(page, 'schedules', 'Office hours')).body.week.filter((p) => p.day === 4), [{ day: 4, from: '08:00', to: '15:45' }]);
  // Alt N makes another one, from the list and from a form.
  await page.keyboard.press('Alt+n');
  await page.getByRole('heading', { name: 'New business hours' }).waitFor();
});

// How a desk works is a profile that people name; a reason for being unavailable is part of it.
scene('a desk profile', () => browser, async () => {
  const page = await administrator('desk-profiles/new');
  await page.getByLabel('Name').fill('Newcomers');
  await page.getByRole('combobox', { name: 'Offers' }).click();
  await page.getByRole('option', { name: 'Always accepted by the agent' }).click();
  await page.getByLabel('Wrap-up ends after').fill('300');
  await page.getByRole('combobox', { name: 'Reason after an offer without answer' }).click();
  await page.getByRole('option', { name: 'Break' }).click();
  await page.keyboard.press('Control+s');
  await saved(page);
  const profile = await named(page, 'desk-profiles', 'Newcomers');
  assert.deepEqual([profile.body.accept, profile.body.wrap_up_s], ['by_hand', 300]);
  await page.goto(`${server.url}/manager/users/${(await named(page, 'users', 'carla')).id}`);
  await page.getByRole('tab', { name: 'Work' }).click();
  await page.getByRole('combobox', { name: 'Desk profile' }).click();
  await page.getByRole('option', { name: 'Newcomers' }).click();
  await page.keyboard.press('Control+s');
  await saved(page);
  assert.equal((await named(page, 'users', 'carla')).body.desk_profile, profile.id);
});

// A system administrator chooses where a new person works; what was typed of the person stays.
scene('a person in another business unit', () => browser, async () => {
  const page = await person(browser);
  await signIn(page, `${server.url}/manager`, 'sa', password);
  await ask(page, 'POST', '/units', { name: 'North', body: { time_zone: 'Europe/Berlin', language: 'english', disabled: false } });
  await page.goto(`${server.url}/manager/users/new`);
  await page.getByLabel('First name').fill('Greta');
  await page.getByLabel('Last name').fill('Gran');
  const form = page.getByRole('form', { name: 'New' });
  await form.getByRole('combobox', { name: 'Business unit' }).click();
  await page.getByRole('option', { name: 'North' }).click();
  await holds(page.getByLabel('User name'), 'greta.gran');
  await clean(page, 'the form of a new person for a system administrator');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: 'greta.gran' }).waitFor();
  await form.waitFor({ state: 'detached' });
  const units = (await ask(page, 'GET', '/units')).items;
  const of = async (unit) => (await ask(page, 'GET', `/users?unit=${units.find((u) => u.name === unit).id}&find=greta`)).items.length;
  assert.deepEqual([await of('North'), await of('DEFAULT')], [1, 0]);

  // A unit's bounds: what is above them is refused in words.
  await page.goto(`${server.url}/manager/units/${units.find((u) => u.name === 'North').id}`);
  await page.getByLabel('People at most').fill('1');
  await page.locator('section').filter({ has: page.getByRole('heading', { name: 'New contacts a second' }) }).getByLabel('Chat').fill('5');
  await clean(page, 'the form of a business unit');
  await page.keyboard.press('Control+s');
  await saved(page);
  const north = (await ask(page, 'GET', '/units')).items.find((u) => u.name === 'North');
  assert.deepEqual([north.body.quota, north.body.congestion], [{ users: 1 }, { webchat: 5 }]);
});

// What Global has of texts, hours, reasons and such, every unit uses; a copy is the unit's own.
scene('what Global shares', () => browser, async () => {
  const sa = await person(browser);
  await signIn(sa, `${server.url}/manager`, 'sa', password);
  const global = (await ask(sa, 'GET', '/units')).items.find((u) => u.name === 'Global');
  await ask(sa, 'POST', `/responses?unit=${global.id}`, { name: 'Company line', body: { shortcut: 'corp', category: '', texts: { english: 'As the company says' } } });
  await sa.getByRole('combobox', { name: 'Business unit' }).first().click();
  await sa.getByRole('option', { name: 'Global' }).click();
  await sa.getByRole('link', { name: 'Standard responses' }).click();
  await sa.getByText('What is made here is shared with all business units').waitFor();
  await list(sa, 'Standard responses').getByRole('row', { name: /Company line/ }).waitFor();

  const page = await administrator('responses');
  await list(page, 'Standard responses').getByRole('row', { name: /Company line.*Shared/ }).click();
  await page.getByText('This is shared with all business units.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^(Save|Remove$)/ }).count(), 0);
  await clean(page, 'something shared');
  await page.getByRole('link', { name: 'Copy' }).click();
  await page.getByLabel('Name').fill('Our line');
  await page.keyboard.press('Control+s');
  await saved(page);
  assert.equal((await named(page, 'responses', 'Our line')).shared, undefined);

  // An outcome of the company's is a choice in a queue like the unit's own.
  await ask(sa, 'POST', `/reasons?unit=${global.id}`, { name: 'Company outcome', body: { use: 'disposition', description: '' } });
  await page.goto(`${server.url}/manager/dispositions`);
  await list(page, 'Dispositions').getByRole('row', { name: /Company outcome.*Shared/ }).waitFor();
  await page.goto(`${server.url}/manager/queues/${(await named(page, 'queues', 'Sales')).id}`);
  await page.getByRole('combobox', { name: 'Reasons at wrap-up' }).click();
  await page.getByRole('option', { name: 'Company outcome' }).click();
  await page.keyboard.press('Control+s');
  await saved(page);
});

// Many reasons are changed at once.
scene('reasons are changed at once', () => browser, async () => {
  const page = await administrator('dispositions');
  const reasons = list(page, 'Dispositions');
  await reasons.getByRole('row', { name: /Solved/ }).focus();
  await page.keyboard.press('Space');
  await page.getByText('1 chosen').waitFor();
  await page.getByRole('button', { name: 'Edit' }).press('Enter');
  await page.getByRole('dialog').getByLabel('Description').fill('The question is answered.');
  await clean(page, 'the bulk edit of reasons');
  await page.getByRole('button', { name: 'Change all 1' }).press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await reasons.getByText('The question is answered.').waitFor();
});

// A response: places by click, a preview, and a warning before it is left unsaved.
scene('a response is written', () => browser, async () => {
  const page = await administrator('responses/new');
  await page.getByLabel('Name').fill('Hello');
  await page.getByLabel('Shortcut').fill('goodday');
  const english = page.getByRole('textbox', { name: 'english' });
  await english.fill('Good day ');
  await page.getByRole('button', { name: '{customer}' }).first().click();
  await page.getByText('Good day Alex Morgan').waitFor();
  await page.keyboard.type(' {name}');
  await page.getByText('Nothing fills the place {name}.').waitFor();
  await page.getByRole('link', { name: 'Queues', exact: true }).press('Enter');
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  await clean(page, 'the warning before leaving');
  await page.getByRole('button', { name: 'Stay here' }).press('Enter');
  await holds(english, 'Good day {customer} {name}');
  await english.fill('Good day {customer}');
  // In e-mails it has a subject and looks of its own.
  await page.getByRole('tab', { name: 'english' }).click();
  const mails = page.getByRole('tabpanel', { name: 'english' });
  await mails.getByRole('button', { name: 'Begin with the text above' }).click();
  const looks = mails.getByRole('textbox', { name: 'Formatted text' });
  await looks.getByText('Good day {customer}').waitFor();
  await page.locator('.editor-text:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+b');
  await page.keyboard.type('Soon ');
  await mails.getByRole('button', { name: '{date}' }).click();
  const subject = mails.getByRole('textbox', { name: 'Subject' });
  await subject.fill('From {place}');
  await page.getByText('Nothing fills the place {place}.').waitFor();
  await subject.fill('From ');
  await mails.getByRole('button', { name: '{company}' }).click();
  await holds(subject, 'From {company}');
  await mails.frameLocator('.mail-frame').getByText('Good day Alex Morgan').waitFor();
  await clean(page, 'the form of a response');
  await picture(page, 'response');
  await page.keyboard.press('Control+s');
  await saved(page);
  assert.deepEqual((await named(page, 'responses', 'Hello')).body.mails,
    { english: { subject: 'From {company}', html: '<p>Good day {customer}</p><p><strong>Soon {date}</strong></p>' } });
  // What has words for mails alone shows those.
  await page.getByRole('link', { name: 'Standard responses', exact: true }).first().press('Enter');
  await list(page, 'Standard responses').getByRole('row', { name: /Letter.*Deutsch, English/ }).waitFor();
  await page.getByRole('link', { name: 'Queues', exact: true }).press('Enter');
  await list(page, 'Queues').waitFor();
});

// Two people change the same thing: the second sees what the first did and loses nothing.
scene('two people change one user', () => browser, async () => {
  const page = await administrator('users');
  const anna = await named(page, 'users', 'anna');
  await page.goto(`${server.url}/manager/users/${anna.id}`);
  await page.getByLabel('First name').fill('Annika');
  await ask(page, 'PUT', `/users/${anna.id}`, { name: anna.name, version: anna.version, body: { ...anna.body, mail: 'anna@example.org' } });
  await page.keyboard.press('Control+s');
  await page.getByText('while you were at it').waitFor();
  await clean(page, 'a conflict');
  await page.getByRole('button', { name: 'Take theirs over, keep mine' }).press('Enter');
  await holds(page.getByLabel('First name'), 'Annika');
  await holds(page.getByRole('textbox', { name: 'E-mail' }), 'anna@example.org');
  await page.keyboard.press('Control+s');
  await saved(page);
  const now = await named(page, 'users', 'anna');
  assert.deepEqual([now.body.first_name, now.body.mail], ['Annika', 'anna@example.org']);
});

// A CSV list is tried out first: a wrong row is named with its line and nothing is
// changed; the mended file goes in.
scene('a list is imported', () => browser, async () => {
  const page = await administrator('skills');
  await page.getByRole('button', { name: 'Import CSV' }).press('Enter');
  const choose = (text) => page.locator('input[type=file]').setInputFiles({ name: 'skills.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await choose(`name,description\nSwedish,Letters from Sweden\n${'x'.repeat(201)},too long\n`);
  await page.getByText('Nothing has been changed. Mend the refused rows').waitFor();
  await clean(page, 'an import with a wrong row');
  assert.equal(await named(page, 'skills', 'Swedish'), undefined);
  await choose('name;description\nSwedish;Letters from Sweden\n');
  await page.getByText('Every row can be taken in.').waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).press('Enter');
  await page.getByText('The file has been taken in.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await list(page, 'Skills').getByText('Swedish').waitFor();
});

// The audit log says what was changed, proves that it is whole, and takes a change back.
scene('a change is taken back', () => browser, async () => {
  const page = await administrator('audit');
  const ben = await named(page, 'users', 'ben');
  await ask(page, 'PUT', `/users/${ben.id}`, { name: ben.name, version: ben.version, body: { ...ben.body, last_name: 'Berger' } });
  await page.reload();
  await page.getByRole('row', { name: /User: changed ben/ }).first().focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'ben' });
  await panel.getByText('Berger').first().waitFor();
  await page.getByRole('button', { name: 'Verify' }).press('Enter');
  await page.getByText('The log is whole').waitFor();
  await clean(page, 'a change in the audit log');
  await panel.getByRole('button', { name: 'Take it back' }).press('Enter');
  await panel.getByText('The change has been taken back.').waitFor();
  assert.equal((await named(page, 'users', 'ben')).body.last_name, ben.body.last_name);
});

// Whoever would be hurt at once is named before it is done: nothing is changed until one is sure.
scene('a change that hurts is foreseen', () => browser, async () => {
  const agent = await person(browser);
  await signIn(agent, server.url, 'ben', password);
  const page = await administrator('users');
  const ben = await named(page, 'users', 'ben');
  await until('Ben is at work', async () => (await ask(agent, 'GET', '/agent')).signed_in);
  await page.goto(`${server.url}/manager/users/${ben.id}`);
  await page.getByRole('tab', { name: 'Sign-in' }).click();
  await page.getByRole('switch', { name: /Deactivated/ }).click();
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'This hurts at once' });
  await dialog.getByText('People who are signed off: 1').waitFor();
  await dialog.getByText('Ben').first().waitFor();
  await clean(page, 'a change that hurts');
  await picture(page, 'manager-harms');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await named(page, 'users', 'ben')).body.disabled, false);
  await page.keyboard.press('Control+s');
  await dialog.getByRole('button', { name: 'Save all the same' }).click();
  await saved(page);
  await agent.getByLabel('User name').waitFor();
  const now = await named(page, 'users', 'ben');
  await ask(page, 'PUT', `/users/${ben.id}`, { name: 'ben', version: now.version, body: { ...now.body, disabled: false } });
});

// Settings have versions as objects have, and a way back.
scene('chat settings go back', () => browser, async () => {
  const page = await administrator('chat-settings');
  const typed = page.getByRole('switch', { name: /Show what customers are typing/ });
  const begin = await typed.isChecked();
  for (const n of [1, 2]) {
    await typed.click();
    await page.keyboard.press('Control+s');
    await until(`change ${n} is saved`, async () => (await ask(page, 'GET', '/chat-settings')).settings.show_typed === (n === 1 ? !begin : begin));
    await saved(page);
  }
  await page.getByRole('button', { name: 'Earlier versions' }).press('Enter');
  await page.getByRole('heading', { name: /^What going back to version/ }).waitFor();
  await clean(page, 'the versions of settings');
  await page.getByRole('button', { name: /^Go back to version/ }).press('Enter');
  await page.getByText('It is as it was').waitFor();
  assert.equal((await ask(page, 'GET', '/chat-settings')).settings.show_typed, !begin);
});

// Of what one can make several there is a form for a new one, which Alt N opens from the list; it is clean in both themes.
// The lists are looked at in all languages, elsewhere.
scene('every form of something new', () => browser, async () => {
  const page = await administrator('');
  for (const [path, title] of Object.entries({
    users: 'New user or agent', teams: 'New team', skills: 'New skill', 'desk-profiles': 'New desk profile', queues: 'New queue', schedules: 'New business hours',
    'unavailable-reasons': 'New unavailable reason', dispositions: 'New disposition', categories: 'New category', responses: 'New standard response',
    'chat-languages': 'New chat language', customers: 'New customer', 'excluded-numbers': 'New excluded number', functions: 'New outside function',
    connections: 'New database connection', secrets: 'New secret', roles: 'New role', articles: 'New article',
  })) {
    await page.locator(`nav.subjects a[href="/manager/${path}"]`).click();
    await page.waitForURL(`**/manager/${path}`);
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('Alt+n');
    await page.getByRole('heading', { name: title }).waitFor();
    await clean(page, title);
  }
});

// Each subject has an address, is found by what it holds, and is clean in both themes.
scene('every subject', () => browser, async () => {
  const page = await administrator('');
  await page.waitForURL(/\/manager\/users$/);
  await page.getByLabel('Find a subject').fill('masking');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Chat settings' }).waitFor();
  await page.getByLabel('Try it out').fill('4111 1111 1111 1111');
  await page.getByText('•••• •••• •••• 1111').waitFor();
  await clean(page, 'the chat settings');
  for (const path of ['offline-requests', 'satisfaction', 'audit', 'tokens']) {
    await page.goto(`${server.url}/manager/${path}`);
    await page.getByRole('grid').waitFor();
    await clean(page, path);
  }

  // A token's secret is shown once.
  await page.getByRole('button', { name: 'New API token' }).first().press('Enter');
  await page.getByLabel('Name').fill('Shop system');
  await page.keyboard.press('Enter');
  await page.getByText('This secret is shown only now.').waitFor();
  await clean(page, 'a new token');
  await page.getByRole('button', { name: 'I have kept it' }).press('Enter');
  await list(page, 'API tokens').getByText('Shop system').waitFor();
});
