import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('what a person sees', () => {
  it('is prose without colours where there is no terminal, and colours where they are asked for', async () => {
    const argv = ['run', 'raft/bug-stale-read', '--bug', 'reads-local'];
    expect((await place.run(argv)).stdout).not.toContain('\u001b');
    expect((await place.run(argv, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
    expect((await place.run(argv, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  });
  it('of a failing run is the evidence, then the story, then what to do', async () => {
    expect((await place.run(['run', 'raft/bug-stale-read', '--bug', 'reads-local'])).stdout).toMatchSnapshot();
  });
  it('of a run fits where a terminal is narrow, but for what one copies', async () => {
    const { stdout } = await place.run(['run', 'raft/leader-crash', '--seed', '42'], { env: { COLUMNS: '40' } });
    const [figures] = stdout.slice(stdout.indexOf('  clients ')).split('  reproduce:');
    expect(figures!.split('\n').filter((line) => line.length > 43)).toEqual([]);
    expect(figures).toMatch(
      /\n {2}latency .* p90 .*\n {15}p99 .*\n {2}availability asked, ok, silent for\n {2}0 s – 2 s /,
    );
    expect(figures).toMatch(/\n {6}crash n\d\n/);
  });
  it('of what was asked for is all of it, in lines that fit', async () => {
    const { stdout } = await place.run(['list', 'raft/constrained'], { env: { COLUMNS: '80' } });
    expect(stdout).not.toContain('…');
    expect(stdout.replace(/\s+/g, ' ')).toContain('has missed the latest entries');
  });
  it('of a storm keeps to the phases that were worst for the clients, in order of time', async () => {
    const { stdout } = await place.run(['run', 'raft/stormy', '--set', 'until=4s', '--set', 'clients.stop=4s']);
    const phases = [...stdout.matchAll(/(\S+) s – \S+ s +\d+  .*? {2}(\d\S*) ms/g)];
    expect(phases.length).toBe(12);
    expect(phases.map(([, from]) => Number(from))).toEqual(
      phases.map(([, from]) => Number(from)).toSorted((a, b) => a - b),
    );
    expect(stdout).toMatch(/… and \d+ phases with shorter silences/);
  });
  it('of a planted bug that broke nothing says where it shows', async () => {
    const { stdout } = await place.run([
      'run',
      'raft/happy-path',
      '--bug',
      'commits-old-term-entries',
      '--set',
      'until=1s',
    ]);
    expect(stdout).toContain(
      'commits-old-term-entries broke nothing in this run; raft/bug-figure-8 is made to show it',
    );
  });
  it('of all there is are names, in lines that fit', async () => {
    const lines = (await place.run(['list'], { env: { COLUMNS: '80' } })).stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThan(200);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('raft/ happy-path, leader-crash, ');
  });
  it('of a model is what it is', async () =>
    expect((await place.run(['list', 'kv-text'])).stdout).toMatch(/^Models and levels .*\n {2}kv-text /));
  it('of a campaign too short for a bound is no bound', async () => {
    const { stdout } = await place.run([
      'fuzz',
      'raft/happy-path',
      '--runs',
      '2',
      '--workers',
      '1',
      '--set',
      'until=1s',
    ]);
    expect(stdout).toContain('no failure in 2 runs: too few to say how rare failures are');
  });
});
