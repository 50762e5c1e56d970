import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('fuzz', () => {
  it('finds the same with one worker and with two', async () => {
    const line = 'fuzz raft/bug-stale-read --bug reads-local --set until=1s --seed a --runs 40 --keep-going --json';
    const outputs: object[] = [];
    for (const workers of ['1', '2']) {
      const { stdout } = await place.run([...line.split(' '), '--workers', workers, '--out', 'same']);
      outputs.push({ ...(JSON.parse(stdout) as object), seconds: 0 });
    }
    expect(outputs[0]).toEqual(outputs[1]);
  });
  it('ends in good order when interrupted', async () => {
    const argv = ['fuzz', 'raft/leader-crash', '--time', '60s', '--out', 'cut', '--json'];
    const { status, stdout } = await place.interrupted(argv);
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
  });
});
