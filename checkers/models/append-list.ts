import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { appendMonitor } from '../monitors/append-list.js';
import { canonical } from '../values.js';
import { defineModel } from './model.js';
import { readOfList } from './read-of-list.js';

/** A list to which values are appended, and which is read as a whole. What is absent reads as the empty list, or as null. */
export const appendList = defineModel<readonly Value[]>({
  name: 'append-list',
  summary: 'a list with append and read of all of it',
  init: () => [],
  operations: {
    append: { step: (state, operation) => [[...state, operation.input]], about: ({ input }) => input },
    read: {
      also: ['get', 'r'],
      pure: true,
      step: (state, { output }) => (output === undefined || same(output ?? [], state) ? [state] : []),
      reads: ({ output }) => (output === undefined ? undefined : (output ?? [])),
      project: readOfList,
    },
  },
  monitors: [appendMonitor((_model, operation) => roleOf(operation), false)],
  foresee: (required, optional) => alongLongestRead([...required, ...optional]),
});

function same(a: Value, b: Value): boolean {
  return canonical(a) === canonical(b);
}

function roleOf({ f, input, output }: Operation): { append: Value } | { read: readonly Value[] } | undefined {
  if (f === 'append') return { append: input };
  if (output === null) return { read: [] };
  return Array.isArray(output) ? { read: output as readonly Value[] } : undefined;
}

/** Where there are only appends and reads: what the longest read saw begins with every earlier state, and so on later. */
function alongLongestRead(operations: readonly Operation[]): (state: readonly Value[]) => boolean {
  let longest: readonly string[] = [];
  for (const { f, output } of operations) {
    if (f === 'append' || !Array.isArray(output) || output.length <= longest.length) continue;
    longest = output.map(canonical);
  }
  return (state) => state.slice(0, longest.length).every((item, i) => canonical(item) === longest[i]);
}
