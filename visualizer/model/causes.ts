import type { TraceEvent } from '../../engine/index.js';

/** Longer chains are cut: the first links are what a person reads. */
const CHAIN_MAX = 200;

/**
 * The events that led to one, itself first, each caused by the next. A message's send stands between its arrival and
 * the step that sent it, also where the record links past it.
 */
export function causalChain(
  events: readonly TraceEvent[],
  positionOf: (id: number) => number | undefined,
  sends: ReadonlyMap<number, number>,
  at: number,
): readonly number[] {
  const chain: number[] = [];
  let here: number | undefined = at;
  while (here !== undefined && chain.length < CHAIN_MAX) {
    chain.push(here);
    const event: TraceEvent | undefined = events[here];
    if (event === undefined) break;
    const sent: number | undefined =
      event.msg !== undefined && event.kind !== 'send' ? sends.get(event.msg) : undefined;
    const next: number | undefined = sent ?? (event.cause > 0 ? positionOf(event.cause) : undefined);
    // Causes come before their effects; anything else is a broken record and would go round for ever.
    here = next !== undefined && next < here ? next : undefined;
  }
  return chain;
}
