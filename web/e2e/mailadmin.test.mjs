// What administrators set up for e-mail, and what supervisors do with it, on the shipped
// program without a mail server: what fails is said in the person's language.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Portico, ask, faint, holds, openBrowser, person, picture, sampleCompany, scene, settled, signIn, until, violations } from './portico.mjs';

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

async function signedIn(name, path) {
  const page = await person(browser, { viewport: { width: 1280, height: 860 } });
  await signIn(page, server.url, name, password);
  if (path) await page.goto(`${server.url}/manager/${path}`);
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

async function choose(page, field, option) {
  await page.getByRole('combobox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

// A preset fills in what is known and warns as one types; a secret is never shown again;
// the test of the account says what fails, in the language of whoever asks.
scene('a mail account is set up and tried', () => browser, async () => {
  const page = await signedIn('pa', 'mail-accounts/new');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Service');
  await choose(page, 'Kind of server', 'Microsoft 365');
  await page.getByText('Register an application').waitFor();
  await page.getByLabel('Address of the mailbox').fill('service@example.com');
  await page.getByRole('tab', { name: 'Limits and folders' }).click();
  await page.getByLabel('Mails a minute').fill('60');
  await page.getByText('Microsoft 365 takes 30 messages a minute; set the rate to at most that.').waitFor();
  await clean(page, 'the limits of a mail account');
  await page.getByRole('tab', { name: 'Servers and sign-in' }).click();
  await holds(page.getByLabel('Host').first(), 'outlook.office365.com');
  await page.getByLabel('Address for tokens').waitFor();
  await clean(page, 'the servers of a mail account');
  await picture(page, 'mail-account');

  await page.getByRole('tab', { name: 'Mailbox' }).click();
  await choose(page, 'Kind of server', 'Any other server');
  await page.getByRole('tab', { name: 'Servers and sign-in' }).click();
  await page.getByLabel('Host').first().fill('127.0.0.1');
  await holds(page.getByLabel('Host').nth(1), '127.0.0.1');
  for (const at of [0, 1]) await page.getByLabel('Port').nth(at).fill('1');
  await page.getByLabel('Password', { exact: true }).first().fill('open sesame');
  await page.getByRole('tab', { name: 'Addresses' }).click();
  await page.getByRole('button', { name: 'Add an address' }).click();
  await page.getByRole('textbox', { name: 'Address', exact: true }).fill('help@example.com');
  await clean(page, 'the addresses of a mail account');
  await page.keyboard.press('Control+s');
  await saved(page);
  await page.getByText('Not connected', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Try it now' }).click();
  const findings = page.getByRole('list', { name: 'Try the account' });
  await findings.getByText('The port is closed: 127.0.0.1, port 1.').first().waitFor();
  await findings.getByText('Check the port, and whether the server listens there and lets this machine in.').first().waitFor();
  await clean(page, 'a mail account that was tried');
  await picture(page, 'mail-check');
  await page.evaluate(async () => {
    const me = await fetch('/api/v1/session').then((r) => r.json());
    localStorage.setItem(`portico.language.${me.user.id}`, 'deutsch');
  });
  await page.reload();
  await page.getByRole('tab', { name: 'Server und Anmeldung' }).click();
  await holds(page.getByLabel('Passwort', { exact: true }).first(), '');
  await page.getByRole('button', { name: 'Jetzt ausprobieren' }).click();
  await page.getByText('Der Port ist geschlossen: 127.0.0.1, Port 1.').first().waitFor();
  const account = (await ask(page, 'GET', '/mail-accounts')).items[0];
  assert.deepEqual(account.body.secrets_set, ['imap_password']);
  assert.equal(JSON.stringify(account).includes('sesame'), false);
});

// A signature stands below the mails of whom it is for, with its places filled.
scene('a signature is written', () => browser, async () => {
  const page = await signedIn('pa', 'signatures/new');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('House');
  const rich = page.getByRole('textbox', { name: 'Formatted text' });
  await rich.click();
  await page.getByRole('button', { name: 'Bold' }).click();
  await page.keyboard.type('{agent}');
  await page.getByRole('button', { name: 'Bold' }).click();
  await page.keyboard.press('Enter');
  await page.keyboard.type('{company}');
  const plain = page.getByLabel('Plain text');
  await holds(plain, '{agent}\n{company}');
  await page.frameLocator('iframe[title="Reads:"]').getByText('Harbour Goods').waitFor();
  await plain.fill('{agent} of {company}');
  await rich.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('!');
  await holds(plain, '{agent} of {company}'); // what was written by hand stays
  await page.getByRole('switch', { name: 'Standard' }).press('Space');
  await clean(page, 'a signature');
  await page.keyboard.press('Control+s');
  await saved(page);
  const ben = await signedIn('ben');
  const { text, html } = await ask(ben, 'GET', '/mail-signature');
  assert.equal(text, 'Ben of Harbour Goods');
  assert.equal(html, '<p><strong>Ben</strong><br>Harbour Goods!</p>');
});

// Whoever blocks a sender names nothing but the sender.
scene('a sender is blocked', () => browser, async () => {
  const page = await signedIn('pa', 'blocked-senders/new');
  await page.getByLabel('Sender').fill('spam.example');
  await page.getByText('Write an address, or @ and a domain.').waitFor();
  await page.getByLabel('Sender').fill('@spam.example');
  await holds(page.getByRole('textbox', { name: 'Name', exact: true }), '@spam.example');
  await page.keyboard.press('Control+s');
  await saved(page);
  await page.getByRole('link', { name: 'Blocked senders' }).first().click();
  await page.getByRole('grid', { name: 'Blocked senders' }).getByText('@spam.example').first().waitFor();
  await page.getByRole('link', { name: 'Export' }).waitFor();
});

// What has to be approved is read by a supervisor, who lets it go or says what to change;
// what may go waits for the mail server where everybody responsible sees it.
scene('mails are approved and sent back', () => browser, async () => {
  const page = await signedIn('pa', 'mail-settings');
  await page.getByRole('switch', { name: 'Every mail waits for approval' }).press('Space');
  await clean(page, 'the mail settings');
  await page.keyboard.press('Control+s');
  await saved(page);
  const queue = await ask(page, 'POST', '/queues', {
    name: 'Letters', body: { domain: 'email', objective_s: 3600, policy: 'longest_idle', steps: [{ after_s: 0 }], offer_s: 60, wrap_up_s: 0, outside: 'accept' },
  }).catch((error) => assert.fail(String(error)));
  const ben = await signedIn('ben');
  for (const subject of ['Your order', 'Your invoice']) {
    await ask(ben, 'POST', '/mails', { client_id: subject, queue: queue.id, subject, text: `About ${subject}.`, to: [{ address: 'ada@example.com' }] });
  }
  await page.goto(`${server.url}/manager/mail-approvals`);
  const list = page.getByRole('grid', { name: 'Approvals' });
  await list.getByText(/Your invoice/).first().click();
  const panel = page.getByRole('complementary', { name: /Your invoice/ });
  await panel.getByText('About Your invoice.').waitFor();
  await panel.getByRole('button', { name: 'Send back' }).click();
  await panel.getByText('Say what the agent should change.').waitFor();
  await clean(page, 'a mail to be approved');
  await picture(page, 'mail-approval');
  await panel.getByLabel('Note to the agent').fill('Greet her.');
  await panel.getByRole('button', { name: 'Send back' }).click();
  await page.getByText('The mail is with its agent again.').waitFor();
  await list.getByText(/Your order/).first().click();
  await page.getByRole('button', { name: 'Approve and send' }).click();
  await page.getByText('The mail is on its way.').waitFor();
  await page.getByText('Nothing waits for you.').waitFor();

  await page.goto(`${server.url}/manager/mail-queue`);
  const row = page.getByRole('grid', { name: 'Outgoing mail' }).getByRole('row', { name: /Service/ });
  await row.waitFor();
  await until('one mail waits', async () => /Service\s*1\s/.test((await row.innerText()).replaceAll('\n', ' ')));
  const waiting = page.getByRole('grid', { name: 'Mails that wait' });
  await waiting.getByText(/Your order/).first().click();
  const mail = page.getByRole('complementary', { name: /Your order/ });
  await mail.getByText('ada@example.com').waitFor();
  await clean(page, 'the outgoing mail');
  await picture(page, 'mail-queue');
  await mail.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('The mail is tried at once.').waitFor();
  await waiting.getByText(/Your order/).first().click();
  await mail.getByRole('button', { name: 'Give up' }).click();
  const sure = page.getByRole('dialog', { name: 'Give this mail up?' });
  await sure.getByLabel('Note to the agent').fill('Call her instead.');
  await clean(page, 'a mail that is given up');
  await sure.getByRole('button', { name: 'Give up' }).click();
  await page.getByText('The mail was given up.').waitFor();
  await page.getByText('No mail waits.').waitFor();
  const { items: contacts } = await ask(ben, 'GET', '/contacts');
  const told = await Promise.all(contacts.map((c) => ask(ben, 'GET', `/contacts/${c.id}/messages`)));
  assert.ok(told.flatMap((m) => m.items).some((m) => m.kind === 'mail_back' && m.text.includes('Call her instead.')), 'the agent is told');
  await page.goto(`${server.url}/manager/mail-exceptions`);
  await page.getByText('Everything was routed.').waitFor();
  await clean(page, 'the exceptions');
});

// Who asks to be forgotten is erased once it is known what that reaches and the name was
// typed; nobody is while a contact is open. What is left does not say who it was.
scene('a person is erased', () => browser, async () => {
  const page = await signedIn('pa', 'customers');
  const made = (name, address) => ask(page, 'POST', '/customers', { name, addresses: [{ kind: 'email', value: address }] });
  const grace = await made('Grace Hopper', 'grace@example.com');
  const ada = await made('Ada Byron', 'ada@example.com'); // her mails are still open
  await until('her contacts are hers', async () => (await ask(page, 'GET', `/customers/${ada.id}/erasure`)).open > 0);
  await page.goto(`${server.url}/manager/customers/${ada.id}`);
  await page.getByRole('button', { name: 'Erase this person…' }).click();
  await page.getByRole('dialog', { name: 'Erase Ada Byron?' }).getByText('The customer has open contacts').waitFor();
  await page.keyboard.press('Escape');

  await page.goto(`${server.url}/manager/customers/${grace.id}`);
  await page.getByRole('button', { name: 'Erase this person…' }).click();
  const sure = page.getByRole('dialog', { name: 'Erase Grace Hopper?' });
  await sure.getByText('Questions and callbacks').waitFor();
  const yes = sure.getByRole('button', { name: 'Erase for good' });
  assert.equal(await yes.isDisabled(), true);
  await clean(page, 'what erasing will reach');
  await sure.getByRole('textbox').fill('Grace Hopper');
  await picture(page, 'erase');
  await yes.click();
  const list = page.getByRole('grid', { name: 'Erased people' });
  await list.getByText('Done', { exact: true }).waitFor();
  assert.equal(await page.getByText('Grace').count(), 0);
  await clean(page, 'the people who were erased');
  await page.goto(`${server.url}/manager/customers`);
  const customers = page.getByRole('grid', { name: 'Customers' });
  await customers.getByText('Ada Byron').first().waitFor();
  assert.equal(await customers.getByText('Grace Hopper').count(), 0);
});
