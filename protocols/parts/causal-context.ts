/** One event of one actor, counted from 1 (of one object, where objects are counted apart). */
export interface Dot {
  readonly actor: string;
  readonly counter: number;
}

/**
 * A set of dots: what a version's writer had seen. Of each actor the counters as intervals, rising: `[1, 4, 7, 7]` is 1 to 4,
 * and 7. While nothing is missing it is as small as a version vector (Parker et al. 1983); where something is, it does not
 * claim to have seen it (dotted version vectors: Preguiça, Baquero, Almeida, Fonte, Gonçalves 2010).
 */
export type CausalContext = Readonly<Record<string, readonly number[]>>;

export const NOTHING_SEEN: CausalContext = {};

export function includes(context: CausalContext, { actor, counter }: Dot): boolean {
  const intervals = context[actor];
  if (intervals === undefined) return false;
  for (let i = 0; i < intervals.length; i += 2) {
    if (counter < intervals[i]!) return false;
    if (counter <= intervals[i + 1]!) return true;
  }
  return false;
}

export function withDot(context: CausalContext, { actor, counter }: Dot): CausalContext {
  return { ...context, [actor]: joinIntervals(context[actor] ?? [], [counter, counter]) };
}

export function union(a: CausalContext, b: CausalContext): CausalContext {
  const joined: Record<string, readonly number[]> = { ...a };
  for (const [actor, intervals] of Object.entries(b)) joined[actor] = joinIntervals(joined[actor] ?? [], intervals);
  return joined;
}

function joinIntervals(a: readonly number[], b: readonly number[]): readonly number[] {
  const joined: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && a[i]! <= b[j]!);
    const from = fromA ? a[i]! : b[j]!;
    const to = fromA ? a[i + 1]! : b[j + 1]!;
    if (fromA) i += 2;
    else j += 2;
    const last = joined.length - 1;
    // Neighbours are one interval: 1 to 4 and 5 to 6.
    if (last > 0 && from <= joined[last]! + 1) joined[last] = Math.max(joined[last]!, to);
    else joined.push(from, to);
  }
  return joined;
}

/** The highest counter of an actor, 0 for none: what a plain version vector would hold. */
export function latest(context: CausalContext, actor: string): number {
  return context[actor]?.at(-1) ?? 0;
}

/** As plain version vectors, which know of no gaps: a has seen all that b has. */
export function descends(a: CausalContext, b: CausalContext): boolean {
  return Object.keys(b).every((actor) => latest(a, actor) >= latest(b, actor));
}

export function sameDot(a: Dot, b: Dot): boolean {
  return a.counter === b.counter && a.actor === b.actor;
}

/** For people, and for keys of Maps. */
export function showDot({ actor, counter }: Dot): string {
  return `${actor}:${counter}`;
}
