import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('new', () => {
  it('makes a protocol that holds, until its value is kept in memory only', async () => {
    expect((await place.run(['new', 'my-register'])).status).toBe(0);
    expect(await place.refusal(['new', 'my-register'])).toMatch(/there is a file or folder my-register already/);
    expect((await place.run(['run', 'my-register/scenario.ts'])).status).toBe(0);
    expect((await place.run(['fuzz', 'my-register/scenario.ts', '--runs', '20', '--workers', '1'])).status).toBe(0);
    expect((await place.run(['verify', 'my-register/scenario.ts', '--seeds', '1'])).status).toBe(0);
    const protocol = readFileSync(place.path('my-register/protocol.ts'), 'utf8');
    mkdirSync(place.path('careless'));
    writeFileSync(place.path('careless/scenario.ts'), readFileSync(place.path('my-register/scenario.ts')));
    const careless = protocol
      .replace('durable: { value: number | null; version: number }', 'durable: {}')
      .replace('volatile: { ', 'volatile: { value: number | null; version: number; ')
      .replace('durable: () => ({ value: null, version: 0 })', 'durable: () => ({})')
      .replace('volatile: () => ({ ', 'volatile: () => ({ value: null, version: 0, ')
      .replaceAll('node.durable.', 'node.volatile.');
    writeFileSync(place.path('careless/protocol.ts'), careless);
    const fuzzed = await place.run(['fuzz', 'careless/scenario.ts', '--runs', '20', '--workers', '1']);
    expect([fuzzed.status, fuzzed.stdout]).toEqual([
      1,
      expect.stringMatching(/violation: (Versions Grow|not linearizable)/),
    ]);
    expect(existsSync(place.path('.splitbrain'))).toBe(true);
  });
});
