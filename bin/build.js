// `npm run build`: what changed since the last build, and nothing else. `npm run build -- page` or `-- code` for one half.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { staleSource, takeStamp, writeStamp } from './build-stamp.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const lock = `${root}dist/.lock`;
const lockWaitMsMax = 180_000;

/** @typedef {{ ok: boolean, ran: boolean, output: string }} Built */

/**
 * Builds a target where its sources changed. TypeScript writes its output in spite of type errors: `ok` tells, and dist holds
 * the sources either way.
 * @param {import('./build-stamp.js').Target} target
 * @returns {Built}
 */
export function build(target) {
  if (target === 'page' && !existsSync(`${root}visualizer/page.html`)) return { ok: true, ran: false, output: '' };
  return locked(() => {
    if (staleSource(target) === null) return { ok: true, ran: false, output: '' };
    const stamp = takeStamp(target);
    const done = target === 'code' ? node(tsc, ['-b']) : node(vite, ['build', '--config', 'visualizer/vite.config.ts']);
    if (done.ok || (target === 'code' && done.wrote)) writeStamp(stamp);
    return { ok: done.ok, ran: true, output: done.output };
  });
}

const tsc = 'node_modules/typescript/bin/tsc';
const vite = 'node_modules/vite/bin/vite.js';

/** @returns {{ ok: boolean, wrote: boolean, output: string }} */
function node(/** @type {string} */ script, /** @type {string[]} */ args) {
  if (!existsSync(root + script)) {
    return {
      ok: false,
      wrote: false,
      output: `${script} is missing: run \`npm ci\`, with the development dependencies.`,
    };
  }
  const done = spawnSync(process.execPath, [root + script, ...args], { cwd: root, encoding: 'utf8' });
  // tsc exits with 2 when it reported errors and wrote its output all the same.
  return { ok: done.status === 0, wrote: done.status === 2, output: (done.stdout + done.stderr).trim() };
}

/**
 * One build at a time: a test run and a person may both want one, and neither should read half a file.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
function locked(work) {
  mkdirSync(`${root}dist`, { recursive: true });
  const deadlineMs = Date.now() + lockWaitMsMax;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (!ownerLives()) rmSync(lock, { force: true });
      else if (Date.now() > deadlineMs) throw new Error(`another build holds ${lock}`, { cause: error });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function ownerLives() {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch (error) {
    // A lock just being written is empty for an instant; no process has number 0 but our own group.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const target of /** @type {const} */ (['code', 'page'])) {
    if (wanted.length > 0 && !wanted.includes(target)) continue;
    const built = build(target);
    if (built.output !== '') process.stderr.write(`${built.output}\n`);
    if (!built.ok) process.exitCode = 1;
  }
}
