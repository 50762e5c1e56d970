import { nearestName } from '../values.js';

/** What stores of single objects promise, strongest first, each with its meaning and where it is defined. */
export const consistencyLevels = Object.freeze({
  linearizable: {
    says: 'every operation takes effect at one moment between its call and its return',
    source: 'Herlihy and Wing, 1990',
  },
  sequential: {
    says: 'all clients see one order of all operations, which keeps the order of each client',
    source: 'Lamport, 1979',
  },
  'causal-memory': {
    says: 'each client sees one growing order of what its operations depend on',
    source: 'Ahamad et al., 1995; CM of Bouajjani et al., POPL 2017',
  },
  'causal-convergence': {
    says: 'a read sees all that it depends on, and all clients order the writes of a key alike',
    source: 'CCv of Bouajjani et al., POPL 2017',
  },
  session: {
    says: 'the four guarantees of a session together',
    source: 'Terry et al., 1994',
  },
  causal: {
    says: 'no read misses a write that it depends on',
    source: 'CC of Bouajjani et al., POPL 2017',
  },
  pram: {
    says: 'each client sees the writes of every other client in the order in which that one did them (FIFO)',
    source: 'Lipton and Sandberg, 1988',
  },
  'writes-follow-reads': {
    says: 'who sees a write sees what its client had read before it (judged together with monotonic reads)',
    source: 'Terry et al., 1994',
  },
  'monotonic-writes': {
    says: 'who sees a write sees what its client had written before it (judged together with monotonic reads)',
    source: 'Terry et al., 1994',
  },
  'monotonic-reads': {
    says: 'a client that saw a write goes on seeing it',
    source: 'Terry et al., 1994',
  },
  'read-your-writes': {
    says: 'a client sees what it has written',
    source: 'Terry et al., 1994',
  },
  'strong-eventual': {
    says: 'replicas that have seen the same writes answer alike, and in the end all have seen all',
    source: 'Shapiro et al., 2011',
  },
  eventual: {
    says: 'when writing has stopped, all clients end up with one value of each key',
    source: 'Terry et al., 1995; Vogels, 2009',
  },
  regular: {
    says: 'a read returns the last value written before it, or one that is being written meanwhile',
    source: 'Lamport, 1986; several writers: Shao et al., 2011 (weak)',
  },
  'bounded-staleness': {
    says: 'a read is at most so many versions, or so much time, behind',
    source: 'Golab et al., 2011 (both as lower bounds)',
  },
  safe: {
    says: 'a read while nobody writes returns the last value written',
    source: 'Lamport, 1986',
  },
} as const);

export type ConsistencyLevel = keyof typeof consistencyLevels;

/** Strongest first. */
export const CONSISTENCY_LEVELS = Object.freeze(Object.keys(consistencyLevels)) as readonly ConsistencyLevel[];

/** What each level promises besides its own. `tests/checkers/consistency-oracle.test.ts` holds it against random histories. */
const IMPLIES: Readonly<Record<ConsistencyLevel, readonly ConsistencyLevel[]>> = {
  linearizable: ['sequential', 'strong-eventual', 'regular'],
  sequential: ['causal-memory', 'causal-convergence'],
  'causal-memory': ['session', 'pram'],
  'causal-convergence': ['session'],
  session: ['causal', 'writes-follow-reads', 'monotonic-writes', 'read-your-writes'],
  causal: [],
  pram: ['monotonic-writes', 'read-your-writes'],
  'writes-follow-reads': ['monotonic-reads'],
  'monotonic-writes': ['monotonic-reads'],
  'monotonic-reads': [],
  'read-your-writes': [],
  'strong-eventual': ['eventual'],
  eventual: [],
  regular: ['bounded-staleness', 'safe'],
  'bounded-staleness': [],
  safe: [],
};

const WEAKER = new Map<ConsistencyLevel, ReadonlySet<ConsistencyLevel>>();
for (const level of [...CONSISTENCY_LEVELS].reverse()) {
  // Every level implies only ones that stand after it in the list.
  WEAKER.set(level, new Set(IMPLIES[level].flatMap((weaker) => [weaker, ...(WEAKER.get(weaker) ?? [])])));
}

/** Does whatever is `stronger` also keep the promise of `weaker`? A level implies itself. */
export function impliesConsistency(stronger: ConsistencyLevel, weaker: ConsistencyLevel): boolean {
  return stronger === weaker || (WEAKER.get(stronger)?.has(weaker) ?? false);
}

/** There is no level of consistency of this name. */
export class UnknownConsistencyError extends Error {
  readonly code = 'unknown-consistency';
  readonly hint: string;

  constructor(readonly given: string) {
    super(`there is no consistency level ${JSON.stringify(given)}`);
    this.name = 'UnknownConsistencyError';
    const near = nearestName(given, CONSISTENCY_LEVELS);
    this.hint = near === undefined ? `Known: ${CONSISTENCY_LEVELS.join(', ')}.` : `Did you mean ${near}?`;
  }
}

/** @throws UnknownConsistencyError */
export function consistencyNamed(name: string): ConsistencyLevel {
  if (!Object.hasOwn(consistencyLevels, name)) throw new UnknownConsistencyError(name);
  return name as ConsistencyLevel;
}
