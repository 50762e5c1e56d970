import { describe, expect, it } from 'vitest';
import { frequencyInterval, medianInterval, wilson, Z_95 } from '../../scenarios/catalogue/binomial.js';
import { electionTrial, type ElectionTrial } from '../../scenarios/catalogue/raft/election-trial.js';
import { scenarioNamed, type ExperimentReport } from '../../scenarios/index.js';

function report(name: string, settings: Readonly<Record<string, number>>, seed = '1'): ExperimentReport {
  const experiment = scenarioNamed(name);
  if (experiment.kind !== 'experiment') throw new Error(`${name} is a scenario`);
  expect(Object.keys(experiment.settings).sort()).toEqual(Object.keys(settings).sort());
  return experiment.run({ seed, settings, progress: () => undefined });
}

const failing = ({ comparisons }: ExperimentReport): string[] =>
  comparisons.filter(({ holds }) => !holds).map(({ name, measured }) => `${name}: ${measured}`);

describe('raft/election-times', () => {
  const FEW = { runs: 100, splitRuns: 400 };

  it('meets the thesis, with fewer crashes and wider intervals', () => {
    const measured = report('raft/election-times', FEW);
    expect(failing(measured)).toEqual([]);
    expect(measured.comparisons.length).toBe(9);
    expect(measured.runs).toBeGreaterThan(3 * 400 + 6 * 100);
  });

  it('is the same for the same seed, and another for another', () => {
    const few = { runs: 5, splitRuns: 5 };
    const { digest } = report('raft/election-times', few);
    expect(report('raft/election-times', few).digest).toBe(digest);
    expect(report('raft/election-times', few, '2').digest).not.toBe(digest);
  });
});

describe('a trial of an election', () => {
  const lan: ElectionTrial = {
    seed: '1',
    timeoutMsMin: 150,
    timeoutMsMax: 155,
    requestMs: 2,
    replyMs: 13,
    shortLogs: ['n4', 'n5'],
    crashAt: 0.5,
    patienceMs: 10_000,
  };
  const downtimesMs = (changes: Partial<ElectionTrial>): number[] =>
    Array.from({ length: 40 }, (_, seed) => {
      const { electedAt, crashedAt } = electionTrial({ ...lan, seed: `${seed}`, ...changes });
      return electedAt === null ? Infinity : (electedAt - crashedAt) / 1000;
    }).sort((a, b) => a - b);

  it('ends without a leader where time-outs are equal', () => {
    expect(electionTrial({ ...lan, timeoutMsMax: 150 })).toMatchObject({ electedAt: null, electedTerm: null });
  });

  it('takes seconds where the request has half of the 15 ms: the asymmetry matters', () => {
    expect(downtimesMs({ requestMs: 7.5, replyMs: 7.5 })[20]).toBeGreaterThan(600);
    expect(downtimesMs({})[20]).toBeLessThan(350);
  });

  it('takes longer with two short logs than with none', () => {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value) / values.length;
    const wide = { timeoutMsMax: 300 };
    expect(mean(downtimesMs(wide))).toBeGreaterThan(mean(downtimesMs({ ...wide, shortLogs: [] })) + 5);
  });

  it('needs a leader to begin with', () => {
    expect(() => electionTrial({ ...lan, shortLogs: ['n3', 'n4', 'n5'] })).toThrow('n1 was not elected in term 1');
  });
});

describe('two-generals/loss-against-confidence', () => {
  it('meets p^k and what follows from it', () => {
    const measured = report('two-generals/loss-against-confidence', { runs: 200 });
    expect(failing(measured)).toEqual([]);
    expect(measured.runs).toBe(27 * 200);
  });

  it('is the same for the same seed', () => {
    const digest = (): string => report('two-generals/loss-against-confidence', { runs: 3 }).digest;
    expect(digest()).toBe(digest());
  });
});

describe('intervals', () => {
  it("Wilson's, by what is known of it", () => {
    const z2 = Z_95 * Z_95;
    expect(wilson(0, 10, Z_95).from).toBe(0);
    expect(wilson(0, 10, Z_95).to).toBeCloseTo(z2 / (10 + z2), 12);
    expect(wilson(10, 10, Z_95).to).toBeCloseTo(1, 12);
    // Its bounds are the probabilities of which the frequency is just z standard deviations away.
    const { from, to } = wilson(30, 100, Z_95);
    for (const p of [from, to]) expect(Math.abs(0.3 - p) / Math.sqrt((p * (1 - p)) / 100)).toBeCloseTo(Z_95, 9);
  });

  it('of a frequency: exact for few hits, mirrored for few misses', () => {
    // 1,000 trials at 0.1 %, by Poisson's law: more than 6 have 8e-5, more than 7 have 1e-5; none at all 37 %.
    expect(frequencyInterval(0.001, 1000)).toEqual({ from: 0, to: 0.007 });
    const { from, to } = frequencyInterval(0.999, 1000);
    expect(from).toBeCloseTo(0.993, 12);
    expect(to).toBe(1);
    // On either side of where the bell curve takes over.
    const [exact, bell] = [frequencyInterval(0.1, 1110), frequencyInterval(0.1, 1112)];
    expect(exact.from).toBeCloseTo(bell.from, 2);
    expect(exact.to).toBeCloseTo(bell.to, 2);
  });

  it('of the median, by order statistics', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
    // 50 ∓ 9.8: the 40th and the 61st value.
    expect(medianInterval(sorted, Z_95)).toEqual({ from: 40, to: 61 });
  });
});
