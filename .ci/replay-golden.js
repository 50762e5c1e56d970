// Replays every golden trace with every Node given and compares the digests with the recorded ones: the same bytes everywhere.
//
//   node .ci/replay-golden.js [--none-yet] [--counts FILE] NODE…

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = `${root}tests/golden`;
const run = promisify(execFile);

const { values, positionals: nodes } = parseArgs({
  allowPositionals: true,
  options: { 'none-yet': { type: 'boolean' }, counts: { type: 'string' } },
});

/** What a trace says of itself: its last line holds the digest. */
function recordedDigest(file) {
  const last = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n').at(-1);
  const digest = findDigest(JSON.parse(last));
  if (digest === undefined) throw new Error('its last line holds no digest');
  return digest;
}

function findDigest(record) {
  return record.digest ?? record.footer?.digest;
}

async function replay(node, file) {
  try {
    const recorded = recordedDigest(file);
    const command = [`${root}bin/splitbrain.js`, 'replay', `${folder}/${file}`, '--json'];
    // A golden trace may hold a violation: exit status 1 is then the right one, and the digest is what counts.
    const { stdout } = await run(node, command, { maxBuffer: 1 << 28 }).catch((error) => {
      if (error.code === 1 && error.stdout) return error;
      throw error;
    });
    const replayed = findDigest(JSON.parse(stdout));
    return replayed === recorded ? null : `the digest is ${replayed}, recorded was ${recorded}`;
  } catch (error) {
    return (error.stderr || error.message).trim().split('\n').slice(0, 5).join('\n    ');
  }
}

function traces() {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort((a, b) => (a < b ? -1 : 1));
  } catch {
    return [];
  }
}

let passed = 0;
let failed = 0;
const files = traces();
if (files.length === 0) {
  console.log(`NO GOLDEN TRACES in tests/golden: nothing says yet that every Node gives the same digests.`);
  if (!values['none-yet']) failed = 1;
}
if (nodes.length === 0) throw new Error('name at least one node');
for (const node of nodes) {
  const { stdout: version } = await run(node, ['--version']);
  for (const file of files) {
    const problem = await replay(node, file);
    if (problem === null) passed += 1;
    else {
      failed += 1;
      console.log(`  ✗ ${file} on Node ${version.trim()}: ${problem}`);
    }
  }
  console.log(`  Node ${version.trim()}: ${files.length} traces replayed`);
}
if (values.counts !== undefined) writeFileSync(values.counts, `${passed} ${failed}\n`);
if (failed > 0) process.exitCode = 1;
