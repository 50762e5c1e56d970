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

/** A property that can be judged while the trace is being made. What it remembers, each says of itself. */
export interface OnlineProperty<Event, Name extends string = string> {
  /** The next event. Undefined as long as nothing is broken. */
  feed(event: Event): PropertyVerdict<Name> | undefined;
}

export function firstBroken<Event, Name extends string>(
  trace: readonly Event[],
  property: OnlineProperty<Event, Name>,
): PropertyVerdict<Name> | undefined {
  for (const event of trace) {
    const found = property.feed(event);
    if (found !== undefined) return found;
  }
  return undefined;
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
