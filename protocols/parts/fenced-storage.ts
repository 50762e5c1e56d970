import { invariant, type Invariant, type NodeId, type NodeView } from '../../engine/index.js';

/**
 * A storage that several nodes write to, each after reading, and that checks who may: whoever comes with a lower token than
 * one that was here already is refused (Kleppmann, How to do distributed locking, 2016). What it stores is a count, so that
 * a write that was based on an old read shows.
 */
export interface FencedStorage<Token> {
  value: number;
  /** How many writes were accepted. As each of them adds one, `value` says the same, as long as none of them got lost. */
  writes: number;
  /** Who wrote last. */
  by: NodeId | null;
  /** The highest token that has come, with a read or a write. On disk: forgotten, it protects from nobody. */
  highest: Token | null;
}

export function emptyStorage<Token>(): FencedStorage<Token> {
  return { value: 0, writes: 0, by: null, highest: null };
}

/** May whoever has this token read and write? Remembers the token, if so. */
export function admits<Token>(
  storage: FencedStorage<Token>,
  token: Token,
  compare: (a: Token, b: Token) => number,
): boolean {
  if (storage.highest !== null && compare(token, storage.highest) < 0) return false;
  storage.highest = token;
  return true;
}

export function store(storage: FencedStorage<unknown>, value: number, by: NodeId): void {
  storage.value = value;
  storage.writes++;
  storage.by = by;
}

/** What mutual exclusion is for: between somebody's read and the write that follows from it, nobody else writes. */
export function noWriteIsLost<P>(source: string): Invariant<P> {
  return invariant<P>()({
    name: 'no write is lost',
    says: 'Between a read and the write that is based on it, the storage accepts no other write.',
    source,
    memory: () => null,
    afterStep(_, node) {
      const { value, writes, by } = storageOf(node);
      return value === writes
        ? null
        : `${node.id} has accepted ${writes} writes, and counts ${value} after that of ${by}`;
    },
  });
}

function storageOf(node: NodeView<unknown>): FencedStorage<unknown> {
  // The shape of the protocol is a parameter here, so that its state has no type that could be read from.
  return (node.durable as { readonly storage: FencedStorage<unknown> }).storage;
}
