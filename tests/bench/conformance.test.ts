import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  conformance,
  conformanceTable,
  conforms,
  expectationsFrom,
  type ConformanceRow,
} from '../../bench/conformance.js';
import { FormatError } from '../../checkers/index.js';

describe('verdicts.csv', () => {
  test('a file and its verdict a line', () => {
    expect(expectationsFrom('file,verdict\na.log,ok\r\nb.txt,violation\n')).toEqual([
      { file: 'a.log', verdict: 'ok' },
      { file: 'b.txt', verdict: 'violation' },
    ]);
  });
  test.each([
    ['', 'verdicts.csv:1:1: nothing where the heading'],
    ['a.log,ok\n', 'verdicts.csv:1:1: a.log,ok where the heading'],
    ['file,verdict\n', 'verdicts.csv:2:1: nothing where at least one file'],
    ['file,verdict\na.log,ok\nb.log,fine\n', 'verdicts.csv:3:1: b.log,fine where'],
    ['file,verdict\n,ok\n', 'verdicts.csv:2:1: ,ok where'],
    ['file,verdict\na,ok,ok\n', 'verdicts.csv:2:1: a,ok,ok where'],
  ])('%j is refused with its place', (csv, message) => {
    expect(() => expectationsFrom(csv)).toThrow(FormatError);
    expect(() => expectationsFrom(csv)).toThrow(message);
  });
});

describe('conformance', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'conformance-'));
    const line = (process: number, type: string, f: string, value: number | null): string =>
      `INFO  jepsen.util - ${process}\t:${type}\t:${f}\t${value === null ? 'nil' : value}\n`;
    const written = line(0, 'invoke', 'write', 1) + line(0, 'ok', 'write', 1) + line(1, 'invoke', 'read', null);
    writeFileSync(join(folder, 'good.log'), written + line(1, 'ok', 'read', 1));
    writeFileSync(join(folder, 'stale.log'), written + line(1, 'ok', 'read', 2));
    const store =
      '{:process 0, :type :invoke, :f :put, :key "x", :value "1"}\n{:process 0, :type :ok, :f :put, :key "x", :value "1"}\n';
    writeFileSync(join(folder, 'kv.txt'), store);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A clock of which every look takes a millisecond. */
  const ticking = (): { source: 'schedstat'; nowNs(): number } => {
    let now = 0;
    return { source: 'schedstat', nowNs: () => (now += 1e6) };
  };
  async function judged(stale: string, against?: string): Promise<ConformanceRow[]> {
    writeFileSync(join(folder, 'verdicts.csv'), `file,verdict\ngood.log,ok\nstale.log,${stale}\nkv.txt,ok\n`);
    return conformance({ folder, rounds: 1, clock: ticking(), against, timeoutMs: 60_000, progress: () => undefined });
  }

  test('every verdict beside the expected one, certified, with its time', async () => {
    const rows = await judged('violation');
    expect(rows.map(({ file, operations, ours, certified }) => [file, operations, ours, certified])).toEqual([
      ['good.log', 2, 'ok', true],
      ['stale.log', 2, 'violation', true],
      ['kv.txt', 1, 'ok', true],
    ]);
    expect(rows[0]).toMatchObject({ checkMs: { median: 1 }, withReadingMs: { median: 2 } });
    expect(conforms(rows)).toBe(true);
    const lines = conformanceTable(rows).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toMatch(/^3 files, sum of medians +5 +3 equal +3 +3\.0 +6\.0$/);
  });
  test('one that differs, or is not certified, does not conform', async () => {
    const rows = await judged('ok');
    expect(conforms(rows)).toBe(false);
    expect(conformanceTable(rows)).toMatch(/^stale\.log +2 +ok +violation ✗/m);
    expect(conformanceTable(rows)).toMatch(/ 2 equal /);
    // As a process, as `npm run bench:checkers` builds and runs it.
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const run = (...argv: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    expect(run('node_modules/typescript/bin/tsc', '-b', 'bench').status).toBe(0);
    const bench = (from: string): SpawnSyncReturns<string> =>
      run('dist/bench/run-checkers.js', '--conformance', from, '--rounds', '1');
    expect(bench(folder)).toMatchObject({ status: 1, stdout: expect.stringContaining('violation ✗') });
    expect(bench(join(folder, 'nothing'))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ENOENT/),
    });
    const sure = await judged('violation');
    expect(bench(folder)).toMatchObject({ status: 0, stdout: expect.stringContaining('3 equal') });
    expect(conforms(sure.map((row) => ({ ...row, certified: false })))).toBe(false);
  });
});
