import { Digest, Simulation, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { compare, type Comparison } from '../experiment.js';
import { Z_95 } from './binomial.js';

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

const BAR_WIDTH = 40;

/** A bar for a value, in proportion to the largest. */
export function bar(value: number, largest: number): string {
  return '█'.repeat(Math.max(value > 0 ? 1 : 0, Math.round((value / largest) * BAR_WIDTH)));
}
