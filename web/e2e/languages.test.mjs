// Every screen in every language: nothing is cut off, nothing spills. Words change neither
// colours nor the structure of a page, so axe looks in one language, in both colours.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { available, customerAsks, faint, openBrowser, person, Portico, sampleCompany, scene, settled, signIn, talksWith, until, violations } from './portico.mjs';

let server;
let browser;
let password;

before(async () => {
  server = await Portico.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const languages = ['english', 'deutsch', 'francais', 'portugues'];

/** Words that are wider than the place they have: what a reader of that language would see cut off or running over. */
async function cutOff(page) {
  return page.evaluate(() => {
    const places = 'button, a, th, label, legend, summary, h1, h2, h3, nav li, .tag, [role=tab], [role=menuitem], [role=menuitemradio], .mantine-Button-label, .mantine-SegmentedControl-label';
    const found = [];
    for (const element of document.querySelectorAll(places)) {
      if (element.closest('.unseen, .skip, td, [role=listbox]') || !element.checkVisibility({ visibilityProperty: true })) continue;
      const { clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
      // Inline elements have no size of their own; those around them are measured.
      if (clientWidth === 0 || element.querySelector('[data-name]')) continue;
      if (scrollWidth > clientWidth + 1 || (scrollHeight > clientHeight + 4 && getComputedStyle(element).overflowY === 'hidden')) {
        found.push(`${element.tagName.toLowerCase()} “${element.textContent.trim().slice(0, 60)}” needs ${scrollWidth} px and has ${clientWidth}`);
      }
    }
    // What spills out of the bar at the top is cut off by the window, and widens all that is below it.
    const bar = document.querySelector('header.bar');
    if (bar && Math.max(bar.getBoundingClientRect().right, bar.scrollWidth) > innerWidth + 1) found.push(`the bar is ${Math.max(bar.offsetWidth, bar.scrollWidth)} px wide`);
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    return found;
  });
}

let looks = 0;

/** Looks at what is on the page now; which of the colours come first alternates. */
async function look(page, language, where) {
  const orders = [['light', 'dark'], ['dark', 'light']];
  const [first, second] = orders[looks++ % 2];
  const say = (colorScheme, lines) => lines.map((line) => `${language}, ${where}, ${colorScheme}: ${line}`);
  if (language !== 'english') {
    await settled(page);
    return (await cutOff(page)).map((line) => `${language}, ${where}: ${line}`);
  }
  const found = [];
  await page.emulateMedia({ colorScheme: first });
  await settled(page);
  found.push(...say(first, [...(await cutOff(page)), ...(await violations(page))]));
  await page.emulateMedia({ colorScheme: second });
  await settled(page);
  found.push(...say(second, await faint(page)));
  return found;
}

async function speak(page, language, path) {
  // Before the sign-in the browser's choice counts, after it the person's.
  await page.evaluate(async (name) => {
    const me = await fetch('/api/v1/session').then((r) => (r.ok ? r.json() : undefined));
    localStorage.setItem(me ? `portico.language.${me.user.id}` : 'portico.language', name);
  }, language);
  await page.goto(server.url + path);
  await page.locator('header.bar, .front-card').first().waitFor();
}

// A newcomer reads the first page in the language of the browser.
scene('the first start in four languages', () => browser, async () => {
  const page = await person(browser);
  await page.goto(server.url);
  const found = [];
  for (const language of languages) {
    await speak(page, language, '/');
    await page.locator('form').waitFor();
    found.push(...(await look(page, language, 'first start')));
  }
  assert.deepEqual(found, []);
});

// Whoever works, steers or sets up finds every word whole.
scene('all screens in four languages', () => browser, async () => {
  password = await sampleCompany(server);
  const found = [];
  const ben = await person(browser);
  await signIn(ben, server.url, 'ben', password);
  await available(ben);
  await customerAsks(browser, server.url, 'Support', 'Ida', 'Where is my order?');
  await ben.getByRole('region', { name: 'A chat for you' }).waitFor();
  await ben.keyboard.press('Enter');
  await talksWith(ben, 'Ida');
  const pa = await person(browser);
  await signIn(pa, `${server.url}/supervisor`, 'pa', password);
  // The fullest bar: three areas, and a state with its reason.
  const dora = await person(browser);
  await signIn(dora, server.url, 'dora', password);
  const out = await person(browser);
  await out.goto(server.url);

  for (const language of languages) {
    await speak(out, language, '/');
    found.push(...(await look(out, language, 'sign-in')));
    await speak(ben, language, '/desk');
    await ben.locator('.log .said').first().waitFor();
    found.push(...(await look(ben, language, 'desk')));
    await speak(dora, language, '/supervisor');
    await dora.locator('.agent-state[data-state=unavailable] small').waitFor();
    await dora.locator('.part-agents tbody tr').first().waitFor();
    found.push(...(await look(dora, language, 'bar')));
    found.push(...(await steering(pa, language)));
    found.push(...(await settingUp(pa, language)));
  }
  assert.deepEqual(found, []);
  // The API's own page speaks the person's language, whatever the browser's is.
  await pa.goto(`${server.url}/api/docs`);
  await pa.getByRole('heading', { name: 'API para programas' }).waitFor();
  await pa.getByText('O meu posto').waitFor();
  await pa.getByPlaceholder('Filter').fill('reasons'); // only what is near the window is drawn
  await pa.getByText('Motivos de ausência e de fecho').waitFor();
  await pa.locator('html[lang=pt]').waitFor({ state: 'attached' });
  for (const page of [ben, pa, out]) assert.deepEqual(page.problems, []);
});

/** What does not fit the width of the window: it would have to be scrolled in two directions, or is cut off. Tables may be. */
async function spilled(page) {
  await settled(page);
  return page.evaluate(() => {
    const found = [];
    const inTable = (element) => {
      for (let p = element.parentElement; p; p = p.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(p).overflowX) && p.scrollWidth > p.clientWidth + 1) return /tab-list|table/.test(p.className);
      }
      return false;
    };
    for (const element of document.querySelectorAll('button, a, input, textarea, h1, h2, h3, label, legend, p, dt, dd, li, [role=tab], .tag, .choice-name, .mantine-Button-label')) {
      if (element.closest('.unseen, .skip, [aria-hidden=true], [role=grid]') || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const { left, right, width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) continue;
      const words = `${element.tagName.toLowerCase()} “${(element.textContent || element.getAttribute('aria-label') || '').trim().slice(0, 60)}”`;
      if ((right > innerWidth + 1 || left < -1) && !inTable(element)) found.push(`${words} stands from ${Math.round(left)} to ${Math.round(right)} px`);
      else if (element.matches('button, h1, h2, h3, .choice-name, .mantine-Button-label') && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
        found.push(`${words} needs ${element.scrollWidth} px and has ${element.clientWidth}`);
      }
    }
    return found;
  });
}

// A page that is enlarged four times has the width of a telephone (WCAG 2.2, 1.4.10). In the
// language with the longest words nothing is to be scrolled sideways but tables.
scene('all screens enlarged four times', () => browser, async () => {
  const size = { width: 320, height: 640 };
  const found = [];
  const note = async (page, where) => found.push(...(await spilled(page)).map((line) => `${where}: ${line}`));
  const anna = await person(browser);
  await signIn(anna, server.url, 'anna', password);
  await available(anna);
  await customerAsks(browser, server.url, 'Sales', 'Otto', 'Where is my order?');
  await anna.getByRole('region', { name: 'A chat for you' }).waitFor();
  await anna.keyboard.press('Enter');
  await talksWith(anna, 'Otto');
  await anna.setViewportSize(size);
  await speak(anna, 'deutsch', '/desk');
  await anna.locator('.log .said').first().waitFor();
  await note(anna, 'desk');
  await anna.keyboard.press('Alt+t');
  await anna.locator('[role=dialog] .choice').first().waitFor();
  await note(anna, 'transfer');
  await anna.keyboard.press('Escape');
  await anna.locator('[role=dialog]').waitFor({ state: 'detached' });
  await anna.keyboard.press('Alt+e');
  await anna.locator('.wrap-up').waitFor();
  await note(anna, 'wrap-up');

  const pa = await person(browser, { viewport: size });
  await signIn(pa, `${server.url}/supervisor`, 'pa', password);
  await speak(pa, 'deutsch', '/supervisor');
  await pa.getByRole('row').filter({ hasText: 'Dora Dupont' }).click();
  await pa.locator('.side-panel').waitFor();
  await note(pa, 'supervisor');
  await until('the panel is in sight', async () => ((await pa.locator('.side-panel h2').boundingBox())?.y ?? -1) >= 0);
  await pa.goto(`${server.url}/manager`);
  const links = pa.locator('nav.subjects a');
  await links.first().waitFor();
  for (const path of await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
    await pa.locator(`nav.subjects a[href="${path}"]`).click();
    await pa.locator('.manager-work').waitFor();
    await pa.waitForFunction(() => !document.querySelector('.state-late'));
    await note(pa, path);
  }
  for (const subject of ['users', 'queues', 'schedules', 'responses', 'mail-accounts', 'functions']) {
    await pa.goto(`${server.url}/manager/${subject}/new`);
    await pa.locator('.editor-foot').waitFor();
    await note(pa, `${subject}/new`);
  }
  assert.deepEqual(found, []);
});

/** The supervisor's floor with a queue at its side, the person's menu, the palette, the keys, the components. */
async function steering(page, language) {
  const found = [];
  await speak(page, language, '/supervisor');
  await page.getByRole('row').filter({ hasText: 'Support' }).first().click();
  await page.locator('.side-panel').waitFor();
  found.push(...(await look(page, language, 'supervisor')));
  await page.locator('.person .bar-button').click();
  await page.getByRole('menuitemradio').first().waitFor();
  found.push(...(await look(page, language, 'menu')));
  await page.keyboard.press('Escape');
  for (const [key, where] of [['Control+k', 'palette'], ['Alt+k', 'keys']]) {
    await page.keyboard.press(key);
    await page.locator('[role=dialog]').waitFor();
    found.push(...(await look(page, language, where)));
    await page.keyboard.press('Escape');
    await page.locator('[role=dialog]').waitFor({ state: 'detached' });
  }
  await speak(page, language, '/components');
  await page.locator('.sample-panel').waitFor();
  found.push(...(await look(page, language, 'components')));
  return found;
}

/** Every subject of the manager. */
async function settingUp(page, language) {
  const found = [];
  await speak(page, language, '/manager');
  const links = page.locator('nav.subjects a');
  await links.first().waitFor();
  const paths = await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const path of paths) {
    await page.locator(`nav.subjects a[href="${path}"]`).click();
    await page.locator('.manager-work').waitFor();
    await page.waitForFunction(() => !document.querySelector('.state-late')); // there may be several
    found.push(...(await look(page, language, path)));
  }
  return found;
}
