import { invariant, type Invariant, type Micros, type NodeView } from '../../engine/index.js';
import { includes, sameDot, showDot, type CausalContext } from '../parts/causal-context.js';
import { nodesFrom, positionOf } from '../parts/hash-ring.js';
import type { Quorum, Version, Versions } from './shape.js';
import { isTombstone, replaces } from './versions.js';

// What holds of every replica for itself, whatever the network does.

export type View = NodeView<Quorum>;

export function showVersion({ value, dot }: Version): string {
  return `${value === null ? 'a delete' : JSON.stringify(value)} (${showDot(dot)})`;
}

/** What a ghost remembers of the nodes' present lives. What a crash leaves of a disk that was not synced, nobody was told. */
class Lives<T> {
  private readonly lives = new Map<string, { readonly startedAt: Micros; readonly memory: T }>();

  constructor(private readonly born: (node: View) => T) {}

  of(node: View): T {
    const known = this.lives.get(node.id);
    if (known !== undefined && known.startedAt === node.volatile.startedAt) return known.memory;
    const memory = this.born(node);
    this.lives.set(node.id, { startedAt: node.volatile.startedAt, memory });
    return memory;
  }
}

const NONE: Versions = [];
const NO_KEYS: readonly string[] = [];

/** The keys that a node has touched, each told once: `touched` stays as it is until a step touches some again. */
export class Touched {
  private readonly seen = new Map<string, { keys: readonly string[]; count: number }>();

  by({ id, volatile: { touched } }: View): readonly string[] {
    const seen = this.seen.get(id);
    if (seen?.keys === touched && seen.count === touched.length) return NO_KEYS;
    if (seen === undefined) this.seen.set(id, { keys: touched, count: touched.length });
    else {
      seen.keys = touched;
      seen.count = touched.length;
    }
    return touched;
  }
}

export const monotonicReplicas = invariant<Quorum>()({
  name: 'Monotonic Replicas',
  says: 'A replica gives up a version only for one that replaces it.',
  source: 'Dynamo, 4.4: what is causally older can be forgotten, and nothing else',
  memory: () => ({
    touched: new Touched(),
    lives: new Lives((node: View) => new Map<string, Versions>(node.durable.store)),
  }),
  afterStep({ touched, lives }, node) {
    const held = lives.of(node);
    for (const key of touched.by(node)) {
      const before = held.get(key) ?? NONE;
      const now = node.durable.store.get(key) ?? NONE;
      if (before === now) continue;
      held.set(key, now);
      const lost = before.find((old) => !isKept(node, key, old, now));
      if (lost !== undefined) return `${node.id} gives up ${showVersion(lost)} of ${key}, and has ${showAll(now)}`;
    }
    return null;
  },
});

function isKept(node: View, key: string, old: Version, now: Versions): boolean {
  const { durable, volatile, options } = node;
  if (now.some((version) => sameDot(version.dot, old.dot) || replaces(options.versions, version, old))) return true;
  if (isTombstone(old)) return now.length === 0;
  // The ring has changed, and it goes to others.
  return !nodesFrom(volatile.ring, positionOf(key), options.n).includes(node.id) && durable.hints.size > 0;
}

function showAll(versions: Versions): string {
  return versions.length === 0 ? 'nothing' : versions.map(showVersion).join(', ');
}

export const noResurrection = invariant<Quorum>()({
  name: 'No Resurrection',
  says: 'What a replica has seen deleted does not come back to it.',
  source: 'tombstones: Demers et al., PODC 1987, section 2 (death certificates)',
  memory: () => ({ touched: new Touched(), lives: new Lives(() => new Map<string, Versions>()) }),
  afterStep({ touched, lives }, node) {
    const deletes = lives.of(node);
    const { versions: ordering } = node.options;
    for (const key of touched.by(node)) {
      for (const version of node.durable.store.get(key) ?? NONE) {
        const known = deletes.get(key) ?? NONE;
        if (isTombstone(version)) deletes.set(key, newest(ordering, known, version));
        else {
          const deleted = known.find((tombstone) => replaces(ordering, tombstone, version));
          if (deleted === undefined) continue;
          return `${showVersion(version)} of ${key} is back at ${node.id}, which has seen it deleted (${showDot(deleted.dot)})`;
        }
      }
    }
    return null;
  },
});

/** The versions that nothing else here replaces, `version` among them or not. */
export function newest(ordering: Quorum['options']['versions'], known: Versions, version: Version): Versions {
  if (known.some((one) => sameDot(one.dot, version.dot) || replaces(ordering, one, version))) return known;
  return [...known.filter((one) => !replaces(ordering, version, one)), version];
}

/** Dots whose origin is remembered. */
const REMEMBERED_DOTS_MAX = 5_000;

interface Origin {
  readonly ref: string;
  readonly timestamp: Micros;
  /** What its client passed back. */
  readonly context: CausalContext | null;
  /** Has any replica had it? What a crash has taken away before it left may be given to another version. */
  told: boolean;
}

interface Origins {
  /** By key and dot. */
  dots: Map<string, Origin>;
  /** By node: which write was noted last. */
  latest: Map<string, string>;
  touched: Touched;
}

function newOrigins(): Origins {
  return { dots: new Map(), latest: new Map(), touched: new Touched() };
}

/** @returns to which other version the dot of the one that this node has just begun to write was given, or null. */
function noteOrigin(origins: Origins, node: View, touched: readonly string[]): Origin | null {
  noteTold(origins, node, touched);
  const { begun } = node.volatile;
  if (begun === null || begun.version === null || origins.latest.get(node.id) === begun.ref) return null;
  const { ref, key, context, version } = begun;
  const name = `${key} ${showDot(version.dot)}`;
  const known = origins.dots.get(name);
  if (known?.told === true && known.ref !== ref) return known;
  origins.latest.set(node.id, ref);
  if (known?.ref === ref) return null;
  origins.dots.set(name, { ref, timestamp: version.timestamp, context, told: false });
  if (origins.dots.size > REMEMBERED_DOTS_MAX) origins.dots.delete(origins.dots.keys().next().value!);
  return null;
}

function noteTold({ dots }: Origins, { durable }: View, touched: readonly string[]): void {
  for (const key of touched) {
    for (const { dot, timestamp } of durable.store.get(key) ?? NONE) {
      const origin = dots.get(`${key} ${showDot(dot)}`);
      if (origin !== undefined && origin.timestamp === timestamp) origin.told = true;
    }
  }
}

export const oneVersionPerDot = invariant<Quorum>()({
  name: 'One Version Per Dot',
  says: 'No two writes of a key get the same actor and counter.',
  source: 'Dynamo, 4.4 and Figure 3: the node that handles a write increases its counter',
  memory: newOrigins,
  afterStep(origins, node) {
    const twice = noteOrigin(origins, node, origins.touched.by(node));
    if (twice === null) return null;
    const { ref, key, version } = node.volatile.begun!;
    return `${node.id} gives ${showDot(version!.dot)} of ${key} to ${ref}, as it has been given to ${twice.ref}`;
  },
});

export const siblingsAreConcurrent = invariant<Quorum>()({
  name: 'Siblings Are Concurrent',
  says: 'Of two siblings neither was seen by whoever wrote the other.',
  source: 'Dynamo, 4.4: versions that are causally related need no reconciliation',
  memory: newOrigins,
  afterStep(origins, node) {
    const touched = origins.touched.by(node);
    noteOrigin(origins, node, touched);
    for (const key of touched) {
      const versions = node.durable.store.get(key) ?? NONE;
      if (versions.length < 2) continue;
      for (const newer of versions) {
        const seen = origins.dots.get(`${key} ${showDot(newer.dot)}`)?.context ?? null;
        const older = seen === null ? undefined : versions.find(({ dot }) => includes(seen, dot));
        if (older === undefined) continue;
        return `${node.id} has ${showVersion(older)} of ${key} beside ${showVersion(newer)}, whose writer had seen it`;
      }
    }
    return null;
  },
});

export const replicaInvariants: readonly Invariant<Quorum>[] = [
  noResurrection,
  monotonicReplicas,
  oneVersionPerDot,
  siblingsAreConcurrent,
];
