import { formatDuration, invariant, ms, type Invariant, type Micros, type World } from '../../engine/index.js';
import { includes, sameDot, showDot, type CausalContext } from '../parts/causal-context.js';
import { hashRing, nodesFrom, positionOf } from '../parts/hash-ring.js';
import { newest, replicaInvariants, showVersion, Touched, type View } from './replica-invariants.js';
import type { Answered, Begun, Quorum, Version, Versions } from './shape.js';
import { isTombstone, merge, replaces, sameVersions } from './versions.js';

// What clients may rely on, as far as they may.

/** What coordinators have begun and answered, each told once. */
class Requests {
  private readonly begun = new Map<string, string>();
  private readonly answered = new Map<string, string>();

  hasBegun({ id, volatile: { begun } }: View): Begun | null {
    if (begun === null || this.begun.get(id) === begun.ref) return null;
    this.begun.set(id, begun.ref);
    return begun;
  }

  hasAnswered({ id, volatile: { answered } }: View): Answered | null {
    if (answered === null || this.answered.get(id) === answered.ref) return null;
    this.answered.set(id, answered.ref);
    return answered;
  }
}

/** By key, tombstones that were held anywhere and that none held later replaces: what they deleted may be gone. */
class Deletes {
  private readonly byKey = new Map<string, Versions>();
  private readonly touched = new Touched();

  note(node: View): void {
    for (const key of this.touched.by(node)) {
      for (const version of node.durable.store.get(key) ?? []) {
        if (isTombstone(version)) this.byKey.set(key, newest(node.options.versions, this.of(key), version));
      }
    }
  }

  of(key: string): Versions {
    return this.byKey.get(key) ?? [];
  }
}

// -- Fresh Reads --

interface Acknowledged {
  readonly version: Version;
  readonly needed: number;
}

interface FreshMemory {
  requests: Requests;
  deletes: Deletes;
  /** By key, acknowledged writes that no other acknowledged one replaces. */
  acknowledged: Map<string, Acknowledged[]>;
  /** Reads under way, and what each must see. */
  reads: Map<string, readonly Version[]>;
  writes: Set<string>;
}

const UNDER_WAY_MAX = 1_000;

/** The promise of a strict quorum while the ring stays as it is. It says nothing of reads that overlap a write. */
export const freshReads = invariant<Quorum>()({
  name: 'Fresh Reads',
  says: 'With R + W > N, who reads after a write was acknowledged finds it, or what replaced it.',
  source: 'Gifford, SOSP 1979; Dynamo, 4.5: R + W > N yields a quorum-like system',
  memory: (): FreshMemory => ({
    ...{ requests: new Requests(), deletes: new Deletes(), acknowledged: new Map() },
    ...{ reads: new Map(), writes: new Set() },
  }),
  afterStep(memory, node) {
    if (node.durable.membership !== null && node.durable.membership.number > 1) return null;
    memory.deletes.note(node);
    const begun = memory.requests.hasBegun(node);
    if (begun !== null) noteBegun(memory, node, begun);
    const answered = memory.requests.hasAnswered(node);
    if (answered === null) return null;
    if (memory.writes.delete(answered.ref)) noteAcknowledged(memory, node, answered);
    const must = memory.reads.get(answered.ref);
    memory.reads.delete(answered.ref);
    const missed = must?.find((version) => !isSeen(memory, node, answered, version));
    if (missed === undefined) return null;
    const found = answered.versions.map(showVersion).join(', ') || 'nothing';
    return `${answered.ref} at ${node.id} finds ${found} of ${answered.key}, and not ${showVersion(missed)}, which was acknowledged before`;
  },
});

function noteBegun({ reads, writes, acknowledged }: FreshMemory, { options }: View, begun: Begun): void {
  if (begun.version !== null) {
    writes.add(begun.ref);
    if (writes.size > UNDER_WAY_MAX) writes.delete(writes.values().next().value!);
    return;
  }
  const known = acknowledged.get(begun.key) ?? [];
  const must = known.filter(({ needed }) => needed + begun.needed > options.n).map(({ version }) => version);
  reads.set(begun.ref, must);
  if (reads.size > UNDER_WAY_MAX) reads.delete(reads.keys().next().value!);
}

function noteAcknowledged({ acknowledged }: FreshMemory, { options }: View, answered: Answered): void {
  const { key, needed, versions } = answered;
  const version = versions[0]!;
  const known = acknowledged.get(key) ?? [];
  // A write that fewer nodes have may replace one that more have, and yet be missed: both are remembered.
  const kept = known.filter((one) => one.needed > needed || !replaces(options.versions, version, one.version));
  acknowledged.set(key, [...kept, { version, needed }]);
}

function isSeen({ deletes }: FreshMemory, { options }: View, { key, versions }: Answered, written: Version): boolean {
  const by = (newer: Version): boolean => sameDot(newer.dot, written.dot) || replaces(options.versions, newer, written);
  if (versions.some(by) || deletes.of(key).some((tombstone) => by(tombstone) && !isTombstone(written))) return true;
  return isTombstone(written) && !versions.some((version) => replaces(options.versions, written, version));
}

// -- No Lost Write --

interface Written {
  readonly version: Version;
  /** What its client had seen; null: it wrote blindly. */
  readonly context: CausalContext | null;
  readonly begunAt: Micros;
  acknowledgedAt: Micros;
}

interface LostMemory {
  requests: Requests;
  deletes: Deletes;
  /** By key and dot: everything that was begun, the latest of it. */
  writes: Map<string, Written>;
  byRef: Map<string, string>;
  /** By key: acknowledged writes that no acknowledged one makes superfluous. */
  acknowledged: Map<string, Written[]>;
}

const REMEMBERED_WRITES_MAX = 20_000;

/**
 * An acknowledged write is there in the end, or what is there was meant to replace it. A put means to replace what its client
 * had seen. Who writes blindly means to replace whatever there is, except for what comes later.
 */
export const noLostWrite = invariant<Quorum>()({
  name: 'No Lost Write',
  says: 'An acknowledged write is there in the end, or something that was meant to replace it.',
  source: 'Dynamo, 1 and 4.4: an add to the cart is never forgotten',
  memory: (): LostMemory => ({
    ...{ requests: new Requests(), deletes: new Deletes(), writes: new Map() },
    ...{ byRef: new Map(), acknowledged: new Map() },
  }),
  afterStep(memory, node, world) {
    memory.deletes.note(node);
    const begun = memory.requests.hasBegun(node);
    if (begun?.version) {
      const name = `${begun.key} ${showDot(begun.version.dot)}`;
      const blind = begun.version.context === null;
      memory.writes.set(name, {
        version: begun.version,
        context: blind ? null : (begun.context ?? {}),
        begunAt: world.now,
        acknowledgedAt: Infinity,
      });
      memory.byRef.set(begun.ref, name);
      if (memory.writes.size > REMEMBERED_WRITES_MAX) memory.writes.delete(memory.writes.keys().next().value!);
      if (memory.byRef.size > UNDER_WAY_MAX) memory.byRef.delete(memory.byRef.keys().next().value!);
    }
    const answered = memory.requests.hasAnswered(node);
    const written = answered === null ? undefined : memory.writes.get(memory.byRef.get(answered.ref) ?? '');
    if (answered === null || written === undefined) return null;
    memory.byRef.delete(answered.ref);
    written.acknowledgedAt = world.now;
    const known = memory.acknowledged.get(answered.key) ?? [];
    memory.acknowledged.set(answered.key, [...known.filter((one) => !makesSuperfluous(written, one)), written]);
    return null;
  },
  atEnd({ acknowledged, deletes, writes }, world) {
    for (const [key, written] of acknowledged) {
      const left = [...heldAnywhere(world, key), ...deletes.of(key)];
      const lost = written.find(
        (one) =>
          !left.some((version) => {
            if (sameDot(version.dot, one.version.dot)) return true;
            const other = writes.get(`${key} ${showDot(version.dot)}`);
            return other === undefined || wasMeantToReplace(other, one);
          }),
      );
      if (lost === undefined) continue;
      const there = heldAnywhere(world, key).map(showVersion).join(', ') || 'nothing';
      return (
        `${showVersion(lost.version)} of ${key} was acknowledged at ${formatDuration(lost.acknowledgedAt)} and is gone; ` +
        `there is ${there}, which was not meant to replace it`
      );
    }
    return null;
  },
});

function wasMeantToReplace(newer: Written, older: Written): boolean {
  return newer.context === null ? newer.acknowledgedAt >= older.begunAt : includes(newer.context, older.version.dot);
}

/** If the older one gets lost, so does the newer: only that one needs to be remembered. */
function makesSuperfluous(newer: Written, older: Written): boolean {
  return newer.context === null
    ? older.context === null && older.acknowledgedAt < newer.begunAt
    : includes(newer.context, older.version.dot);
}

function heldAnywhere({ nodes }: World<Quorum>, key: string): Version[] {
  return nodes.flatMap(({ durable: { store, hints } }) => [
    ...(store.get(key) ?? []),
    ...[...hints.values()].flatMap((kept) => kept.get(key) ?? []),
  ]);
}

// -- Convergence --

export const convergence = invariant<Quorum>()({
  name: 'Convergence',
  says: 'When faults are over and some time has passed, all replicas of a key are the same.',
  source: 'Dynamo, 4.6 and 4.7',
  memory: () => null,
  afterStep: () => null,
  atEnd(_, world) {
    const up = world.nodes.filter((node) => node.up);
    const first = up[0];
    if (first === undefined || first.durable.membership === null) return null;
    const { settledAfterMs, virtualNodes, n, versions: ordering } = first.options;
    if (settledAfterMs === 0 || world.now < ms(settledAfterMs)) return null;
    const { number, members } = first.durable.membership;
    const behind = up.find(({ durable }) => durable.membership?.number !== number);
    if (behind !== undefined) return `${behind.id} does not know the ring that ${first.id} knows`;
    const ring = hashRing(members, virtualNodes);
    const keys = new Set(
      world.nodes.flatMap(({ durable: { store, hints } }) => [
        ...store.keys(),
        ...[...hints.values()].flatMap((kept) => [...kept.keys()]),
      ]),
    );
    for (const key of keys) {
      const expected = heldAnywhere(world, key).reduce<Versions>((all, one) => merge(ordering, all, [one]), []);
      const owners = nodesFrom(ring, positionOf(key), n);
      const odd = up.find(({ id, durable }) => owners.includes(id) && !isSame(durable.store.get(key) ?? [], expected));
      if (odd === undefined) continue;
      const has = (odd.durable.store.get(key) ?? []).map(showVersion).join(', ') || 'nothing';
      return `${odd.id} has ${has} of ${key}, and all together have ${expected.map(showVersion).join(', ')}`;
    }
    return null;
  },
});

/** Whether a tombstone has been forgotten or not makes no difference. */
function isSame(a: Versions, b: Versions): boolean {
  return sameVersions(a, b) || (a.every(isTombstone) && b.every(isTombstone));
}

export const quorumInvariants: readonly Invariant<Quorum>[] = [
  ...replicaInvariants,
  freshReads,
  noLostWrite,
  convergence,
];
