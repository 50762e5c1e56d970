import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write('folder.ts/in-it', '');
});
afterAll(() => place.remove());

describe('wrong use', () => {
  it.each([
    [['runn'], /unknown command 'runn'\n.*Did you mean run\?/],
    [['run'], /missing required argument 'scenario'/],
    [['run', 'raft/leader-crsh'], /there is no scenario "raft\/leader-crsh"\n  did you mean raft\/leader-crash\?/],
    [['run', 'raft/leader-crash', '--sed', '4'], /unknown option '--sed'/],
    [['run', 'raft/leader-crash', '--bug', 'reads-locl'], /no planted bug "reads-locl"\n  did you mean reads-local\?/],
    [['run', 'raft/leader-crash', '--seed', ''], /an empty seed/],
    [['run', 'raft/leader-crash', '--seed', 'a\tb'], /control characters/],
    [['run', 'raft/leader-crash', '--seed', 'x'.repeat(201)], /a seed of 201 characters/],
    [['run', 'raft/leader-crash', '--set', 'nodes'], /key=value was expected/],
    [['run', 'raft/leader-crash', '--trace-level', 'state'], /did you mean states\?/],
    [
      ['run', 'raft/leader-crash', '--trace', '/dev/null/x'],
      /cannot write \/dev\/null\/x: a part of its path is no folder/,
    ],
    [['run', 'raft/leader-crash', '--trace', '.'], /cannot write \.: it is a folder/],
    [['run', 'folder.ts'], /cannot read folder\.ts: it is a folder/],
    [['replay', '-'], /standard input is empty/],
    [
      ['fuzz', 'raft/leader-crash', '--runs', '0'],
      /^splitbrain: --runs: "0" \(a whole number from 1 was expected\)\n$/,
    ],
    [['run', 'raft/leader-crash', '--trace', 'x', '--history', './x'], /two outputs go to/],
    [['check', 'nothing.jsonl', '--model', 'kv'], /cannot read nothing\.jsonl: there is no such file/],
    [['check', '-', '--model', 'kvv'], /unknown model 'kvv'/],
    [['check', '-', '--model', 'kv', '--format', 'jepsn'], /no format "jepsn"\n  did you mean jepsen/],
    [['fuzz', 'raft/leader-crash', '--shard', '3/2'], /i\/n with 1 ≤ i ≤ n/],
    [['fuzz', 'raft/leader-crash', '--time', 'soon'], /a time such as 30s/],
    [['new', 'My Protocol'], /is no name for a protocol/],
    [['list', 'zzzz'], /nothing has "zzzz" in its name/],
  ])('%j', async (argv, message) => expect(await place.refusal(argv)).toMatch(message));

  it('leaves nothing behind', async () => {
    await place.refusal([
      'run',
      'raft/leader-crash',
      '--set',
      'until=1s',
      '--trace',
      'kept.jsonl',
      '--html',
      '/dev/null/x.html',
    ]);
    expect(readdirSync(place.folder).filter((file) => file.includes('.partial'))).toEqual([]);
  });
});
