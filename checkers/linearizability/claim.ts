import type { Operation } from '../history/operation.js';
import type { AnyModel } from '../models/model.js';
import { projected, spareOperations } from '../models/spare.js';
import { unanswered } from './unanswered.js';

/**
 * The operations that evidence speaks of, as it speaks of them: `part` as they were answered, `free` as if they never had been,
 * and the others as if they had never been. @returns undefined where one of these may not be left out.
 */
export function asClaimed(
  model: AnyModel,
  own: readonly Operation[],
  part: ReadonlySet<number>,
  free: ReadonlySet<number>,
  cut: number,
): readonly Operation[] | undefined {
  const kept = own.filter(({ id }) => part.has(id) || free.has(id));
  const omitted = own.filter(({ id, call }) => !part.has(id) && !free.has(id) && call < cut);
  if (kept.length !== part.size + free.size) return undefined;
  const spare = spareOperations(model, kept, omitted, true);
  if (omitted.some((one) => !spare.has(one))) return undefined;
  return projected(model, kept, omitted).map((one) => (free.has(one.id) ? unanswered(one) : one));
}
