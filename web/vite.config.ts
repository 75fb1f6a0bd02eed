import { gzipSync } from 'node:zlib';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'dist/app');

/** Leaves a .gz beside each asset, so that the server never compresses one itself. */
function packed(): Plugin {
  return {
    name: 'packed-assets',
    apply: 'build',
    closeBundle() {
      const folder = join(out, 'assets');
      for (const name of readdirSync(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const file = join(folder, name);
        writeFileSync(file + '.gz', gzipSync(readFileSync(file), { level: 9 }));
      }
    },
  };
}

interface Emoji {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
}

/** Parts of skin and hair, which are no emoji by themselves. */
const componentGroup = 2;

/** Gives virtual:emoji/<language>: the emoji in their groups, with their names in the language. */
function emoji(): Plugin {
  const prefix = 'virtual:emoji/';
  return {
    name: 'emoji',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const folder = join(here, 'node_modules/emojibase-data', id.slice(prefix.length + 1));
      const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
      const all = read('compact.json') as Emoji[];
      const { groups } = read('messages.json') as { groups: { message: string; order: number }[] };
      const parts = groups.filter((g) => g.order !== componentGroup).map((g) => ({
        name: g.message.charAt(0).toLocaleUpperCase() + g.message.slice(1),
        emoji: all.filter((e) => e.group === g.order).map((e) => [e.unicode, e.label, (e.tags ?? []).join(' ')]),
      }));
      return `export default ${JSON.stringify(parts)};`;
    },
  };
}

export default defineConfig({
  root: here,
  plugins: [react(), emoji(), packed()],
  resolve: { alias: { '@texts': fileURLToPath(new URL('../texts', import.meta.url)) } },
  build: { outDir: out, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, rollupOptions: { input: [join(here, 'index.html'), join(here, 'docs.html')] } },
  server: {
    proxy: {
      '/api': { target: process.env.PORTICO ?? 'http://127.0.0.1:8080', ws: true },
      '/web': { target: process.env.PORTICO ?? 'http://127.0.0.1:8080', ws: true },
    },
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
  },
  test: { include: ['src/**/*.test.ts', 'widget/**/*.test.ts', 'scripts/**/*.test.mjs'] },
} as Parameters<typeof defineConfig>[0]);
