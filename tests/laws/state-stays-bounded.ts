import { Simulation, type Fault, type Micros, type RunResult, type SimulationConfig } from '../../engine/index.js';

/** How much there is of something: in the second quarter of a run and in its last one, on average. */
export interface Growth {
  /** Such as `volatile.waiting.*`: all nodes together, and whatever is beneath. */
  readonly path: string;
  readonly early: number;
  readonly late: number;
}

export interface Measured {
  readonly result: RunResult;
  readonly growths: readonly Growth[];
}

/** Chance moves an average a little, and a table that is bounded by its options may not be full in the second quarter. */
const RATIO_MAX = 1.25;
const SLACK = 12;
const SAMPLES = 400;
/** Keys of records that say what something is; others say which one. */
const FIELD = /^[a-zA-Z]+$/;

/**
 * Law: what nodes keep does not depend on how long they have run. The size of everything in their states (values of any kind,
 * counted), and what is under way beside it (messages, timers, syncs: `pending`), is the same in the last quarter of the run as in the second,
 * but for chance. So load and faults must be the same all the time.
 *
 * @throws Error that names what grows, and how much, such as `volatile.waiting.*: 120.5 values, and 280.3 later`.
 */
export function assertStateStaysBounded(config: SimulationConfig): Measured {
  const measured = measureState(config);
  const { result, growths } = measured;
  if (result.ending !== 'finished') throw new Error(`${result.ending}: ${result.endingMessage}${said(result)}`);
  const growing = growths.filter(grows);
  // What is above something that grows does so as well.
  const told = growing.filter(({ path }) => !growing.some((other) => other.path.startsWith(`${path}.`)));
  if (told.length > 0) {
    throw new Error(
      told
        .map(({ path, early, late }) => `${path}: ${early.toFixed(1)} values, and ${late.toFixed(1)} later`)
        .join('\n'),
    );
  }
  return measured;
}

function grows({ early, late }: Growth): boolean {
  return late > early * RATIO_MAX + SLACK;
}

function said({ violations }: RunResult): string {
  return violations.map(({ message }) => ` ${message}`).join('');
}

/** Runs it, and looks at all states at regular times (at the first mark, fault or operation that comes then). */
export function measureState(config: SimulationConfig): Measured {
  const early = new Tally();
  const late = new Tally();
  const strikes = (config.faults ?? []).flatMap(strikesOf);
  let next = 0;
  const simulation: Simulation = new Simulation({
    ...config,
    observer: ({ time }) => {
      if (time < next) return;
      next = time + config.until / SAMPLES;
      const quarter = Math.floor((4 * time) / config.until);
      if (quarter !== 1 && quarter !== 3) return;
      // What the plan of faults has in store waits in the same queue, and gets less.
      const planned = strikes.filter((strike) => strike > time).length;
      (quarter === 1 ? early : late).look(simulation, simulation.pending - planned);
    },
  });
  const result = simulation.run();
  const paths = [...new Set([...early.sums.keys(), ...late.sums.keys()])];
  const growths = paths.map((path) => ({ path, early: early.mean(path), late: late.mean(path) }));
  return { result, growths };
}

function strikesOf({ at, every = 0, times = 1 }: Fault): Micros[] {
  return at === undefined ? [] : Array.from({ length: times }, (_, i) => at + i * every);
}

class Tally {
  readonly sums = new Map<string, number>();
  private looks = 0;

  look({ world }: Simulation, pending: number): void {
    this.looks++;
    this.add('pending', pending);
    for (const node of world.nodes) {
      this.measure('durable', node.durable);
      this.measure('volatile', node.volatile);
    }
  }

  mean(path: string): number {
    return (this.sums.get(path) ?? 0) / Math.max(1, this.looks);
  }

  private add(path: string, size: number): void {
    this.sums.set(path, (this.sums.get(path) ?? 0) + size);
  }

  /** Counts a value and all that is in it, under its path and those of its parts. */
  private measure(path: string, value: unknown): number {
    let size = 1;
    if (typeof value === 'string') size += Math.floor(value.length / 64);
    else if (Array.isArray(value)) for (const item of value) size += this.measure(`${path}.*`, item);
    else if (value instanceof Set) size += value.size;
    else if (value instanceof Map) for (const item of value.values()) size += 1 + this.measure(`${path}.*`, item);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        size += this.measure(`${path}.${FIELD.test(key) ? key : '*'}`, item);
    }
    this.add(path, size);
    return size;
  }
}
