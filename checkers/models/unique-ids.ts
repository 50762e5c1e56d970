import { uniqueIdsMonitor } from '../monitors/unique-ids.js';
import { canonical } from '../values.js';
import { defineModel } from './model.js';

/** Gives ids, never one twice. */
export const uniqueIds = defineModel<ReadonlySet<string>>({
  name: 'unique-ids',
  summary: 'a generator of ids, none of which is given twice',
  init: () => new Set(),
  operations: {
    generate: {
      also: ['next-id', 'new-id'],
      step(state, { output }) {
        if (output === undefined) return [state];
        const id = canonical(output);
        return state.has(id) ? [] : [new Set([...state, id])];
      },
      about: ({ output }) => output,
    },
  },
  monitors: [uniqueIdsMonitor],
  show: (state) => `${state.size} ids given`,
});
