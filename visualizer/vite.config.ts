import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: here,
  logLevel: 'warn',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [viteSingleFile()],
  build: {
    outDir: '../dist/visualizer',
    // dist/visualizer/embed, which tsc writes, lives beside the page.
    emptyOutDir: false,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: { input: `${here}page.html` },
  },
});
