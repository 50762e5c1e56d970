import { describe, expect, it } from 'vitest';
import { LNKD_SSD, modelVisibility } from '../../scenarios/catalogue/quorum/latency-legs.js';
import { pbs, PBS_SETTINGS, pbsReport, type PbsSetting } from '../../scenarios/catalogue/quorum/pbs.js';
import { ring } from '../../scenarios/catalogue/quorum/ring.js';
import type { ExperimentReport } from '../../scenarios/index.js';

function context(settings: Record<string, number>, seed = '1') {
  return { seed, settings, progress: () => undefined };
}

const failing = ({ comparisons }: ExperimentReport): string[] =>
  comparisons.filter(({ holds }) => !holds).map(({ name, measured }) => `${name}: ${measured}`);

describe('quorum/ring', () => {
  it('measures what the formulas say, with fewer rings and wider intervals', () => {
    const report = ring.run(context({ rings: 8 }));
    expect(failing(report)).toEqual([]);
    expect(report.comparisons).toHaveLength(5 * 3 + 6 + 6 * 3);
  });
});

describe('quorum/pbs', () => {
  it('measures what was published, with fewer writes and wider intervals', () => {
    const report = pbs.run(context({ writes: 500 }));
    expect(failing(report)).toEqual([]);
    expect(report.comparisons).toHaveLength(3 + 4 * 3 + 6 + 3 + 7 + 7);
  });

  it('is the same for the same seed, and another for another', () => {
    const digest = (seed: string): string => pbsReport(PBS_SETTINGS.slice(1, 2), context({ writes: 500 }, seed)).digest;
    expect(digest('1')).toBe(digest('1'));
    expect(digest('2')).not.toBe(digest('1'));
  });

  it('notices when something else is measured: one more acknowledgement, other disks', () => {
    const [ssd, , disk] = PBS_SETTINGS as readonly [PbsSetting, PbsSetting, PbsSetting, PbsSetting];
    const others: readonly PbsSetting[] = [
      { ...ssd, w: 2 },
      { ...disk, legs: LNKD_SSD },
    ];
    const wrong = failing(pbsReport(others, context({ writes: 1_000 })));
    expect(wrong.some((name) => name.startsWith('LNKD-SSD R=1 W=1: writes slower'))).toBe(true);
    expect(wrong.some((name) => name.startsWith('LNKD-DISK R=1 W=1: reads at once'))).toBe(true);
  });

  it('the model itself: constant legs find everything, and quorums that meet do', () => {
    const constant = { constant: 1_000 };
    const legs = { w: constant, a: constant, r: constant, s: constant };
    expect(modelVisibility(legs, { n: 3, r: 1, w: 1 }, [0], 100, '1')).toEqual([1]);
    expect(modelVisibility(LNKD_SSD, { n: 3, r: 2, w: 2 }, [0], 2_000, '1')).toEqual([1]);
    // One replica of three has it at once, if the others take for ever.
    const slow = {
      w: {
        mixture: [
          { weight: 1, of: constant },
          { weight: 2, of: { constant: 9_000_000 } },
        ],
      },
      a: constant,
      r: constant,
      s: constant,
    };
    const [found] = modelVisibility(slow, { n: 3, r: 1, w: 1 }, [0], 20_000, '1');
    // k of three are quick with binomial chance; whoever is asked first (a tie: the first) is one of them with k/3.
    const p = 1 / 3;
    const expected = p + (1 - p) * (1 - p) * (1 - p);
    expect(Math.abs(found! - expected)).toBeLessThan(0.02);
  });
});
