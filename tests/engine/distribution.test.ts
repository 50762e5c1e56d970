import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDistribution, DURATION_MAX, type Distribution, type Sampler } from '../../engine/distribution.js';

const U_MAX = 1 - 2 ** -53;

/** The mean of the samples, u going evenly through [0, 1). */
function sampledMean(sampler: Sampler, points = 200_000): number {
  let sum = 0;
  for (let i = 0; i < points; i++) sum += sampler.sample((i + 0.5) / points);
  return sum / points;
}

/** The value below which a share of the samples lies, whatever the order in which u visits them. */
function quantile(sampler: Sampler, share: number, points = 200_000): number {
  const values = Float64Array.from({ length: points }, (_, i) => sampler.sample((i + 0.5) / points)).sort();
  return values[Math.floor(share * points)]!;
}

/** One of each kind, with the quantiles that its closed form gives. */
const kinds: Readonly<
  Record<string, { d: Distribution; quantiles: readonly (readonly [u: number, value: number])[] }>
> = {
  constant: {
    d: { constant: 1_500 },
    quantiles: [
      [0, 1_500],
      [0.5, 1_500],
      [U_MAX, 1_500],
    ],
  },
  uniform: {
    d: { uniform: [1_000, 10_000] },
    quantiles: [
      [0, 1_000],
      [0.5, 5_500],
      [U_MAX, 10_000],
    ],
  },
  // −mean · ln(1 − u)
  exponential: {
    d: { exponential: { mean: 10_000 } },
    quantiles: [
      [0, 0],
      [0.5, 6_931],
      [0.9, 23_026],
      [0.999, 69_078],
    ],
  },
  'exponential above a minimum': {
    d: { exponential: { mean: 3_000, min: 1_000 } },
    quantiles: [
      [0, 1_000],
      [0.5, 2_386],
      [0.99, 10_210],
    ],
  },
  normal: {
    d: { normal: { mean: 50_000, deviation: 10_000 } },
    quantiles: [
      [0.5, 50_000],
      [0.975, 69_600],
      [0.001, 19_098],
      [0, 0],
    ],
  },
  'normal above a minimum': {
    d: { normal: { mean: 5_000, deviation: 5_000, min: 2_000 } },
    quantiles: [
      [0, 2_000],
      [0.2, 2_000],
      [0.9, 11_408],
    ],
  },
  logNormal: {
    d: { logNormal: { median: 20_000, sigma: 0.5 } },
    quantiles: [
      [0, 0],
      [0.5, 20_000],
      [0.975, 53_288],
      [0.025, 7_506],
    ],
  },
  // min · (1 − u)^(−1/alpha)
  pareto: {
    d: { pareto: { min: 1_000, alpha: 2 } },
    quantiles: [
      [0, 1_000],
      [0.5, 1_414],
      [0.75, 2_000],
      [0.9999, 100_000],
    ],
  },
  empirical: {
    d: {
      empirical: [
        [0, 100],
        [0.5, 1_000],
        [0.9, 5_000],
        [1, 20_000],
      ],
    },
    quantiles: [
      [0, 100],
      [0.25, 550],
      [0.5, 1_000],
      [0.7, 3_000],
      [0.95, 12_500],
      [U_MAX, 20_000],
    ],
  },
  'empirical with a gap': {
    d: {
      empirical: [
        [0, 10],
        [0.5, 20],
        [0.5, 100],
        [1, 200],
      ],
    },
    quantiles: [
      [0.25, 15],
      [0.5 - 2 ** -30, 20],
      [0.5, 100],
      [0.75, 150],
    ],
  },
};

/** What can be made of numbers at hand: any kind, valid. */
const anyDistribution: fc.Arbitrary<Distribution> = fc.letrec<{ d: Distribution; simple: Distribution }>((tie) => {
  const micros = fc.integer({ min: 0, max: 1_000_000 });
  const positive = fc.double({ min: 0.01, max: 1_000_000, noNaN: true });
  const pair = fc.tuple(micros, micros).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  return {
    simple: fc.oneof(
      micros.map((constant): Distribution => ({ constant })),
      pair.map((uniform): Distribution => ({ uniform })),
      pair.map(([min, mean]): Distribution => ({ exponential: { mean, min } })),
      fc
        .tuple(micros, positive, micros)
        .map(([mean, deviation, min]): Distribution => ({ normal: { mean, deviation, min } })),
      fc
        .tuple(positive, fc.double({ min: 0, max: 3, noNaN: true }))
        .map(([median, sigma]): Distribution => ({ logNormal: { median, sigma } })),
      fc
        .tuple(positive, fc.double({ min: 0.2, max: 20, noNaN: true }))
        .map(([min, alpha]): Distribution => ({ pareto: { min, alpha } })),
      fc
        .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), micros), { maxLength: 6 })
        .map((inner): Distribution => {
          const quantiles = [0, ...inner.map(([q]) => q).sort((a, b) => a - b), 1];
          const values = [0, ...inner.map(([, v]) => v).sort((a, b) => a - b), 1_000_000];
          return { empirical: quantiles.map((q, i) => [q, values[i]!] as const) };
        }),
    ),
    d: fc.oneof(
      { maxDepth: 2 },
      tie('simple'),
      fc.tuple(tie('simple'), fc.integer({ min: 1_000_000, max: 2_000_000 })).map(([of, max]) => ({ ...of, max })),
      fc
        .array(fc.record({ weight: positive, of: tie('d') }), { minLength: 1, maxLength: 3 })
        .map((mixture): Distribution => ({ mixture })),
    ),
  };
}).d;

const anyU = fc.oneof(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.constant(0),
  fc.constant(U_MAX),
);

describe('compileDistribution', () => {
  for (const [name, { d, quantiles }] of Object.entries(kinds)) {
    it(`inverts the distribution function: ${name}`, () => {
      const sampler = compileDistribution(d);
      for (const [u, value] of quantiles) expect([u, sampler.sample(u)]).toEqual([u, value]);
    });

    it(`has the mean that it says: ${name}`, () => {
      const sampler = compileDistribution(d);
      expect(sampler.mean).not.toBeNull();
      // Points in the middle of equal steps miss a little of a heavy tail: of alpha = 2, 1/√points of it.
      expect(Math.abs(sampledMean(sampler) / sampler.mean! - 1)).toBeLessThan(name === 'pareto' ? 2e-3 : 2e-4);
    });

    it(`has the mean that it says when clamped: ${name}`, () => {
      const median = compileDistribution(d).sample(0.6);
      const sampler = compileDistribution({ ...d, max: median });
      expect(Math.abs(sampledMean(sampler) - sampler.mean!)).toBeLessThan(Math.max(0.6, 1e-4 * median));
      expect(sampler.sample(U_MAX)).toBe(median);
      expect(sampler.sample(0.3)).toBe(compileDistribution(d).sample(0.3));
    });
  }

  it('gives the closed-form means', () => {
    expect(compileDistribution({ uniform: [1, 4] }).mean).toBe(2.5);
    expect(compileDistribution({ exponential: { mean: 5_000, min: 500 } }).mean).toBeCloseTo(5_000, 9);
    expect(compileDistribution({ pareto: { min: 100, alpha: 3 } }).mean).toBeCloseTo(150, 9);
    expect(compileDistribution({ pareto: { min: 100, alpha: 1 }, max: 200 }).mean).toBeCloseTo(100 * (1 + Math.LN2), 9);
    expect(compileDistribution({ logNormal: { median: 100, sigma: 1 } }).mean).toBeCloseTo(100 * Math.exp(0.5), 9);
  });

  it('has no mean where there is none, unless clamped', () => {
    for (const alpha of [0.5, 1]) {
      expect(compileDistribution({ pareto: { min: 100, alpha } }).mean).toBeNull();
      expect(
        compileDistribution({
          mixture: [
            { weight: 1, of: { pareto: { min: 100, alpha } } },
            { weight: 1, of: { constant: 1 } },
          ],
        }).mean,
      ).toBeNull();
      expect(compileDistribution({ pareto: { min: 100, alpha }, max: 1_000 }).mean).toBeGreaterThan(100);
    }
  });

  it('makes whole microseconds in [0, DURATION_MAX], never falling in u but for mixtures', () => {
    fc.assert(
      fc.property(anyDistribution, anyU, anyU, (d, a, b) => {
        const sampler = compileDistribution(d);
        const low = sampler.sample(Math.min(a, b));
        const high = sampler.sample(Math.max(a, b));
        for (const value of [low, high, sampler.sample(sampler.dull)]) {
          if (!Number.isInteger(value) || value < 0 || value > (d.max ?? DURATION_MAX) || Object.is(value, -0))
            return false;
        }
        return 'mixture' in d || low <= high;
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });

  it('says constant exactly when every u gives the same', () => {
    fc.assert(
      fc.property(anyDistribution, anyU, (d, u) => {
        const sampler = compileDistribution(d);
        return !sampler.constant || (sampler.sample(u) === sampler.sample(0) && sampler.mean === sampler.sample(0));
      }),
      { numRuns: 2_000, seed: 7 },
    );
    const constants: readonly Distribution[] = [
      { constant: 0 },
      { uniform: [7, 7] },
      { exponential: { mean: 7, min: 7 } },
      { normal: { mean: 7, deviation: 0 } },
      { logNormal: { median: 7, sigma: 0 } },
      { pareto: { min: 7, alpha: 1 }, max: 7 },
      {
        empirical: [
          [0, 7],
          [1, 7],
        ],
      },
      {
        mixture: [
          { weight: 1, of: { constant: 7 } },
          { weight: 2, of: { uniform: [7, 7] } },
        ],
      },
      {
        mixture: [
          { weight: 1, of: { uniform: [7, 9] } },
          { weight: 2, of: { constant: 7 } },
        ],
        max: 7,
      },
    ];
    for (const d of constants) expect([d, compileDistribution(d).constant]).toEqual([d, true]);
    expect(compileDistribution({ uniform: [7, 8] }).constant).toBe(false);
    expect(
      compileDistribution({
        mixture: [
          { weight: 1, of: { constant: 7 } },
          { weight: 1, of: { constant: 8 } },
        ],
      }).constant,
    ).toBe(false);
  });

  it('gives every whole microsecond of a uniform its even share', () => {
    const sampler = compileDistribution({ uniform: [3, 7] });
    const counts = new Map<number, number>();
    for (let i = 0; i < 5_000; i++)
      counts.set(sampler.sample(i / 5_000), (counts.get(sampler.sample(i / 5_000)) ?? 0) + 1);
    expect([...counts]).toEqual([3, 4, 5, 6, 7].map((value) => [value, 1_000]));
  });

  it('clamps and does not draw again: the share above max sits on max', () => {
    const clamped = compileDistribution({ exponential: { mean: 1_000 }, max: 2_000 });
    let onMax = 0;
    for (let i = 0; i < 10_000; i++) if (clamped.sample(i / 10_000) === 2_000) onMax += 1;
    expect(Math.abs(onMax / 10_000 - Math.exp(-2))).toBeLessThan(1e-3);
  });

  it('stays below DURATION_MAX in the wildest tail', () => {
    for (const d of [{ pareto: { min: 1, alpha: 0.01 } }, { logNormal: { median: 1e9, sigma: 20 } }] as const) {
      expect(compileDistribution(d).sample(U_MAX)).toBe(DURATION_MAX);
    }
  });

  it('does not read the description again', () => {
    const d = { uniform: [1, 5] as [number, number] };
    const sampler = compileDistribution(d);
    d.uniform[1] = 1_000;
    expect(sampler.sample(U_MAX)).toBe(5);
  });
});

describe('mixtures', () => {
  it('take their parts by weight, each with the whole of its own range', () => {
    const sampler = compileDistribution({
      mixture: [
        { weight: 1, of: { uniform: [0, 9] } },
        { weight: 3, of: { uniform: [100, 109] } },
      ],
    });
    expect([sampler.sample(0), sampler.sample(0.25 - 2 ** -40), sampler.sample(0.25), sampler.sample(U_MAX)]).toEqual([
      0, 9, 100, 109,
    ]);
    expect(sampler.dull).toBe(0.625);
    expect(sampler.sample(sampler.dull)).toBe(105);
  });

  it('pass their max on to every part', () => {
    const sampler = compileDistribution({
      mixture: [
        { weight: 1, of: { constant: 50 } },
        { weight: 1, of: { mixture: [{ weight: 1, of: { constant: 500 } }] } },
      ],
      max: 80,
    });
    expect([sampler.sample(0), sampler.sample(0.9), sampler.mean]).toEqual([50, 80, 65]);
  });

  // PBS (Bailis et al., VLDB 2012), its fit to LinkedIn's disks and SSDs: a share p of an exponential body with rate λ per
  // ms, the rest Pareto. P(longer than x) = p e^(−λx) + (1 − p)(x_m / x)^α is solved for x here, by bisection.
  const legs = {
    'LNKD-SSD': { p: 0.0878, lambda: 1.66, xm: 0.235, alpha: 10 },
    'LNKD-DISK, writes': { p: 0.62, lambda: 0.183, xm: 1.05, alpha: 1.51 },
  };
  for (const [name, { p, lambda, xm, alpha }] of Object.entries(legs)) {
    it(`have the quantiles of PBS: ${name}`, () => {
      const sampler = compileDistribution({
        mixture: [
          { weight: p, of: { exponential: { mean: 1_000 / lambda } } },
          { weight: 1 - p, of: { pareto: { min: 1_000 * xm, alpha } } },
        ],
      });
      const longer = (x: number): number => p * Math.exp(-lambda * x) + (1 - p) * Math.min(1, (xm / x) ** alpha);
      for (const share of [0.1, 0.5, 0.9, 0.99, 0.999]) {
        let low = 0;
        let high = 1_000;
        for (let i = 0; i < 60; i++) {
          const middle = (low + high) / 2;
          if (longer(middle) > 1 - share) low = middle;
          else high = middle;
        }
        const wanted = 1_000 * low;
        expect(Math.abs(quantile(sampler, share) - wanted)).toBeLessThan(1 + 4e-3 * wanted);
      }
      const mean = (p * 1_000) / lambda + ((1 - p) * 1_000 * xm * alpha) / (alpha - 1);
      // Clamping at DURATION_MAX takes 10^-7 of the mean away where the tail is as heavy as the disks'.
      expect(Math.abs(sampler.mean! / mean - 1)).toBeLessThan(1e-6);
    });
  }
});
