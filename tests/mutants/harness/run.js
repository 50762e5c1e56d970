// Takes the rules of the checkers away, one at a time, and sees that a test notices: `npm run mutants`, or
// `npm run mutants -- --only linearizability/`. Works on a copy of the sources.
//
// Exit status: 0 every mutant was killed, 1 one survived, is stale (its text is not there) or does not load, 2 wrong use.

import { fork, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';

/** @typedef {import('./mutant.js').Mutant} Mutant */
/** @typedef {{ verdict: string, by: string, test: string }} Outcome */

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** A mutant that loops for ever is noticed, too; nobody waits for it longer. */
const LIMIT_MS = 120_000;

const { only, lists } = readOptions();
const mutants = chosen(await listed());
const scratch = copyOfSources();
process.on('exit', () => {
  session?.kill('SIGKILL');
  rmSync(path.dirname(scratch), { recursive: true, force: true });
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => process.exit(130));

/** @type {import('node:child_process').ChildProcess | undefined} */
let session;
/** What the session must read anew because it is as it was again. @type {string[]} */
let restored = [];
let missed = 0;
for (const mutant of mutants) {
  const beganMs = Date.now();
  const { verdict, by, test } = await judge(mutant);
  if (verdict !== 'killed') missed++;
  const seconds = ((Date.now() - beganMs) / 1000).toFixed(1).padStart(6);
  const killer = [path.basename(test), by.split('\n')[0]].filter((part) => part !== '').join(' › ');
  process.stdout.write(
    `${`${verdict.padEnd(8)} ${seconds} s  ${mutant.name.padEnd(longest())}  ${killer}`.trimEnd()}\n`,
  );
}
process.stdout.write(`${mutants.length} mutants: ${missed === 0 ? 'all killed' : `${missed} not killed`}\n`);
process.exit(missed === 0 ? 0 : 1);

/** @returns {{ only: string[], lists: string }} */
function readOptions() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        lists: { type: 'string', default: fileURLToPath(new URL('../', import.meta.url)) },
      },
    }).values;
  } catch (error) {
    return wrongUse(/** @type {Error} */ (error).message);
  }
}

/** @returns {never} */
function wrongUse(/** @type {string} */ message) {
  process.stderr.write(
    `mutants: ${message}\nusage: npm run mutants -- [--only <room, or how room/name begins>]… [--lists <folder>]\n`,
  );
  process.exit(2);
}

/** The lists, each mutant named with its room. */
async function listed() {
  const jiti = createJiti(import.meta.url);
  /** @type {Mutant[]} */
  const all = [];
  const files = readdirSync(lists).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  for (const file of files.sort()) {
    const { mutants: room } = /** @type {{ mutants: Mutant[] }} */ (await jiti.import(path.resolve(lists, file)));
    for (const mutant of room) all.push({ ...mutant, name: `${path.basename(file, '.ts')}/${mutant.name}` });
  }
  return all;
}

function chosen(/** @type {Mutant[]} */ all) {
  for (const prefix of only)
    if (!all.some(({ name }) => name.startsWith(prefix))) wrongUse(`no mutant's name begins with ${prefix}`);
  return only.length === 0 ? all : all.filter(({ name }) => only.some((prefix) => name.startsWith(prefix)));
}

function longest() {
  return Math.max(...mutants.map(({ name }) => name.length));
}

/** What git knows or would add, as it is in the working tree; the packages by a link. */
function copyOfSources() {
  const above = mkdtempSync(path.join(os.tmpdir(), 'splitbrain-mutants-'));
  const copy = path.join(above, 'sources');
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const file of stdout.trim().split('\n')) {
    if (existsSync(root + file)) cpSync(root + file, path.join(copy, file));
  }
  symlinkSync(`${root}node_modules`, path.join(copy, 'node_modules'));
  // Some tests read files of others that lie beside the repository.
  if (existsSync(`${root}../shared`)) symlinkSync(path.resolve(root, '../shared'), path.join(above, 'shared'));
  return copy;
}

/** @returns {Promise<Outcome>} */
async function judge(/** @type {Mutant} */ { file, find, replace, tests }) {
  const place = path.join(scratch, file);
  const original = existsSync(place) ? readFileSync(place, 'utf8') : '';
  const places = original.split(find).length - 1;
  if (places !== 1) return { verdict: 'stale', by: `its text occurs ${places} times in ${file}`, test: '' };
  writeFileSync(
    place,
    original.replace(find, () => replace),
  );
  const outcome = await ask({ changed: [...restored, file], tests });
  writeFileSync(place, original);
  restored = [file];
  return outcome;
}

/** @returns {Promise<Outcome>} */
async function ask(/** @type {{ changed: string[], tests: readonly string[] }} */ work) {
  session ??= await newSession();
  const running = session;
  return new Promise((resolve) => {
    const late = setTimeout(() => ended({ verdict: 'killed', by: 'it ran out of time', test: '' }), LIMIT_MS);
    const died = () => ended({ verdict: 'broken', by: 'the process that runs tests ended', test: '' });
    const answered = (/** @type {unknown} */ outcome) => settle(/** @type {Outcome} */ (outcome));
    running.on('message', answered);
    running.on('exit', died);
    running.send(work);

    function settle(/** @type {Outcome} */ outcome) {
      clearTimeout(late);
      running.off('message', answered);
      running.off('exit', died);
      resolve(outcome);
    }
    function ended(/** @type {Outcome} */ outcome) {
      session = undefined;
      running.kill('SIGKILL');
      settle(outcome);
    }
  });
}

/** @returns {Promise<import('node:child_process').ChildProcess>} */
async function newSession() {
  // Tests of this very harness run it below a vitest; the inner one must not take itself for a worker of it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const child = fork(fileURLToPath(new URL('session.js', import.meta.url)), [scratch], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}
