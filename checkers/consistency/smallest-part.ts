import type { RegisterHistory } from './register-history.js';

const OPERATIONS_JUDGED_MAX = 20_000_000;

/**
 * A part of a history that breaks the same promise and of which no operation can be left out (a write goes with its reads).
 * Sound for promises that leaving out operations cannot break: less to explain is never harder to explain.
 *
 * @param involved operations that probably are enough.
 */
export function smallestPart(
  history: RegisterHistory,
  involved: readonly number[],
  broken: (part: RegisterHistory) => boolean,
): { part: RegisterHistory; minimal: boolean } {
  let judged = 0;
  const isBroken = (part: RegisterHistory): boolean => {
    judged += part.size;
    return broken(part);
  };
  let part = history;
  for (const guess of guesses(history, involved)) {
    const smaller = history.part(guess);
    if (smaller.size >= part.size || !isBroken(smaller)) continue;
    part = smaller;
    break;
  }
  for (let chunk = Math.ceil(part.size / 2), before = -1; chunk >= 1;) {
    before = part.size;
    for (let from = 0; from < part.size;) {
      if (judged > OPERATIONS_JUDGED_MAX) return { part, minimal: false };
      const to = from + chunk;
      const smaller = part.part([...part.operations.keys()].filter((i) => i < from || i >= to));
      if (smaller.size < part.size && isBroken(smaller)) part = smaller;
      else from = to;
    }
    if (chunk === 1 && before === part.size) break;
    chunk = Math.max(1, Math.floor(Math.min(chunk, part.size) / 2));
  }
  return { part, minimal: true };
}

/** What the finding speaks of, then all that these clients did to these keys, then all of these clients. */
function guesses(history: RegisterHistory, involved: readonly number[]): number[][] {
  const whole = new Set(involved);
  for (const i of involved)
    if ((history.from[i] as number) >= 0 && history.writes[i] === 0) whole.add(history.from[i] as number);
  const clients = new Set([...whole].map((i) => history.session[i]));
  const keys = new Set([...whole].map((i) => history.key[i]));
  const all = [...history.operations.keys()];
  return [
    [...whole],
    all.filter((i) => keys.has(history.key[i]) && clients.has(history.session[i])),
    all.filter((i) => clients.has(history.session[i])),
  ];
}
