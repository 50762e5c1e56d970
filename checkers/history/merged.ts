import type { Operation } from './operation.js';

/**
 * One order of several parts that have nothing to do with one another (Herlihy and Wing 1990, locality): each operation at the
 * earliest moment that its place in its own order allows.
 */
export function merged(orders: readonly (readonly Operation[])[]): readonly Operation[] {
  if (orders.length === 1) return orders[0] as readonly Operation[];
  const placed = orders.flatMap((order) => {
    let moment = -1;
    return order.map((operation) => ({ operation, moment: (moment = Math.max(moment, operation.call)) }));
  });
  return placed.sort((a, b) => a.moment - b.moment).map(({ operation }) => operation);
}
