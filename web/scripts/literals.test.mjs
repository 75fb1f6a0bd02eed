import { expect, test } from 'vitest';
import { literals, unused } from './literals.mjs';

const texts = (source) => literals(source).map((found) => found.text);

// What stands between tags or in an attribute that is read belongs into the catalogue.
test('finds literal texts', () => {
  expect(texts('<p>Hello there</p>')).toEqual(['Hello there']);
  expect(texts('<b title="Close">{t("app.x")}</b>')).toEqual(['Close']);
  expect(texts('<b aria-label={busy ? "Wait" : t("app.x")} />')).toEqual(['Wait']);
  expect(texts('<p>{busy && "Wait"}{`of ${n} rows`}</p>')).toEqual(['Wait', 'of', 'rows']);
  expect(texts('<X label={name || `Row ${n}`} />')).toEqual(['Row']);
});

// Signs, figures, keys and what only the program reads are no texts.
test('leaves alone what is no text', () => {
  expect(texts('<p className="big" id={`row-${n}`}>{t("app.x")} · <kbd>Ctrl K</kbd> {"–"} 5 %</p>')).toEqual([]);
  expect(texts('<Row key={`${a} ${b}`} open={() => go("queues")} />')).toEqual([]);
});

// A key that no screen names, whole or in part, is left over.
test('finds keys that nobody uses', () => {
  const sources = ["t('app.used')", 't(`app.part_${x}`)'];
  expect(unused(['app.used', 'app.part_one', 'app.left_over', 'app.use'], sources)).toEqual(['app.left_over', 'app.use']);
});
