import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import {
  descends,
  includes,
  latest,
  NOTHING_SEEN,
  union,
  withDot,
  type CausalContext,
  type Dot,
} from '../../protocols/parts/causal-context.js';
import { hash32, mix32 } from '../../protocols/parts/hash.js';
import { hashRing, nodesFrom, positionOf, RING_SIZE, sharesOf } from '../../protocols/parts/hash-ring.js';
import { childrenOf, differing, FAN_OUT, hashOf, leafAt, merkleTree } from '../../protocols/parts/merkle-tree.js';

const dots = fc.array(
  fc.record({ actor: fc.constantFrom('n1', 'n2', 'n3'), counter: fc.integer({ min: 1, max: 12 }) }),
  { maxLength: 30 },
);

function contextOf(all: readonly Dot[]): CausalContext {
  return all.reduce(withDot, NOTHING_SEEN);
}

function hasDot(all: readonly Dot[], actor: string, counter: number): boolean {
  return all.some((dot) => dot.actor === actor && dot.counter === counter);
}

describe('causal contexts', () => {
  it('are sets of dots, whatever the order', () => {
    fc.assert(
      fc.property(dots, dots, (a, b) => {
        const joined = union(contextOf(a), contextOf(b));
        for (const actor of ['n1', 'n2', 'n3']) {
          for (let counter = 1; counter <= 13; counter++) {
            expect(includes(joined, { actor, counter })).toBe(hasDot([...a, ...b], actor, counter));
          }
        }
        // Intervals rise, with a gap between any two of them.
        for (const intervals of Object.values(joined)) {
          for (let i = 0; i < intervals.length; i++) {
            const least = i === 0 ? 1 : intervals[i - 1]! + (i % 2 === 0 ? 2 : 0);
            expect(intervals[i]).toBeGreaterThanOrEqual(least);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are as small as a version vector while nothing is missing', () => {
    expect(contextOf([1, 2, 3].map((counter) => ({ actor: 'n1', counter })))).toEqual({ n1: [1, 3] });
    expect(contextOf([4, 1, 2].map((counter) => ({ actor: 'n1', counter })))).toEqual({ n1: [1, 2, 4, 4] });
  });

  it('do not claim what a version vector would', () => {
    const gap = contextOf([{ actor: 'n1', counter: 2 }]);
    expect(includes(gap, { actor: 'n1', counter: 1 })).toBe(false);
    expect(latest(gap, 'n1')).toBe(2);
    expect(descends(gap, contextOf([{ actor: 'n1', counter: 1 }]))).toBe(true);
    expect(descends(gap, contextOf([{ actor: 'n2', counter: 1 }]))).toBe(false);
  });
});

const members = (n: number) => Array.from({ length: n }, (_, i) => nodeId(`n${i + 1}`));

describe('the hash', () => {
  it('is spread evenly: 16 buckets, chi-squared', () => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[Math.floor((hash32(`key ${i}`) / RING_SIZE) * 16)]!++;
    const chiSquared = counts.reduce((sum, count) => sum + ((count - 1_000) * (count - 1_000)) / 1_000, 0);
    // 15 degrees of freedom: 37.7 is exceeded once in a thousand.
    expect(chiSquared).toBeLessThan(37.7);
  });

  it('is one to one on what is mixed', () => {
    expect(new Set(Array.from({ length: 10_000 }, (_, i) => mix32(i))).size).toBe(10_000);
  });
});

describe('the ring', () => {
  it('gives a key to the first place at or after it, and then to others clockwise', () => {
    const ring = { tokens: [10, 20, 30, 40], owners: ['n1', 'n2', 'n1', 'n3'].map(nodeId) };
    expect(nodesFrom(ring, 10, 1)).toEqual(['n1']);
    expect(nodesFrom(ring, 11, 3)).toEqual(['n2', 'n1', 'n3']);
    expect(nodesFrom(ring, 41, 2)).toEqual(['n1', 'n2']);
    expect(nodesFrom(ring, 25, 9)).toEqual(['n1', 'n3', 'n2']);
    expect(nodesFrom({ tokens: [], owners: [] }, 5, 2)).toEqual([]);
  });

  it('whose shares add up to one', () => {
    const shares = sharesOf(hashRing(members(7), 32));
    expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shares.size).toBe(7);
  });

  it('moves keys to who joins, and no others', () => {
    const before = hashRing(members(6), 16);
    const after = hashRing(members(7), 16);
    for (let i = 0; i < 2_000; i++) {
      const [old] = nodesFrom(before, positionOf(`key ${i}`), 1);
      const [now] = nodesFrom(after, positionOf(`key ${i}`), 1);
      if (now !== old) expect(now).toBe('n7');
    }
  });

  it('does not depend on the order of members', () => {
    expect(hashRing(members(5).reverse(), 8)).toEqual(hashRing(members(5), 8));
  });
});

describe('hash trees', () => {
  const DEPTH = 3;
  const item = (key: string, version = 1): [number, number] => [positionOf(key), hash32(`${key} ${version}`)];
  const keys = Array.from({ length: 200 }, (_, i) => `key ${i}`);

  it('are the same for the same items in any order', () => {
    const one = merkleTree(
      keys.map((key) => item(key)),
      DEPTH,
    );
    const other = merkleTree(
      keys.toReversed().map((key) => item(key)),
      DEPTH,
    );
    expect(hashOf(one, 0, 0)).toBe(hashOf(other, 0, 0));
  });

  it('lead to the leaves that differ, and to no others', () => {
    fc.assert(
      fc.property(fc.subarray(keys, { maxLength: 5 }), (changed) => {
        const mine = merkleTree(
          keys.map((key) => item(key)),
          DEPTH,
        );
        const theirs = merkleTree(
          keys.map((key) => item(key, changed.includes(key) ? 2 : 1)),
          DEPTH,
        );
        let followed = differing(mine, 0, [[0, hashOf(theirs, 0, 0)]]);
        for (let level = 1; level <= DEPTH; level++) {
          followed = differing(mine, level, childrenOf(theirs, level, followed));
        }
        const leaves = new Set(changed.map((key) => leafAt(positionOf(key), DEPTH)));
        expect(new Set(followed)).toEqual(leaves);
      }),
      { numRuns: 50 },
    );
  });

  it('have so many leaves, from the first to the last position', () => {
    expect(leafAt(0, DEPTH)).toBe(0);
    expect(leafAt(RING_SIZE - 1, DEPTH)).toBe(FAN_OUT * FAN_OUT * FAN_OUT - 1);
  });
});
