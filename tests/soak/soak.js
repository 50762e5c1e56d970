// The long campaigns: every scenario `…/stormy` (and `…/stormy-…`) of the catalogue, each for thousands of seeds, through the same
// `splitbrain fuzz` that a person types, on all cores. `npm run soak`, or `npm run soak -- --runs 500 --only raft`.
//
// Exit status: 0 nothing failed, 1 a seed failed or a campaign broke off, 2 wrong use, 3 something stayed undecided, 130 interrupted.
// Ctrl-C lets the seeds that are running end, and tells what was found until then; pressed again, it ends at once.

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const STORMY = /^([^/]+)(?:\/.+)?\/stormy(-.+)?$/;
const OUT = '.splitbrain/soak';

const options = readOptions();
const scenarios = chosen(listed(), options.only);
const columns = [
  ['scenario', Math.max(8, ...scenarios.map((name) => name.length))],
  ['seeds', -7],
  ['failures', -8],
  ['undecided', -9],
  ['seconds', -8],
  ['runs/s', -7],
];

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}
// Only now: whoever sees a line of ours may interrupt us.
process.stdout.write(`${row(columns.map(([title]) => title))}   marks never reached; faults that never struck\n`);
const campaigns = [];
for (const name of scenarios) if (!interrupted) campaigns.push(await soak(name));
const failed = campaigns.filter(({ failures, broken }) => failures > 0 || broken);
const undecided = campaigns.some((campaign) => campaign.undecided > 0);
const cut = interrupted ? `interrupted, ${scenarios.length - campaigns.length} not begun; ` : '';
const verdict = failed.length > 0 ? `${failed.length} failed` : undecided ? 'some undecided' : 'nothing failed';
process.stdout.write(`${campaigns.length} campaign${campaigns.length === 1 ? '' : 's'}: ${cut}${verdict}\n`);
process.exitCode = interrupted ? 130 : failed.length > 0 ? 1 : undecided ? 3 : 0;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', multiple: true, default: [] },
        bug: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    return wrongUse(error.message);
  }
}

function wrongUse(message) {
  process.stderr.write(
    `soak: ${message}\nusage: npm run soak -- [--runs N] [--seed first] [--only <scenario or protocol>]… [--bug name]\n`,
  );
  process.exit(2);
}

/** Every stormy scenario of the catalogue, by the command's own list. */
function listed() {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const maxBuffer = 64 * 1024 * 1024;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/splitbrain.js', 'list', '--json'], {
    cwd: root,
    stdio,
    encoding: 'utf8',
    maxBuffer,
  });
  if (status !== 0) wrongUse(stderr.trim());
  const names = JSON.parse(stdout).scenarios.map(({ name }) => name);
  return names.filter((name) => STORMY.test(name));
}

function chosen(names, only) {
  for (const one of only) {
    if (!names.some((name) => isMeant(name, one))) wrongUse(`no such campaign: ${one} (there are ${names.join(', ')})`);
  }
  return only.length === 0 ? names : names.filter((name) => only.some((one) => isMeant(name, one)));
}

function isMeant(name, only) {
  return name === only || protocolOf(name) === only;
}

function protocolOf(name) {
  return STORMY.exec(name)[1];
}

/** One campaign, told in one row as soon as it is over; a line below it for each seed that failed. */
async function soak(name) {
  const bug = options.bug === undefined ? [] : ['--bug', options.bug];
  const limits = ['--runs', options.runs, '--seed', options.seed, '--keep-going', '--out', OUT];
  const { status, stdout } = await fuzz([name, ...limits, ...bug, '--json']);
  if (stdout.trim() === '') {
    if (interrupted) return { failures: 0, undecided: 0, broken: false };
    process.stdout.write(`${name}: the campaign broke off with exit status ${status}\n`);
    return { failures: 0, undecided: 0, broken: true };
  }
  const { runs, failures, undecided, seconds, marks, faults } = JSON.parse(stdout);
  const missing = marksOf(protocolOf(name)).filter((mark) => marks[mark] === undefined);
  const rate = Math.round(runs / Math.max(0.001, seconds));
  const cells = [name, runs, failures.length, undecided, seconds.toFixed(1), rate];
  process.stdout.write(`${row(cells)}   ${[missing.join(', ') || '–', ...faults.neverStruck].join('; ')}\n`);
  for (const { seed, property, message, repro } of failures) {
    process.stdout.write(`    seed ${seed}: ${property}: ${message}\n    npx splitbrain replay ${repro}\n`);
  }
  return { failures: failures.length, undecided, broken: ![0, 1, 3, 130].includes(status) };
}

/** In a process group of its own: Ctrl-C in a terminal reaches all of ours, and two of them would end the campaign at once. */
function fuzz(args) {
  const child = spawn(process.execPath, ['bin/splitbrain.js', 'fuzz', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  running = child;
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  return new Promise((resolve) => {
    child.on('close', (status) => {
      running = undefined;
      resolve({ status, stdout });
    });
  });
}

/** The marks that a protocol's sources name. One that is computed (a decision, a plan) is not seen here, and not missed. */
function marksOf(protocol) {
  const folder = `${root}protocols/${protocol}`;
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const text = sources.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('\n');
  return [...new Set([...text.matchAll(/\bnode\.mark\('([^']+)'/g)].map(([, mark]) => mark))].sort();
}

function row(cells) {
  return cells.map((cell, i) => pad(String(cell), columns[i][1])).join('  ');
}

function pad(text, width) {
  return width < 0 ? text.padStart(-width) : text.padEnd(width);
}
