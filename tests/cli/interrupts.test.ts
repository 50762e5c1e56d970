import { openSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, Workplace, type Done } from './spawn.js';

const bin = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));
const HOURS = ['--set', 'until=5h'];

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

/** How the command ends that is interrupted in its work: later, where it had not begun yet and the signal itself ended it. */
async function interrupted(argv: readonly string[]): Promise<Done> {
  for (let afterMs = 1_000; ; afterMs *= 2) {
    const child = place.start(argv);
    setTimeout(() => child.kill('SIGINT'), afterMs);
    const done = await ended(child);
    if (child.signalCode === null) return done;
  }
}

describe('Ctrl-C', () => {
  it.each([
    ['a run that writes', ['run', 'raft/leader-crash', ...HOURS, '--trace', 'a.jsonl', '--html', 'a.html']],
    ['many seeds', ['run', 'raft/leader-crash', ...HOURS, '--seeds', '4']],
    ['a search for nondeterminism', ['verify', 'raft/leader-crash', ...HOURS]],
  ])('ends %s without a word, a verdict or a file', async (_, argv) => {
    expect(await interrupted(argv)).toEqual({ status: 130, stdout: '', stderr: '' });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('standard output', () => {
  it('that is full leaves one line and no verdict', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, 'list'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, 'splitbrain: cannot write to standard output: the disk is full\n']);
  });
});
