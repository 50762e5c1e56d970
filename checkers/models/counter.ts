import type { Operation } from '../history/operation.js';
import { counterMonitor, type CounterRole } from '../monitors/counter.js';
import { defineModel } from './model.js';

const ADD_NAMES: readonly string[] = ['increment', 'inc'];
const READ_NAMES: readonly string[] = ['get', 'r'];

/** A number that is added to and read. `increment` and `decrement` add 1 and -1 where they are given no number. */
export const counter = defineModel<number>({
  name: 'counter',
  summary: 'a number, 0 at first, with add (increment, decrement) and read',
  init: () => 0,
  operations: {
    add: { also: ADD_NAMES, step: (state, { input }) => [state + amount(input)], badInput },
    decrement: { also: ['dec'], step: (state, { input }) => [state - amount(input)], badInput },
    read: {
      also: READ_NAMES,
      pure: true,
      step: (state, { output }) => (output === undefined || output === state ? [state] : []),
      reads: ({ output }) => output,
    },
  },
  monitors: [counterMonitor(roleOf)],
});

function roleOf({ f, input, output }: Operation): CounterRole {
  if (f === 'read' || READ_NAMES.includes(f)) return { read: output };
  return { add: f === 'add' || ADD_NAMES.includes(f) ? amount(input) : -amount(input) };
}

function amount(input: unknown): number {
  return typeof input === 'number' ? input : 1;
}

function badInput(input: unknown): string | undefined {
  return input === null || Number.isSafeInteger(input) ? undefined : 'a whole number, or null for 1';
}
