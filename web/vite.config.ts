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

export default defineConfig({
  root: here,
  plugins: [react(), packed()],
  resolve: { alias: { '@texts': fileURLToPath(new URL('../texts', import.meta.url)) } },
  build: { outDir: out, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  server: {
    proxy: {
      '/api': { target: process.env.PORTICO ?? 'http://127.0.0.1:8080', ws: true },
      '/web': { target: process.env.PORTICO ?? 'http://127.0.0.1:8080', ws: true },
    },
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
  },
  test: { include: ['src/**/*.test.ts', 'widget/**/*.test.ts', 'scripts/**/*.test.mjs'] },
} as Parameters<typeof defineConfig>[0]);
