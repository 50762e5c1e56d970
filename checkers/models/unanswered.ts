import type { Operation } from '../history/operation.js';

/** An operation as if it had never been answered: it may happen at any moment after its call, or never, with any outcome. */
export function unanswered(operation: Operation): Operation {
  return {
    ...operation,
    output: undefined,
    outcome: 'unknown',
    error: undefined,
    return: Infinity,
    returnedAt: undefined,
  };
}
