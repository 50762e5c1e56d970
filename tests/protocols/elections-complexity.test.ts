import { describe, expect, it } from 'vitest';
import type { AnyProtocol } from '../../engine/index.js';
import { changRoberts } from '../../protocols/chang-roberts/protocol.js';
import { bullyComplexity } from '../../scenarios/catalogue/elections/bully-complexity.js';
import { floodMaxComplexity } from '../../scenarios/catalogue/elections/flood-max-complexity.js';
import { Mean, type Bench } from '../../scenarios/catalogue/measure.js';
import { harmonic, placement, ringMessages } from '../../scenarios/catalogue/elections/rings.js';
import {
  changRobertsComplexity,
  changRobertsRing,
  lcrComplexity,
  ringReport,
  type Ring,
} from '../../scenarios/catalogue/elections/ring-complexity.js';
import type { Experiment, ExperimentReport } from '../../scenarios/index.js';

function report(experiment: Experiment, settings: Record<string, number>, seed = '1'): ExperimentReport {
  return experiment.run({ seed, settings, progress: () => undefined });
}

const small = [
  [changRobertsComplexity, { placements: 60 }, 5 * 4],
  [lcrComplexity, { placements: 12 }, 5 * 5],
  [floodMaxComplexity, { placements: 2 }, 7 * 4 * 3],
  [bullyComplexity, { cases: 15 }, 5 * 5 + 2 * 5],
] as const;

describe.each(small)('$name', (experiment, settings, comparisons) => {
  it('measures what the formulas say', () => {
    const { comparisons: made, tables } = report(experiment, settings);
    expect(made).toHaveLength(comparisons);
    expect(made.filter(({ holds }) => !holds)).toEqual([]);
    expect(tables.every(({ rows, columns }) => rows.every((row) => row.length === columns.length))).toBe(true);
  });
});

describe('experiments', () => {
  it('are the same again with the same seed, and others with another', () => {
    const digest = (seed: string): string => report(changRobertsComplexity, { placements: 2 }, seed).digest;
    expect(digest('1')).toBe(digest('1'));
    expect(digest('1')).not.toBe(digest('2'));
  });

  it('notice an algorithm that takes more messages than it should', () => {
    const repeating: AnyProtocol = {
      ...changRoberts,
      onMessage: {
        ...changRoberts.onMessage,
        // Repeats what it swallows, to nobody's harm.
        Election(node, message, from) {
          const own = node.durable.identity!;
          if (message.number < own && own === 2) node.send(node.id, { type: 'Elected', number: own });
          changRoberts.onMessage.Election(node, message, from);
        },
      } satisfies typeof changRoberts.onMessage,
    };
    const wasteful: Ring = {
      ...changRobertsRing,
      elect: (bench, identities, seed) =>
        changRobertsRing.elect(
          { ...bench, run: (config) => bench.run({ ...config, protocol: repeating }) } as Bench,
          identities,
          seed,
        ),
    };
    const context = { seed: '1', settings: { placements: 40 }, progress: () => undefined };
    const holds = ({ comparisons }: ExperimentReport): boolean => comparisons.every((comparison) => comparison.holds);
    expect(holds(ringReport(changRobertsRing, context))).toBe(true);
    expect(holds(ringReport(wasteful, context))).toBe(false);
  });
});

describe('what the figures are made of', () => {
  it('ringMessages: each number goes on until it meets a larger one', () => {
    expect(ringMessages([1, 2, 3, 4])).toBe(7);
    expect(ringMessages([4, 3, 2, 1])).toBe(10);
    expect(ringMessages([2, 4, 1, 3])).toBe(1 + 4 + 1 + 2);
    expect(ringMessages([1])).toBe(1);
  });

  it('over all placements of six numbers the mean is 6·H₆ exactly', () => {
    const all = permutations([1, 2, 3, 4, 5, 6]);
    expect(all).toHaveLength(720);
    const sum = all.reduce((total, numbers) => total + ringMessages(numbers), 0);
    expect(sum / 720).toBeCloseTo(6 * harmonic(6), 10);
  });

  it('placements are permutations, every one about as often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2400; i++) {
      const numbers = placement('7', String(i), 4);
      expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
      counts.set(numbers.join(), (counts.get(numbers.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // χ² with 23 degrees of freedom: 49.7 is passed once in a thousand.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('means and their intervals', () => {
    const mean = new Mean();
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) mean.add(value);
    expect(mean.mean).toBeCloseTo(5, 12);
    expect(mean.margin(1)).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
  });
});

function permutations(numbers: readonly number[]): number[][] {
  if (numbers.length <= 1) return [[...numbers]];
  return numbers.flatMap((first) => permutations(numbers.filter((n) => n !== first)).map((rest) => [first, ...rest]));
}
