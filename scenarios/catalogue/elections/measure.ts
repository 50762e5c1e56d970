import { Choices, Digest, Simulation, type RunResult, type SimulationConfig } from '../../../engine/index.js';
import { compare, type Comparison } from '../../experiment.js';
import { Z_95 } from '../binomial.js';

/** Runs many simulations and keeps what their report needs. */
export class Bench {
  readonly digest = new Digest();
  runs = 0;
  events = 0;

  run(config: SimulationConfig): { readonly result: RunResult; readonly simulation: Simulation } {
    const simulation = new Simulation(config);
    const result = simulation.run();
    this.digest.text(result.digest);
    this.runs++;
    this.events += result.events;
    if (result.ending !== 'finished') {
      const said = result.violations.map(({ message }) => message).join('; ');
      throw new Error(`a run that must be clean ends with ${result.ending}: ${said}`);
    }
    return { result, simulation };
  }
}

/** Mean and variance as they come (Welford's recurrence). */
export class Mean {
  count = 0;
  mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.squares += before * (value - this.mean);
  }

  /** Half the width of the usual interval around the mean. */
  margin(z: number): number {
    return this.count < 2 ? 0 : z * Math.sqrt(this.squares / (this.count - 1) / this.count);
  }

  tell(digits = 2): string {
    return `${this.mean.toFixed(digits)} ± ${this.margin(Z_95).toFixed(digits)}`;
  }
}

/** A figure that must be met exactly. */
export function exactly(name: string, measured: number, expected: number, unit: string): Comparison {
  return compare(name, measured, expected, 0, unit);
}

/** The numbers 1 to n in an order drawn from the seed, every order equally likely (Fisher, Yates). */
export function placement(seed: string, label: string, n: number): number[] {
  const choices = new Choices(seed);
  const stream = choices.stream('placement', label, 0);
  const numbers = Array.from({ length: n }, (_, i) => i + 1);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.min(i, Math.floor(choices.draw(stream) * (i + 1)));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers;
}

/** Hₙ = 1 + 1/2 + … + 1/n. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += 1 / i;
  return sum;
}

const BAR_WIDTH = 40;

/** A bar for a value, in proportion to the largest. */
export function bar(value: number, largest: number): string {
  return '█'.repeat(Math.max(value > 0 ? 1 : 0, Math.round((value / largest) * BAR_WIDTH)));
}

/**
 * How many messages an election on a ring takes when all begin at once: each number goes on until it meets a larger one, and
 * the largest all the way round.
 */
export function ringMessages(numbers: readonly number[]): number {
  const n = numbers.length;
  let hops = 0;
  for (let i = 0; i < n; i++) {
    let distance = 1;
    while (distance < n && numbers[(i + distance) % n]! < numbers[i]!) distance++;
    hops += distance;
  }
  return hops;
}
