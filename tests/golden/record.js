// Records the golden traces anew: `npm run golden`. To be run when a change is meant to change digests, and only then; the
// commit says why. Every supported Node must replay them to the same digests, which the continuous integration checks.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What runs, short enough for the files to stay small. */
const RUNS = [
  ['leader-crash', 'raft/leader-crash', '--seed', '42', '--set', 'until=2500ms', '--set', 'clients.stop=2s'],
  ['latencies', 'tests/golden/latencies.yaml', '--seed', 'ünïcode 7'],
  ['figure-8', 'raft/bug-figure-8', '--seed', '1', '--bug', 'commits-old-term-entries'],
  ['stale-read', 'raft/bug-stale-read', '--seed', '2', '--bug', 'reads-local'],
  ['coordinator-crash', 'two-phase-commit/coordinator-crash', '--seed', '3'],
  ['last-messenger', 'two-generals/last-messenger', '--seed', '4'],
];

for (const [name, target, ...options] of RUNS) {
  const file = `tests/golden/${name}.jsonl`;
  const command = ['bin/splitbrain.js', 'run', target, ...options, '--trace', file, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  // 1 is a violation, which some of them are there to hold.
  if (status !== 0 && status !== 1) throw new Error(`${name}: exit status ${status}\n${stderr}`);
  const { digest, events, verdict } = JSON.parse(stdout);
  process.stdout.write(`${name.padEnd(20)} ${digest}   ${String(events).padStart(6)} events   ${verdict}\n`);
}
