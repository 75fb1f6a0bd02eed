// Fails when what a browser loads first has grown beyond its budget (gzip).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const KiB = 1024;
let failed = false;

function packedSize(file) {
  return gzipSync(readFileSync(file), { level: 9 }).length;
}

function report(what, bytes, limit) {
  const over = bytes > limit;
  failed ||= over;
  console.log(`${what}: ${(bytes / KiB).toFixed(1)} KiB gzip of ${limit / KiB} KiB${over ? ': over the budget' : ''}`);
}

const page = join(dist, 'app/index.html');
if (!existsSync(page)) {
  console.error('The application was not built: run "npm run build" first.');
  process.exit(1);
}
const first = [...readFileSync(page, 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1]);
report('first load', first.reduce((sum, name) => sum + packedSize(join(dist, 'app', name)), 0), 350 * KiB);

// What is loaded when it is needed: shown, so that nobody wonders where a page's time goes.
const assets = join(dist, 'app/assets');
const later = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name) && !first.includes(`assets/${name}`));
for (const [name, bytes] of later.map((name) => [name, packedSize(join(assets, name))]).sort((a, b) => b[1] - a[1])) {
  if (bytes > 8 * KiB) console.log(`  later: ${name.replace(/-[^-]{8}\./, '.')} ${(bytes / KiB).toFixed(1)} KiB`);
}

// The designer of workflows, with the canvas that it is drawn on.
const designer = later.filter((name) => /^(Designer|ImportDialog|designerTexts)-/.test(name));
report('designer, when it is opened', designer.reduce((sum, name) => sum + packedSize(join(assets, name)), 0), 130 * KiB);

// The customers' script, and all that it may load later.
const widget = join(dist, 'widget');
if (existsSync(widget)) {
  const scripts = readdirSync(widget, { recursive: true }).map(String).filter((name) => name.endsWith('.js'));
  report('widget, first load', packedSize(join(widget, 'widget.js')), 20 * KiB);
  report('widget, all of it', scripts.reduce((sum, name) => sum + packedSize(join(widget, name)), 0), 40 * KiB);
}
process.exit(failed ? 1 : 0);
