import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { build } from 'vite';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Without a browser these tests are skipped on a developer's machine, never where the project is checked. */
export const browserMissing = !existsSync(CHROMIUM) && process.env['CI'] === undefined;

if (browserMissing) console.warn(`tests of the page are skipped: no browser at ${CHROMIUM}`);

/** The page as it ships, built anew into a folder of its own so that no test sees a stale one. */
export async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'splitbrain-page-'));
  const configFile = fileURLToPath(new URL('../../visualizer/vite.config.ts', import.meta.url));
  const output = await build({ configFile, logLevel: 'error', build: { outDir, write: false } });
  await rm(outDir, { recursive: true });
  const bundles = Array.isArray(output) ? output : [output];
  for (const bundle of bundles) {
    if (!('output' in bundle)) continue;
    for (const file of bundle.output) {
      if (file.type === 'asset' && file.fileName.endsWith('.html')) return String(file.source);
    }
  }
  throw new Error('the build made no page');
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page opened from a file, with everything that it complained of or asked the network for. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function openPage(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'splitbrain-page-'));
  const file = join(folder, 'run.html');
  await writeFile(file, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return {
    page,
    complaints,
    requests,
    async close() {
      await context.close();
      await rm(folder, { recursive: true });
    },
  };
}
