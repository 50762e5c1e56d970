import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exp, inverseNormal, ln, normalCdf, normalDensity, pow } from '../../engine/math.js';

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** How many doubles lie between the two. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  double[0] = a;
  const first = bits[0]!;
  double[0] = b;
  return Math.abs(Number(first - bits[0]!));
}

/** The next double above a positive one. */
function next(x: number): number {
  double[0] = x;
  bits[0] = bits[0]! + 1n;
  return double[0];
}

/** Numbers in [0, 1) that are the same in every run. */
function unitStream(): () => number {
  let state = 1;
  const word = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  return () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
}

/** Largest distance, in ulp, between ours and the machine's over so many points. */
function worst(
  points: number,
  point: (u: () => number, i: number) => readonly number[],
  ours: (...x: number[]) => number,
  theirs: (...x: number[]) => number,
): number {
  const u = unitStream();
  let most = 0;
  for (let i = 0; i < points; i++) {
    const x = point(u, i);
    const a = ours(...x);
    const b = theirs(...x);
    if (a === b) continue;
    most = Math.max(most, ulps(a, b));
  }
  return most;
}

describe('ln', () => {
  // Math.log is itself off by up to an ulp on some machines: 0.9 of ours and 1 of its own can be 2 doubles apart.
  it('agrees with Math.log everywhere, to 2 ulp', () => {
    expect(worst(400_000, (u) => [u()], ln, Math.log)).toBeLessThanOrEqual(2);
    expect(worst(300_000, (u) => [1 + (u() - 0.5) * 2 ** -Math.floor(40 * u())], ln, Math.log)).toBeLessThanOrEqual(2);
    expect(worst(300_000, (u) => [2 ** (2_098 * u() - 1_074)], ln, Math.log)).toBeLessThanOrEqual(2);
  });

  it('has the special values', () => {
    expect([ln(0), ln(-0), ln(1), ln(Infinity)]).toEqual([-Infinity, -Infinity, 0, Infinity]);
    expect([ln(-1), ln(-Infinity), ln(NaN), ln(-5e-324)]).toEqual([NaN, NaN, NaN, NaN]);
    expect(ln(5e-324)).toBe(-744.4400719213812);
    expect(ln(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(ln(2)).toBe(Math.LN2);
    expect(ln(10)).toBe(Math.LN10);
  });

  it('never falls', () => {
    for (const start of [Math.SQRT1_2, Math.SQRT2, 1 - 1e-13, 2 - 1e-13, 0.5, 1e-308, 3e100]) {
      let x = start;
      for (let i = 0; i < 20_000; i++) {
        const above = next(x);
        if (!(ln(above) >= ln(x))) expect.fail(`ln(${above}) < ln(${x})`);
        x = above;
      }
    }
  });
});

describe('exp', () => {
  it('agrees with Math.exp everywhere, to 2 ulp', () => {
    expect(worst(400_000, (u) => [(u() - 0.5) * 1_416], exp, Math.exp)).toBeLessThanOrEqual(2);
    expect(worst(300_000, (u) => [(u() - 0.5) * 3], exp, Math.exp)).toBeLessThanOrEqual(2);
    expect(worst(100_000, (u) => [-708 - 37.2 * u()], exp, Math.exp)).toBeLessThanOrEqual(2);
  });

  it('has the special values', () => {
    expect([exp(0), exp(-0), exp(1), exp(Infinity), exp(-Infinity), exp(NaN)]).toEqual([
      1,
      1,
      Math.E,
      Infinity,
      0,
      NaN,
    ]);
    expect([exp(709.782712893384), exp(709.7827128933841)]).toEqual([1.7976931348622732e308, Infinity]);
    expect([exp(-745.1332191019411), exp(-745.1332191019413)]).toEqual([5e-324, 0]);
    expect([exp(1e300), exp(-1e300), exp(1e-300)]).toEqual([Infinity, 0, 1]);
  });

  it('never falls', () => {
    // Where the reduction changes its multiple of ln 2, and elsewhere.
    for (const start of [0.5 * Math.LN2, 1.5 * Math.LN2, 100.5 * Math.LN2, 0.1, 1, 700]) {
      let x = start * (1 - 1e-12);
      for (let i = 0; i < 20_000; i++) {
        const above = next(x);
        if (!(exp(above) >= exp(x))) expect.fail(`exp(${above}) < exp(${x})`);
        x = above;
      }
    }
  });
});

describe('pow', () => {
  it('agrees with Math.pow everywhere, to 2 ulp', () => {
    // V8's own Math.pow is off by hundreds of ulp for some of these: what is exact is checked exactly below instead.
    const moderate = (u: () => number): readonly number[] => [0.5 + u(), (u() - 0.5) * 4];
    expect(worst(200_000, moderate, pow, Math.pow)).toBeLessThanOrEqual(2);
  });

  it('is exact, or nearest, where integers say what is right', () => {
    for (let x = 2; x <= 40; x++) {
      let exact = 1n;
      for (let y = 0; y <= 180; y++) {
        const nearest = Number(exact);
        if (ulps(pow(x, y), nearest) > (exact < 2n ** 53n ? 0 : 1))
          expect.fail(`${x}^${y} is ${pow(x, y)}, not ${nearest}`);
        exact *= BigInt(x);
      }
    }
  });

  it('undoes itself: (x^y)^(1/y) is x as far as the rounding of both exponents allows', () => {
    const u = unitStream();
    for (let i = 0; i < 50_000; i++) {
      const x = exp((u() - 0.5) * 200);
      const back = pow(pow(x, 3), 1 / 3);
      // 1/3 as a double is off by 2^-54: a relative error of 3 |ln x| 2^-54 in the result.
      const allowed = (3 * Math.abs(ln(x)) * 2 ** -54 + 2 ** -51) * x;
      if (!(Math.abs(back - x) <= allowed)) expect.fail(`${x} came back as ${back}`);
    }
  });

  it('has the special values of Math.pow', () => {
    const values = [
      0,
      -0,
      1,
      -1,
      2,
      -2,
      0.5,
      -0.5,
      3,
      -3,
      1e-320,
      Infinity,
      -Infinity,
      NaN,
      2 ** 53,
      -(2 ** 53) + 1,
      1e300,
      -1e300,
    ];
    for (const x of values) {
      for (const y of values) {
        const wanted = Math.pow(x, y);
        const got = pow(x, y);
        const same = Object.is(got, wanted) || (wanted !== 0 && Number.isFinite(wanted) && ulps(got, wanted) <= 2);
        if (!same) expect.fail(`pow(${x}, ${y}) is ${got}, not ${wanted}`);
      }
    }
    // The nearest double to (1 − 2^−53)^(2^62), which is e^−512 (1 − 2^−45): the logarithm's second half counts.
    expect(pow(1 - 2 ** -53, 2 ** 62)).toBe(4.377491037052927e-223);
  });
});

describe('inverseNormal', () => {
  it('has the quantiles of tables', () => {
    // To 16 digits, computed with 40.
    const table: readonly (readonly [number, number])[] = [
      [0.5, 0],
      [0.75, 0.6744897501960817],
      [0.9, 1.2815515655446004],
      [0.975, 1.959963984540054],
      [0.99, 2.3263478740408408],
      [0.999, 3.0902323061678132],
      [1e-10, -6.361340902404056],
      [1e-100, -21.273453560965324],
      [1e-300, -37.0470962993612],
    ];
    for (const [p, z] of table)
      expect(Math.abs(inverseNormal(p) - z)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(z)));
  });

  it('undoes the distribution function', () => {
    for (let z = -6; z <= 6; z += 1 / 64) {
      // The share is known to 2e-15 only, which in the upper tail is much in z.
      const allowed = 1e-14 + 4e-15 / normalDensity(z);
      expect(Math.abs(inverseNormal(normalCdf(z)) - z)).toBeLessThanOrEqual(allowed);
    }
  });

  it('is odd around one half, and rises', () => {
    let last = -Infinity;
    for (let i = 1; i < 1 << 16; i++) {
      const p = i / (1 << 16);
      const z = inverseNormal(p);
      if (!(z > last)) expect.fail(`inverseNormal(${p}) is ${z}, not above ${last}`);
      if (inverseNormal(1 - p) !== -z && z !== 0) expect.fail(`inverseNormal(1 - ${p}) is not ${-z}`);
      last = z;
    }
  });

  it('has the special values', () => {
    expect([inverseNormal(0), inverseNormal(1)]).toEqual([-Infinity, Infinity]);
    expect([inverseNormal(-0.1), inverseNormal(1.1), inverseNormal(NaN)]).toEqual([NaN, NaN, NaN]);
    expect(Number.isFinite(inverseNormal(5e-324))).toBe(true);
  });
});

describe('normalCdf', () => {
  it('has the values of tables', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(Math.abs(normalCdf(1) - 0.8413447460685429)).toBeLessThan(2e-15);
    expect(Math.abs(normalCdf(-1.96) - 0.024997895148220435)).toBeLessThan(2e-15);
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(NaN)]).toEqual([0, 1, NaN]);
  });
});

it('gives these bits on every machine', () => {
  const u = unitStream();
  const results = new Float64Array(40_000);
  for (let i = 0; i < results.length; i += 4) {
    const x = exp((u() - 0.5) * 1_400);
    results[i] = ln(x);
    results[i + 1] = exp((u() - 0.5) * 1_490);
    results[i + 2] = pow(exp((u() - 0.5) * 20), (u() - 0.5) * 60);
    results[i + 3] = inverseNormal(i % 8 === 0 ? u() : exp(-700 * u()));
  }
  const view = new DataView(new ArrayBuffer(8 * results.length));
  for (const [i, result] of results.entries()) view.setFloat64(8 * i, result, true);
  expect(createHash('sha256').update(view).digest('hex')).toBe(
    '86df701d920d3423209023af1b1f584fd2626298e1cea777a80eb5f866e25d8b',
  );
});
