/** What a trace says about a property. `undecided`: it ends too early to tell. */
export interface PropertyVerdict<Name extends string = string> {
  readonly property: Name;
  readonly verdict: 'ok' | 'violation' | 'undecided';
  /** In words, with names: why it is broken, or what is still missing. */
  readonly says?: string;
  /** Positions in the trace, from 0, of the events that show it. */
  readonly events: readonly number[];
}

export function kept<Name extends string>(property: Name): PropertyVerdict<Name> {
  return { property, verdict: 'ok', events: [] };
}

export function broken<Name extends string>(
  property: Name,
  says: string,
  events: readonly number[],
): PropertyVerdict<Name> {
  return { property, verdict: 'violation', says, events };
}

/** Something that has to happen did not: that is a violation only once nothing more can. */
export function missing<Name extends string>(
  property: Name,
  complete: boolean,
  says: string,
  events: readonly number[],
): PropertyVerdict<Name> {
  return { property, verdict: complete ? 'violation' : 'undecided', says, events };
}
