import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A browser that can be started without a window, on a folder of its own for what it keeps. */
export interface InstalledBrowser {
  readonly name: string;
  readonly path: string;
  readonly arguments: (profile: string, url: string) => readonly string[];
}

/** What Firefox would otherwise look for on the network, and ask the user. */
const FIREFOX_SETTINGS = [
  ['app.update.enabled', false],
  ['browser.shell.checkDefaultBrowser', false],
  ['browser.startup.homepage_override.mstone', 'ignore'],
  ['datareporting.policy.dataSubmissionEnabled', false],
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['toolkit.telemetry.enabled', false],
  ['extensions.systemAddon.update.enabled', false],
  ['browser.safebrowsing.malware.enabled', false],
  ['browser.safebrowsing.phishing.enabled', false],
  ['services.settings.server', 'data:,'],
] as const;

const CHROMIUM: InstalledBrowser = {
  name: 'Chromium',
  path: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  arguments: (profile, url) => [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    url,
  ],
};

const FIREFOX: InstalledBrowser = {
  name: 'Firefox',
  path: process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr',
  arguments: (profile, url) => ['--headless', '--no-remote', '--profile', profile, url],
};

export const BROWSERS = [CHROMIUM, FIREFOX] as const;

/** Without it, its tests are skipped on a developer's machine, never where the project is checked. */
export function isMissing({ path }: InstalledBrowser): boolean {
  return !existsSync(path) && process.env['CI'] === undefined;
}

/** Opens a page. @returns how to end the browser and remove what it kept. */
export async function open(browser: InstalledBrowser, url: string): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'splitbrain-browser-'));
  const profile = join(folder, 'profile');
  await mkdir(profile);
  const settings = FIREFOX_SETTINGS.map(
    ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
  );
  if (browser === FIREFOX) await writeFile(join(profile, 'user.js'), settings.join('\n'));
  const child = spawn(browser.path, browser.arguments(profile, url), {
    stdio: 'ignore',
    // Firefox keeps things in the home folder, too. A group of its own, as both start helpers that must end with them.
    env: { ...process.env, HOME: folder },
    detached: true,
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))]);
  return async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
