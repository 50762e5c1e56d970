/** A shape that cannot happen at some level of isolation, by the name that Adya, Elle or the RAMP paper gave it. */
export type AnomalyClass =
  | 'garbage-read'
  | 'duplicate-append'
  | 'incompatible-order'
  | 'cyclic-versions'
  | 'cyclic-commits'
  | 'future-read'
  | 'internal'
  | 'dirty-update'
  | 'lost-update'
  | 'fractured-read'
  | 'long-fork'
  | 'G1a'
  | 'G1b'
  | CycleClass;

export type CycleClass = 'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item';

/** A cycle that needs an edge of the session, or of real time, to close. */
export type AnomalyName = AnomalyClass | `${CycleClass}-process` | `${CycleClass}-realtime`;

/** Levels of isolation, weakest first, each with what it promises. */
export const isolationLevels = Object.freeze({
  'read-uncommitted': 'writes of two transactions are never interleaved in opposite orders (Adya PL-1)',
  'read-committed': 'only what was committed, and of each transaction only its last version, is read (Adya PL-2)',
  'monotonic-atomic-view': 'after one effect of a transaction was seen, none of its others is missed',
  'read-atomic': 'effects of a transaction are seen all or not at all, and its own reads agree with each other',
  'repeatable-read': 'no cycle of dependencies through items that were read (Adya PL-2.99)',
  'parallel-snapshot-isolation': 'causal snapshots, no lost updates; snapshots may fork',
  'snapshot-isolation': 'reads from one snapshot, of two concurrent writers of a key one is refused',
  serializable: 'as if one transaction ran after the other (Adya PL-3)',
  'strong-session-read-uncommitted': 'read uncommitted, in an order that keeps each session’s',
  'strong-session-read-committed': 'read committed, in an order that keeps each session’s',
  causal: 'nothing is missed that a transaction, or its session before, depends on; writes have one order',
  'strong-session-repeatable-read': 'repeatable read, in an order that keeps each session’s',
  'strong-session-snapshot-isolation': 'snapshot isolation, and a session never goes back behind what it did',
  'strong-session-serializable': 'serializable, in an order that keeps each session’s',
  'strong-read-uncommitted': 'read uncommitted, in an order that keeps real time',
  'strong-read-committed': 'read committed, in an order that keeps real time',
  'strong-repeatable-read': 'repeatable read, in an order that keeps real time',
  'strong-snapshot-isolation': 'snapshot isolation, and a snapshot holds all that was committed before it',
  'strict-serializable': 'serializable, in an order that keeps real time',
});

export type IsolationLevel = keyof typeof isolationLevels;

export const LEVELS = Object.freeze(Object.keys(isolationLevels)) as readonly IsolationLevel[];

/** What each level promises besides its own: all of these. */
const IMPLIES: Readonly<Record<IsolationLevel, readonly IsolationLevel[]>> = {
  'read-uncommitted': [],
  'read-committed': ['read-uncommitted'],
  'monotonic-atomic-view': ['read-committed'],
  'read-atomic': ['monotonic-atomic-view'],
  'repeatable-read': ['read-atomic'],
  'parallel-snapshot-isolation': ['read-atomic'],
  'snapshot-isolation': ['parallel-snapshot-isolation'],
  serializable: ['repeatable-read', 'snapshot-isolation'],
  'strong-session-read-uncommitted': ['read-uncommitted'],
  'strong-session-read-committed': ['strong-session-read-uncommitted', 'read-committed'],
  causal: ['read-atomic', 'strong-session-read-committed'],
  'strong-session-repeatable-read': ['causal', 'repeatable-read'],
  'strong-session-snapshot-isolation': ['causal', 'snapshot-isolation'],
  'strong-session-serializable': [
    'strong-session-repeatable-read',
    'strong-session-snapshot-isolation',
    'serializable',
  ],
  'strong-read-uncommitted': ['strong-session-read-uncommitted'],
  'strong-read-committed': ['strong-read-uncommitted', 'strong-session-read-committed'],
  'strong-repeatable-read': ['strong-read-committed', 'strong-session-repeatable-read'],
  'strong-snapshot-isolation': ['strong-read-committed', 'strong-session-snapshot-isolation'],
  'strict-serializable': ['strong-repeatable-read', 'strong-snapshot-isolation', 'strong-session-serializable'],
};

/** The weakest levels at which the anomaly cannot happen. */
const FORBIDDEN_AT: Readonly<Record<AnomalyName, readonly IsolationLevel[]>> = {
  // No level lets a store make up or multiply what was written.
  'garbage-read': ['read-uncommitted'],
  'duplicate-append': ['read-uncommitted'],
  G0: ['read-uncommitted'],
  // Of two lists of which neither begins the other, one holds what was undone (Kingsbury and Alvaro, Elle, 2020).
  'incompatible-order': ['read-committed'],
  'cyclic-versions': ['read-committed'],
  'cyclic-commits': ['causal'],
  'future-read': ['read-committed'],
  'dirty-update': ['read-committed'],
  G1a: ['read-committed'],
  G1b: ['read-committed'],
  G1c: ['read-committed'],
  internal: ['read-atomic'],
  'fractured-read': ['read-atomic'],
  'lost-update': ['repeatable-read', 'parallel-snapshot-isolation'],
  'G-single': ['repeatable-read', 'parallel-snapshot-isolation'],
  'long-fork': ['repeatable-read', 'snapshot-isolation'],
  'G-nonadjacent': ['repeatable-read', 'snapshot-isolation'],
  'G2-item': ['repeatable-read'],
  'G0-process': ['strong-session-read-uncommitted'],
  'G1c-process': ['strong-session-read-committed'],
  'G-single-process': ['strong-session-repeatable-read', 'strong-session-snapshot-isolation'],
  'G-nonadjacent-process': ['strong-session-repeatable-read', 'strong-session-snapshot-isolation'],
  'G2-item-process': ['strong-session-repeatable-read'],
  'G0-realtime': ['strong-read-uncommitted'],
  'G1c-realtime': ['strong-read-committed'],
  'G-single-realtime': ['strong-repeatable-read', 'strong-snapshot-isolation'],
  'G-nonadjacent-realtime': ['strong-repeatable-read', 'strong-snapshot-isolation'],
  'G2-item-realtime': ['strong-repeatable-read'],
};

export const ANOMALIES = Object.freeze(Object.keys(FORBIDDEN_AT)) as readonly AnomalyName[];

/** The weakest levels at which an anomaly of this name cannot happen. */
export function forbiddenAt(name: AnomalyName): readonly IsolationLevel[] {
  return FORBIDDEN_AT[name];
}

const WEAKER = new Map<IsolationLevel, ReadonlySet<IsolationLevel>>();
for (const level of LEVELS) {
  // Every level is implied only by ones that stand after it in the list, so that one pass is enough.
  WEAKER.set(level, new Set(IMPLIES[level].flatMap((weaker) => [weaker, ...(WEAKER.get(weaker) ?? [])])));
}

/** Does whatever holds at `stronger` hold at `weaker` too? A level implies itself. */
export function impliesLevel(stronger: IsolationLevel, weaker: IsolationLevel): boolean {
  return stronger === weaker || (WEAKER.get(stronger)?.has(weaker) ?? false);
}

/** Where a history stands among the levels. */
export interface Standing {
  /** Of the levels that were not refuted, those that no other such level implies. */
  readonly strongest: readonly IsolationLevel[];
  /** Of the levels that were refuted, the weakest. */
  readonly not: readonly IsolationLevel[];
  /** The levels that fall with these. */
  readonly notAlso: readonly IsolationLevel[];
}

/** @param broken levels that were refuted directly. */
export function standing(broken: Iterable<IsolationLevel>): Standing {
  const direct = [...new Set(broken)];
  const out = LEVELS.filter((level) => direct.some((weaker) => impliesLevel(level, weaker)));
  const left = LEVELS.filter((level) => !out.includes(level));
  const weakest = out.filter((level) => !out.some((other) => other !== level && impliesLevel(level, other)));
  return {
    strongest: left.filter((level) => !left.some((other) => other !== level && impliesLevel(other, level))),
    not: weakest,
    notAlso: out.filter((level) => !weakest.includes(level)),
  };
}

/** Levels that a polynomial algorithm decides (Biswas and Enea, OOPSLA 2019, arXiv 1908.04509). */
export type WeakLevel = 'read-committed' | 'read-atomic' | 'causal';

export const weakLevels = Object.freeze({
  'read-committed': 'after a transaction has read from another, it reads nothing that this one overwrote',
  'read-atomic': 'a transaction misses nothing of what it read from, and of what its session did before',
  causal:
    'a transaction misses nothing that it depends on, and one order of all transactions explains who overwrote whom',
} as const satisfies Record<WeakLevel, string>);
