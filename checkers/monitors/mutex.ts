import type { ProcessId, Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { ValueMap } from '../value-map.js';
import { sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';

/** What an operation of a lock did, and in whose name; null: nobody's. */
export type LockRole = { readonly acquire: Value } | { readonly release: Value } | 'refused';

/** From when one name acquired the lock until it released it. */
interface Hold {
  readonly name: Name;
  readonly acquire: Operation;
  release: Operation | undefined;
}

/** A hold with the bounds of its moments: acquired by `surely`, and not released before `until`. */
interface Zone {
  readonly hold: Hold;
  readonly surely: number;
  readonly until: number;
  readonly acquireFrom: number;
  readonly releaseTo: number;
}

/** A hold with its moments. */
interface Timed {
  readonly hold: Hold;
  readonly from: number;
  to: number;
}

/**
 * A lock whose names do one thing at a time, in O(n log n). Each acquire then belongs to the next release of its name, and the
 * two are like the write and the last read of a value that is written once: between the return of the acquire and the call of
 * the release the lock surely was held, and no two of these zones may overlap (Gibbons and Korach 1997). What was refused must
 * meet a time at which the lock can have been held: only between two holds that cannot be made to touch there is none.
 *
 * An unnamed acquire or release is taken to belong to its process, which nobody promised: what then does not fit is for the
 * search. So is what an unanswered operation of a name that went on, or a hold that needs an instant only, may explain.
 */
export function mutexMonitor(role: (operation: Operation) => LockRole): Monitor {
  return {
    name: 'mutex',
    judge(_model, operations, cut) {
      const returned = ({ return: at }: Operation): number => (at <= cut ? at : Infinity);
      const pairing = new Pairing(role, returned);
      for (const operation of operations) if (!pairing.add(operation)) return undefined;
      if (pairing.lonely !== undefined) return violation(pairing.lonely);
      const zones = zonesOf(pairing.holds, returned);
      const clash = overlapping(zones);
      if (clash !== undefined)
        return pairing.unsure ? undefined : violation([...new Set(clash.flatMap(({ hold }) => hold.name.operations))]);
      const times = timed(zones);
      const refused = pairing.refused.filter((operation) => returned(operation) !== Infinity);
      const met = refused.map((operation) => holdAt(times, operation));
      const lost = refused[met.indexOf(NO_HOLD)];
      if (lost === undefined) return { verdict: 'ok', order: inOrder(times, refused, met) };
      const isInstant = zones.some(({ surely, until }) => until < surely);
      if (pairing.unsure || isInstant || zones.length < pairing.holds.length) return undefined;
      return violation([lost, ...zones.flatMap(operationsOf).filter((one) => one.call < lost.return)]);
    },
  };
}

function violation(part: readonly Operation[]): MonitorVerdict {
  return { verdict: 'violation', part };
}

function operationsOf({ hold: { acquire, release } }: Zone): Operation[] {
  return release === undefined ? [acquire] : [acquire, release];
}

/** What is known of one name so far. */
interface Name {
  readonly operations: Operation[];
  hold: Hold | undefined;
}

/** Finds the release of each acquire. */
class Pairing {
  readonly holds: Hold[] = [];
  readonly refused: Operation[] = [];
  /** Is it a guess? */
  unsure = false;
  /** A release of what its name did not hold, with all that its name did before. */
  lonely: readonly Operation[] | undefined;
  private readonly names = new ValueMap<Name>();
  private readonly processes = new Map<ProcessId, Name>();

  constructor(
    private readonly role: (operation: Operation) => LockRole,
    private readonly returned: (operation: Operation) => number,
  ) {}

  /** The next operation. @returns false when its name did two things at once, or one of two that may have happened is meant. */
  add(operation: Operation): boolean {
    const what = this.role(operation);
    if (what === 'refused') {
      this.refused.push(operation);
      return true;
    }
    const isAcquire = 'acquire' in what;
    const own = this.nameOf(isAcquire ? what.acquire : what.release, operation.process);
    const last = own.operations.at(-1);
    if (last !== undefined && !this.mayFollow(own, last, operation, isAcquire)) return false;
    own.operations.push(operation);
    if (isAcquire) {
      own.hold = { name: own, acquire: operation, release: undefined };
      this.holds.push(own.hold);
    } else if (own.hold?.release === undefined && own.hold !== undefined) own.hold.release = operation;
    else if (this.returned(operation) !== Infinity) {
      if (what.release === null) return false;
      this.lonely ??= own.operations.slice();
    }
    return true;
  }

  private nameOf(value: Value, process: ProcessId): Name {
    if (value === null) this.unsure = true;
    const known = value === null ? this.processes.get(process) : this.names.get(value);
    if (known !== undefined) return known;
    const own: Name = { operations: [], hold: undefined };
    if (value === null) this.processes.set(process, own);
    else this.names.set(value, own);
    return own;
  }

  private mayFollow(own: Name, last: Operation, operation: Operation, isAcquire: boolean): boolean {
    if (this.returned(last) !== Infinity) return this.returned(last) < operation.call;
    // It was never answered, and yet must have happened: between two acquires the release, and before a release the acquire.
    if (this.returned(operation) === Infinity || own.hold === undefined) return false;
    if (isAcquire) return last === own.hold.release;
    const before = own.operations.at(-2);
    const wasFree = before === undefined || (this.isRelease(before) && this.returned(before) !== Infinity);
    return last === own.hold.acquire && wasFree;
  }

  private isRelease(operation: Operation): boolean {
    const what = this.role(operation);
    return what !== 'refused' && 'release' in what;
  }
}

/** Those of which something surely happened, by when they begin. */
function zonesOf(holds: readonly Hold[], returned: (operation: Operation) => number): Zone[] {
  const zones: Zone[] = [];
  for (const hold of holds) {
    const { acquire, release } = hold;
    const releaseTo = release === undefined ? Infinity : returned(release);
    const surely = Math.min(returned(acquire), releaseTo);
    const until = release === undefined ? Infinity : Math.max(acquire.call, release.call);
    if (surely !== Infinity) zones.push({ hold, surely, until, acquireFrom: acquire.call, releaseTo });
  }
  const begin = ({ surely, until }: Zone): number => Math.min(surely, until);
  return Array.from(
    sortedBy(zones.length, (i) => begin(zones[i] as Zone)),
    (i) => zones[i] as Zone,
  );
}

/** Two holds at once: zones that overlap, or one that needs an instant only and has none outside another. */
function overlapping(zones: readonly Zone[]): [Zone, Zone] | undefined {
  let held: Zone | undefined;
  for (const zone of zones) {
    const isLong = zone.surely < zone.until;
    if (held !== undefined && Math.min(zone.surely, zone.until) < held.until) {
      if (isLong || zone.surely < held.until) return [held, zone];
    }
    if (isLong) held = zone;
  }
  return undefined;
}

/** Each acquired as early as it can be, and released as late. */
function timed(zones: readonly Zone[]): Timed[] {
  const times: Timed[] = [];
  let free = -1;
  for (const { hold, acquireFrom, releaseTo } of zones) {
    const from = Math.max(free, acquireFrom + 0.5);
    const before = times.at(-1);
    if (before !== undefined) before.to = Math.min(before.to, from);
    free = Math.max(from, (hold.release?.call ?? Infinity) + 0.5);
    times.push({ hold, from, to: releaseTo - 0.5 });
  }
  return times;
}

const NO_HOLD = -1;

/** The first hold that the refused one can have met. */
function holdAt(times: readonly Timed[], refused: Operation): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as Timed).to > refused.call) high = middle;
    else low = middle + 1;
  }
  const hold = times[low];
  return hold !== undefined && hold.from < refused.return ? low : NO_HOLD;
}

function inOrder(times: readonly Timed[], refused: readonly Operation[], met: readonly number[]): Operation[] {
  const within: Operation[][] = times.map(() => []);
  for (const [i, operation] of refused.entries()) within[met[i] as number]?.push(operation);
  return times.flatMap(({ hold: { acquire, release } }, i) => [
    acquire,
    ...(within[i] as Operation[]),
    ...(release === undefined ? [] : [release]),
  ]);
}
