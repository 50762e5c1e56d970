import type { DeepReadonly, Session } from '../../engine/index.js';
import { copyKeyValueMachine, type KeyValueCommand, type KeyValueMachine } from '../parts/key-value.js';
import { compareZxids, ZERO, type Zxid } from './zxid.js';

/** A transaction ⟨v, z⟩. The request that it came with tells two equal commands apart. */
export interface Txn {
  readonly zxid: Zxid;
  readonly command: KeyValueCommand;
  readonly session: Session | null;
  readonly ref: string;
}

/** The state that all transactions up to and including this one led to. */
export interface Snapshot {
  zxid: Zxid;
  /** Its place in the one sequence that everybody delivers, from 1. */
  index: number;
  machine: KeyValueMachine;
}

/**
 * What a node has accepted, in order. The beginning is cut off behind a snapshot; some transactions that it covers are kept
 * for those that are only a little behind.
 */
export interface History {
  snapshot: Snapshot | null;
  /** The index of `txns[0]`: at most one more than the snapshot's. */
  first: number;
  txns: Txn[];
}

type Read = DeepReadonly<History>;

export function emptyHistory(): History {
  return { snapshot: null, first: 1, txns: [] };
}

export function lastIndex({ first, txns }: Read): number {
  return first + txns.length - 1;
}

export function lastZxid(history: Read): Zxid {
  return zxidAt(history, lastIndex(history)) ?? ZERO;
}

/** Undefined where it is cut off, or not there yet. */
export function txnAt({ first, txns }: Read, index: number): DeepReadonly<Txn> | undefined {
  return txns[index - first];
}

/** As `txnAt`; the snapshot's last transaction is known as well, and what is before the first. */
export function zxidAt(history: Read, index: number): Zxid | undefined {
  if (index === 0) return ZERO;
  if (index === history.snapshot?.index) return history.snapshot.zxid;
  return txnAt(history, index)?.zxid;
}

/** The index of the last transaction that is not after this zxid; `first - 1` where all that are kept are after it. */
export function indexUpTo({ first, txns }: Read, zxid: Zxid): number {
  let low = 0;
  let high = txns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareZxids(txns[middle]!.zxid, zxid) <= 0) low = middle + 1;
    else high = middle;
  }
  return first + low - 1;
}

/** The transactions after this index. */
export function txnsAfter({ first, txns }: Read, index: number): Txn[] {
  return txns.slice(index + 1 - first);
}

export function copyHistory({ snapshot, first, txns }: Read): History {
  return { snapshot: copySnapshot(snapshot), first, txns: [...txns] };
}

function copySnapshot(snapshot: Read['snapshot']): Snapshot | null {
  if (snapshot === null) return null;
  return { zxid: snapshot.zxid, index: snapshot.index, machine: copyKeyValueMachine(snapshot.machine) };
}
