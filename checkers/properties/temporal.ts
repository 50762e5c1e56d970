import type { Micros } from '../../engine/time.js';
import { broken, kept, type PropertyVerdict } from './finding.js';

/** A state of a system and since when it was in it, until the next one. Times never fall. */
export interface TimedState<State> {
  readonly time: Micros;
  readonly state: State;
}

/** What is observed: states from the first one's time to the end. */
export interface ObservedTrace<State> {
  readonly states: readonly TimedState<State>[];
  /** Until when it was observed. */
  readonly end: Micros;
}

/** When progress counts: from the last fault on, and how long it may take. */
export interface Window {
  /** When the last fault ended; 0 when left out. */
  readonly from?: Micros;
  readonly within: Micros;
}

type Holds<State> = (state: State) => boolean;

/**
 * `p` in every state. Never decided by time: what was observed is all that can be said.
 */
export function always<State>(trace: ObservedTrace<State>, p: Holds<State>): PropertyVerdict<'always'> {
  const at = trace.states.findIndex(({ state }) => !p(state));
  return at === -1 ? kept('always') : broken('always', `does not hold at ${shown(trace.states[at]!.time)}`, [at]);
}

/** `p` in some state from the last fault on, within the window. A trace that ends before the window does cannot deny it. */
export function eventually<State>(
  trace: ObservedTrace<State>,
  p: Holds<State>,
  { from = 0, within }: Window,
): PropertyVerdict<'eventually'> {
  const until = from + within;
  const found = during(trace, from, until).some((at) => p(trace.states[at]!.state));
  return found
    ? kept('eventually')
    : late('eventually', trace.end, until, `did not hold between ${shown(from)} and ${shown(until)}`, []);
}

/**
 * Each state in which `p` begins to hold is followed, within the window, by one in which `q` does (at once counts). Where that was
 * before the last fault ended, the window begins there.
 */
export function leadsTo<State>(
  trace: ObservedTrace<State>,
  p: Holds<State>,
  q: Holds<State>,
  { from = 0, within }: Window,
): PropertyVerdict<'leadsTo'> {
  // From the back, the first state from each place on in which q holds.
  const next: number[] = [];
  for (let at = trace.states.length - 1; at >= 0; at--)
    next[at] = q(trace.states[at]!.state) ? at : (next[at + 1] ?? Infinity);
  for (const [at, { time, state }] of trace.states.entries()) {
    if (!p(state)) continue;
    const answer = next[at] as number;
    const until = Math.max(time, from) + within;
    if (answer !== Infinity && trace.states[answer]!.time <= until) continue;
    // A p that q has answered is one story; it goes on until then.
    // Those that begin later have as long or longer: they cannot tell what this one cannot.
    return late('leadsTo', trace.end, until, `what began at ${shown(time)} was not answered by ${shown(until)}`, [at]);
  }
  return kept('leadsTo');
}

/** From some time within the window on, `p` in every state to the end. The end must lie behind the window. */
export function eventuallyAlways<State>(
  trace: ObservedTrace<State>,
  p: Holds<State>,
  { from = 0, within }: Window,
): PropertyVerdict<'eventuallyAlways'> {
  const until = from + within;
  const last = trace.states.findLastIndex(({ state }) => !p(state));
  if (trace.states.length === 0 || trace.end < until)
    return late('eventuallyAlways', trace.end, until, `was observed until ${shown(trace.end)} only`, []);
  if (last === -1) return kept('eventuallyAlways');
  // The state lasts until the next one begins.
  const over = trace.states[last + 1]?.time ?? Infinity;
  return over <= until
    ? kept('eventuallyAlways')
    : broken(
        'eventuallyAlways',
        `did not hold at ${shown(Math.max(until, trace.states[last]!.time))}, after ${shown(until)}`,
        [last],
      );
}

/** The states of which a part lies in [from, until]. */
function during<State>({ states, end }: ObservedTrace<State>, from: Micros, until: Micros): number[] {
  return [...states.keys()].filter((at) => states[at]!.time <= until && (states[at + 1]?.time ?? end + 1) > from);
}

function late<Name extends string>(
  property: Name,
  end: Micros,
  until: Micros,
  says: string,
  events: readonly number[],
): PropertyVerdict<Name> {
  if (end >= until) return broken(property, says, events);
  return { property, verdict: 'undecided', says: `the trace ends at ${shown(end)}, before ${shown(until)}`, events };
}

function shown(us: Micros): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}
