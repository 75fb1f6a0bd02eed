// The chat as customers meet it: on a page of another origin under the strictest
// policy, by keyboard, on a phone, in four languages, outside the hours.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { ask, available, holds, openBrowser, person, picture, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

const languages = {
  english: { tag: 'en', open: 'Open chat', name: 'Your name', question: 'Your question', start: 'Start chat', write: 'Write a message' },
  deutsch: { tag: 'de', open: 'Chat öffnen', name: 'Ihr Name', question: 'Ihre Frage', start: 'Chat beginnen', write: 'Nachricht schreiben' },
  francais: { tag: 'fr', open: 'Ouvrir le chat', name: 'Votre nom', question: 'Votre question', start: 'Commencer le chat', write: 'Écrire un message' },
  portugues: { tag: 'pt', open: 'Abrir o chat', name: 'O seu nome', question: 'A sua pergunta', start: 'Iniciar o chat', write: 'Escrever uma mensagem' },
};
/** Just wide enough for the chat to be a window. */
const small = { viewport: { width: 520, height: 720 } };
const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

let server;
let browser;
let password;
let shop;

before(async () => {
  server = await Portico.start();
  password = await sampleCompany(server);
  browser = await openBrowser();
  shop = await openShop();
});

after(async () => {
  shop?.close();
  await browser?.close();
  await server?.stop();
});

/** A company's page of another origin, with a policy that allows scripts and connections of the chat's server and nothing else. */
async function openShop() {
  const policy = `default-src 'none'; script-src ${server.url}; connect-src ${server.url} ${server.url.replace('http', 'ws')}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const page = createServer((request, response) => {
    const settings = new URL(request.url, 'http://shop').searchParams;
    const data = [...settings].map(([name, value]) => ` data-${name}="${value}"`).join('');
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy });
    response.end(`<!DOCTYPE html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width, initial-scale=1"></head>
      <body><main><h1>Shop</h1><p><a href="#sails">Sails</a></p></main><script src="${server.url}/web/widget.js"${data} defer></script></body></html>`);
  });
  await new Promise((done) => page.listen(0, '127.0.0.1', done));
  page.url = `http://127.0.0.1:${page.address().port}`;
  return page;
}

/** A customer on the shop's page; whom the page asks is noted. */
async function customer(settings, options) {
  const page = await person(browser, options);
  page.asked = new Set();
  page.on('request', (request) => page.asked.add(new URL(request.url()).origin));
  await page.goto(`${shop.url}/?${new URLSearchParams(settings)}`);
  await page.locator('.portico-chat').waitFor({ state: 'attached' });
  return page;
}

/** A mailbox that nobody answers for: what is sent waits. */
async function giveMailbox() {
  const pa = await person(browser);
  await signIn(pa, server.url, 'pa', password);
  const at = (port) => ({ host: '127.0.0.1', port, tls: 'starttls', user: 'help@example.com' });
  await ask(pa, 'POST', '/mail-accounts', { name: 'Help', body: { address: 'help@example.com', imap: at(9), smtp: at(9), secrets: { imap_password: 'secret' }, aliases: [] } });
  await pa.context().close();
}

async function clean(page, where) {
  await settled(page);
  assert.deepEqual(await violations(page), [], `accessibility of ${where}`);
  assert.deepEqual(page.problems, [], `errors on ${where}`);
}

/** An agent who takes the next chat. */
async function agent(name) {
  const page = await person(browser);
  await signIn(page, server.url, name, password);
  // What a scene before left is over.
  for (const { id, state } of (await ask(page, 'GET', '/agent')).contacts) {
    if (state !== 'wrap_up') await ask(page, 'POST', `/contacts/${id}/finish`);
    await ask(page, 'POST', `/contacts/${id}/wrap-up`, { client_id: `end-${id}` }).catch(() => undefined);
  }
  await available(page);
  page.takes = async (who) => {
    await page.getByRole('region', { name: 'A chat for you' }).waitFor();
    await page.keyboard.press('Alt+a');
    await talksWith(page, who);
    const { id } = (await ask(page, 'GET', '/agent')).contacts.find((contact) => contact.name === who);
    page.contact = id;
    page.says = (text, kind = 'text') => ask(page, 'POST', `/contacts/${id}/messages`, { client_id: crypto.randomUUID(), kind, text });
  };
  return page;
}

/** The company's chat languages turn two emoticons into emoji. */
async function teachEmoticons() {
  const pa = await person(browser);
  await signIn(pa, `${server.url}/manager`, 'pa', password);
  const emoticons = [{ code: ':-)', shows: '🙂' }, { code: '<3', shows: '❤️' }];
  const there = (await ask(pa, 'GET', '/chat-languages')).items;
  for (const name of Object.keys(languages)) {
    const had = there.find((language) => language.name === name);
    if (had) await ask(pa, 'PUT', `/chat-languages/${had.id}`, { name, version: had.version, body: { ...had.body, emoticons } });
    else await ask(pa, 'POST', '/chat-languages', { name, body: { pages: name, messages: {}, emoticons } });
  }
}

/** A picture of a sunset over water, as PNG. */
async function drawn(page) {
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 300 });
    const pen = canvas.getContext('2d');
    const sky = pen.createLinearGradient(0, 0, 0, 300);
    [[0, '#35477d'], [0.55, '#f67280'], [0.62, '#f8b195'], [0.63, '#27496d'], [1, '#142850']].forEach(([at, colour]) => sky.addColorStop(at, colour));
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 480, 300);
    return canvas.toDataURL('image/png');
  });
  return Buffer.from(data.split(',')[1], 'base64');
}

/** The focus within the chat: the accessible name, else the text. */
function focus(page) {
  return page.evaluate(() => {
    const at = document.querySelector('.portico-chat')?.shadowRoot?.activeElement;
    return at ? (at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText) : '';
  });
}

/** Nothing is wider than the chat's window. */
async function fits(page, where) {
  const wide = await page.evaluate(() => [...document.querySelector('.portico-chat').shadowRoot.querySelectorAll('.panel, .head, .door, .log, .composer, .over')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className));
  assert.deepEqual(wide, [], `what is too wide in ${where}`);
}

/** Gives files to the chat as a paste or a drop does. */
function hand(page, how, name, type, bytes) {
  return page.evaluate(([h, n, t, b]) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(atob(b), (c) => c.charCodeAt(0))], n, { type: t }));
    const at = document.querySelector('.portico-chat').shadowRoot.querySelector('.composer textarea');
    const given = { bubbles: true, composed: true, cancelable: true };
    at.dispatchEvent(h === 'paste' ? new ClipboardEvent('paste', { ...given, clipboardData: files }) : new DragEvent('drop', { ...given, dataTransfer: files }));
  }, [how, name, type, bytes.toString('base64')]);
}

// A customer's whole life by keyboard alone, from the question to the thanks, on a
// page that allows next to nothing; and nobody but the server is asked.
scene('a whole life by keyboard on a strict page', () => browser, async () => {
  await teachEmoticons();
  await giveMailbox();
  const ben = await agent('ben');
  const page = await customer({ queue: 'Support', title: 'Harbour Goods', logo: 'HG', 'field-order': '4711' }, small);
  const sunset = await drawn(page);
  const help = 'https://help.example/router/lights';
  await page.context().route(`${help}*`, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Lights</title>' }));
  const launcher = page.getByRole('button', { name: 'Open chat' });
  await launcher.waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await until('the launcher comes after what the page has', async () => (await focus(page)) === 'Open chat');
  await page.keyboard.press('Enter');

  // What is wrong stands beside its field; nothing typed is lost by Escape or a reload.
  await page.getByLabel('Your name').waitFor();
  await until('the form has the focus', async () => (await focus(page)).startsWith('Your name'));
  await page.keyboard.type('Maria');
  await page.keyboard.press('Tab');
  await page.keyboard.type('maria@');
  await page.keyboard.press('Tab');
  await page.getByText('Please write a whole e-mail address').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('End');
  await page.keyboard.type('example.com');
  await page.getByText('Please write a whole e-mail address').waitFor({ state: 'hidden' });
  await clean(page, 'the form');
  await page.keyboard.press('Escape');
  await launcher.waitFor();
  await until('the launcher has the focus', async () => (await focus(page)) === 'Open chat');
  await page.reload();
  await launcher.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Your question').waitFor();
  await holds(page.getByLabel('Your e-mail address'), 'maria@example.com');
  await until('the empty field has the focus', async () => (await focus(page)) === 'Your question');
  await page.keyboard.type('My router does not connect any more :-)');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  // The talk, both ways.
  await page.getByRole('log').getByText('My router does not connect any more 🙂').waitFor();
  await clean(page, 'the chat while it waits');
  await ben.takes('Maria');
  await page.getByText('You are talking to Ben').waitFor();
  await ben.says('Good morning, this is Ben. Is the light red?');
  await page.getByText('Is the light red?').waitFor();
  await until('the focus is at “Write a message”', async () => (await focus(page)) === 'Write a message');
  await page.keyboard.type('Yes, and it blinks.');
  await page.keyboard.press('Enter');
  await ben.getByRole('log').getByText('Yes, and it blinks.').waitFor();
  await page.getByText('Seen', { exact: true }).waitFor();

  // Emoji by arrows.
  await page.keyboard.type('Thank you ');
  await page.getByRole('button', { name: 'Emoji' }).press('Enter');
  await page.getByRole('group', { name: 'Emoji' }).waitFor();
  await clean(page, 'the emoji picker');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await holds(page.getByLabel('Write a message'), 'Thank you 😃');
  await page.keyboard.press('Enter');
  await ben.getByRole('log').getByText('Thank you 😃').waitFor();

  // Files: chosen, pasted and dropped; limits are said before, refusals by name and reason.
  const choosing = page.waitForEvent('filechooser', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Send a file' }).press('Enter');
  await page.getByText(/You can send images.* up to 10 MB each/).waitFor();
  await clean(page, 'the choice of files');
  await until('the focus is at “Choose files”', async () => (await focus(page)) === 'Choose files');
  await page.keyboard.press('Enter');
  await (await choosing).setFiles([{ name: 'router.png', mimeType: 'image/png', buffer: sunset }, { name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: sunset }]);
  await page.getByText('Not sent: Files of this kind cannot be sent here.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove tool.exe' }).press('Enter');
  await page.getByRole('button', { name: /router\.png/ }).waitFor();
  await page.getByRole('img', { name: 'router.png' }).waitFor();
  await hand(page, 'paste', 'bill.pdf', 'application/pdf', pdf);
  await page.getByRole('button', { name: /bill\.pdf/ }).waitFor();
  await hand(page, 'drop', 'false.png', 'image/png', pdf);
  await page.getByRole('button', { name: 'Try to send false.png again' }).waitFor();
  await clean(page, 'a chat with files');
  await page.getByRole('button', { name: 'Remove false.png' }).press('Enter');
  await until('a file is named once', async () => (await page.getByText('bill.pdf', { exact: true }).count()) === 1);
  const received = await ask(ben, 'GET', `/contacts/${ben.contact}/messages`);
  assert.deepEqual(received.items.flatMap((m) => m.attachments ?? []).map((a) => a.name), ['router.png', 'bill.pdf']);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /bill\.pdf/ }).press('Enter');
  assert.equal((await saving).suggestedFilename(), 'bill.pdf');

  // A page opens only when the customer wants it; what comes meanwhile is counted.
  await page.getByLabel('Write a message').press('Escape');
  await ben.says(help, 'page');
  await page.getByRole('button', { name: 'Open chat, 1 new' }).waitFor();
  await until('the title counts', async () => (await page.title()) === '(1) Shop');
  assert.equal(page.context().pages().length, 1, 'no page was opened unasked');
  await page.getByRole('button', { name: 'Open chat, 1 new' }).press('Enter');
  await until('the title is the page’s own again', async () => (await page.title()) === 'Shop');
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Open in a new tab' }).press('Enter');
  const second = await opened;
  await second.waitForURL(help);
  await second.close();
  await clean(page, 'a chat with a page');
  await picture(page, 'widget');

  // Sound is off until it is wanted; the conversation can be taken along.
  await page.getByRole('button', { name: 'Options' }).press('Enter');
  await page.getByRole('switch', { name: 'Sound for new messages', checked: false }).waitFor();
  await page.getByRole('switch').press(' ');
  await page.getByRole('switch', { checked: true }).waitFor();
  await clean(page, 'the options');
  const copy = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download this conversation' }).press('Enter');
  assert.match((await copy).suggestedFilename(), /^chat-.*\.html$/);

  // The end, the question, the thanks, and the answer changed.
  await page.getByRole('button', { name: 'End chat' }).press('Enter');
  await until('the focus is at “Yes, end it”', async () => (await focus(page)) === 'Yes, end it');
  await page.keyboard.press('Enter');
  await page.getByText('How satisfied are you with this chat?').waitFor();
  await until('the question has the focus', async () => (await focus(page)).startsWith('1'));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Quick and friendly');
  await clean(page, 'the question at the end');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Thank you for your answer: 4 of 5.').waitFor();
  await page.reload();
  await page.getByText('Thank you for your answer: 4 of 5.').waitFor();
  await page.getByRole('button', { name: 'Change the answer' }).press('Enter');
  await page.getByRole('radio', { name: /^5/ }).check();
  await page.getByRole('button', { name: 'Send answer' }).press('Enter');
  await page.getByText('Thank you for your answer: 5 of 5.').waitFor();

  // The conversation comes by e-mail, to the address that is known or to another.
  await page.getByRole('button', { name: 'Send it to me by e-mail' }).press('Enter');
  await until('the address has the focus', async () => (await focus(page)).startsWith('Your e-mail address'));
  await holds(page.getByLabel('Your e-mail address'), 'maria@example.com');
  await page.getByLabel('Your e-mail address').fill('maria');
  await page.keyboard.press('Enter');
  await page.getByText('Please write a whole e-mail address').waitFor();
  await page.getByLabel('Your e-mail address').fill('maria@example.com');
  await clean(page, 'the address for a copy');
  await page.keyboard.press('Enter');
  await page.getByText('The conversation is on its way to maria@example.com.').waitFor();
  await picture(page, 'widget-end');

  await page.getByRole('button', { name: 'Start a new chat' }).press('Enter');
  await page.getByLabel('Your question').waitFor();
  await holds(page.getByLabel('Your name'), 'Maria');
  await holds(page.getByLabel('Your question'), '');
  assert.deepEqual([...page.asked].sort(), [shop.url, server.url].sort(), 'whom the page asked');
  assert.deepEqual(page.problems, []);
});

// Where the company lets customers in at any hour, a closed queue takes them as an open
// one does; where it lets agents see what is typed, they see it grow, and no sooner.
scene('closed and open all the same', () => browser, async () => {
  const pa = await person(browser);
  await signIn(pa, `${server.url}/manager`, 'pa', password);
  const sales = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Sales');
  const far = (new Date().getUTCDay() + 2) % 7;
  const hours = await ask(pa, 'POST', '/schedules', { name: 'Hardly ever', body: { time_zone: 'UTC', week: [{ day: far, from: '03:00', to: '03:01' }], holidays: [] } });
  const changed = await ask(pa, 'PUT', `/queues/${sales.id}`, { name: sales.name, version: sales.version, body: { ...sales.body, schedule: hours.id, outside: 'accept' } });
  const seesTyped = async (show_typed) => {
    const now = await ask(pa, 'GET', '/chat-settings');
    await ask(pa, 'PUT', '/chat-settings', { version: now.version, settings: { ...now.settings, show_typed } });
  };
  await seesTyped(false);
  const anna = await agent('anna');
  const page = await customer({ queue: 'Sales' }, small);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.getByLabel('Your name').fill('Rosa');
  await page.getByLabel('Your question').fill('Are you open?');
  await page.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('log').getByText('Are you open?').waitFor();
  await anna.takes('Rosa');
  await page.getByText(/You are talking to/).waitFor();

  const log = anna.getByRole('log');
  await page.getByLabel('Write a message').pressSequentially('I would like two');
  await anna.getByText('is typing …').first().waitFor();
  await until('nothing of it is shown', async () => (await anna.getByText('I would like two').count()) === 0);
  await page.getByLabel('Write a message').fill('');
  await seesTyped(true);
  await page.reload();
  await page.getByText('Our team can see what you write before you send it.').waitFor();
  await page.getByLabel('Write a message').pressSequentially('I would like three sails');
  await log.getByText(/I would like three/).waitFor();
  await page.keyboard.press('Enter');
  await log.getByText('I would like three sails', { exact: true }).waitFor();
  await seesTyped(false);
  await ask(anna, 'POST', `/contacts/${anna.contact}/finish`);
  await ask(anna, 'POST', `/contacts/${anna.contact}/wrap-up`, { client_id: 'rosa' });
  await ask(pa, 'PUT', `/queues/${sales.id}`, { name: sales.name, version: changed.version, body: sales.body });
});

// A file whose answer is lost with the line is sent again by itself, and is there once.
scene('a line lost during an upload', () => browser, async () => {
  const ben = await agent('ben');
  const page = await customer({ queue: 'Support' }, small);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.getByLabel('Your name').fill('Otto');
  await page.getByLabel('Your question').fill('Here is my bill');
  await page.getByRole('button', { name: 'Start chat' }).click();
  await ben.takes('Otto');
  await page.getByText('You are talking to Ben').waitFor();
  let tries = 0;
  await page.route('**/attachments?*', async (route) => {
    if (route.request().method() === 'POST' && ++tries === 1) {
      await route.fetch();
      await page.context().setOffline(true);
      await route.abort('internetdisconnected');
    } else await route.continue();
  });
  await hand(page, 'drop', 'bill.pdf', 'application/pdf', pdf);
  await until('the line is lost', () => tries >= 1);
  await page.getByLabel('Write a message').fill('Did it arrive?');
  await page.keyboard.press('Enter');
  await page.context().setOffline(false);
  await ben.getByRole('log').getByText('Did it arrive?').waitFor();
  await ben.getByRole('log').getByRole('link', { name: 'Download bill.pdf' }).waitFor();
  await page.getByRole('button', { name: /bill\.pdf/ }).waitFor();
  await until('the file is sent again', () => tries >= 2);
  const names = async () => (await ask(ben, 'GET', `/contacts/${ben.contact}/messages`)).items.flatMap((m) => m.attachments ?? []).map((a) => a.name);
  assert.deepEqual(await names(), ['bill.pdf']);
  await until('it is named once', async () => (await page.getByText('bill.pdf', { exact: true }).count()) === 1);
  assert.deepEqual(await names(), ['bill.pdf'], 'the repeat makes no second one');
  await ask(ben, 'POST', `/contacts/${ben.contact}/finish`);
  await ask(ben, 'POST', `/contacts/${ben.contact}/wrap-up`, { client_id: 'otto' });
});

// A phone: the chat fills the screen and is all that can be used, the keyboard covers
// nothing, and what is longest still fits.
scene('a phone in the dark', () => browser, async () => {
  const page = await customer({ queue: 'Support' }, { viewport: { width: 320, height: 640 }, colorScheme: 'dark', hasTouch: true });
  await page.getByRole('button', { name: 'Open chat' }).tap();
  await page.getByLabel('Your question').fill('Where is my parcel?');
  const panel = page.getByRole('dialog', { name: 'Chat with us' });
  const stands = (where, box) => until(where, async () => JSON.stringify(box) === JSON.stringify(Object.values(await panel.boundingBox())));
  await stands('the chat fills the screen', [0, 0, 320, 640]);
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'A', 'the focus stays in the chat');
  }
  await clean(page, 'the form on a phone');
  await page.getByRole('button', { name: 'Start chat' }).tap();
  await page.getByRole('log').getByText('Where is my parcel?').waitFor();
  await page.evaluate(() => {
    Object.defineProperty(visualViewport, 'height', { value: 360, configurable: true });
    Object.defineProperty(visualViewport, 'offsetTop', { value: 24, configurable: true });
    visualViewport.dispatchEvent(new Event('resize'));
  });
  await stands('the chat stands above the keyboard', [0, 24, 320, 360]);
  const composer = await page.getByLabel('Write a message').boundingBox();
  assert.ok(composer.y + composer.height <= 384, 'the composer stands above the keyboard');
  await page.evaluate(() => {
    Object.defineProperty(visualViewport, 'height', { value: 640, configurable: true });
    Object.defineProperty(visualViewport, 'offsetTop', { value: 0, configurable: true });
    visualViewport.dispatchEvent(new Event('resize'));
  });
  await fits(page, 'a chat on a phone');
  await clean(page, 'a chat on a phone');
  await picture(page, 'widget-phone');

  // Held across it is a window again, with the same focus; and back.
  await page.getByLabel('Write a message').focus();
  await page.setViewportSize({ width: 760, height: 620 });
  await until('the window stands in the corner', async () => (await panel.boundingBox()).width === 380);
  await until('the focus is at “Write a message”', async () => (await focus(page)) === 'Write a message');
  await page.setViewportSize({ width: 320, height: 640 });
  await until('the window fills the screen', async () => (await panel.boundingBox()).width === 320);
  await page.getByRole('button', { name: 'Minimise chat' }).tap();
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
});

// Each language in its own words, on the demo page and on the classic ones, at the
// narrowest width as well.
scene('four languages', () => browser, async () => {
  for (const [language, say] of Object.entries(languages)) {
    const page = await person(browser, { viewport: { width: 980, height: 760 }, locale: say.tag });
    await page.goto(`${server.url}/web/demo?language=${language}&queue=Support`);
    await page.getByRole('button', { name: say.open }).click();
    await page.getByLabel(say.question).waitFor();
    await clean(page, `the demo page in ${language}`);
    await picture(page, `widget-${language}`);
    await page.setViewportSize({ width: 320, height: 568 });
    await fits(page, `the form in ${language}`);

    await page.goto(`${server.url}/web/html/${language}/CaptureWCData.htm`);
    await holds(page.locator('select[name=varHPPCLanguage]'), language);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the classic form in ${language} is too wide`);
    await clean(page, `the classic form in ${language}`);
    await page.getByLabel(say.name).fill('Zoë');
    await page.getByLabel(say.question).fill('?');
    await page.getByRole('button', { name: say.start }).click();
    await page.getByLabel(say.write).waitFor();
    await clean(page, `the classic chat in ${language}`);
    await page.context().close();
  }
});

// Without JavaScript the pages can be used up to the sentence of code 1008.
scene('without JavaScript', () => browser, async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(`${server.url}/web/html/WCMain.htm`);
  await page.getByRole('link', { name: 'Discutez avec nous' }).click();
  await page.getByText(/JavaScript n’est pas activé.*1008/).waitFor();
  await page.getByLabel('Votre question').fill('Bonjour');
  await page.getByRole('button', { name: 'Commencer le chat' }).click();
  await page.getByText(/JavaScript n’est pas activé.*1008/).waitFor();
});

// Outside the hours there is a form that is answered later; what was typed for a chat
// that has closed meanwhile is in it.
scene('outside the hours', () => browser, async () => {
  const page = await customer({ queue: 'Sales' }, { ...small, colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.getByLabel('Your name').fill('Tomás');
  await page.getByLabel('Your question').fill('Do you have sails?');

  const pa = await person(browser);
  await signIn(pa, `${server.url}/manager`, 'pa', password);
  const far = (new Date().getUTCDay() + 2) % 7; // three days from now, as Monday is 0
  const hours = await ask(pa, 'POST', '/schedules', { name: 'Almost never', body: { time_zone: 'UTC', week: [{ day: far, from: '03:00', to: '03:01' }], holidays: [] } });
  const sales = (await ask(pa, 'GET', '/queues')).items.find((q) => q.name === 'Sales');
  await ask(pa, 'PUT', `/queues/${sales.id}`, { name: sales.name, version: sales.version, body: { ...sales.body, schedule: hours.id, outside: 'offline_form' } });

  await page.getByRole('button', { name: 'Start chat' }).click();
  await page.getByText(/We are closed at the moment\. We open again .*03:00/).waitFor();
  assert.equal(await page.getByText(/We are back on/).count(), 0, 'the opening is told once');
  await holds(page.getByLabel('Your name'), 'Tomás');
  await holds(page.getByLabel('Your question'), 'Do you have sails?');
  await page.getByRole('button', { name: 'Send question' }).click();
  await page.getByText('Please fill this in.').waitFor();
  await until('the missing field has the focus', async () => (await focus(page)) === 'Your e-mail address');
  await clean(page, 'the offline form');
  await picture(page, 'widget-offline-form');
  await page.keyboard.type('tomas@example.com');
  await page.getByRole('button', { name: 'Send question' }).click();
  await page.getByText('Thank you. We have your question').waitFor();
  await clean(page, 'the thanks');
  const kept = (await ask(pa, 'GET', '/offline-requests?state=open')).items;
  assert.deepEqual(kept.map((k) => [k.name, k.email, k.question]), [['Tomás', 'tomas@example.com', 'Do you have sails?']]);

  // The classic form leads to the same.
  await page.goto(`${server.url}/web/html/english/CaptureWCData.htm`);
  await page.evaluate(() => {
    document.querySelector('[name=varDestination]').value = 'Sales';
  });
  await page.getByLabel('Your question').fill('And ropes?');
  await page.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('button', { name: 'Send question' }).waitFor();
  await holds(page.getByLabel('Your question'), 'And ropes?');
  await clean(page, 'the classic page outside the hours');
});
