import { toInteger } from './choices.js';
import type { PartitionShape, Whom } from './fault.js';
import type { Cut } from './links.js';
import { resolveWhom, type WhomContext } from './whom.js';

/** A partition in force: what it cuts, and how to tell and draw it. */
export interface Partition extends Cut {
  /** Endpoints that can talk to one another, for pictures; endpoints may be in several (a bridge), or in none. */
  readonly groups: readonly (readonly number[])[];
  /** `{n1 n2} | {n3 n4 n5}`. */
  readonly sentence: string;
}

type NameOf = (index: number) => string;

/** Builds the cut that a shape means at this moment. */
export function makePartition(shape: PartitionShape, name: string, context: WhomContext, nameOf: NameOf): Partition {
  const who = (whom: Whom): readonly number[] => resolveWhom(whom, context);
  const all = who('all');
  const others = (inside: readonly number[]): number[] => all.filter((index) => !inside.includes(index));
  const groups = (...sides: (readonly number[])[]): Partition => groupPartition(sides, name, nameOf);

  if ('groups' in shape) return groups(...shape.groups.map(who));
  if ('from' in shape) return oneWay(who(shape.from), who(shape.to), name, nameOf);
  if ('isolate' in shape) {
    const isolated = who(shape.isolate);
    return groups(isolated, others(isolated));
  }
  if ('halves' in shape) {
    const order = shuffled(all, context);
    const first = shape.with === undefined ? [] : who(shape.with);
    const larger = [...new Set([...first, ...order])].slice(0, Math.max(first.length, Math.floor(all.length / 2) + 1));
    return groups(sorted(larger), others(larger));
  }
  if ('ring' in shape) return ring(all, name, nameOf);
  if ('bridge' in shape) {
    const bridge = who(shape.bridge);
    const rest = others(bridge);
    const half = Math.ceil(rest.length / 2);
    return groups(sorted([...rest.slice(0, half), ...bridge]), sorted([...rest.slice(half), ...bridge]));
  }
  if ('hub' in shape) {
    const hub = who(shape.hub);
    return groups(...others(hub).map((index) => sorted([index, ...hub])));
  }
  if ('constrained' in shape) {
    const leader = who(shape.constrained.leader);
    const hub = who(shape.constrained.hub);
    return groups(sorted([...leader, ...hub]), others(leader));
  }
  return groups(...all.slice(1).map((index, i) => [all[i]!, index]));
}

/** Endpoints in a common group can talk; so can those of which one is in no group. */
function groupPartition(groups: readonly (readonly number[])[], name: string, nameOf: NameOf): Partition {
  const shown = groups.filter((group) => group.length > 0);
  const groupsOf = new Map<number, Set<number>>();
  shown.forEach((group, at) => {
    for (const index of group) groupsOf.set(index, (groupsOf.get(index) ?? new Set()).add(at));
  });
  return {
    name,
    groups: shown,
    sentence: shown.map((group) => `{${group.map(nameOf).join(' ')}}`).join(' | '),
    blocks(from, to) {
      const left = groupsOf.get(from);
      const right = groupsOf.get(to);
      if (left === undefined || right === undefined) return false;
      for (const group of left) if (right.has(group)) return false;
      return true;
    },
  };
}

function oneWay(from: readonly number[], to: readonly number[], name: string, nameOf: NameOf): Partition {
  const senders = new Set(from);
  const receivers = new Set(to);
  return {
    name,
    groups: [from, to],
    sentence: `{${from.map(nameOf).join(' ')}} → {${to.map(nameOf).join(' ')}} cut, the way back open`,
    blocks: (sender, receiver) => senders.has(sender) && receivers.has(receiver),
  };
}

/** Each node reaches just enough neighbours on either side of a ring to see a majority; no two see the same. */
function ring(all: readonly number[], name: string, nameOf: NameOf): Partition {
  const count = all.length;
  const reach = Math.ceil(Math.floor(count / 2) / 2);
  // A ring of three has no second neighbour to cut off: opened, its ends see two of three, and the middle sees all.
  const closed = count > 3;
  const place = new Map(all.map((index, i) => [index, i]));
  const near = (a: number, b: number): boolean => {
    const distance = Math.abs(a - b);
    return (closed ? Math.min(distance, count - distance) : distance) <= reach;
  };
  return {
    name,
    groups: all.map((_, i) => all.filter((__, j) => near(i, j))),
    sentence: `majorities ring of ${all.map(nameOf).join(' ')}`,
    blocks(from, to) {
      const a = place.get(from);
      const b = place.get(to);
      return a !== undefined && b !== undefined && !near(a, b);
    },
  };
}

function shuffled(items: readonly number[], context: WhomContext): number[] {
  const stream = context.choices.sharedStream('fault.halves', context.scope, 0.999_999);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = toInteger(context.choices.draw(stream), 0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function sorted(items: readonly number[]): number[] {
  return [...items].sort((a, b) => a - b);
}
