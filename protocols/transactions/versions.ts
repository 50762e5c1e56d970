import { ms, type Node, type Start } from '../../engine/index.js';
import {
  applied,
  copied,
  keysOf,
  writesOf,
  type Running,
  type Step,
  type Transactions,
  type Value,
  type Version,
} from './shape.js';

export type Store = Node<Transactions>;

const nothingYet = (): Version => ({ at: 0, by: 0, value: null });
/** With `replies-before-logging`. */
const LOG_DELAY_MS = 100;

/** After a start: the checkpoint, and what the log has since (redo; nothing uncommitted is ever on the disk). */
export function recover(node: Store, { damage }: Start): void {
  const { durable, volatile, options } = node;
  for (const { field, index, kind } of damage) {
    // A record that was being written at the crash: nobody was told of it.
    if (field === 'log' && kind === 'torn' && index !== undefined) durable.log.splice(index);
    else return node.halt(`${field} is ${kind}`);
  }
  const values = new Map<string, Value>([
    ...options.filled.map((key): [string, Value] => [key, []]),
    ...Object.entries(options.balances),
  ]);
  for (const [key, value] of Object.entries(durable.checkpoint.values)) values.set(key, copied(value));
  volatile.commits = durable.checkpoint.commit;
  for (const { number, writes } of durable.log) {
    if (number <= durable.checkpoint.commit) continue;
    for (const step of writes) values.set(step[1], applied(values.get(step[1]) ?? null, step));
    volatile.commits = number;
  }
  for (const [key, value] of values) volatile.versions.set(key, [{ at: volatile.commits, by: 0, value }]);
}

export function versionsOf(node: Store, key: string): Version[] {
  const { versions } = node.volatile;
  let found = versions.get(key);
  if (found === undefined) versions.set(key, (found = [nothingYet()]));
  return found;
}

/** What is there now, committed or not. */
export function newest(node: Store, key: string): Version {
  return node.volatile.versions.get(key)?.at(-1) ?? nothingYet();
}

/** What was there after this many commits. */
export function asOf(node: Store, key: string, commit: number): Version {
  const found = node.volatile.versions.get(key)?.findLast(({ at }) => at !== null && at <= commit);
  return found ?? nothingYet();
}

/** A transaction sees what it wrote itself on top of what it finds. */
export function withOwnWrites(running: Running, key: string, found: Value): Value {
  return writesOf(running)
    .filter((step) => step[1] === key)
    .reduce(applied, found);
}

/** Writes in place: others can see it as soon as locks let them. */
export function writeInPlace(node: Store, { id }: Running, step: Step): void {
  const versions = versionsOf(node, step[1]);
  const value = applied(versions.at(-1)!.value, step);
  if (versions.at(-1)!.at === null && versions.at(-1)!.by === id) versions.pop();
  versions.push({ at: null, by: id, value });
}

/** Undo: what was written in place gives way to what was there before. */
export function undo(node: Store, running: Running): void {
  for (const key of keysOf(writesOf(running))) {
    const kept = versionsOf(node, key).filter(({ at, by }) => at !== null || by !== running.id);
    node.volatile.versions.set(key, kept);
  }
}

/** What was written in place stays, and the value before it is needed no more. */
export function commitInPlace(node: Store, running: Running): void {
  if (writesOf(running).length === 0) return;
  const number = ++node.volatile.commits;
  for (const key of keysOf(writesOf(running))) {
    const versions = versionsOf(node, key);
    const own = versions.findIndex(({ at, by }) => at === null && by === running.id);
    if (own < 0) continue;
    node.volatile.versions.set(key, [{ ...versions[own]!, at: number }, ...versions.slice(own + 1)]);
  }
  log(node, number, running);
}

/** What a transaction has kept to itself becomes the newest version of each key that it wrote. */
export function install(node: Store, running: Running): void {
  if (writesOf(running).length === 0) return;
  const number = ++node.volatile.commits;
  for (const key of keysOf(writesOf(running))) {
    const value = withOwnWrites(running, key, baseOf(node, running, key));
    versionsOf(node, key).push({ at: number, by: running.id, value });
  }
  log(node, number, running);
}

/** A snapshot's writes follow from its snapshot, as it would be for an update that was computed from what was read. */
function baseOf(node: Store, running: Running, key: string): Value {
  return node.options.concurrency === 'snapshot' ? asOf(node, key, running.start).value : newest(node, key).value;
}

/** Of the versions before a commit only the last is needed, by whoever sees the state after that commit. */
export function vacuum(node: Store, horizon: number): void {
  const { versions } = node.volatile;
  for (const [key, all] of versions) {
    const first = all.findLastIndex(({ at }) => at !== null && at <= horizon);
    if (first > 0) versions.set(key, all.slice(first));
  }
}

/** The commit is on its way to the disk. The engine holds the answer back until it is there. */
function log(node: Store, number: number, running: Running): void {
  const record = { number, writes: writesOf(running).map(([f, key, value]): Step => [f, key, value]) };
  if (node.bug('replies-before-logging')) {
    node.volatile.unlogged.push(record);
    node.setTimer('log', ms(LOG_DELAY_MS));
    return;
  }
  node.durable.log.push(record);
  if (node.durable.log.length >= node.options.checkpointEvery) checkpoint(node);
}

/**
 * The committed state as a whole. What the log holds of the checkpoint before is dropped, and no more: should this write be
 * torn, the old checkpoint and the shorter log, or the new one and the longer log, still make the same state.
 */
function checkpoint(node: Store): void {
  const { durable, volatile } = node;
  const before = durable.checkpoint.commit;
  const values: Record<string, Value> = {};
  for (const key of volatile.versions.keys()) values[key] = copied(asOf(node, key, volatile.commits).value);
  durable.checkpoint = { commit: volatile.commits, values };
  durable.log = durable.log.filter(({ number }) => number > before);
  node.mark('checkpoint', { commit: volatile.commits });
}

export function logLate(node: Store): void {
  for (const { number, writes } of node.volatile.unlogged) {
    node.durable.log.push({ number, writes: writes.map(([f, key, value]): Step => [f, key, value]) });
  }
  node.volatile.unlogged = [];
}
