import type { Finding } from './finding.js';
import type { RegisterHistory } from './register-history.js';

/** Some operations that break a promise, and what is found in them. */
export interface BrokenPart {
  readonly part: RegisterHistory;
  readonly finding: Finding;
}

/**
 * A part of a history that breaks the same promise and of which no operation can be left out (a write goes with its reads).
 * Sound for promises that leaving out operations cannot break: less to explain is never harder to explain.
 *
 * @param broken the whole, and what was found in it.
 * @param judge what is found in a part; undefined where that is nothing, or nobody can tell any more.
 */
export function smallestPart(broken: BrokenPart, judge: (part: RegisterHistory) => Finding | undefined): BrokenPart {
  let now = broken;
  const isBroken = (part: RegisterHistory): boolean => {
    const finding = part.size < now.part.size ? judge(part) : undefined;
    if (finding !== undefined) now = { part, finding };
    return finding !== undefined;
  };
  for (const guess of guesses(broken)) if (isBroken(broken.part.part(guess))) break;
  for (let chunk = Math.ceil(now.part.size / 2), before = -1; chunk >= 1;) {
    before = now.part.size;
    for (let from = 0; from < now.part.size;) {
      const to = from + chunk;
      const { part } = now;
      if (!isBroken(part.part([...part.operations.keys()].filter((i) => i < from || i >= to)))) from = to;
    }
    if (chunk === 1 && before === now.part.size) break;
    chunk = Math.max(1, Math.floor(Math.min(chunk, now.part.size) / 2));
  }
  return now;
}

/** What the finding speaks of, then all that these clients did to these keys, then all of these clients. */
function guesses({ part: history, finding: { involved } }: BrokenPart): number[][] {
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
