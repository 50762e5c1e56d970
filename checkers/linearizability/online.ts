import type { HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import { invoked, completed, type Operation } from '../history/operation.js';
import { counts, isPure, type AnyModel } from '../models/model.js';
import { ValueMap } from '../value-map.js';
import { canonical } from '../values.js';

/** `gave-up`: there were too many possibilities for a key, which only a check of the whole history can judge now. */
export type OnlineAnswer = 'ok' | 'violation' | 'gave-up';

export interface OnlineOptions {
  /** At most this many possibilities are tried for a key at one event. Default 2,000. */
  readonly configurationsMax?: number;
}

/**
 * Linearizability of a history that is still being made: just-in-time linearisation (Lowe, "Testing for linearizability",
 * 2017), one event at a time. What it remembers depends on how many operations are open or were never answered, not on how
 * long the history is.
 *
 * @example
 * const check = new OnlineLinearizability(kv);
 * history.findIndex((event) => check.feed(event) === 'violation'); // the first event that no order explains; -1: none was found
 */
export class OnlineLinearizability {
  private readonly objects = new ValueMap<OnlineObject>();
  private readonly open = new Map<ProcessId, { readonly object: OnlineObject; readonly pending: Pending }>();
  private place = 0;
  private answer: OnlineAnswer = 'ok';

  constructor(
    private readonly model: AnyModel,
    private readonly options: OnlineOptions = {},
  ) {}

  /**
   * The next event of the history, which is well-formed. `violation`: exactly now, no order of the operations explains it any
   * more; that answer stays. `gave-up` says so of some key; a violation of another is still found.
   */
  feed(event: HistoryEvent): OnlineAnswer {
    const at = this.place++;
    if (event.process === 'nemesis' || this.answer === 'violation') return this.answer;
    const before = this.open.get(event.process);
    if (event.type === 'invoke') {
      const object = this.objectOf(event.key);
      this.open.set(event.process, { object, pending: object.call(invoked(event, at)) });
      return this.answer;
    }
    if (before === undefined) return this.answer;
    this.open.delete(event.process);
    const found = before.object.end(before.pending, completed(before.pending.operation, event, at));
    if (found !== 'ok') this.answer = found;
    return this.answer;
  }

  /** How many operations are remembered, over all keys and possibilities: bounded by what is open or was never answered. */
  get remembered(): number {
    let count = this.open.size;
    for (const object of this.objects.values()) count += object.remembered;
    return count;
  }

  private objectOf(key: Value | undefined): OnlineObject {
    const known = this.objects.get(key);
    if (known !== undefined) return known;
    const object = new OnlineObject(this.model, this.options.configurationsMax ?? 2_000);
    this.objects.set(key, object);
    return object;
  }
}

/** An operation, and what is known of it by now. `lost`: it was never answered and never will be. */
interface Pending {
  readonly id: number;
  operation: Operation;
  phase: 'open' | 'returned' | 'lost';
}

/** By identity. */
type States = ReadonlyMap<unknown, unknown>;

/** One possibility: who went before whom. What is known for good at the front is in `base`, and no longer listed. */
interface Configuration {
  readonly base: States;
  readonly order: readonly Pending[];
  /** Lost operations that took effect within `base`, in the order of their ids. */
  readonly used: readonly Pending[];
  /** Was a lost operation put last? */
  readonly loose: boolean;
  /** What may hold after all of them. */
  readonly states: States;
}

/**
 * One object of the history. An operation that is put before one that returned, and is open itself, may do whatever it can:
 * once its answer is known, what it did is worked out anew. What only reads is put into the orders when it has returned, at any
 * place that its call allows, and with it what was lost and is seen by nobody else.
 */
class OnlineObject {
  private configurations = new Map<string, Configuration>();
  /** Changes that may still be put into an order. */
  private changes: Pending[] = [];
  /** Open operations that only read. */
  private reads: Pending[] = [];
  private tried = 0;
  private gaveUp = false;

  constructor(
    private readonly model: AnyModel,
    private readonly configurationsMax: number,
  ) {
    const base = this.setOf([model.init()]);
    keep(this.configurations, { base, order: [], used: [], loose: false, states: base });
  }

  get remembered(): number {
    let count = this.changes.length + this.reads.length;
    for (const { order, used } of this.configurations.values()) count += order.length + used.length;
    return count;
  }

  call(operation: Operation): Pending {
    const pending: Pending = { id: operation.id, operation, phase: 'open' };
    const rule = this.model.rule(operation.f);
    // What is wrong with it is for a check of the whole history to say.
    if (rule === undefined || rule.begin !== undefined || rule.badInput?.(operation.input) !== undefined) this.giveUp();
    else if (!this.gaveUp) (rule.pure === true ? this.reads : this.changes).push(pending);
    return pending;
  }

  end(pending: Pending, operation: Operation): OnlineAnswer {
    if (this.gaveUp) return 'gave-up';
    pending.operation = operation;
    pending.phase = operation.outcome === 'unknown' ? 'lost' : 'returned';
    const happened = pending.phase === 'returned' && counts(this.model, operation);
    const others = (list: readonly Pending[]): Pending[] => list.filter((other) => other !== pending);
    const isRead = this.reads.includes(pending);
    this.reads = others(this.reads);
    if (pending.phase === 'returned' || isPure(this.model, operation)) this.changes = others(this.changes);
    const done = new Map<string, Configuration>();
    const work = new Map<string, Configuration>();
    this.tried = 0;
    for (const configuration of this.configurations.values()) {
      const { base, order, used } = configuration;
      const kept = pending.phase === 'returned' && !happened ? others(order) : order;
      keep(happened && !order.includes(pending) ? work : done, this.ordered(base, kept, used));
      if (isRead && happened) for (const found of this.readEarlier(pending, configuration)) keep(done, found);
    }
    this.goPast(pending, work, done);
    if (this.gaveUp) return 'gave-up';
    this.configurations = new Map();
    for (const configuration of done.values()) keep(this.configurations, this.settled(configuration));
    return done.size === 0 ? 'violation' : 'ok';
  }

  /** Puts the operation that returned at the end of each order, or others that are open before it. */
  private goPast(returning: Pending, work: Map<string, Configuration>, done: Map<string, Configuration>): void {
    // A map goes on to what is added to it on the way.
    for (const configuration of work.values()) {
      keep(done, this.extended(configuration, returning));
      for (const next of this.changes) {
        if (!isPlaced(configuration, next)) keep(work, this.extended(configuration, next));
      }
      if (this.tooMany()) return;
    }
  }

  private extended({ base, order, used, loose, states }: Configuration, next: Pending): Configuration | undefined {
    this.tried++;
    // A lost operation whose effect is written over at once may as well not have happened.
    if (loose && this.overwrites(next)) return undefined;
    const after = this.stepped(states, next);
    if (after.size === 0) return undefined;
    return { base, order: [...order, next], used, loose: next.phase === 'lost', states: after };
  }

  /** A read that has returned, at each place before the end that its call allows. */
  private readEarlier(read: Pending, configuration: Configuration): Configuration[] {
    const found: Configuration[] = [];
    const { order } = configuration;
    for (let place = order.length - 1; place >= 0 && mayStandAt(read, order, place); place--) {
      this.readAt(read, configuration, place, found);
    }
    return found;
  }

  /** There, or after lost operations that it is the one to see. */
  private readAt(read: Pending, configuration: Configuration, place: number, found: Configuration[]): void {
    if (this.tooMany()) return;
    const { base, order, used, loose } = configuration;
    const withIt = this.ordered(base, order.toSpliced(place, 0, read), used);
    if (withIt !== undefined) found.push(withIt);
    for (const lost of this.changes) {
      if (lost.phase !== 'lost' || isPlaced(configuration, lost) || !mayStandAt(lost, order, place)) continue;
      if (loose && this.overwrites(lost)) continue;
      const next = { ...configuration, order: order.toSpliced(place, 0, lost), loose: true };
      this.readAt(read, next, place + 1, found);
    }
  }

  private ordered(base: States, order: readonly Pending[], used: readonly Pending[]): Configuration | undefined {
    this.tried++;
    const states = order.reduce<States>((before, next) => this.stepped(before, next), base);
    return states.size === 0 ? undefined : { base, order, used, loose: false, states };
  }

  /** What stands before every open read, and is known for good, goes into the base. */
  private settled(configuration: Configuration): Configuration {
    let { base, used } = configuration;
    const { order, states } = configuration;
    const firstCall = this.reads[0]?.operation.call ?? Infinity;
    const free =
      firstCall === Infinity ? order.length : 1 + order.findLastIndex((one) => one.operation.return < firstCall);
    let known = 0;
    while (known < free && order[known]?.phase !== 'open') {
      const next = order[known++] as Pending;
      base = this.stepped(base, next);
      if (next.phase === 'lost') used = withOneMore(used, next);
    }
    return { base, order: order.slice(known), used, loose: false, states };
  }

  private stepped(states: States, { operation, phase }: Pending): States {
    const { model } = this;
    if (phase !== 'returned' && isPure(model, operation)) return states;
    const rule = model.rule(operation.f)!;
    // An open one may turn out to be one that changes nothing, such as a refused compare-and-set.
    const after: unknown[] = phase === 'open' ? [...states.values()] : [];
    for (const state of states.values()) after.push(...rule.step(state, operation));
    return this.setOf(after);
  }

  private overwrites({ operation }: Pending): boolean {
    const rule = this.model.rule(operation.f);
    return rule?.writes?.(operation) !== undefined && rule.reads?.(operation) === undefined;
  }

  private setOf(states: readonly unknown[]): States {
    const { model } = this;
    return new Map(states.map((state) => [model.identity?.(state) ?? canonical(state), state]));
  }

  private tooMany(): boolean {
    if (this.tried > this.configurationsMax) this.giveUp();
    return this.gaveUp;
  }

  private giveUp(): void {
    this.gaveUp = true;
    this.changes = [];
    this.reads = [];
    this.configurations.clear();
  }
}

function isPlaced({ order, used }: Configuration, pending: Pending): boolean {
  return order.includes(pending) || used.includes(pending);
}

/** Real time: nothing from this place on returned before the operation was called. */
function mayStandAt({ operation }: Pending, order: readonly Pending[], place: number): boolean {
  return order.slice(place).every((later) => later.operation.return > operation.call);
}

function withOneMore(used: readonly Pending[], one: Pending): Pending[] {
  const before = used.findLastIndex(({ id }) => id < one.id);
  return used.toSpliced(before + 1, 0, one);
}

/** Asked at every answer for every possibility, mostly of a few operations. */
function nameOf({ order, used, loose }: Configuration): string {
  let name = loose ? 'loose ' : '';
  for (const { id } of order) name += `${id} `;
  name += ';';
  for (const { id } of used) name += ` ${id}`;
  return name;
}

/** Two possibilities in which the same operations wait, in one order, are one with more states. */
function keep(among: Map<string, Configuration>, configuration: Configuration | undefined): void {
  if (configuration === undefined) return;
  const { base, states } = configuration;
  const name = nameOf(configuration);
  const known = among.get(name);
  if (known === undefined) among.set(name, configuration);
  else if (![...base.keys()].every((identity) => known.base.has(identity))) {
    // Deleted first, so that a walk over the map comes to it again.
    among.delete(name);
    const both = { base: new Map([...known.base, ...base]), states: new Map([...known.states, ...states]) };
    among.set(name, { ...known, ...both });
  }
}
