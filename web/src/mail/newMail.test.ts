import { beforeEach, expect, test, vi } from 'vitest';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v), removeItem: (k: string) => void kept.delete(k) });
const { addNewFile, changeNewMail, dropNewMail, dropOldFiles, newFileAddress } = await import('./newMail');
const { withCids, shownFiles } = await import('./writing');

const id = '0123abcd-0000-7000-8000-00000000cafe';
const saved = () => JSON.parse(kept.get('portico.new-mail') ?? '{}') as { clientId: string; files: unknown[]; html: string };

beforeEach(() => dropNewMail());

test('a file that arrives late stays with its own mail', () => {
  changeNewMail(() => ({ subject: 'First' }));
  const first = saved().clientId;
  dropNewMail();
  changeNewMail(() => ({ subject: 'Second' }));
  addNewFile(first, { id, name: 'a.pdf', size: 1, at: 0 });
  expect(saved().files).toEqual([]);
  addNewFile(saved().clientId, { id, name: 'a.pdf', size: 1, at: 0 });
  expect(saved().files).toHaveLength(1);
});

test('files that the server no longer keeps go, in the text too', () => {
  changeNewMail(() => ({ html: `<p>See <img src="${newFileAddress('m', id).replace('&', '&amp;')}" alt="a"> here</p>` }));
  addNewFile(saved().clientId, { id, name: 'a.png', size: 1, at: 0 });
  expect(dropOldFiles(3_600_000)).toEqual([]);
  expect(dropOldFiles(23 * 3_600_000)).toEqual(['a.png']);
  expect(saved()).toMatchObject({ files: [], html: '<p>See  here</p>' });
});

test('a picture of a new mail is named as mails name it', () => {
  const html = `<img src="${newFileAddress('m 1', id).replace('&', '&amp;')}">`;
  expect(shownFiles(html)).toEqual([id]);
  expect(withCids(html)).toBe('<img src="cid:0123abcd000070008000' + '00000000cafe@portico">');
});
