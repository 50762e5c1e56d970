import { legible } from '../../checkers/index.js';

/** Drawn by the checkers, which take care of what they draw; its line ends and colours are theirs. */
const DRAWN = 'drawing';

/**
 * A report with all its texts as a screen may show them. Names, errors and values in it come from protocols, scenarios and
 * files of others; what is done before lines are laid out leaves them as wide as they will be.
 */
export function legibleReport<T>(report: T): T {
  return walked(report) as T;
}

function walked(part: unknown): unknown {
  if (typeof part === 'string') return legible(part);
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(walked);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [legible(key), key === DRAWN ? value : walked(value)]),
  );
}
