import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Mutant } from './harness/mutant.js';

const root = path.resolve(import.meta.dirname, '../..');
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
const rooms = await Promise.all(
  files.map(async (file) => {
    const { mutants } = (await import(path.join(import.meta.dirname, file))) as { mutants: readonly Mutant[] };
    return { room: file.replace('.ts', ''), mutants };
  }),
);

/** What `npm run mutants` ends with, and its lines. */
function run(...options: string[]): { status: number | null; lines: string[] } {
  const script = path.join(import.meta.dirname, 'harness/run.js');
  const { status, stdout } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe('the lists of mutants', { timeout: 180_000 }, () => {
  it.each(rooms)('$room: each names its rule, the text of it and tests that are there', ({ mutants }) => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const { name, file, find, replace, tests } of mutants) {
      const places = readFileSync(path.join(root, file), 'utf8').split(find).length - 1;
      expect(`${name}: ${places} in ${file}`).toBe(`${name}: 1 in ${file}`);
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(replace).not.toBe(find);
      expect(tests.length).toBeGreaterThan(0);
      for (const test of tests) expect(readFileSync(path.join(root, test), 'utf8')).toContain('expect');
    }
  });

  it('a sample, the first of each room, is killed', () => {
    const sample = rooms.map(({ room, mutants }) => `${room}/${mutants[0]!.name}`);
    const { status, lines } = run(...sample.flatMap((name) => ['--only', name]));
    for (const name of sample) expect(lines.join('\n')).toMatch(new RegExp(`^killed .* ${name} .* › `, 'm'));
    expect(status).toBe(0);
  });
});

describe('npm run mutants', { timeout: 180_000 }, () => {
  it('tells who survives, what is stale and what does not load, and ends with 1', () => {
    const lists = mkdtempSync(path.join(os.tmpdir(), 'splitbrain-lists-'));
    const file = 'checkers/properties/finding.ts';
    const tests = ['tests/checkers/properties.test.ts'];
    const find = "verdict: complete ? 'violation' : 'undecided'";
    const planted: Mutant[] = [
      { name: 'kept', file, find, replace: `${find} `, tests },
      { name: 'gone', file, find: 'no such text', replace: '', tests },
      { name: 'torn', file, find: 'return', replace: 'retrun', tests },
      { name: 'unloadable', file, find, replace: '(', tests },
      { name: 'killed', file, find, replace: "verdict: 'violation'", tests },
    ];
    writeFileSync(path.join(lists, 'planted.ts'), `export const mutants = ${JSON.stringify(planted)};\n`);
    const { status, lines } = run('--lists', lists);
    rmSync(lists, { recursive: true });
    expect(lines.map((line) => line.replace(/ +[\d.]+ s +/, ' ').replace(/ +› .*/, ''))).toEqual([
      'SURVIVED planted/kept',
      'stale planted/gone        its text occurs 0 times in checkers/properties/finding.ts',
      expect.stringMatching(/^stale planted\/torn +its text occurs [2-9] times in checkers\/properties\/finding.ts$/),
      expect.stringMatching(/^broken planted\/unloadable +properties.test.ts/),
      expect.stringMatching(/^killed planted\/killed +properties.test.ts/),
      '5 mutants: 4 not killed',
    ]);
    expect(status).toBe(1);
  });

  it('knows no mutant of an unknown name', () => {
    expect(run('--only', 'nobody').status).toBe(2);
  });
});
