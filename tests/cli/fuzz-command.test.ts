import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './spawn.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('fuzz', () => {
  it('finds the same with one worker and with two', () => {
    const outputs = [1, 2].map((workers) => {
      const argv = [
        'fuzz',
        'raft/bug-stale-read',
        '--set',
        'until=1s',
        '--seed',
        'a',
        '--runs',
        '40',
        '--keep-going',
        '--json',
      ];
      const { stdout } = place.run([...argv, '--bug', 'reads-local', '--workers', String(workers), '--out', 'same']);
      return { ...(JSON.parse(stdout) as object), seconds: 0 };
    });
    expect(outputs[0]).toEqual(outputs[1]);
  });
  it('ends in good order when interrupted', async () => {
    const argv = ['fuzz', 'raft/leader-crash', '--time', '60s', '--out', 'cut', '--json'];
    const { status, stdout } = await place.interrupted(argv);
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
  });
});
