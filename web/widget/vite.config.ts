import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Rollup } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../dist/widget', import.meta.url));
const parts = ['emoji', 'files', 'rating'];

/** Builds what is loaded only when it is needed: modules of their own that import
 * nothing, named by what is in them. Gives the name of each file. */
async function buildParts(): Promise<Record<string, string>> {
  rmSync(out, { recursive: true, force: true });
  const built = (await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    build: {
      outDir: join(out, 'parts'),
      target: 'es2022',
      lib: { entry: Object.fromEntries(parts.map((p) => [p, `parts/${p}.ts`])), formats: ['es'] },
      rollupOptions: { output: { entryFileNames: '[name]-[hash].js', minify: true } },
      emptyOutDir: false,
    },
  })) as Rollup.RollupOutput[];
  const chunks = built.flatMap((b) => b.output).filter((o) => o.type === 'chunk');
  const importing = chunks.filter((c) => !c.isEntry || c.imports.length > 0);
  if (importing.length > 0) throw new Error(`these parts of the widget import others: ${importing.map((c) => c.fileName).join(', ')}`);
  return Object.fromEntries(chunks.map((c) => [c.name, c.fileName]));
}

// One classic script without imports: a company adds it to any page with one tag.
export default defineConfig(async () => ({
  root: here,
  define: { PORTICO_PARTS: JSON.stringify(await buildParts()) },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'main.ts', formats: ['iife'], name: 'PorticoChat', fileName: () => 'widget.js' },
  },
}));
