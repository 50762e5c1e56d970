import { describe, expect, it } from 'vitest';
import { compileDistribution, DistributionError, DURATION_MAX, type Distribution } from '../../engine/distribution.js';
import { UsageError } from '../../engine/errors.js';

describe('validation', () => {
  const wrong: readonly (readonly [unknown, string, unknown, string])[] = [
    [null, '', null, 'one of constant'],
    [5, '', 5, 'one of constant'],
    [[], '', [], 'one of constant'],
    [{}, '', {}, 'exactly one of'],
    [{ constant: 1, uniform: [1, 2] }, '', { constant: 1, uniform: [1, 2] }, 'exactly one of'],
    [{ gauss: {} }, 'gauss', {}, 'no such field'],
    [{ constant: -1 }, 'constant', -1, 'whole number of microseconds'],
    [{ constant: 1.5 }, 'constant', 1.5, 'whole number of microseconds'],
    [{ constant: '10ms' }, 'constant', '10ms', 'whole number of microseconds'],
    [{ constant: 2 ** 51 }, 'constant', 2 ** 51, String(DURATION_MAX)],
    [{ constant: 5, max: 4 }, 'constant', 5, '[0, 4]'],
    [{ constant: 5, max: -1 }, 'max', -1, 'whole number of microseconds'],
    [{ constant: 5, max: NaN }, 'max', NaN, 'whole number of microseconds'],
    [{ uniform: [5] }, 'uniform', [5], '[min, max]'],
    [{ uniform: [5, 4] }, 'uniform[1]', 4, '[5, '],
    [{ uniform: [-5, 4] }, 'uniform[0]', -5, 'whole number'],
    [{ exponential: 5 }, 'exponential', 5, '{ mean, min? }'],
    [{ exponential: {} }, 'exponential.mean', undefined, 'mean'],
    [{ exponential: { mean: 5, median: 4 } }, 'exponential.median', 4, '{ mean, min? }'],
    [{ exponential: { mean: 5, min: 6 } }, 'exponential.mean', 5, '6 µs or more'],
    [{ normal: { mean: 5, deviation: -1 } }, 'normal.deviation', -1, '[0, '],
    [{ normal: { mean: NaN, deviation: 1 } }, 'normal.mean', NaN, '[0, '],
    [{ normal: { mean: 5, deviation: 1, min: 9 }, max: 8 }, 'normal.min', 9, '[0, 8]'],
    [{ logNormal: { median: 0, sigma: 1 } }, 'logNormal.median', 0, 'above 0'],
    [{ logNormal: { median: 1, sigma: 21 } }, 'logNormal.sigma', 21, '[0, 20]'],
    [{ pareto: { min: 0, alpha: 1 } }, 'pareto.min', 0, 'above 0'],
    [{ pareto: { min: 1, alpha: -1 } }, 'pareto.alpha', -1, 'above 0'],
    [{ pareto: { min: 1, alpha: Infinity } }, 'pareto.alpha', Infinity, 'above 0'],
    [{ empirical: [[0, 1]] }, 'empirical', [[0, 1]], 'at least two pairs'],
    [{ empirical: [[0, 1], 5] }, 'empirical[1]', 5, 'a pair'],
    [
      {
        empirical: [
          [0.1, 1],
          [1, 2],
        ],
      },
      'empirical[0][0]',
      0.1,
      '0 in the first pair',
    ],
    [
      {
        empirical: [
          [0, 1],
          [0.9, 2],
        ],
      },
      'empirical[1][0]',
      0.9,
      '1 in the last pair',
    ],
    [
      {
        empirical: [
          [0, 1],
          [0.9, 2],
          [0.5, 3],
          [1, 4],
        ],
      },
      'empirical[2][0]',
      0.5,
      '[0.9, 1]',
    ],
    [
      {
        empirical: [
          [0, 5],
          [1, 4],
        ],
      },
      'empirical[1][1]',
      4,
      '5 µs or more',
    ],
    [{ mixture: [] }, 'mixture', [], 'at least one'],
    [{ mixture: [{ weight: 0, of: { constant: 1 } }] }, 'mixture[0].weight', 0, 'above 0'],
    [{ mixture: [{ weight: 1 }] }, 'mixture[0].of', undefined, 'one of constant'],
    [
      {
        mixture: [
          { weight: 1, of: { constant: 1 } },
          { weight: 1, of: { exponential: { mean: 'x' } } },
        ],
      },
      'mixture[1].of.exponential.mean',
      'x',
      'mean',
    ],
  ];
  it.each(wrong)('refuses %j', (d, path, value, expected) => {
    let thrown: unknown;
    try {
      compileDistribution(d as Distribution);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DistributionError);
    expect(thrown).toBeInstanceOf(UsageError);
    const error = thrown as DistributionError;
    expect([error.path, error.value]).toEqual([path, value]);
    expect(error.expected).toContain(expected);
    expect(error.message).toContain(path === '' ? 'distribution' : path);
  });

  it('ends at a mixture that contains itself', () => {
    const parts: { weight: number; of: unknown }[] = [];
    parts.push({ weight: 1, of: { mixture: parts } });
    expect(() => compileDistribution({ mixture: parts } as Distribution)).toThrow(/something cyclic/);
  });
});
