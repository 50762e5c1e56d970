import type { Operation } from '../history/operation.js';
import { ValueMap } from '../value-map.js';
import type { Monitor } from './monitor.js';

/** A generator of ids that must not give any twice: any order will do when it did not. What was never answered tells nothing. */
export const uniqueIdsMonitor: Monitor = {
  name: 'unique-ids',
  judge(_model, operations, cut) {
    const given = new ValueMap<Operation>();
    const order = operations.filter((operation) => operation.output !== undefined && operation.return <= cut);
    for (const operation of order) {
      const first = given.get(operation.output);
      if (first !== undefined) return { verdict: 'violation', part: [first, operation] };
      given.set(operation.output, operation);
    }
    return { verdict: 'ok', order };
  },
};
