import { Simulation, type SimulationConfig } from '../../engine/index.js';
import { choicesByKey, keysInOrder, recordChoices } from './replays-identically.js';
import { describeEvent } from './describe.js';

/**
 * Law: overriding one choice moves no other. Up to the changed choice the run is the same, event by event; after it, every
 * choice that both runs make has the same value in both, as it depends on its own stream and number only.
 *
 * @param position which choice is changed, in the order of drawing
 * @throws Error that names the event or the choice.
 */
export function assertOverrideIsLocal(config: SimulationConfig, position: number, value: number): void {
  const usual = recordChoices(config);
  const keys = keysInOrder(usual.choices!);
  const key = keys[position];
  if (key === undefined) throw new Error(`the run has ${keys.length} choices, so there is no choice ${position}`);
  const overrides = new Map([...(config.choices?.overrides ?? []), [key, value]]);
  const changed = new Simulation({
    ...config,
    compare: true,
    choices: { ...config.choices, record: true, overrides },
  }).run();

  const changedKeys = keysInOrder(changed.choices!);
  for (let i = 0; i <= position; i++) {
    if (changedKeys[i] !== keys[i])
      throw new Error(`choice ${i}, before ${key}: ${changedKeys[i]} instead of ${keys[i]}`);
  }
  const before = choicesByKey(usual.choices!);
  const after = choicesByKey(changed.choices!);
  if (after.get(key) !== value)
    throw new Error(`${key} is ${after.get(key)}, although it was overridden with ${value}`);
  for (const [other, its] of after) {
    if (other !== key && before.has(other) && before.get(other) !== its) {
      throw new Error(`overriding ${key} changed ${other} from ${before.get(other)} to ${its}`);
    }
  }
  if (before.get(key) === value) {
    const differs = usual.trace!.firstDifference(changed.trace!);
    if (differs !== null) throw new Error(`${key} kept its value, yet ${describeEvent(changed.trace!.event(differs))}`);
  }
}
