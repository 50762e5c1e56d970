import { ms, type MessageOfType, type NodeId, type RequestRef } from '../../engine/index.js';
import { NOTHING_SEEN, withDot, type CausalContext } from '../parts/causal-context.js';
import type { KeyValueScalar } from '../parts/key-value.js';
import { isSuspect, ownersOf, preferenceList } from './placement.js';
import { keepHint } from './replica.js';
import type {
  Level,
  Operation,
  Quorum,
  QuorumNode,
  ReadOperation,
  Version,
  Versions,
  WriteOperation,
} from './shape.js';
import { clockOf, contextOf, copyContext, copyVersion, merge, sameVersions } from './versions.js';

/** How many answers a request needs: the level that it names, or the option. */
function neededFor(node: QuorumNode, level: Level | undefined, usual: number): number {
  const { n } = node.options;
  switch (level) {
    case undefined:
      return usual;
    case 'ONE':
      return 1;
    case 'QUORUM':
      return Math.floor(n / 2) + 1;
    case 'ALL':
      return n;
  }
}

export interface WriteRequest {
  readonly kind: WriteOperation['kind'];
  readonly ref: RequestRef<Quorum, 'write' | 'put'>;
  readonly key: string;
  readonly value: KeyValueScalar;
  /** Null: a blind write. */
  readonly context: CausalContext | null;
  readonly consistency: Level | undefined;
}

/** Dynamo, 4.5: the coordinator makes the new version and its clock, and sends both to the owners; W answers make a success. */
export function beginWrite(node: QuorumNode, request: WriteRequest): void {
  const { kind, ref, key, value, consistency } = request;
  const context = request.context === null ? null : copyContext(request.context);
  const version: Version = {
    value,
    dot: { actor: node.durable.actor!, counter: nextCounter(node, key) },
    context: context !== null && node.bug('forgets-context') ? NOTHING_SEEN : context,
    timestamp: node.wall(),
  };
  const owners = ownersOf(node, key);
  const needed = neededFor(node, consistency, node.options.w);
  const operation: WriteOperation = {
    kind,
    ref,
    key,
    needed,
    owners,
    version,
    answered: false,
    acknowledged: [],
    stored: [],
    standIns: new Map(),
  };
  node.volatile.begun = { ref, key, needed, version: copyVersion(version), context: context && copyContext(context) };
  begin(node, operation);
}

/** Counted up on the disk before the version leaves: no two versions of a key ever share a dot. */
function nextCounter(node: QuorumNode, key: string): number {
  const { counters } = node.durable;
  const counter = node.bug('keeps-counter') ? 1 : (counters.get(key) ?? 0) + 1;
  counters.set(key, counter);
  return counter;
}

export interface ReadRequest {
  readonly kind: ReadOperation['kind'];
  readonly ref: RequestRef<Quorum, 'read' | 'get'>;
  readonly key: string;
  readonly consistency: Level | undefined;
}

/** Dynamo, 4.5: the coordinator asks all owners, and waits for R of them. */
export function beginRead(node: QuorumNode, { kind, ref, key, consistency }: ReadRequest): void {
  const needed = neededFor(node, consistency, node.options.r);
  node.volatile.begun = { ref, key, needed, version: null, context: null };
  begin(node, {
    kind,
    ref,
    key,
    needed,
    owners: ownersOf(node, key),
    answered: false,
    replies: new Map(),
    standIns: new Map(),
  });
}

function begin(node: QuorumNode, operation: Operation): void {
  const { volatile, options } = node;
  volatile.operations.set(operation.ref, operation);
  for (const owner of operation.owners) {
    // Where nobody stands in for it, it is asked all the same.
    const passed = options.sloppy && isSuspect(node, owner) && findStandIn(node, operation, owner);
    if (!passed) ask(node, operation, owner, null);
  }
  node.setTimer('replicas', ms(options.replicaTimeoutMs), { ref: operation.ref }, operation.ref);
  node.setTimer('request', ms(options.requestTimeoutMs), { ref: operation.ref }, operation.ref);
}

function ask(node: QuorumNode, operation: Operation, whom: NodeId, hintFor: NodeId | null): void {
  const { ref, key } = operation;
  if (isRead(operation)) node.send(whom, { type: 'Fetch', ref, key });
  else node.send(whom, { type: 'Replicate', ref, key, version: operation.version, hintFor });
}

function isRead(operation: Operation): operation is ReadOperation {
  return operation.kind === 'read' || operation.kind === 'get';
}

/** Dynamo, 4.6: the next healthy node on the ring, after the owners, stands in for one that cannot be reached. */
function findStandIn(node: QuorumNode, operation: Operation, owner: NodeId): boolean {
  const { owners, standIns } = operation;
  const busy = [...standIns.values()];
  const standIn = preferenceList(node, operation.key).find(
    (other) => !owners.includes(other) && !busy.includes(other) && !isSuspect(node, other),
  );
  if (standIn === undefined) return false;
  standIns.set(owner, standIn);
  node.mark('asked-stand-in', { owner, standIn });
  ask(node, operation, standIn, owner);
  return true;
}

/** These owners have not answered in time: others stand in for them, and what is meant for them is kept until they can take it. */
export function onReplicasTimer(node: QuorumNode, { ref }: { readonly ref: string }): void {
  const { volatile, options } = node;
  const operation = volatile.operations.get(ref);
  if (operation === undefined) return;
  const answered = isRead(operation) ? [...operation.replies.keys()] : operation.stored;
  const silent = operation.owners.filter((owner) => !answered.includes(owner));
  for (const owner of silent) {
    volatile.suspects.set(owner, node.monotonic() + ms(options.suspectMs));
    if (options.sloppy && !operation.standIns.has(owner)) findStandIn(node, operation, owner);
    if (isRead(operation) || !options.hintedHandoff || operation.standIns.has(owner)) continue;
    keepHint(node, owner, operation.key, [operation.version]);
  }
}

/** A write that was not answered stays so, as it may have had an effect; a read has none. */
export function onRequestTimer(node: QuorumNode, { ref }: { readonly ref: string }): void {
  const operation = node.volatile.operations.get(ref);
  if (operation === undefined) return;
  if (isRead(operation)) {
    if (!operation.answered) node.fail(operation.ref, 'too few replicas answered');
    else if (node.options.readRepair) repair(node, operation);
  }
  end(node, operation);
}

function end(node: QuorumNode, operation: Operation): void {
  node.volatile.operations.delete(operation.ref);
  node.cancelTimer('replicas', operation.ref);
  node.cancelTimer('request', operation.ref);
}

export function onReplicated(node: QuorumNode, { ref }: MessageOfType<Quorum, 'Replicated'>, from: NodeId): void {
  const operation = node.volatile.operations.get(ref);
  if (operation === undefined || isRead(operation)) return;
  const counted = operation.acknowledged.includes(from) && !node.bug('counts-acknowledgements-not-replicas');
  // Who stands in is asked in a sloppy quorum only, and there it counts.
  if (!counted) operation.acknowledged.push(from);
  if (operation.owners.includes(from) && !operation.stored.includes(from)) operation.stored.push(from);
  if (!operation.answered && operation.acknowledged.length >= operation.needed) answerWrite(node, operation);
  if (operation.stored.length === operation.owners.length) end(node, operation);
}

function answerWrite(node: QuorumNode, operation: WriteOperation): void {
  const { ref, key, needed, version } = operation;
  operation.answered = true;
  node.volatile.answered = { ref, key, needed, versions: [copyVersion(version)] };
  if (operation.kind === 'write') node.reply(ref as RequestRef<Quorum, 'write'>, null);
  else node.reply(ref as RequestRef<Quorum, 'put'>, { context: seenAfter(version) });
}

/** Who has written has seen what it passed back, and its own version; of others that were written meanwhile it knows nothing. */
function seenAfter(version: Version): CausalContext {
  return version.context === null ? withDot(NOTHING_SEEN, version.dot) : clockOf(version);
}

export function onFetched(node: QuorumNode, message: MessageOfType<Quorum, 'Fetched'>, from: NodeId): void {
  const operation = node.volatile.operations.get(message.ref);
  if (operation === undefined || !isRead(operation)) return;
  operation.replies.set(from, message.versions.map(copyVersion));
  const needed = node.bug('answers-with-first-reply') ? 1 : operation.needed;
  if (!operation.answered && operation.replies.size >= needed) answerRead(node, operation);
  if (!operation.answered || !operation.owners.every((owner) => operation.replies.has(owner))) return;
  if (node.options.readRepair) repair(node, operation);
  end(node, operation);
}

/** Dynamo, 4.5: all versions that are causally unrelated; with timestamps, the last. */
function found(node: QuorumNode, { replies }: ReadOperation): Versions {
  let versions: Versions = [];
  for (const reply of replies.values()) versions = merge(node.options.versions, versions, reply);
  return versions;
}

function answerRead(node: QuorumNode, operation: ReadOperation): void {
  const { ref, key, needed } = operation;
  const versions = found(node, operation);
  operation.answered = true;
  node.volatile.answered = { ref, key, needed, versions: versions.map(copyVersion) };
  if (operation.kind === 'get') {
    const values = versions.map(({ value }) => value).filter((value) => value !== null);
    return node.reply(ref as RequestRef<Quorum, 'get'>, { values, context: contextOf(versions) });
  }
  node.reply(ref as RequestRef<Quorum, 'read'>, versions.at(-1)?.value ?? null);
}

/** Dynamo, 5: the coordinator waits a little for the others, and brings those up to date that answered with old versions. */
function repair(node: QuorumNode, operation: ReadOperation): void {
  const versions = found(node, operation);
  for (const [replica, reply] of operation.replies) {
    if (!operation.owners.includes(replica) || sameVersions(reply, versions)) continue;
    node.mark('repaired', { replica, key: operation.key });
    node.send(replica, { type: 'Repair', key: operation.key, versions });
  }
}
