// Finds what people read outside of the catalogue of texts, and keys of the catalogue
// that no screen uses. Signs, figures and the names of keys on a keyboard are no texts.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Attributes whose value is shown or read aloud. */
const shown = new Set([
  'alt', 'aria-description', 'aria-label', 'aria-roledescription', 'aria-valuetext', 'closeButtonLabel', 'description', 'empty', 'error', 'label',
  'nothingFoundMessage', 'placeholder', 'subtitle', 'suffix', 'title',
]);

/** What is the same in every language: the product's name, units, and what stands on keys. */
const same = /^(Portico|https:\/\/|s|min|h|ms|\(?(Ctrl|Alt|Shift|Enter|Esc)( (\S|Enter))?\)?|[^\p{L}]*)$/u;

/** The literal texts of one source file: their line and what they say. */
export function literals(source, name = 'source.tsx') {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const report = (node, text) => {
    const words = text.trim();
    if (!same.test(words)) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: words });
  };
  visit(file);
  return found;

  function visit(node) {
    if (ts.isJsxText(node)) report(node, node.text);
    else if (ts.isJsxAttribute(node) && shown.has(node.name.getText()) && node.initializer) value(node.initializer);
    else if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) value(node.expression);
    ts.forEachChild(node, visit);
  }

  /** What an expression may show; what a call makes of its arguments is not looked into. */
  function value(node) {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) report(node, node.text);
    else if (ts.isTemplateExpression(node)) [node.head, ...node.templateSpans.map((span) => span.literal)].forEach((part) => report(part, part.text));
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(value);
    else if (ts.isBinaryExpression(node) && /^(&&|\|\||\?\?|\+)$/.test(node.operatorToken.getText())) {
      value(node.right);
      if (node.operatorToken.getText() !== '&&') value(node.left);
    } else if (ts.isParenthesizedExpression(node) || (ts.isJsxExpression(node) && node.expression)) value(node.expression);
  }
}

/** Tells for each key whether a source names it, whole or by the beginning that a template is made of. */
export function unused(keys, sources) {
  const whole = new Set();
  const beginnings = new Set();
  for (const source of sources) {
    for (const [, text] of source.matchAll(/['"`]([a-z_]+\.[A-Za-z0-9_.]*)['"`]/g)) whole.add(text);
    for (const [, text] of source.matchAll(/`([a-z_]+\.[A-Za-z0-9_.]*)\$\{/g)) beginnings.add(text);
  }
  return keys.filter((key) => !whole.has(key) && ![...beginnings].some((text) => key.startsWith(text)));
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') && entry.name !== 'schema.d.ts')
    .map((entry) => join(entry.parentPath, entry.name));
}

function check() {
  const web = fileURLToPath(new URL('..', import.meta.url));
  const sources = files(join(web, 'src')).map((path) => ({ path: relative(web, path), text: readFileSync(path, 'utf8') }));
  const screens = sources.filter(({ path }) => path.endsWith('.tsx'));
  const complaints = screens.flatMap(({ path, text }) =>
    literals(text, path).map((found) => `${path}:${found.line}: “${found.text}” is not from the catalogue`));
  const english = join(web, '../texts/english');
  const theirs = files(join(web, 'widget')).map((path) => readFileSync(path, 'utf8'));
  for (const name of ['app', 'kit', 'desk', 'designer', 'mail', 'manager', 'setup', 'supervisor', 'widget']) {
    const keys = Object.keys(JSON.parse(readFileSync(join(english, `${name}.json`), 'utf8')));
    complaints.push(...unused(keys, name === 'widget' ? theirs : sources.map((s) => s.text)).map((key) => `texts/english/${name}.json: nobody uses ${key}`));
  }
  complaints.forEach((complaint) => console.error(complaint));
  return complaints.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(check() ? 1 : 0);
