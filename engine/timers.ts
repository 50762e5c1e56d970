import { NONE } from './trace/log.js';
import type { Plain } from './protocol.js';
import type { Micros } from './time.js';

const FIRST_CAPACITY = 64;
const DOUBLING_MAX = 1 << 16;
const STOPPED = -1;

/**
 * Every node's timers in columns. A timer that is set again and again (an election time-out at every heartbeat) keeps its one
 * entry in the queue: when that pops too early, it is pushed again. That is twice as fast as cancelling and pushing.
 */
export class Timers {
  node = new Int32Array(FIRST_CAPACITY);
  name = new Int32Array(FIRST_CAPACITY);
  /** The event that set it last. */
  cause = new Int32Array(FIRST_CAPACITY);
  /** When it is due in true time; `STOPPED` when it does not run. */
  private due = new Float64Array(FIRST_CAPACITY);
  /** The time of its entry in the queue, and which entry; `NONE` when there is none. */
  private queuedAt = new Float64Array(FIRST_CAPACITY);
  private entry = new Int32Array(FIRST_CAPACITY);
  private readonly keys = new Map<number, string>();
  private readonly payloads = new Map<number, Plain>();
  private slots = 0;
  /** A node's unkeyed timers: `NONE` or slot + 1 at node × names + name; the keyed ones by node. */
  private plainSlots: Int32Array;
  private namesKnown: number;
  private readonly keyed: (Map<string, number> | undefined)[] = [];
  private readonly freed: number[] = [];

  /**
   * @param names how many timer names there are in all versions of the protocol
   */
  constructor(nodes: number, names: number) {
    this.namesKnown = names;
    this.plainSlots = new Int32Array(nodes * names);
  }

  /** The slot of a node's timer, made on first use. */
  slot(node: number, name: number, key: string | undefined): number {
    if (key !== undefined) return this.keyedSlot(node, name, key);
    const at = node * this.namesKnown + name;
    const known = this.plainSlots[at]!;
    if (known > 0) return known - 1;
    const slot = this.make(node, name);
    this.plainSlots[at] = slot + 1;
    return slot;
  }

  /**
   * Sets a timer.
   *
   * @returns true when an entry has to be pushed at `due`: report it with `pushed`.
   */
  set(slot: number, due: Micros, payload: Plain, cause: number): boolean {
    this.due[slot] = due;
    this.cause[slot] = cause;
    if (payload !== undefined) this.payloads.set(slot, payload);
    else if (this.payloads.size > 0) this.payloads.delete(slot);
    return this.entry[slot] === NONE || this.queuedAt[slot]! > due;
  }

  /** Changes when a running timer is due. @returns as `set` does. */
  move(slot: number, due: Micros): boolean {
    this.due[slot] = due;
    return this.entry[slot] === NONE || this.queuedAt[slot]! > due;
  }

  pushed(slot: number, at: Micros, entry: number): void {
    this.queuedAt[slot] = at;
    this.entry[slot] = entry;
  }

  cancel(slot: number): void {
    this.due[slot] = STOPPED;
    this.payloads.delete(slot);
  }

  /**
   * An entry of this slot pops.
   *
   * @returns `fire`, `ignore` (cancelled, or an entry that a nearer one replaced), or the time at which to push it again.
   */
  popped(slot: number, entry: number, now: Micros): 'fire' | 'ignore' | Micros {
    if (this.entry[slot] !== entry) return 'ignore';
    this.entry[slot] = NONE;
    const due = this.due[slot]!;
    if (due === STOPPED) {
      this.forget(slot);
      return 'ignore';
    }
    if (due > now) return due;
    this.due[slot] = STOPPED;
    return 'fire';
  }

  /** Takes the payload of a timer that fires. */
  takePayload(slot: number): Plain {
    if (this.payloads.size === 0) return undefined;
    const payload = this.payloads.get(slot);
    if (payload !== undefined) this.payloads.delete(slot);
    return payload;
  }

  key(slot: number): string | undefined {
    return this.keys.size === 0 ? undefined : this.keys.get(slot);
  }

  /** After a timer fired: a keyed one that was not set again is forgotten, as its key may never come back. */
  forget(slot: number): void {
    const key = this.key(slot);
    if (key === undefined || this.entry[slot] !== NONE || this.due[slot] !== STOPPED) return;
    const node = this.node[slot]!;
    this.keyed[node]!.delete(keyedName(this.name[slot]!, key));
    this.keys.delete(slot);
    this.freed.push(slot);
  }

  /** A node's timers that run. */
  *running(node: number): Generator<{ readonly slot: number; readonly due: Micros }> {
    for (let name = 0; name < this.namesKnown; name++) {
      const slot = this.plainSlots[node * this.namesKnown + name]! - 1;
      if (slot >= 0 && this.due[slot] !== STOPPED) yield { slot, due: this.due[slot]! };
    }
    for (const slot of this.keyed[node]?.values() ?? []) {
      if (this.due[slot] !== STOPPED) yield { slot, due: this.due[slot]! };
    }
  }

  /** The node crashed: none of its timers will fire. */
  cancelAll(node: number): void {
    for (const { slot } of [...this.running(node)]) this.cancel(slot);
  }

  private keyedSlot(node: number, name: number, key: string): number {
    const known = (this.keyed[node] ??= new Map());
    const full = keyedName(name, key);
    let slot = known.get(full);
    if (slot === undefined) {
      slot = this.make(node, name);
      known.set(full, slot);
      this.keys.set(slot, key);
    }
    return slot;
  }

  private make(node: number, name: number): number {
    const slot = this.freed.pop() ?? this.slots++;
    if (slot === this.node.length) this.grow();
    this.node[slot] = node;
    this.name[slot] = name;
    this.due[slot] = STOPPED;
    this.entry[slot] = NONE;
    return slot;
  }

  private grow(): void {
    const capacity = Math.ceil(this.node.length * (this.node.length < DOUBLING_MAX ? 2 : 1.125));
    this.node = copied(this.node, new Int32Array(capacity));
    this.name = copied(this.name, new Int32Array(capacity));
    this.cause = copied(this.cause, new Int32Array(capacity));
    this.due = copied(this.due, new Float64Array(capacity));
    this.queuedAt = copied(this.queuedAt, new Float64Array(capacity));
    this.entry = copied(this.entry, new Int32Array(capacity));
  }
}

function keyedName(name: number, key: string): string {
  return `${name} ${key}`;
}

function copied<T extends Int32Array | Float64Array>(old: T, enlarged: T): T {
  enlarged.set(old);
  return enlarged;
}
