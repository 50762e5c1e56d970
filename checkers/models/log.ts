import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { canonical, sameValue } from '../values.js';
import { defineModel } from './model.js';

type Entries = readonly Value[];

/**
 * A log with offsets from 0. `append` answers with the offset of what was appended; `read` takes an offset and gives what is
 * there, null beyond the end; `length` gives the first offset that is free.
 */
export const log = defineModel<Entries>({
  name: 'log',
  summary: 'a log: append gives the offset, read takes one (null beyond the end), length',
  init: () => [],
  operations: {
    append: {
      also: ['send'],
      step: (state, { input, output }) => (output === undefined || output === state.length ? [[...state, input]] : []),
    },
    read: {
      also: ['get', 'r', 'poll'],
      pure: true,
      step: (state, { input, output }) => {
        return output === undefined || sameValue(output, state[input as number] ?? null) ? [state] : [];
      },
      badInput: (input) => (Number.isSafeInteger(input) ? undefined : 'an offset'),
    },
    length: {
      also: ['size'],
      pure: true,
      step: (state, { output }) => (output === undefined || output === state.length ? [state] : []),
    },
  },
  foresee: (required) => whereOffsetsAreKnown(required),
});

/** No state has anything else at an offset than who appended there was told, or than was read there. */
function whereOffsetsAreKnown(required: readonly Operation[]): (state: Entries) => boolean {
  const known = new Map<number, string>();
  for (const { f, input, output } of required) {
    if (f === 'append' || f === 'send') {
      if (typeof output === 'number') known.set(output, canonical(input));
    } else if (output !== undefined && output !== null && typeof input === 'number') {
      known.set(input, canonical(output));
    }
  }
  // Only the last entry is new in a state.
  return (state) => {
    const at = state.length - 1;
    const wanted = known.get(at);
    return wanted === undefined || wanted === canonical(state[at]);
  };
}
