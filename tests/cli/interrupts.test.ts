import { openSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

const bin = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));
const HOURS = ['--set', 'until=5h'];

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('Ctrl-C', () => {
  it.each([
    ['a run that writes', ['run', 'raft/leader-crash', ...HOURS, '--trace', 'a.jsonl', '--html', 'a.html']],
    ['many seeds', ['run', 'raft/leader-crash', ...HOURS, '--seeds', '4']],
    ['a search for nondeterminism', ['verify', 'raft/leader-crash', ...HOURS]],
  ])('ends %s without a word, a verdict or a file', async (_, argv) => {
    expect(await place.interrupted(argv)).toEqual({ status: 130, stdout: '', stderr: '' });
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
