import type { Value } from '../../engine/history.js';
import { canonical, isRecord, sameValue } from '../values.js';
import { defineModel } from './model.js';

// By the text that tells a register's name apart; what is absent is null.
type Registers = { readonly [name: string]: Value };

function written(state: Registers, values: readonly (readonly [Value, Value])[]): Registers {
  const next: { [name: string]: Value } = { ...state };
  for (const [name, value] of values) next[canonical(name)] = value;
  return next;
}

const at = (state: Registers, name: Value): Value => state[canonical(name)] ?? null;

/** Several registers: `write` takes `{name: value, …}`, `read` takes `[name, …]` and gives `{name: value, …}`, each at one moment. */
export const multiRegister = defineModel<Registers>({
  name: 'multi-register',
  summary: 'several registers written and read at one moment: write {x: 1, y: 2}, read [x, y]',
  init: () => ({}),
  operations: {
    write: {
      also: ['put', 'set', 'w'],
      step: (state, { input }) => [written(state, Object.entries(input as Registers))],
      badInput: (input) => (isRecord(input) ? undefined : 'names and values, as {"x": 1}'),
    },
    read: {
      also: ['get', 'r'],
      pure: true,
      step(state, { input, output }) {
        if (output === undefined) return [state];
        const names = input as readonly Value[];
        const fits =
          isRecord(output) && names.every((name) => sameValue(output[String(name)] ?? null, at(state, name)));
        return fits ? [state] : [];
      },
      badInput: (input) =>
        Array.isArray(input) && input.every((name) => typeof name === 'string') ? undefined : 'a list of names',
    },
  },
});

type Micro = readonly [f: string, name: Value, value: Value];

/**
 * Registers under transactions: `txn` takes `[["r", name, null], ["w", name, value], …]` and gives the same with what was read.
 * Each happens at one moment, which makes a linearizable history a strictly serializable one.
 */
export const transactionalRegister = defineModel<Registers>({
  name: 'transactional-register',
  summary: 'registers under transactions [["r", x, null], ["w", y, 1]]: strict serializability',
  init: () => ({}),
  operations: {
    txn: {
      also: ['transaction'],
      step(state, { input, output }) {
        const done = (output ?? input) as unknown as readonly Micro[];
        let now = state;
        for (const [f, name, value] of done) {
          if (f === 'w') now = written(now, [[name, value]]);
          else if (output !== undefined && !sameValue(value, at(now, name))) return [];
        }
        return [now];
      },
      pure: ({ input }) => (input as unknown as readonly Micro[]).every(([f]) => f !== 'w'),
      badInput: (input) =>
        Array.isArray(input) && input.every(isMicro) ? undefined : 'a list of ["r", name, null] and ["w", name, value]',
    },
  },
});

function isMicro(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && (value[0] === 'r' || value[0] === 'w');
}
