import { choiceKey, Simulation, type ChoiceLog, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { assertSameRun } from './same-at-both-speeds.js';

/**
 * Law: the choices are the run. Replayed strictly they give it again; so they do by their keys, with every choice that is
 * not named taking the dull way: no two choices share a key, and no chance comes in by another door.
 *
 * @throws Error, or the engine's own `ReplayMismatch`.
 */
export function assertReplaysIdentically(config: SimulationConfig): void {
  const once = recordChoices(config);
  const again = recordChoices(config);
  assertSameRun(once, again, 'two runs of one configuration');
  const choices = once.choices!;
  const strict = new Simulation({ ...config, seed: 'another', compare: true, choices: { replay: choices } }).run();
  assertSameRun(once, strict, 'a run and its strict replay');
  const overrides = choicesByKey(choices);
  if (overrides.size !== choices.values.length) {
    throw new Error(
      `${choices.values.length} choices have only ${overrides.size} keys: ${repeatedKey(choices)} is drawn twice`,
    );
  }
  const byKey = new Simulation({
    ...config,
    seed: 'yet another',
    compare: true,
    choices: { overrides, missing: 'dull' },
  }).run();
  assertSameRun(once, byKey, 'a run and its replay by key');
  if (byKey.unusedOverrides.length > 0)
    throw new Error(`choices that nobody asked for: ${byKey.unusedOverrides.join(', ')}`);
}

export function recordChoices(config: SimulationConfig): RunResult {
  return new Simulation({ ...config, compare: true, choices: { ...config.choices, record: true } }).run();
}

/** Every choice of a log under its key. */
export function choicesByKey(log: ChoiceLog): Map<string, number> {
  return new Map(keysInOrder(log).map((key, i) => [key, log.values[i]!]));
}

/** The keys of a log's choices, as a repro names them: by stream, numbered from 1. */
export function keysInOrder(log: ChoiceLog): string[] {
  const counts = new Map<string, number>();
  return log.which.map((which) => {
    const stream = log.streams[which]!;
    const count = (counts.get(stream) ?? 0) + 1;
    counts.set(stream, count);
    return choiceKey(stream, '', count);
  });
}

function repeatedKey(log: ChoiceLog): string {
  const seen = new Set<string>();
  return log.streams.find((name) => seen.size === seen.add(name).size) ?? '?';
}
