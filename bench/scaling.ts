import { linearizable, modelNamed } from '../checkers/index.js';
import type { CpuClock } from './cpu-clock.js';
import { BEHAVIOURS, type ObjectName } from './object-behaviours.js';
import { objectHistory } from './object-history.js';
import { table } from './report.js';
import { spread, type Spread } from './statistics.js';

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
const OTHERS_MAX = 300_000;
const CLIENTS = 10;
/** Where a read gives all that was written, its length is part of the input: so many operations on each key. */
const OPERATIONS_PER_KEY: Partial<Readonly<Record<ObjectName, number>>> = { append: 100, 'grow-only-set': 100 };

export interface ScalingPoint {
  readonly operations: number;
  readonly cpuMs: Spread;
}

export interface ScalingCurve {
  readonly object: ObjectName;
  /** What gave the verdicts: the monitor's name. */
  readonly by: string;
  readonly points: readonly ScalingPoint[];
  /** Of the power of the number of operations that fits best, in logarithms; from the point on where a check takes a few milliseconds. */
  readonly exponent: number;
}

export interface ScalingSettings {
  readonly rounds: number;
  readonly operationsMax: number;
  readonly clock: CpuClock;
  readonly progress: (line: string) => void;
}

/** Times each monitor on histories from a seed, all answered and all correct, of more and more operations. */
export function scaling({ rounds, operationsMax, clock, progress }: ScalingSettings): ScalingCurve[] {
  return (Object.keys(BEHAVIOURS) as ObjectName[]).map((object) => {
    const max = object === 'register' ? operationsMax : Math.min(operationsMax, OTHERS_MAX);
    const deciders = new Set<string>();
    const points = SIZES.filter((operations) => operations <= max).map((operations): ScalingPoint => {
      const perKey = OPERATIONS_PER_KEY[object];
      const keys = perKey === undefined ? 0 : Math.ceil(operations / perKey);
      const history = objectHistory({ object, operations, clients: CLIENTS, keys, values: 0, seed: 'scaling' });
      const model = modelNamed(BEHAVIOURS[object].model);
      const times: number[] = [];
      // The first one is for the compiler.
      for (let round = 0; round <= rounds; round++) {
        const begun = clock.nowNs();
        const result = linearizable(history, model);
        if (round > 0) times.push((clock.nowNs() - begun) / 1e6);
        if (result.verdict !== 'ok') throw new Error(`a correct history of ${object} was judged ${result.verdict}`);
        for (const { by } of result.keys) deciders.add(by ?? 'nothing');
      }
      const cpuMs = spread(times);
      progress(`${object}  ${operations} operations  ${cpuMs.median.toFixed(1)} ms`);
      return { operations, cpuMs };
    });
    return { object, by: [...deciders].join(', '), points, exponent: fittedExponent(points) };
  });
}

const STEADY_MS = 5;

/** Least squares through the logarithms. @returns NaN for fewer than two points. */
export function fittedExponent(points: readonly ScalingPoint[]): number {
  const steady = points.filter(({ cpuMs }) => cpuMs.median >= STEADY_MS);
  const used = steady.length >= 2 ? steady : points;
  const mean = (of: (point: ScalingPoint) => number): number =>
    used.reduce((sum, point) => sum + of(point), 0) / used.length;
  const x = ({ operations }: ScalingPoint): number => Math.log(operations);
  const y = ({ cpuMs }: ScalingPoint): number => Math.log(cpuMs.median);
  const [meanX, meanY] = [mean(x), mean(y)];
  return mean((point) => (x(point) - meanX) * (y(point) - meanY)) / mean((point) => (x(point) - meanX) ** 2);
}

const BAR_COLUMNS_MAX = 60;

/** One bar a point; ten times the time is as much longer everywhere, so that linear growth makes even steps. */
function bars({ object, by, points }: ScalingCurve, [least, most]: readonly [number, number]): string {
  const columns = (ms: number): number =>
    1 + Math.round((BAR_COLUMNS_MAX * Math.log(ms / least)) / (Math.log(most / least) || 1));
  const lines = points.map(({ operations, cpuMs: { median } }) => [
    `  ${operations.toLocaleString('en').padStart(9)} ${'█'.repeat(columns(median))} ${median.toFixed(1)} ms`,
  ]);
  return [`${object} (by ${by})`, ...lines].join('\n');
}

/** The table of medians, and below it a curve for each monitor, both axes logarithmic. */
export function scalingReport(curves: readonly ScalingCurve[]): string {
  const sizes = SIZES.filter((size) => curves.some(({ points }) => points.some((one) => one.operations === size)));
  const heading = ['CPU ms, median', ...sizes.map((size) => size.toLocaleString('en')), 'exponent'];
  const rows = curves.map(({ object, points, exponent }) => [
    object,
    ...sizes.map((size) => points.find(({ operations }) => operations === size)?.cpuMs.median.toFixed(1) ?? ''),
    exponent.toFixed(2),
  ]);
  const all = curves.flatMap(({ points }) => points.map(({ cpuMs }) => cpuMs.median));
  const range = [Math.min(...all), Math.max(...all)] as const;
  return `${table([heading, ...rows])}\n\n${curves.map((curve) => bars(curve, range)).join('\n')}`;
}
