import type { Value } from '../../engine/history.js';
import { canonical, sameValue } from '../values.js';
import { defineModel } from './model.js';
import { holds } from './set.js';

/**
 * Who writes a value sees all that are there when it ends: the task that led Castañeda, Rajsbaum and Raynal to
 * interval-sequential objects ("Unifying concurrent objects and distributed tasks", JACM 2018). Two that overlap may both see
 * both, and one of them may see what came in between and the other not, which no order of whole operations explains.
 */
export const writeSnapshot = defineModel<ReadonlySet<string>>({
  name: 'write-snapshot',
  summary: 'writes a value, then answers all that are there; others may come between the two',
  init: () => new Set(),
  operations: {
    'write-snapshot': {
      begin: (values, { input }) => [new Set([...values, canonical(input)])],
      step: (values, { output }) => (output === undefined || holds(values, output) ? [values] : []),
    },
  },
  show: (values) => `{${[...values].join(', ')}}`,
});

type Offer = readonly [id: number, value: Value];

/** Who waits with what, and who was given what and has not left yet. */
interface Meeting {
  readonly waiting: readonly Offer[];
  readonly given: readonly Offer[];
}

const leave = (offers: readonly Offer[], id: number): readonly Offer[] => offers.filter((offer) => offer[0] !== id);

/** Two meet and exchange what they brought; null: nobody came. Both are there at once, so their operations overlap. */
export const exchanger = defineModel<Meeting>({
  name: 'exchanger',
  summary: 'two at a time exchange what they brought; null when nobody came',
  init: () => ({ waiting: [], given: [] }),
  operations: {
    exchange: {
      begin: ({ waiting, given }, { id, input }) => [
        { waiting: [...waiting, [id, input]], given },
        ...waiting.map(([other, value]) => ({
          waiting: leave(waiting, other),
          given: [...given, [other, input] as const, [id, value] as const],
        })),
      ],
      step({ waiting, given }, { id, output }) {
        const own = given.find((offer) => offer[0] === id);
        const fits = output === undefined || sameValue(output, own === undefined ? null : own[1]);
        return fits ? [{ waiting: leave(waiting, id), given: leave(given, id) }] : [];
      },
      badInput: (input) => (input === null ? 'a value; null says that nobody came' : undefined),
    },
  },
  show: ({ waiting }) => `${waiting.length} waiting`,
});
