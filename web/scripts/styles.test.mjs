// Style sheets of areas that were opened stay until the page is left. A class that two
// areas style as if it were theirs alone would look different after the other was seen.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The classes with which selectors of a sheet begin. */
function beginnings(sheet) {
  const rules = sheet.replaceAll(/\/\*[\s\S]*?\*\//g, '').matchAll(/([^{}]+)\{/g);
  return new Set([...rules].flatMap(([, selectors]) => selectors.split(',').flatMap((s) => /^\s*\.([\w-]+)/.exec(s)?.[1] ?? [])));
}

/** The classes that sheets of several areas begin with. What the kit has may be refined by everybody. */
function shared(sheets) {
  const areas = new Map();
  for (const [area, sheet] of sheets) {
    if (area === 'kit') continue;
    for (const name of beginnings(sheet)) areas.set(name, (areas.get(name) ?? new Set()).add(area));
  }
  return [...areas].filter(([, of]) => of.size > 1).map(([name, of]) => `.${name}: ${[...of].sort().join(', ')}`);
}

test('a class that two areas style is found, whatever stands around it', () => {
  const sheets = [['desk', '.row { }\n/* .note */ @media (width < 9px) { .a .b, .media > li { } }'], ['supervisor', '.media{}'], ['kit', '.row {}']];
  expect(shared(sheets)).toEqual(['.media: desk, supervisor']);
});

test('no class is styled by two areas', () => {
  const root = fileURLToPath(new URL('../src', import.meta.url));
  const sheets = readdirSync(root, { recursive: true }).filter((f) => f.endsWith('.css')).map((f) => [f.split('/')[0], readFileSync(join(root, f), 'utf8')]);
  expect(sheets.length).toBeGreaterThan(20);
  expect(shared(sheets)).toEqual([]);
});
