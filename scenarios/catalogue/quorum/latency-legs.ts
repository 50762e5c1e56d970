import { Choices, compileDistribution, type Distribution, type Micros } from '../../../engine/index.js';

/**
 * How long the four messages of an operation take, one way: to write at a replica, its acknowledgement, to read at a replica,
 * its response (Bailis et al., VLDB 2012, 4.1: WARS).
 */
export interface LatencyLegs {
  readonly w: Distribution;
  readonly a: Distribution;
  readonly r: Distribution;
  readonly s: Distribution;
}

/** LinkedIn's Voldemort on solid-state disks: a mixture, fitted by the authors (Table 3). Rates per ms, minima in ms. */
const SSD = mixture(0.0878, 1.66, 0.235, 10);
/** On spinning disks writes take longer. */
const DISK_WRITE = mixture(0.62, 0.183, 1.05, 1.51);

function mixture(exponential: number, rate: number, min: number, alpha: number): Distribution {
  return {
    mixture: [
      { weight: exponential, of: { exponential: { mean: 1_000 / rate } } },
      { weight: 1 - exponential, of: { pareto: { min: min * 1_000, alpha } } },
    ],
  };
}

export const LNKD_SSD: LatencyLegs = { w: SSD, a: SSD, r: SSD, s: SSD };
export const LNKD_DISK: LatencyLegs = { ...LNKD_SSD, w: DISK_WRITE };

/**
 * The model without a protocol (4.1): a write is done when the W-th of its W + A has come; a read that begins t later finds it
 * if one of its first R responses comes from a replica that the write had reached by then.
 *
 * @param ts times after the write was acknowledged, rising.
 * @returns for each t the share of reads that find the write.
 */
export function modelVisibility(
  legs: LatencyLegs,
  { n, r, w }: { readonly n: number; readonly r: number; readonly w: number },
  ts: readonly Micros[],
  samples: number,
  seed: string,
): number[] {
  const choices = new Choices(seed);
  const stream = choices.stream('pbs', 'model', 0);
  const samplers = [legs.w, legs.a, legs.r, legs.s].map((leg) => compileDistribution(leg));
  const draw = (): number[][] =>
    Array.from({ length: n }, () => samplers.map((leg) => leg.sample(choices.draw(stream))));
  const found = ts.map(() => 0);
  for (let i = 0; i < samples; i++) {
    const replicas = draw();
    const done = replicas.map(([write, acknowledge]) => write! + acknowledge!).sort((a, b) => a - b)[w - 1]!;
    const asked = replicas.toSorted((a, b) => a[2]! + a[3]! - (b[2]! + b[3]!)).slice(0, r);
    for (const [at, t] of ts.entries()) if (asked.some(([write, , read]) => done + t + read! >= write!)) found[at]!++;
  }
  return found.map((hits) => hits / samples);
}
