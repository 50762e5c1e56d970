import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { addRemoveSetMonitor, type MemberRole } from '../monitors/add-remove-set.js';
import { growOnlySetMonitor, type SetRole } from '../monitors/grow-only-set.js';
import { canonical } from '../values.js';
import { defineModel, type OperationRule } from './model.js';
import { readOfList } from './read-of-list.js';

// The members as texts, which tell values apart.
type Members = ReadonlySet<string>;

const element = ({ input }: Operation): Value => input;

const contains: OperationRule<Members> = {
  also: ['member', 'has'],
  pure: true,
  step: (state, { input, output }) => (output === undefined || output === state.has(canonical(input)) ? [state] : []),
  about: element,
};

/** Values that are added and removed; `contains` answers true or false, `read` lists all that are there, in any order. */
export const set = defineModel<Members>({
  name: 'set',
  summary: 'a set with add, remove, contains and read of all members',
  init: () => new Set(),
  operations: {
    add: { step: (state, { input }) => [new Set([...state, canonical(input)])], about: element },
    remove: {
      also: ['delete'],
      step: (state, { input }) => [new Set([...state].filter((member) => member !== canonical(input)))],
      about: element,
    },
    contains,
    read: {
      also: ['get', 'r'],
      pure: true,
      step: (state, { output }) => (output === undefined || holds(state, output) ? [state] : []),
      project: readOfList,
    },
  },
  apart: true,
  monitors: [growOnlySetMonitor(roleOf), addRemoveSetMonitor(memberRole)],
  show: (state) => `{${[...state].join(', ')}}`,
});

/** Are these, in any order and none twice, the members? */
export function holds(state: Members, output: Value): boolean {
  if (output === null) return state.size === 0;
  if (!Array.isArray(output) || output.length !== state.size) return false;
  const members = new Set(output.map(canonical));
  return members.size === state.size && [...members].every((member) => state.has(member));
}

function roleOf({ f, input, output }: Operation): SetRole | undefined {
  if (f === 'add') return { add: input };
  if (f === 'remove' || f === 'delete' || contains.also?.includes(f) === true || f === 'contains') return undefined;
  if (output === null) return { read: [] };
  return Array.isArray(output) ? { read: output as readonly Value[] } : undefined;
}

function memberRole({ f, output }: Operation): MemberRole | undefined {
  if (f === 'add') return 'add';
  if (f === 'remove' || f === 'delete') return 'remove';
  return typeof output === 'boolean' && (f === 'contains' || contains.also?.includes(f) === true)
    ? { contains: output }
    : undefined;
}
