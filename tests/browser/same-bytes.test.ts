import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { runScenario, scenarioNamed } from '../../scenarios/index.js';
import { browserMissing, launchBrowser } from '../visualizer/page-browser.js';

const RUNS: readonly (readonly [name: string, seed: string])[] = [
  ['raft/leader-crash', '42'],
  ['raft/unsynced-disk', '7'],
  ['raft/clock-skew-lease', '3'],
  ['two-phase-commit/coordinator-crash', '1'],
  ['two-generals/last-messenger', '1'],
];

let browser: Browser;
let page: Page;
let server: Server;

beforeAll(async () => {
  if (browserMissing) return;
  const bundled = await build({
    logLevel: 'error',
    configFile: false,
    // Every bundler for pages does this; immer asks for it.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('./run-in-browser.ts', import.meta.url)), formats: ['es'], fileName: 'run' },
    },
  });
  const [{ output }] = bundled as unknown as [{ output: [{ code: string }] }];
  const { code } = output[0];
  server = createServer((request, response) => {
    const script = request.url === '/run.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? code : '<!doctype html><title>run</title><script type="module" src="/run.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchBrowser();
  page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`in the page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'digestOf' in globalThis);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

function here(name: string, seed: string): string {
  const scenario = scenarioNamed(name);
  if (scenario.kind === 'experiment') throw new Error(`${name} is an experiment`);
  const { verdict, result } = runScenario(scenario, { seed });
  return `${verdict} ${result.digest} ${result.events}`;
}

test.skipIf(browserMissing).each(RUNS)(
  '%s, seed %s: the same digest in Node, in a page at both speeds, and in a worker',
  async (name, seed) => {
    const expected = here(name, seed);
    type Global = { digestOf(name: string, seed: string, speed: string): string };
    const inPage = (speed: string): Promise<string> =>
      page.evaluate(([n, s, v]) => (globalThis as unknown as Global).digestOf(n!, s!, v!), [name, seed, speed]);
    expect(await inPage('direct')).toBe(expected);
    expect(await inPage('recorded')).toBe(expected);
    const inWorker = await page.evaluate(
      (run) =>
        new Promise<string>((resolve, reject) => {
          const worker = new Worker('/run.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data as string);
          worker.onerror = (error) => reject(new Error(error.message));
          worker.postMessage(run);
        }),
      [name, seed, 'direct'],
    );
    expect(inWorker).toBe(expected);
    // The comparison is worth something: another seed gives another digest.
    expect(here(name, `${seed}0`)).not.toBe(expected);
  },
);
