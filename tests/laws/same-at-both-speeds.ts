import { Simulation, type RunResult, type SimulationConfig, type TraceEvent } from '../../engine/index.js';
import { describeEvent, shown } from './describe.js';

/**
 * Law: the speed of a run changes nothing. Both speeds give the same events, one by one, the same history, marks,
 * violations and final states; and watching a run (trace, event digests) does not change it either.
 *
 * @throws Error that names the seed and the first event that differs.
 */
export function assertSameAtBothSpeeds(config: SimulationConfig, seeds: readonly string[]): void {
  for (const seed of seeds) {
    const direct = new Simulation({ ...config, seed, speed: 'direct', compare: true }).run();
    const recorded = new Simulation({ ...config, seed, speed: 'recorded', compare: true }).run();
    assertSameRun(direct, recorded, `seed ${seed}: direct and recorded`);
    const { trace: _, ...unwatched } = config;
    const bare = new Simulation({ ...unwatched, seed, speed: 'direct' }).run();
    if (bare.digest !== direct.digest) {
      throw new Error(`seed ${seed}: watching changes the run: digest ${bare.digest} without, ${direct.digest} with`);
    }
    const states = new Simulation({ ...config, seed, speed: 'recorded', trace: 'states' }).run();
    if (states.digest !== direct.digest) {
      throw new Error(
        `seed ${seed}: recording states changes the run: ${direct.digest} without, ${states.digest} with`,
      );
    }
  }
}

/** Compares two runs made with `compare: true`. */
export function assertSameRun(one: RunResult, other: RunResult, what: string): void {
  const differs = one.trace!.firstDifference(other.trace!);
  if (differs !== null) {
    const event = (run: RunResult): string =>
      differs <= run.trace!.length ? describeEvent(run.trace!.event(differs)) : 'nothing (the run has ended)';
    throw new Error(`${what} differ at event ${differs}: ${event(one)}, against ${event(other)}`);
  }
  // The digests of the events agree: what is left are the final states, which only the last digest covers.
  if (one.digest !== other.digest)
    throw new Error(`${what} differ in the final states: ${one.digest}, ${other.digest}`);
  for (const part of ['ending', 'history', 'marks', 'violations', 'virtualTime', 'statistics'] as const) {
    if (shown(one[part]) !== shown(other[part])) {
      throw new Error(`${what} have one digest, but their ${part} differ: ${shown(one[part])}, ${shown(other[part])}`);
    }
  }
  const lines = (run: RunResult): string[] => [...run.trace!.events()].map((event: TraceEvent) => shown(event));
  const [left, right] = [lines(one), lines(other)];
  const at = left.findIndex((line, i) => line !== right[i]);
  if (at >= 0) throw new Error(`${what} have one digest, but event ${at + 1} differs: ${left[at]}, ${right[at]}`);
}
