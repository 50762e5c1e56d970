import { defineModel } from './model.js';

/** A number that is added to and read. `increment` and `decrement` add 1 and -1 where they are given no number. */
export const counter = defineModel<number>({
  name: 'counter',
  summary: 'a number, 0 at first, with add (increment, decrement) and read',
  init: () => 0,
  operations: {
    add: { also: ['increment', 'inc'], step: (state, { input }) => [state + amount(input)], badInput },
    decrement: { also: ['dec'], step: (state, { input }) => [state - amount(input)], badInput },
    read: {
      also: ['get', 'r'],
      pure: true,
      step: (state, { output }) => (output === undefined || output === state ? [state] : []),
      reads: ({ output }) => output,
    },
  },
});

function amount(input: unknown): number {
  return typeof input === 'number' ? input : 1;
}

function badInput(input: unknown): string | undefined {
  return input === null || Number.isSafeInteger(input) ? undefined : 'a whole number, or null for 1';
}
