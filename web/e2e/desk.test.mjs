// The agent's desk, walked by the keyboard alone, and what must never go wrong at it.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ask, available, chooseItem, clean, customerAsks, holds, openBrowser, person, picture, Portico, sampleCompany, scene, signIn, talksWith, until } from './portico.mjs';

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

async function at(name, options) {
  const page = await person(browser, options);
  await signIn(page, server.url, name, password);
  return page;
}

const offerOf = (page, what = 'A chat for you') => page.getByRole('region', { name: what });
const text = (page) => page.getByLabel('Message to the customer');
const note = (page) => page.getByLabel('Note for colleagues');

async function takes(page, name) {
  await offerOf(page).waitFor();
  await page.keyboard.press('Alt+a');
  await talksWith(page, name);
}

/** Ends whatever an agent still has, so that the next scene begins with nothing. */
async function finishAll(page) {
  for (const { id, state } of (await ask(page, 'GET', '/agent')).contacts) {
    if (state !== 'wrap_up') await ask(page, 'POST', `/contacts/${id}/finish`);
    await ask(page, 'POST', `/contacts/${id}/wrap-up`, { client_id: `end-${id}` }).catch(() => undefined);
  }
}

const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

/** A picture of the smallest kind. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

// A working day without a mouse: state and reason, accept, answer, a canned text of
// one's own, a file, a note, a transfer, the wrap-up, and the end of the day.
scene('a day by keyboard', () => browser, async () => {
  const ben = await at('ben', { reducedMotion: 'reduce' });
  // Listened to from the beginning: the browser takes a while to hand its dialogs over.
  ben.on('filechooser', () => undefined);
  await available(ben);
  await ben.getByText('You are available').waitFor();
  await ben.keyboard.press('Alt+s');
  await ben.getByRole('menuitem').first().waitFor();
  await clean(ben, 'the menu of states');
  await ben.keyboard.press('1');
  await ben.getByRole('button', { name: /^Unavailable/ }).waitFor();
  await ben.keyboard.press('Alt+s');
  await ben.getByRole('button', { name: /^Available/ }).waitFor();

  const customer = await customerAsks(browser, server.url, 'Support', 'Maria', 'My router does not connect any more');
  await offerOf(ben).waitFor();
  await clean(ben, 'a desk with an offer');
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Maria');
  await until('the focus is in the text', async () => (await focused(ben)) === 'Message to the customer');

  // A response of one's own, made from the conversation.
  await ben.keyboard.press('Control+k');
  await ben.getByRole('combobox').waitFor();
  await ben.keyboard.type('my standard');
  await ben.getByRole('option', { name: 'My standard responses' }).waitFor();
  await ben.keyboard.press('Enter');
  const dialog = ben.getByRole('dialog');
  await dialog.getByRole('button', { name: 'New response' }).press('Enter');
  await dialog.getByLabel('Name', { exact: false }).first().fill('Light check');
  await dialog.getByLabel('Shortcut').fill('light');
  await dialog.getByLabel('Text', { exact: false }).last().fill('Hello {customer}, this is {agent}. Is the light red?');
  await dialog.getByText('In e-mails').click();
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('The light of your router');
  await dialog.getByRole('textbox', { name: 'Formatted text' }).waitFor();
  await clean(ben, 'the form of a response');
  await picture(ben, 'responses');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await dialog.getByText('/light').waitFor();
  await ben.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await text(ben).focus();
  await ben.keyboard.type('/lig');
  await ben.getByRole('option', { name: /Light check/ }).waitFor();
  await clean(ben, 'the list of responses');
  await picture(ben, 'slash');
  await ben.keyboard.press('Tab');
  await holds(text(ben), 'Hello Maria, this is Ben. Is the light red?');
  await ben.keyboard.press('Enter');
  await customer.getByText('Is the light red?').waitFor();

  // A file by the key, seen on both sides.
  const [chooser] = await Promise.all([ben.waitForEvent('filechooser'), ben.keyboard.press('Alt+u')]);
  await chooser.setFiles({ name: 'router.png', mimeType: 'image/png', buffer: png });
  await ben.getByRole('log').getByRole('img', { name: 'Picture router.png' }).waitFor();
  await ben.getByRole('log').getByRole('link', { name: 'Download router.png' }).waitFor();
  await ben.getByRole('log').getByRole('progressbar').waitFor({ state: 'detached' });

  // An emoji by its name: the focus goes there and comes back.
  await ben.keyboard.press('Alt+j');
  await until('the search has the focus', async () => (await focused(ben)) === 'Find an emoji');
  await ben.getByRole('button', { name: /grinning face/i }).first().waitFor();
  await ben.keyboard.type('thumbs up');
  await ben.keyboard.press('Enter');
  await until('the emoji is in the text', async () => (await text(ben).inputValue()).startsWith('👍'));
  await ben.keyboard.press('Enter');
  await customer.getByText('👍').waitFor();

  // A page that the customer is asked to open; a wrong address is told.
  await ben.keyboard.press('Alt+p');
  await ben.getByRole('dialog').getByLabel('Address').waitFor();
  await ben.keyboard.type('not a page');
  await ben.keyboard.press('Enter');
  await ben.getByText('This is no address of a page.').waitFor();
  await clean(ben, 'the dialog of a page');
  await ben.getByRole('dialog').getByLabel('Address').fill('help.example/router');
  await ben.keyboard.press('Enter');
  await ben.getByRole('log').getByRole('link', { name: 'https://help.example/router' }).waitFor();

  // A note, then the transfer: what is busy and how long one waits is seen before.
  const anna = await at('anna');
  await available(anna);
  await ben.keyboard.press('Alt+n');
  await ben.keyboard.type('Line was measured yesterday.');
  await ben.keyboard.press('Enter');
  await ben.getByRole('log').getByText('Line was measured yesterday.').waitFor();
  await clean(ben, 'a desk while a note is written');
  await ben.keyboard.press('Alt+t');
  await ben.getByRole('option', { name: /Anna Abel.*available/ }).waitFor();
  await clean(ben, 'the transfer picker');
  await ben.keyboard.type('anna');
  await ben.keyboard.press('Enter');
  await takes(anna, 'Maria');
  assert.equal(await customer.getByText('Line was measured').count(), 0, 'a note stays inside');

  // Back to the queue: whoever is best takes it again.
  await anna.keyboard.press('Alt+t');
  await until('the picker has the focus', async () => (await focused(anna)) === 'Find a queue or a colleague');
  await anna.keyboard.press('Alt+q');
  await anna.getByRole('dialog').waitFor({ state: 'detached' });
  await takes(ben, 'Maria');

  // The wrap-up: reason by digit, a note, done.
  await ben.keyboard.press('Alt+e');
  const wrapUp = ben.getByRole('group', { name: 'Wrap-up' });
  await wrapUp.waitFor();
  await until('the wrap-up has the focus', async () => (await focused(ben)) === 'Wrap-up');
  await ben.keyboard.press('1');
  await wrapUp.getByRole('radio', { checked: true }).waitFor();
  await clean(ben, 'the wrap-up');
  await wrapUp.getByLabel('Note for colleagues (optional)').fill('All is well.');
  await ben.keyboard.press('Control+Enter');
  await ben.getByText('No contacts').waitFor();

  // The end of the day asks what becomes of what is still there.
  await customerAsks(browser, server.url, 'Support', 'Nils', 'Still there?');
  await takes(ben, 'Nils');
  await ben.keyboard.press('Alt+s');
  await chooseItem(ben, 'Stop working');
  await ben.getByRole('heading', { name: 'You still have contacts' }).waitFor();
  await clean(ben, 'the end of the day');
  await picture(ben, 'leave');
  await ben.getByRole('button', { name: 'Give them back and leave' }).press('Enter');
  await ben.getByText('You are not working yet').waitFor();

  // Anna is not yet asked, but the queue lets her choose.
  await anna.getByRole('button', { name: /Waiting contacts [1-9]/ }).waitFor();
  await anna.keyboard.press('Alt+w');
  await anna.getByRole('option', { name: /Nils/ }).waitFor();
  await clean(anna, 'the waiting contacts');
  await picture(anna, 'pick');
  await anna.keyboard.press('Enter');
  await talksWith(anna, 'Nils');
  await finishAll(anna);
  for (const page of [ben, anna, customer]) assert.deepEqual(page.problems, []);
});

// A note can never become a message: each has a text of its own, kept through a change
// of contact, a reload and another machine; caret and place in the log are kept too.
scene('nothing typed is lost or sent by mistake', () => browser, async () => {
  const ben = await at('ben');
  await available(ben);
  const ida = await customerAsks(browser, server.url, 'Support', 'Ida', 'First question');
  await takes(ben, 'Ida');
  for (let i = 1; i <= 24; i++) {
    await ben.keyboard.type(`Line ${i}`);
    await ben.keyboard.press('Enter');
  }
  await ida.getByText('Line 24', { exact: true }).waitFor();
  await ben.keyboard.type('Half a message');
  for (let i = 0; i < 8; i++) await ben.keyboard.press('ArrowLeft');
  await ben.keyboard.press('Alt+n');
  await ben.keyboard.type('half a note');
  const log = ben.getByRole('log');
  await log.evaluate((element) => element.scrollTo(0, 90));

  await customerAsks(browser, server.url, 'Support', 'Jon', 'Second question');
  await takes(ben, 'Jon');
  await holds(text(ben), '', 'another contact has a text of its own');
  await ida.getByLabel('Write a message').fill('Are you there?');
  await ida.keyboard.press('Enter');
  await ben.getByRole('button', { name: /Ida.*1 unread/ }).waitFor();

  await ben.keyboard.press('Alt+ArrowDown');
  await talksWith(ben, 'Ida');
  await holds(note(ben), 'half a note', 'one is still writing the note');
  await until('the place in the log is kept', () => log.evaluate((element) => element.scrollTop === 90));
  await ben.getByRole('button', { name: /new|latest/ }).waitFor();
  await ben.keyboard.press('Alt+End');
  await until('the latest is seen', () => log.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 2));
  await ben.keyboard.press('Alt+n');
  await holds(text(ben), 'Half a message');
  await until('the caret is where it was', () => text(ben).evaluate((area) => area.selectionStart === 'Half a'.length));

  // On the server, as one text; another machine shows both in their places.
  await until('the draft is on the server', () => ben.evaluate(async () => {
    const desk = await (await fetch('/api/v1/agent')).json();
    const { id } = desk.contacts.find((contact) => contact.name === 'Ida');
    return (await (await fetch(`/api/v1/contacts/${id}/draft`)).json()).text.startsWith('Half a message');
  }));
  const elsewhere = await at('ben');
  await elsewhere.getByRole('complementary', { name: 'My contacts' }).getByRole('button', { name: /Ida/ }).click();
  await until('the message is there', async () => (await text(elsewhere).inputValue()) === 'Half a message');
  await elsewhere.keyboard.press('Alt+n');
  await holds(note(elsewhere), 'half a note');
  await elsewhere.context().close();

  await ben.keyboard.press('Enter');
  await ida.getByText('Half a message').waitFor();
  assert.equal(await ida.getByText('half a note').count(), 0);
  await finishAll(ben);
  assert.deepEqual(ben.problems, []);
});

// Files may be pasted and dropped; what the company does not allow is told by name
// before anything leaves, and a file never goes out of a note.
scene('files', () => browser, async () => {
  const ben = await at('ben');
  await available(ben);
  const kim = await customerAsks(browser, server.url, 'Support', 'Kim', 'Do you have a manual?');
  await takes(ben, 'Kim');
  const give = (how, name, type, size = 20) =>
    ben.evaluate(([event, fileName, fileType, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes).fill(65)], fileName, { type: fileType }));
      const on = event === 'paste' ? document.querySelector('.composer textarea') : document.querySelector('.log');
      on.dispatchEvent(event === 'paste'
        ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [how, name, type, size]);

  await give('dragenter', 'manual.pdf', 'application/pdf');
  await ben.getByText('Drop to send to the customer').waitFor();
  await give('drop', 'manual.txt', 'text/plain');
  await ben.getByText('Drop to send to the customer').waitFor({ state: 'detached' });
  await ben.getByRole('log').getByRole('link', { name: 'Download manual.txt' }).waitFor();
  await kim.getByRole('button', { name: /manual.txt/ }).waitFor();
  await give('paste', 'notes.txt', 'text/plain');
  await ben.getByRole('log').getByRole('link', { name: 'Download notes.txt' }).waitFor();

  await give('drop', 'setup.exe', 'application/x-msdownload');
  await ben.getByText('setup.exe was not sent: files of this type are not allowed.').waitFor();
  await give('drop', 'empty.txt', 'text/plain', 0);
  await ben.getByText('empty.txt was not sent: the file is empty.').waitFor();
  await clean(ben, 'a refused file');

  await ben.keyboard.press('Alt+n');
  await note(ben).waitFor();
  await give('dragenter', 'plan.txt', 'text/plain');
  await ben.getByText('Files go to the customer').waitFor();
  await give('drop', 'plan.txt', 'text/plain');
  await ben.keyboard.type('No file left');
  await ben.keyboard.press('Enter');
  await ben.getByRole('log').getByText('No file left').waitFor();
  assert.equal(await ben.getByText('plan.txt').count(), 0);
  await finishAll(ben);
  assert.deepEqual(ben.problems, []);
});

// A contact of a medium without conversation is worked on with the same keys; the palette does what keys do.
scene('other media', () => browser, async () => {
  const pa = await at('pa');
  const support = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Support');
  const carla = await at('carla');
  await carla.getByRole('button', { name: /Not working|Unavailable/ }).waitFor();
  const { agent } = await ask(carla, 'GET', '/agent');
  const made = await ask(pa, 'POST', '/queues', {
    name: 'Letters', body: { ...support.body, domain: 'email', cherry_pick: true, disposition_needed: false, offer_s: 60, steps: [{ after_s: 0, agents: [agent] }] },
  });
  await ask(pa, 'POST', '/contacts', { client_id: 'letter-1', queue: made.id, name: 'Olga', caption: 'Invoice 4711 is wrong', source: 'olga@example.org' });

  await carla.getByRole('button', { name: /Waiting contacts [1-9]/ }).waitFor();
  await available(carla);
  await offerOf(carla, 'An e-mail for you').waitFor();
  await carla.keyboard.press('Enter');
  await talksWith(carla, 'Olga');
  await carla.getByRole('region', { name: 'What it is about' }).getByText('Invoice 4711 is wrong').first().waitFor();
  assert.equal(await text(carla).count(), 0, 'nothing can be written where nobody would read it');
  await clean(carla, 'a contact without conversation');
  await picture(carla, 'task');

  // One medium switched off, with its reason; the others stay on.
  await carla.getByRole('button', { name: /^Chat: available/ }).press('Enter');
  await carla.getByRole('menuitem').first().press('Enter');
  await carla.getByRole('button', { name: /^Chat: unavailable/ }).press('Enter');
  await carla.getByRole('button', { name: /^Chat: available/ }).waitFor();

  await carla.keyboard.press('Control+k');
  await carla.getByRole('combobox').waitFor();
  await carla.keyboard.type('end the conv');
  await carla.keyboard.press('Enter');
  await carla.getByRole('group', { name: 'Wrap-up' }).waitFor();
  await carla.keyboard.press('Control+Enter');
  await carla.getByText('No contacts').waitFor();
  assert.deepEqual(carla.problems, []);
});

// Who it is: made from the contact, found again at the next one, with all that was before.
scene('a customer and their past', () => browser, async () => {
  const ben = await at('ben');
  await available(ben);
  await customerAsks(browser, server.url, 'Support', 'Pia Lund', 'Where is my parcel?');
  await takes(ben, 'Pia Lund');
  const panel = ben.getByRole('complementary', { name: 'Contact data' });
  await panel.getByRole('button', { name: 'New customer' }).press('Enter');
  await holds(panel.getByLabel('Name'), 'Pia Lund', 'what the contact tells need not be typed');
  await panel.getByLabel('Company').fill('Lund & Sons');
  await panel.getByLabel('Address', { exact: true }).fill('pia@lund.example');
  await panel.getByLabel('Note').fill('Prefers to write.');
  await clean(ben, 'the form of a customer');
  await panel.getByRole('button', { name: 'Save' }).press('Enter');
  await panel.getByText('pia@lund.example').waitFor();
  await panel.getByText('This is the first contact.').waitFor();
  await finishAll(ben);
  await ben.getByText('No contacts').waitFor();

  await customerAsks(browser, server.url, 'Support', 'P. L.', 'Still no parcel');
  await takes(ben, 'P. L.');
  await panel.getByPlaceholder('Find by name, e-mail or phone').fill('pia');
  await panel.getByRole('button', { name: /Pia Lund/ }).press('Enter');
  await panel.getByText('Prefers to write.').waitFor();
  await panel.getByRole('button', { name: /Where is my parcel/ }).press('Enter');
  await ben.getByRole('dialog').getByText('Where is my parcel?').first().waitFor();
  await clean(ben, 'a contact of the past');
  await picture(ben, 'customer-past');
  await ben.keyboard.press('Escape');

  // The panel is drawn wider by the keyboard, and that is remembered.
  const edge = panel.getByRole('separator');
  await edge.focus();
  await ben.keyboard.press('ArrowLeft');
  const width = await edge.getAttribute('aria-valuenow');
  await ben.keyboard.press('Alt+i');
  await panel.waitFor({ state: 'detached' });
  await ben.keyboard.press('Alt+i');
  await until('the width is remembered', async () => (await edge.getAttribute('aria-valuenow')) === width);
  await finishAll(ben);
  assert.deepEqual(ben.problems, []);
});

// What the customer types is seen where the company allows it, and emoticons are what the
// company made of them; a note of a colleague is left as it is.
scene('typing and emoticons', () => browser, async () => {
  const pa = await at('pa');
  const { version, settings } = await ask(pa, 'GET', '/chat-settings');
  await ask(pa, 'PUT', '/chat-settings', { version, settings: { ...settings, show_typed: true } });
  for (const { id, name, version: seen, body } of (await ask(pa, 'GET', '/chat-languages')).items) {
    await ask(pa, 'PUT', `/chat-languages/${id}`, { name, version: seen, body: { ...body, emoticons: [{ code: ':-)', shows: '🙂' }] } });
  }
  const ben = await at('ben');
  await available(ben);
  const ola = await customerAsks(browser, server.url, 'Support', 'Ola', 'Good morning :-)');
  await takes(ben, 'Ola');
  const log = ben.getByRole('log');
  await log.getByText('Good morning 🙂').waitFor();
  await ola.getByLabel('Write a message').pressSequentially('It is the red one, I thi');
  await log.getByText(/It is the red one/).waitFor();
  await clean(ben, 'a desk while the customer types');
  await ola.getByLabel('Write a message').fill('It is the red one :-)');
  await ola.keyboard.press('Enter');
  await log.getByText('It is the red one 🙂').waitFor();
  await ben.keyboard.type('Thank you :-)');
  await ben.keyboard.press('Enter');
  await log.getByText('Thank you 🙂').waitFor();
  await ola.getByText('Thank you 🙂').waitFor();
  await finishAll(ben);
  assert.deepEqual(ben.problems, []);
});

// Nobody looks at the page: an offer is told by a notification and by the title, and the
// notification accepts it; a message comes the same way; what is over is taken back.
scene('news from a tab in the background', () => browser, async () => {
  const ben = await at('ben');
  await available(ben);
  await ben.evaluate(() => {
    // The browser of the test has neither a tray nor a way to leave a page unseen.
    window.away = true;
    window.told = [];
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.away });
    window.Notification = class {
      static permission = 'granted';
      constructor(title, { body, requireInteraction }) {
        Object.assign(this, { title, body, requireInteraction });
        window.told.push(this);
      }
      close() {
        this.closed = true;
      }
    };
  });
  const told = () => ben.evaluate(() => window.told.map(({ title, body, closed = false, requireInteraction }) => ({ title, body, closed, requireInteraction })));
  const una = await customerAsks(browser, server.url, 'Support', 'Una', 'Is anybody there?');
  const [offer] = await until('the offer is told', async () => ((await told()).length === 1 ? told() : undefined));
  assert.deepEqual([offer.title, offer.requireInteraction, offer.closed], ['A chat for you', true, false]);
  assert.match(offer.body, /Una.*Is anybody there\?/);
  await until('the title flashes', async () => (await ben.title()).startsWith('● '));
  await ben.evaluate(() => window.told[0].onclick());
  await talksWith(ben, 'Una');
  await until('the title is calm', async () => !(await ben.title()).startsWith('● '));
  assert.equal((await told())[0].closed, true);

  await una.getByLabel('Write a message').fill('Hello?');
  await una.keyboard.press('Enter');
  await until('the message is told', async () => (await told()).some((n) => n.title === 'Una' && n.body === 'Hello?'));
  await until('the title flashes', async () => (await ben.title()).startsWith('● '));
  await ben.evaluate(() => {
    window.away = false;
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event('focus'));
  });
  await ben.keyboard.press('Alt+End');
  await until('it is taken back', async () => (await told()).every((n) => n.closed));
  await finishAll(ben);
  assert.deepEqual(ben.problems, []);
});

// A wrap-up whose time is over ends by itself: what was chosen and noted by then counts.
scene('a wrap-up runs out', () => browser, async () => {
  const pa = await at('pa');
  const support = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Support');
  const changed = await ask(pa, 'PUT', `/queues/${support.id}`, { name: support.name, version: support.version, body: { ...support.body, wrap_up_s: 9 } });
  const ben = await at('ben');
  await available(ben);
  await customerAsks(browser, server.url, 'Support', 'Vera', 'Short question');
  await takes(ben, 'Vera');
  const { id } = (await ask(ben, 'GET', '/agent')).contacts.find((contact) => contact.name === 'Vera');
  await ben.keyboard.press('Alt+e');
  const wrapUp = ben.getByRole('group', { name: 'Wrap-up' });
  await wrapUp.getByText('ends by itself in').waitFor();
  await until('the wrap-up has the focus', async () => (await focused(ben)) === 'Wrap-up');
  const chosen = (await wrapUp.getByRole('radio').first().innerText()).replace(/^1\s*/, '');
  await ben.keyboard.press('1');
  await wrapUp.getByRole('radio', { checked: true }).waitFor();
  await wrapUp.getByLabel('Note for colleagues (optional)').fill('Half a no');
  await ben.getByText('No contacts').waitFor();
  const ended = await until('it is over', async () => (await ask(pa, 'GET', '/history')).items.find((contact) => contact.id === id));
  const facts = (await ask(pa, 'GET', `/contacts/${id}/facts`)).items;
  const reasons = (await ask(pa, 'GET', '/reasons')).items;
  assert.equal(reasons.find((r) => r.id === facts.at(-1).reason)?.name, chosen);
  assert.ok((await ask(pa, 'GET', `/contacts/${id}/messages`)).items.some((m) => m.text === 'Half a no'), 'the note is kept');
  assert.equal(ended.name, 'Vera');
  await ask(pa, 'PUT', `/queues/${support.id}`, { name: support.name, version: changed.version, body: support.body });
  assert.deepEqual(ben.problems, []);
});
