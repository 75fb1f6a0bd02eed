// How smoothly a table of 10,000 rows scrolls. Run by hand on a quiet machine:
//   make build && node web/e2e/frames.mjs
// The page notes the time of each frame while the wheel turns; a frame is late when it
// comes more than one and a half frames of 60 a second after the one before.
import { openBrowser, person, Portico, sampleCompany, signIn } from './portico.mjs';

const rows = Number(process.env.ROWS ?? 10_000);
const seconds = Number(process.env.SECONDS ?? 10);
const frame = 1000 / 60;

const server = await Portico.start();
const browser = await openBrowser();

/** The list as a table, in portions that an import takes. */
function csv(from, to) {
  const lines = ['name,description'];
  for (let i = from; i < to; i++) lines.push(`Skill ${String(i).padStart(5, '0')},What is needed for the matter number ${i} and its neighbours`);
  return `${lines.join('\n')}\n`;
}

try {
  const password = await sampleCompany(server);
  const page = await person(browser, { viewport: { width: 1600, height: 900 } });
  await signIn(page, server.url, 'pa', password);
  for (let from = 0; from < rows; from += 2_000) {
    await page.evaluate(async (text) => {
      const answer = await fetch('/api/v1/skills/import', { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: text });
      if (!answer.ok || !(await answer.json()).applied) throw new Error('the skills were refused');
    }, csv(from, Math.min(rows, from + 2_000)));
  }
  await page.goto(`${server.url}/manager/skills`);
  const grid = page.getByRole('grid', { name: 'Skills' });
  await grid.getByText('Skill 00000').waitFor({ timeout: 60_000 });
  await grid.hover();
  await page.evaluate(() => {
    window.frameTimes = [];
    const note = (at) => {
      window.frameTimes.push(at);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await page.mouse.wheel(0, 240);
    await page.waitForTimeout(16);
  }
  const times = await page.evaluate(() => window.frameTimes);
  const drawn = await grid.getByRole('row').count();
  const took = times.slice(1).map((at, i) => at - times[i]).sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(1);
  const late = took.filter((ms) => ms > frame * 1.5).length;
  console.log(`${rows} rows, ${drawn} of them in the page; ${seconds} s of scrolling, ${took.length} frames`);
  console.log(`| frames a second | median | p95 | p99 | longest | late |\n|---|---|---|---|---|---|`);
  console.log(`| ${(took.length / seconds).toFixed(1)} | ${at(0.5)} ms | ${at(0.95)} ms | ${at(0.99)} ms | ${took.at(-1).toFixed(1)} ms | ${((100 * late) / took.length).toFixed(1)} % |`);
} finally {
  await browser.close();
  await server.stop();
}
