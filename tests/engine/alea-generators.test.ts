import fc from 'fast-check';
import alea from 'seedrandom/lib/alea.js';
import { expect, it } from 'vitest';
import { AleaGenerators } from '../../engine/alea-generators.js';

it('gives the numbers that seedrandom gives, whatever the seed and however draws are mixed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 200 }),
      (seeds, turns) => {
        const ours = new AleaGenerators();
        const mine = seeds.map((seed) => ours.seed(-1, seed));
        const theirs = seeds.map((seed) => alea(seed));
        for (const turn of turns) {
          const which = turn % seeds.length;
          expect(ours.next(mine[which]!)).toBe(theirs[which]!());
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('stays the same over a million numbers', () => {
  const ours = new AleaGenerators();
  const mine = ours.seed(-1, 'long');
  const theirs = alea('long');
  let same = true;
  for (let i = 0; i < 1_000_000; i++) same &&= ours.next(mine) === theirs();
  expect(same).toBe(true);
});

it('begins anew in the place of one that was released, or was seeded again', () => {
  const ours = new AleaGenerators();
  const first = ours.seed(-1, 'a');
  ours.next(first);
  ours.release(first);
  const second = ours.seed(-1, 'b');
  expect(second).toBe(first);
  expect(ours.next(second)).toBe(alea('b')());
  expect(ours.next(ours.seed(second, 'c'))).toBe(alea('c')());
});
