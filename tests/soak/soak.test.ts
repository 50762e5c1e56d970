import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.js';

const script = fileURLToPath(new URL('soak.js', import.meta.url));

function soak(...options: string[]): {
  readonly status: number | null;
  readonly lines: string[];
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n'), err: stderr };
}

describe('npm run soak', () => {
  it('tells in a row what became of each campaign, and which marks none of its seeds reached', () => {
    const { status, lines } = soak(
      '--runs',
      '3',
      ...['bully', 'lcr/stormy', 'zab/zookeeper/stormy'].flatMap((name) => ['--only', name]),
    );
    expect(lines[0]).toMatch(
      /^scenario +seeds +failures +undecided +seconds +runs\/s +marks never reached; faults that never struck$/,
    );
    const rows = lines.slice(1, 4).join('\n');
    expect(rows).toMatch(/^bully\/stormy +3 +0 +0 +\d+\.\d +\d+ +/m);
    expect(rows).toMatch(/^lcr\/stormy +3 +0 +0 .* {3}too-late$/m);
    // A storm that is named after a variant: its protocol's marks are found.
    expect(rows).toMatch(/^zab\/zookeeper\/stormy +3 /m);
    expect(lines[4]).toBe('3 campaigns: nothing failed');
    expect(status).toBe(0);
  });

  it('tells with Ctrl-C what was found until then, and what was not begun', async () => {
    const child = spawn(process.execPath, [script, '--only', 'bully', '--only', 'lcr']);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // The titles stand there as soon as the first campaign begins.
      if (out === '') child.kill('SIGINT');
      out += text;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(out.trimEnd().split('\n').at(-1)).toBe('1 campaign: interrupted, 1 not begun; nothing failed');
    expect(status).toBe(130);
  });

  it('ends with 1 where a seed fails, and says how to see it again', () => {
    const { status, lines } = soak('--runs', '4', '--only', 'raft/stormy', '--bug', 'skips-log-check');
    expect(lines[1]).toMatch(/^raft\/stormy +4 +[1-4] /);
    expect(lines[2]).toMatch(/^ {4}seed \d: \S/);
    expect(lines[3]).toMatch(/^ {4}npx splitbrain replay \.splitbrain\/soak\/raft-stormy-skips-log-check-\d\.json$/);
    expect(lines.at(-1)).toBe('1 campaign: 1 failed');
    expect(status).toBe(1);
  });

  it('ends with 1 where a campaign breaks off', () => {
    expect(soak('--runs', '2', '--only', 'lcr', '--bug', 'no-such-bug')).toMatchObject({ status: 1 });
  });

  it('refuses what it does not know', () => {
    expect(soak('--only', 'nothing')).toMatchObject({ status: 2, err: expect.stringContaining('raft/stormy') });
    expect(soak('--fast')).toMatchObject({ status: 2, err: expect.stringContaining('usage') });
  });

  it('finds a stormy scenario of every protocol that has one with a swarm', () => {
    const swarms = catalogue.filter((entry) => entry.kind === 'scenario' && entry.swarm !== undefined);
    const stormy = new Set(catalogue.map(({ name }) => name).filter((name) => /\/stormy(-|$)/.test(name)));
    expect(swarms.filter(({ protocol }) => !stormy.has(`${protocol.name}/stormy`))).toEqual([]);
  });
});

describe('npm run bugs', () => {
  const bugs = fileURLToPath(new URL('bugs.js', import.meta.url));
  const run = (
    ...options: string[]
  ): { readonly status: number | null; readonly out: string; readonly err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bugs, ...options], { encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  };

  it('tells in a row how many seeds find each bug, and how many it takes', () => {
    const { status, out } = run('--seeds', '2', '--storm', '4', '--only', 'lcr');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split(' | '));
    expect(rows[2]?.slice(0, 6)).toEqual([
      '| lcr',
      '`relays-smaller`',
      'the maximum leads',
      '`lcr/random-placement`',
      '2 of 2',
      '1',
    ]);
    expect(rows[2]?.slice(7, 10)).toEqual(['`lcr/stormy`', '4 of 4', '1']);
    expect(rows).toHaveLength(4);
    expect(status).toBe(0);
  });

  it('refuses what it does not know', () => {
    expect(run('--only', 'nothing')).toMatchObject({
      status: 2,
      err: expect.stringContaining('no such protocol: nothing'),
    });
    expect(run('--seeds', 'many')).toMatchObject({ status: 2, err: expect.stringContaining('usage') });
  });
});

describe('npm run table', () => {
  const table = fileURLToPath(new URL('table.js', import.meta.url));

  it('tells of a protocol what there is, what was found, what campaigns said, and messages', () => {
    const folder = mkdtempSync(join(tmpdir(), 'table-'));
    const soak = join(folder, 'soak.txt');
    writeFileSync(soak, 'lcr/stormy    10  3  0  1.0  10   –\nlcr/stormy    10000  0  0  28.1  356   too-late\n');
    const options = ['--seeds', '1', '--only', 'lcr', '--soak', soak];
    const { status, stdout } = spawnSync(process.execPath, [table, ...options, '--json'], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        protocol: 'lcr',
        bugs: [
          { bug: 'relays-smaller', found: 1, of: 1, seeds: 1 },
          { bug: 'halts-before-relaying', seeds: 1 },
        ],
        soak: [{ scenario: 'lcr/stormy', runs: 10000, failures: 0 }],
        messages: [{ measured: 20, predicted: 20, formula: 'n(n + 1)/2 + n' }],
      },
    ]);
  });
});
