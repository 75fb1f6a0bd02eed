// E-mail at the desk, with the company's own mail server: Postfix and Dovecot, to which a
// customer's ordinary client speaks. Loudly skipped where they cannot run.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ask, available, clean, customerAsks, holds, openBrowser, person, picture, Portico, sampleCompany, scene, signIn, talksWith, until } from './portico.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const secret = 'A-password-of-the-test';
const box = 'service@company.example';
const help = 'help@company.example';
const sales = 'sales@company.example';
const carla = 'carla@customer.example';

/** Both servers give up rights that only root has. */
const can = process.getuid() === 0 && ['/usr/sbin/dovecot', '/usr/lib/postfix/sbin/master'].every((path) => existsSync(path));

/** The company's mail server; it ends with its standard input. */
class MailServer {
  #child;
  #lines;

  static async start() {
    const server = new MailServer();
    server.#child = spawn('go', ['run', './mailpeer/run'], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    let told = '';
    server.#child.stderr.on('data', (chunk) => {
      told += chunk;
    });
    server.#lines = createInterface({ input: server.#child.stdout })[Symbol.asyncIterator]();
    const first = await server.#lines.next();
    if (first.done) throw new Error(`the mail server did not start: ${told}`);
    Object.assign(server, JSON.parse(first.value));
    return server;
  }

  async do(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value } = await this.#lines.next();
    const { error } = JSON.parse(value);
    if (error) throw new Error(error);
  }

  async stop() {
    const gone = new Promise((done) => this.#child.once('exit', done));
    this.#child.stdin.end();
    await gone;
  }
}

/** Runs the client of a customer. */
async function client(args, input) {
  const running = promisify(execFile)('curl', ['--silent', '--show-error', ...args], { maxBuffer: 64 << 20 });
  running.child.stdin.end(input);
  return (await running).stdout;
}

const send = (from, to, lines) =>
  client(['--url', `smtp://127.0.0.1:${mail.smtp}`, '--mail-from', from, '--mail-rcpt', to, '--upload-file', '-', '--crlf'], `${lines.join('\n')}\n`);

/** The n-th mail in somebody's mailbox, once it is there. */
const received = (address, n) =>
  until(`mail ${n} is in the mailbox of ${address}`, () =>
    client(['--url', `imap://127.0.0.1:${mail.imap}/INBOX;MAILINDEX=${n}`, '--user', `${address}:${secret}`]).catch(() => undefined));

/** A field of a mail, unfolded. */
const field = (text, name) => new RegExp(`^${name}: ?(.*(?:\\r?\\n[ \\t].*)*)`, 'mi').exec(text)?.[1].replace(/\r?\n[ \t]+/g, ' ').trim();

let mail;
let server;
let browser;
let password;
let queue;

before(async () => {
  if (!can) return;
  mail = await MailServer.start();
  server = await Portico.start();
  password = await sampleCompany(server);
  browser = await openBrowser();
  for (const user of [box, carla, 'dan@customer.example', 'daniela@customer.example', 'expert@elsewhere.example']) await mail.do({ user, password: secret });
  for (const alias of [help, sales]) await mail.do({ alias, mailbox: box });
  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
  ({ id: queue } = await ask(pa, 'POST', '/queues', { name: 'E-mail', body: {
    domain: 'email', objective_s: 3600, policy: 'longest_idle', offer_s: 600, auto_accept: false, wrap_up_s: 0, no_wrap_up: false, wrap_up_frees_slot: false,
    no_answer_stays: false, customer_grace_s: 0, preferred_hold_s: 0, waiting_max: 0, disposition_needed: false, cherry_pick: false, steps: [{ after_s: 0, requirements: [] }],
  } }));
  const at = (port, tls) => ({ host: mail.host, port, tls, user: box });
  await ask(pa, 'POST', '/mail-accounts', { name: 'Service', body: {
    address: box, from_name: 'Harbour Goods', authorities: mail.ca, imap: at(mail.imaps, 'implicit'), smtp: at(mail.smtp, 'starttls'),
    secrets: { imap_password: secret }, aliases: [{ address: help, queue }, { address: sales, from_name: 'Harbour Sales' }],
  } });
  const { items: [account] } = await ask(pa, 'GET', '/mail-accounts');
  await until('the mailbox is read', async () => (await ask(pa, 'GET', `/mail-accounts/${account.id}/state`)).connected);
  await pa.context().close();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await mail?.stop();
});

async function at(name) {
  const page = await person(browser);
  page.elsewhere = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) page.elsewhere.push(request.url());
  });
  await signIn(page, server.url, name, password);
  return page;
}

const offer = (page) => page.getByRole('region', { name: 'An e-mail for you' });
const cards = (page) => page.getByRole('article');
const text = (page) => page.getByRole('textbox', { name: 'Text of the e-mail' });
const composer = (page) => page.getByRole('region', { name: 'Your e-mail' });

async function takes(page, subject) {
  await offer(page).waitFor();
  await page.keyboard.press('Alt+a');
  await cards(page).filter({ hasText: subject }).first().waitFor();
}

/** Ends the contact on the screen by the keyboard. */
async function ends(page) {
  await page.keyboard.press('Alt+e');
  await page.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('You are available').waitFor();
}

/** A picture of the smallest kind. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

const order = [
  'From: Carla Costa <carla@customer.example>', `To: Harbour Goods <${help}>`, 'Cc: Dan <dan@customer.example>', 'Subject: My order 4711',
  'Message-ID: <first@customer.example>', 'Date: Mon, 2 Nov 2026 09:30:00 +0100', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '',
  '--b', 'Content-Type: text/html; charset=utf-8', '',
  '<p>Dear team,</p><p>my order <b>4711</b> came <i>without the handle</i>. Here is <a href="https://wrong.example/x">www.right.example</a>, and a picture of it:</p>',
  '<img src="https://spy.example/pixel.gif" alt="handle"><p>Carla</p><script>document.title = "taken"</script>',
  '<blockquote type="cite">Your order is on its way.</blockquote>',
  '--b', 'Content-Type: text/plain; name=order.txt', 'Content-Disposition: attachment; filename=order.txt', 'Content-Transfer-Encoding: base64', '',
  Buffer.from('one kettle, no handle\n').toString('base64'), '--b--',
];

const play = can ? (name, run) => scene(name, () => browser, run)
  : (name) => test(name, (t) => t.skip('MAIL IS NOT TESTED HERE: Dovecot and Postfix cannot be run (Debian, root)'));

// What a customer's client hands to the mail server is at an agent in a moment, the answer
// arrives with what keeps the thread together, and its answer comes back to the same agent.
play('a mail, its answer, and the answer to that', async (t) => {
  const ben = await at('ben');
  await available(ben);
  await send(carla, help, order);
  const handed = Date.now();
  await offer(ben).waitFor();
  t.diagnostic(`the mail is an offer ${Date.now() - handed} ms after the mail server took it`);
  await takes(ben, 'My order 4711');

  // Nothing of a stranger runs, and nobody learns that it is read.
  const said = ben.frameLocator('.mail-frame');
  await said.getByText('without the handle').waitFor();
  await said.getByText('leads to wrong.example').waitFor();
  assert.equal(await said.locator('script').count(), 0);
  assert.equal(await said.getByText('Your order is on its way.').isVisible(), false, 'what is quoted is folded');
  await ben.getByText('Pictures from elsewhere, not loaded: 1').waitFor();
  assert.deepEqual(ben.elsewhere, [], 'asked elsewhere');
  const file = ben.waitForEvent('download');
  await ben.getByRole('button', { name: 'Download order.txt' }).click();
  assert.equal((await file).suggestedFilename(), 'order.txt');
  await clean(ben, 'a mail');
  await picture(ben, 'mail');

  await ben.keyboard.press('Alt+c');
  await text(ben).waitFor();
  await ben.locator('.editor-text:focus').waitFor();
  await ben.keyboard.type('Dear Carla, a ');
  await ben.keyboard.press('Control+b');
  await ben.keyboard.type('new handle');
  await ben.keyboard.press('Control+b');
  await ben.keyboard.type(' is on its way.');
  await composer(ben).locator('> input[type=file]').setInputFiles({ name: 'label.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 label') });
  await composer(ben).getByText('label.pdf').waitFor();
  await composer(ben).getByText('Draft saved').waitFor();
  await ben.reload();
  await text(ben).getByText('new handle').waitFor();
  await composer(ben).getByText('label.pdf').waitFor();
  await clean(ben, 'an answer that is written');
  await picture(ben, 'mail-answer');
  await text(ben).focus();
  await ben.keyboard.press('Control+Enter');
  await composer(ben).waitFor({ state: 'detached' });
  await cards(ben).last().getByText('Sent').waitFor();

  const answer = await received(carla, 1);
  assert.equal(field(answer, 'In-Reply-To'), '<first@customer.example>');
  assert.equal(field(answer, 'References'), '<first@customer.example>');
  assert.match(field(answer, 'From'), /help@company\.example/);
  assert.match(field(answer, 'Subject'), /^Re: My order 4711/);
  assert.match(answer, /<strong>new handle<\/strong>/);
  assert.match(answer, /^Dear Carla, a new handle is on its way\.\r?$/m);
  assert.match(answer, /^> .*without the handle/m);
  assert.match(answer, new RegExp(Buffer.from('%PDF-1.4 label').toString('base64').replaceAll('+', '\\+')));

  await ends(ben);
  const anna = await at('anna');
  await available(anna);
  const subject = field(answer, 'Subject');
  await send(carla, help, [
    `From: Carla Costa <${carla}>`, `To: ${help}`, `Subject: ${subject}`, 'Message-ID: <second@customer.example>', `In-Reply-To: ${field(answer, 'Message-ID')}`,
    `References: <first@customer.example> ${field(answer, 'Message-ID')}`, 'Date: Mon, 2 Nov 2026 10:30:00 +0100', '', 'Thank you!', '', '> a new handle is on its way.',
  ]);
  await takes(ben, 'Thank you!');
  assert.equal(await offer(anna).count(), 0, 'the answer goes to who knows it');
  const thread = ben.getByRole('complementary', { name: 'Contact data' });
  await thread.getByRole('button', { name: /My order 4711/ }).last().waitFor();
  await clean(ben, 'a thread');
  await picture(ben, 'mail-thread');
  await ends(ben);
});

// What a supervisor does not let go comes back to be written again; an expert's answer comes
// to the contact that asked; what is deferred leaves the desk.
play('approval, an expert, and later', async () => {
  const pa = await at('pa');
  const { version, settings } = await ask(pa, 'GET', '/mail-settings');
  await ask(pa, 'PUT', '/mail-settings', { version, settings: { ...settings, approve_all: true } });
  const ben = await at('ben');
  await available(ben);
  await send(carla, help, [`From: ${carla}`, `To: ${help}`, 'Subject: A refund', 'Message-ID: <third@customer.example>', '', 'Please send my money back.']);
  await takes(ben, 'A refund');
  await ben.keyboard.press('Alt+c');
  await ben.locator('.editor-text:focus').waitFor();
  await ben.keyboard.type('Never. /bye');
  await ben.getByRole('option', { name: /Goodbye/ }).waitFor();
  await ben.keyboard.press('Enter');
  await text(ben).getByText('Thank you for writing to Harbour Goods.').waitFor();
  // One for e-mails brings its paragraphs; an answer keeps its subject.
  await ben.keyboard.press('Enter');
  await ben.keyboard.type('/letter');
  await ben.getByRole('option', { name: /Letter/ }).getByText('Your message to {company}').waitFor();
  await ben.keyboard.press('Enter');
  await text(ben).locator('p').filter({ hasText: /^Dear carla@customer\.example,$/ }).waitFor();
  await text(ben).locator('p').filter({ hasText: /^Kind regards/ }).waitFor();
  await holds(composer(ben).getByRole('textbox', { name: 'Subject' }), 'Re: A refund');
  await composer(ben).locator('.mail-editor > input[type=file]').setInputFiles({ name: 'drawing.png', mimeType: 'image/png', buffer: png });
  await text(ben).locator('img[alt="drawing.png"]').waitFor();
  await text(ben).focus();
  await ben.keyboard.press('Control+Enter');
  await ben.getByText('Waits for approval').waitFor();
  const { items: [held] } = await ask(pa, 'GET', '/mail-approvals');
  assert.equal(held.mail.parts[0].inline, true, 'a picture stands in the text');
  assert.match(held.mail.html, new RegExp(`cid:${held.mail.parts[0].content_id}`));
  await ask(pa, 'POST', `/mail-approvals/${held.id}`, { approve: false, note: 'Friendlier, please' });
  await ben.getByText('Friendlier, please').waitFor();
  const refused = cards(ben).filter({ hasText: 'Not approved' });
  await refused.getByRole('button', { name: 'Write again' }).click();
  await text(ben).getByText('Never.').waitFor();
  await clean(ben, 'an answer that came back');
  await composer(ben).getByRole('button', { name: 'Discard' }).click();
  await ben.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await composer(ben).waitFor({ state: 'detached' });
  const now = await ask(pa, 'GET', '/mail-settings');
  await ask(pa, 'PUT', '/mail-settings', { version: now.version, settings: { ...now.settings, approve_all: false } });

  await ben.getByRole('button', { name: 'Ask an expert' }).click();
  await ben.getByLabel('Address of the expert').fill('expert@elsewhere.example');
  await ben.getByLabel('Question').fill('May she have her money back?');
  await ben.getByRole('dialog').getByRole('button', { name: 'Ask an expert' }).click();
  const question = await received('expert@elsewhere.example', 1);
  assert.match(question, /May she have her money back\?/);
  assert.equal(field(question, 'References') ?? '', '', 'an expert learns nothing of the thread');
  await send('expert@elsewhere.example', help, [
    'From: Eva Expert <expert@elsewhere.example>', `To: ${help}`, `Subject: ${field(question, 'Subject')}`, 'Message-ID: <fourth@elsewhere.example>',
    `In-Reply-To: ${field(question, 'Message-ID')}`, '', 'Yes, within 30 days.',
  ]);
  await cards(ben).filter({ hasText: 'Yes, within 30 days.' }).waitFor();

  await ben.getByRole('button', { name: 'Defer' }).click();
  await ben.getByRole('button', { name: 'In a week' }).click();
  await clean(ben, 'deferring');
  await ben.getByRole('dialog').getByRole('button', { name: 'Defer' }).click();
  await ben.getByText('You are available').waitFor();
});

// A mail that begins a contact takes files and pictures at once, and leaves from the chosen
// address; it is found again by its words, by day, queue and agent, with the whole thread.
play('a new mail with files, and the search for it', async () => {
  const ben = await at('ben');
  await available(ben);
  await ben.getByRole('button', { name: 'New e-mail' }).click();
  const dialog = ben.getByRole('dialog', { name: 'Write a new e-mail' });
  await dialog.locator('.editor-text').waitFor();
  await dialog.getByRole('combobox', { name: 'To', exact: true }).fill('dan@customer.example');
  await ben.keyboard.press('Enter');
  await dialog.locator('.editor-text').focus();
  await ben.keyboard.type('/letter');
  await ben.getByRole('option', { name: /Letter/ }).waitFor();
  await ben.keyboard.press('Enter');
  await dialog.locator('.editor-text p').filter({ hasText: 'thank you for your message.' }).waitFor();
  await holds(dialog.getByRole('textbox', { name: 'Subject' }), 'Your message to Harbour Goods');
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('Our offer');
  await dialog.getByRole('combobox', { name: 'From' }).click();
  await ben.getByRole('option', { name: /sales@company\.example/ }).click();
  await dialog.locator('form > input[type=file]').setInputFiles({ name: 'offer.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 offer') });
  await dialog.getByRole('list', { name: 'Attachments' }).getByText('offer.pdf').waitFor();
  await dialog.locator('.mail-editor > input[type=file]').setInputFiles({ name: 'kettle.png', mimeType: 'image/png', buffer: png });
  await dialog.locator('.editor-text img[alt="kettle.png"]').waitFor();
  await dialog.locator('.editor-text').focus();
  await ben.keyboard.press('Control+Home');
  await ben.keyboard.type('A marmalade kettle for you.');
  await ben.keyboard.press('Enter');
  await clean(ben, 'a new mail');
  await picture(ben, 'mail-new');
  await ben.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await ben.reload();
  await ben.getByRole('button', { name: 'New e-mail' }).click();
  await dialog.locator('.editor-text').getByText('A marmalade kettle').waitFor();
  await until('the picture is still there', () => dialog.locator('.editor-text img[alt="kettle.png"]').evaluate((img) => img.complete && img.naturalWidth > 0));
  await dialog.getByRole('list', { name: 'Attachments' }).getByText('offer.pdf').waitFor();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await cards(ben).filter({ hasText: 'Our offer' }).getByText('Sent').waitFor();
  const arrived = await received('dan@customer.example', 1);
  assert.match(field(arrived, 'From'), /Harbour Sales.*sales@company\.example/);
  assert.match(arrived, new RegExp(Buffer.from('%PDF-1.4 offer').toString('base64').replaceAll('+', '\\+')));
  assert.match(arrived, /^Content-ID: <[0-9a-f]{32}@portico>/mi);

  const file = ben.waitForEvent('download');
  await ben.getByRole('button', { name: 'Save the whole e-mail as a file (.eml)' }).click();
  assert.equal((await file).suggestedFilename().endsWith('.eml'), true);

  await until('its words are found', async () => (await ask(ben, 'GET', '/search?words=marmalade')).contacts.length > 0);
  await ben.keyboard.press('Control+k');
  await ben.getByRole('combobox', { name: 'Contacts, customers, colleagues, commands' }).fill('marmalade');
  await ben.getByRole('option', { name: /Search all contacts for/ }).click();
  const found = ben.getByRole('region', { name: 'Search contacts' });
  await found.getByRole('row', { name: /Our offer/ }).waitFor();
  await found.getByRole('combobox', { name: 'Queue' }).click();
  await ben.getByRole('option', { name: 'E-mail', exact: true }).click();
  await ben.getByRole('option', { name: 'E-mail', exact: true }).waitFor({ state: 'hidden' });
  await found.getByRole('combobox', { name: 'Medium' }).click();
  await ben.getByRole('option', { name: 'E-mail', exact: true }).click();
  await found.getByRole('row', { name: /Our offer/ }).waitFor();
  await clean(ben, 'the search');
  await found.getByRole('textbox', { name: 'Words' }).focus();
  await ben.keyboard.press('ArrowDown');
  await ben.locator('tbody tr:focus').waitFor();
  await ben.keyboard.press('Enter');
  const whole = ben.getByRole('dialog', { name: /Our offer/ });
  await whole.getByRole('article').filter({ hasText: 'Our offer' }).waitFor();
  await whole.getByRole('complementary', { name: 'Thread' }).getByRole('button', { name: /Our offer/ }).waitFor();
  await clean(ben, 'a contact that was found');
  await picture(ben, 'search');
  await ben.keyboard.press('Escape');
  await whole.waitFor({ state: 'detached' });
});

// A customer has the conversation sent to an address of theirs at the end of a chat.
play('a chat that is sent to its customer', async () => {
  const ben = await at('ben');
  await available(ben);
  const dan = await customerAsks(browser, server.url, 'Support', 'Dan', 'Which kettle is the quietest?');
  await ben.getByRole('region', { name: 'A chat for you' }).waitFor();
  await ben.keyboard.press('Alt+a');
  await talksWith(ben, 'Dan');
  await ben.getByLabel('Message to the customer').fill('The blue one.');
  await ben.keyboard.press('Enter');
  await dan.getByText('The blue one.').waitFor();
  await ben.keyboard.press('Alt+e');
  await ben.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await dan.getByRole('button', { name: 'Send it to me by e-mail' }).click();
  await dan.getByRole('textbox', { name: 'Your e-mail address', exact: true }).fill('daniela@customer.example');
  await clean(dan, 'the end of a chat that is sent');
  await dan.keyboard.press('Enter');
  await dan.getByText('The conversation is on its way to daniela@customer.example.').waitFor();
  const copy = await received('daniela@customer.example', 1);
  assert.match(field(copy, 'From'), /service@company\.example/);
  assert.match(copy, /Which kettle is the quietest\?/);
  assert.match(copy, /The blue one\./);
});
