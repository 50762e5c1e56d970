import type { ConsistencyLevel } from '../../checkers/index.js';
import type { PatternName } from '../../checkers/consistency/finding.js';

/** A right history in which one answer is made wrong. */
export interface PlantedLevel {
  readonly says: string;
  /** The levels that are broken for a reason of their own, and what it is called; whatever implies one of them falls with it. */
  readonly breaks: Partial<Record<ConsistencyLevel, PatternName | 'none'>>;
  /** Not among the operations of others: what only a search can refute takes it long there. */
  readonly alone?: true;
  /**
   * What each client does, by its number. `w x 1`, `r x 1` and `r x` (the initial value) are called and answered at once, `w x 1 …`
   * and `r …` only called, `ends` answers what is open (a read with its value: `ends x 1`). `r x 1 | r x`: what a right store
   * answers, and the one wrong answer that is planted. `@n1`: which node answers.
   */
  readonly steps: string;
}

export const PLANTED_LEVELS: readonly PlantedLevel[] = [
  {
    says: 'an old value after a new one, while its write is open',
    breaks: { linearizable: 'none' },
    steps: '1 w x 1 …, 2 r x 1, 3 r x 1 | r x, 1 ends',
  },
  {
    says: 'two clients see two writes in opposite orders',
    breaks: { sequential: 'CyclicOrder' },
    steps: '1 w x 1 …, 2 w y 1 …, 3 r x 1, 3 r y, 4 r y 1, 4 r x 1 | r x, 1 ends, 2 ends',
  },
  {
    says: 'two pairs of writes, each pair complete before the other is read, and read in both orders',
    breaks: { sequential: 'NoOrder' },
    alone: true,
    steps: `9 w x 9 …, 1 w x 1 …, 2 w x 2 …, 1 ends, 2 ends, 1 w a 1, 2 w b 1, 3 w y 1, 3 w c 1, 1 r b 1, 1 r y 1, 4 w y 2,
      4 w d 1, 4 r c 1, 2 r a 1, 2 r y 2, 3 r d 1, 4 r x 2, 3 r x 2 | r x 1, 9 ends`,
  },
  {
    says: 'a client saw nothing of what comes before that which it saw overwritten',
    breaks: { 'causal-memory': 'WriteHBInitRead' },
    steps: '4 w z 1 …, 1 w x 2 …, 3 r z 1, 3 w x 1, 3 w y 1 …, 1 ends, 1 r z 1 | r z, 1 r y 1, 1 r x 2, 3 ends, 4 ends',
  },
  {
    says: 'the same, with an older value',
    breaks: { 'causal-memory': 'CyclicHB' },
    steps: `4 w z 5, 4 w z 1 …, 1 w x 2 …, 3 r z 1, 3 w x 1, 3 w y 1 …, 1 ends, 1 r z 1 | r z 5, 1 r y 1, 1 r x 2, 3 ends,
      4 ends`,
  },
  {
    says: 'two writers each take the write of the other for the last',
    breaks: { 'causal-convergence': 'CyclicCF' },
    steps: '3 w x 3 …, 1 w x 1 …, 2 w x 2, 1 ends, 1 r x 2, 2 r x 2 | r x 1, 3 ends',
  },
  {
    says: 'the same of two keys, in a circle that goes over a read',
    breaks: { 'causal-convergence': 'CyclicCF' },
    steps: `8 w x 9 …, 9 w y 9 …, 1 w x 2 …, 4 r x 2, 4 w y 1 …, 2 w y 2, 4 ends, 4 r y 2, 2 w x 1, 1 ends,
      2 r x 1 | r x 2, 8 ends, 9 ends`,
  },
  {
    says: 'a client goes back to its own write',
    breaks: { session: 'CyclicOrder', pram: 'CyclicHB' },
    steps: '1 w x 1 …, 2 w x 2 …, 3 w x 3 …, 2 ends, 2 r x 1, 2 r x 1 | r x 2, 1 ends, 3 ends',
  },
  {
    says: 'a client goes back to its own write, as far as it can see',
    breaks: { pram: 'WriteHBInitRead', regular: 'StaleRead' },
    steps: `2 w x 2 …, 3 w z 9 …, 1 w z 1, 1 w x 1 …, 2 ends, 1 ends, 1 w y 1 …, 2 r z 1 | r z, 2 r y 1, 2 r x 2, 1 ends,
      3 ends`,
  },
  {
    says: 'what is two writes back, over three clients',
    breaks: { causal: 'WriteCORead' },
    steps:
      '1 w x 7, 1 w x 1 …, 2 r x 1, 2 w y 1 …, 3 r y 1, 3 w z 1 …, 4 r z 1, 4 r x 1 | r x 7, 1 ends, 2 ends, 3 ends',
  },
  {
    says: 'each of two reads depends on the other',
    breaks: { causal: 'CyclicCO', 'writes-follow-reads': 'CyclicCO', safe: 'FutureRead' },
    steps: '1 r x | r x 1, 1 w y 1, 2 r y 1, 2 w x 1',
  },
  {
    says: 'a value that nobody writes',
    breaks: {
      causal: 'ThinAirRead',
      'monotonic-reads': 'ThinAirRead',
      'read-your-writes': 'ThinAirRead',
      eventual: 'ThinAirRead',
      'bounded-staleness': 'ThinAirRead',
      safe: 'ThinAirRead',
    },
    steps: '1 w x 1, 2 r x 1 | r x 9',
  },
  {
    says: 'who sees a write does not see what its client had read',
    breaks: { causal: 'WriteCOInitRead', 'writes-follow-reads': 'InitialAfterWrite' },
    steps: '1 w x 1 …, 2 r x 1, 2 w y 1 …, 3 r y 1, 3 r x 1 | r x, 1 ends, 2 ends',
  },
  {
    says: 'the second write of a client is seen, the first is not',
    breaks: {
      causal: 'WriteCOInitRead',
      'monotonic-writes': 'InitialAfterWrite',
      eventual: 'Diverged',
      safe: 'StaleRead',
    },
    steps: '1 w x 1, 1 w y 1 …, 2 r y 1, 2 r x 1 | r x, 1 ends',
  },
  {
    says: 'two writes of a client are seen in the other order',
    breaks: { causal: 'WriteCORead', 'monotonic-writes': 'CyclicOrder' },
    steps: '1 w x 1, 1 w x 2 …, 2 r x 2, 2 r x 2 | r x 1, 1 ends',
  },
  {
    says: 'a client no longer sees what it saw',
    breaks: {
      causal: 'WriteCOInitRead',
      'monotonic-reads': 'InitialAfterWrite',
      'strong-eventual': 'InitialAfterWrite',
    },
    steps: '1 w x 1 …, 2 r x 1, 2 r x 1 | r x, 1 ends',
  },
  {
    says: 'a client does not see what it wrote',
    breaks: {
      causal: 'WriteCOInitRead',
      'read-your-writes': 'InitialAfterWrite',
      eventual: 'Diverged',
      safe: 'StaleRead',
    },
    steps: '1 w x 1, 1 r x 1 | r x',
  },
  {
    says: 'a client does not see what it wrote, while another writes',
    breaks: { causal: 'WriteCOInitRead', 'read-your-writes': 'InitialAfterWrite', regular: 'StaleRead' },
    steps: '2 w x 2 …, 1 w x 1, 1 r x 1 | r x, 2 ends, 3 r x 2',
  },
  {
    says: 'two nodes answer in two orders',
    breaks: { 'strong-eventual': 'CyclicOrder' },
    steps: `7 w x 3 …, 1 w x 1 …, 2 w x 2 …, 3 r x 1 @n1, 4 r x 2 @n1, 1 ends, 2 ends, 5 r x 2 @n2,
      6 r x 2 @n2 | r x 1 @n2, 7 ends`,
  },
  {
    says: 'two nodes answer in two orders, the one two reads at once',
    breaks: { 'strong-eventual': 'CyclicOrder' },
    steps: `9 w x 9 …, 1 w x 1 …, 2 w x 2 …, 3 w x 3 …, 4 r x …, 5 r x …, 4 ends x 1 @n1, 5 ends x 2 @n1, 6 r x 3 @n1,
      1 ends, 2 ends, 3 ends, 7 r x 3 @n2, 8 r x 3 @n2 | r x 1 @n2, 9 ends`,
  },
  {
    says: 'a node forgets',
    breaks: { 'strong-eventual': 'InitialAfterWrite' },
    steps: '1 w x 1 …, 2 r x 1 @n1, 3 r x 1 @n1 | r x @n1, 1 ends',
  },
  {
    says: 'two clients end up with two values',
    breaks: { eventual: 'Diverged' },
    steps: '1 w x 1 …, 2 w x 2, 1 ends, 3 r x 2, 4 r x 2 | r x 1',
  },
  { says: 'a write is lost', breaks: { eventual: 'Diverged', safe: 'StaleRead' }, steps: '1 w x 1, 2 r x 1 | r x' },
  {
    says: 'a stale read while another write is open',
    breaks: { regular: 'StaleRead' },
    steps: '1 w x 1, 1 w x 2, 2 w x 3 …, 3 r x 2 | r x 1, 2 ends',
  },
  {
    says: 'what is written later is read while another write is open',
    breaks: { regular: 'FutureRead' },
    steps: '2 w x 2 …, 3 r x 2 | r x 1, 1 w x 1, 2 ends, 3 r x 1',
  },
  {
    says: 'two versions behind, while another write is open',
    breaks: { 'bounded-staleness': 'StaleRead' },
    steps: '1 w x 1, 1 w x 2, 1 w x 3, 2 w x 4 …, 3 r x 3 | r x 1, 2 ends',
  },
  {
    says: 'a stale read while nobody writes',
    breaks: { safe: 'StaleRead' },
    steps: '1 w x 1, 1 w x 2, 3 r x 2 | r x 1',
  },
  {
    says: 'what is written later is read while nobody writes',
    breaks: { safe: 'FutureRead' },
    steps: '3 r x | r x 1, 1 w x 1',
  },
];
