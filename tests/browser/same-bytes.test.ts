import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROWSERS, isMissing, open, type InstalledBrowser } from './browsers.js';
import { digestOf } from './run-in-browser.js';

const RUNS: readonly (readonly [name: string, seed: string])[] = [
  ['raft/leader-crash', '42'],
  ['raft/unsynced-disk', '7'],
  ['raft/clock-skew-lease', '3'],
  ['two-phase-commit/coordinator-crash', '1'],
  ['two-generals/last-messenger', '1'],
];

/** Of each run: in the page at the direct and at the recorded speed, and in a worker. */
interface Report {
  readonly digests?: readonly (readonly string[])[];
  readonly error?: string;
}

let server: Server;
let address = '';
let reported: (report: Report) => void = () => {};

async function bundle(): Promise<string> {
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
  return output[0].code;
}

beforeAll(async () => {
  const code = await bundle();
  const html = `<!doctype html><title>run</title><script>RUNS = ${JSON.stringify(RUNS)}</script><script type="module" src="/run.js"></script>`;
  server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => reported(JSON.parse(body) as Report));
    }
    const script = request.url === '/run.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? code : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}, 120_000);

afterAll(() => server?.close());

async function reportOf(browser: InstalledBrowser): Promise<Report> {
  const report = new Promise<Report>((resolve) => (reported = resolve));
  const close = await open(browser, address);
  try {
    return await report;
  } finally {
    await close();
  }
}

describe.each(BROWSERS)('$name and Node', (browser) => {
  if (isMissing(browser)) console.warn(`not compared with Node: there is no ${browser.name} at ${browser.path}`);

  test.skipIf(isMissing(browser))(
    'come to the same digests, at both speeds and in a worker',
    { timeout: 120_000 },
    async () => {
      const { error, digests } = await reportOf(browser);
      expect(error).toBe(undefined);
      RUNS.forEach(([name, seed], i) => {
        const expected = digestOf(name, seed, 'direct');
        expect([name, ...digests![i]!]).toEqual([name, expected, expected, expected]);
      });
    },
  );
});

test('another seed gives another digest: the comparison is worth something', () => {
  for (const [name, seed] of RUNS)
    expect(digestOf(name, `${seed}0`, 'direct')).not.toBe(digestOf(name, seed, 'direct'));
});
