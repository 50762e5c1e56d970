import { invariant, type DeepReadonly, type Invariant, type NodeView } from '../../engine/index.js';
import { differingKey, type KeyValueData } from '../parts/key-value.js';
import { lastIndex, txnAt, zxidAt, type Txn } from './history.js';
import type { Zab } from './shape.js';
import { compareZxids, showZxid, type Zxid } from './zxid.js';

type View = NodeView<Zab>;
type Seen = DeepReadonly<Txn>;

/** How many of the newest transactions an invariant remembers. What is older lies in everybody's snapshot long since. */
export const REMEMBERED_MAX = 20_000;
const EPOCHS_MAX = 200;

/** Forgets what was noted first: that is about the oldest. */
function forgetOldest<K, V>(memory: Map<K, V>, most: number): void {
  if (memory.size <= most) return;
  const oldest = memory.keys().next().value;
  if (oldest !== undefined) memory.delete(oldest);
}

/** As ZooKeeper packs it into one number, so that Maps find it fast. */
function packed({ epoch, counter }: Zxid): number {
  return epoch * 0x1_0000_0000 + counter;
}

/** Visits what a node has delivered since it was seen last, in order, until something is wrong. A fold: it costs what is new. */
function eachDelivered(
  upTo: Map<string, number>,
  { id, volatile, durable: { history } }: View,
  visit: (txn: Seen, index: number) => string | null,
): string | null {
  const { delivered } = volatile;
  const before = upTo.get(id);
  if (before === delivered) return null;
  upTo.set(id, delivered);
  for (let index = Math.min(before ?? 0, delivered) + 1; index <= delivered; index += 1) {
    const txn = txnAt(history, index);
    // Otherwise it came within a snapshot: see Same State.
    const wrong = txn === undefined ? null : visit(txn, index);
    if (wrong !== null) return wrong;
  }
  return null;
}

interface Broadcasts {
  epoch: number;
  counter: number;
}

/** Visits what an established leader has broadcast since it was seen last. */
function eachBroadcast(
  seen: Map<string, Broadcasts>,
  { id, volatile, durable: { history } }: View,
  visit: (txn: Seen) => string | null,
): string | null {
  if (volatile.state !== 'leading' || volatile.phase !== 'broadcast') return null;
  const { epoch, counter } = volatile;
  const before = seen.get(id);
  if (before?.epoch === epoch && before.counter === counter) return null;
  seen.set(id, { epoch, counter });
  const last = lastIndex(history);
  for (let place = before?.epoch === epoch ? before.counter + 1 : 1; place <= counter; place += 1) {
    const txn = txnAt(history, last - (counter - place));
    const wrong = txn === undefined ? null : visit(txn);
    if (wrong !== null) return wrong;
  }
  return null;
}

// -- Integrity --

export const integrity = invariant<Zab>()({
  name: 'Integrity',
  says: 'If some process delivers a transaction, then some primary has broadcast it.',
  source: 'Zab, DSN 2011, section III',
  memory: () => ({
    broadcast: new Map<number, string>(),
    seen: new Map<string, Broadcasts>(),
    upTo: new Map<string, number>(),
  }),
  afterStep({ broadcast, seen, upTo }, view) {
    eachBroadcast(seen, view, ({ zxid, ref }) => {
      broadcast.set(packed(zxid), ref);
      forgetOldest(broadcast, REMEMBERED_MAX);
      return null;
    });
    return eachDelivered(upTo, view, ({ zxid, ref }) => {
      if (broadcast.get(packed(zxid)) === ref) return null;
      const oldest = broadcast.keys().next().value;
      if (broadcast.size === REMEMBERED_MAX && oldest !== undefined && packed(zxid) < oldest) return null;
      return `${view.id} delivers ${showTxn({ zxid, ref })}, which no primary has broadcast`;
    });
  },
});

function showTxn({ zxid, ref }: Pick<Seen, 'zxid' | 'ref'>): string {
  return `${showZxid(zxid)} (${ref})`;
}

// -- Total Order, Agreement --
// Whoever delivers, delivers a prefix of one sequence. The first to deliver at a place writes it down.

interface Sequence {
  places: Map<number, { readonly zxid: Zxid; readonly ref: string; readonly at: string }>;
  /** By zxid: where it stands. */
  placeOf: Map<number, number>;
  upTo: Map<string, number>;
}

function emptySequence(): Sequence {
  return { places: new Map(), placeOf: new Map(), upTo: new Map() };
}

/** `differs` is called where a node delivers another transaction at a place; `elsewhere`: where that one was delivered. */
function followSequence(
  { places, placeOf, upTo }: Sequence,
  view: View,
  differs: (txn: Seen, index: number, elsewhere: number | undefined) => string | null,
): string | null {
  return eachDelivered(upTo, view, (txn, index) => {
    const known = places.get(index);
    const key = packed(txn.zxid);
    const elsewhere = placeOf.get(key);
    if (known === undefined && elsewhere === undefined) {
      places.set(index, { zxid: { ...txn.zxid }, ref: txn.ref, at: view.id });
      placeOf.set(key, index);
      forgetOldest(places, REMEMBERED_MAX);
      forgetOldest(placeOf, REMEMBERED_MAX);
      return null;
    }
    if (known !== undefined && known.ref === txn.ref && compareZxids(known.zxid, txn.zxid) === 0) return null;
    return differs(txn, index, elsewhere);
  });
}

export const totalOrder = invariant<Zab>()({
  name: 'Total Order',
  says: 'If some process delivers one transaction before another, then any that delivers the second has delivered the first.',
  source: 'Zab, DSN 2011, section III',
  memory: emptySequence,
  afterStep: (sequence, view) =>
    followSequence(sequence, view, (txn, index, elsewhere) =>
      elsewhere === undefined || elsewhere === index
        ? null
        : `${view.id} delivers ${showTxn(txn)} as number ${index}, and another did as number ${elsewhere}`,
    ),
});

export const agreement = invariant<Zab>()({
  name: 'Agreement',
  says: 'Of two processes, one has delivered all that the other has.',
  source: 'Zab, DSN 2011, section III',
  memory: emptySequence,
  afterStep: (sequence, view) =>
    followSequence(sequence, view, (txn, index, elsewhere) => {
      const known = sequence.places.get(index);
      if (known === undefined || (elsewhere !== undefined && elsewhere !== index)) return null;
      return `as number ${index} ${known.at} has delivered ${showTxn(known)} and ${view.id} delivers ${showTxn(txn)}`;
    }),
});

// -- Primary orders --

export const localPrimaryOrder = invariant<Zab>()({
  name: 'Local Primary Order',
  says: 'Who delivers what a primary broadcast has delivered all that it broadcast before.',
  source: 'Zab, DSN 2011, section III',
  memory: () => ({
    /** By zxid: what the same primary broadcast just before. */
    before: new Map<number, Zxid | null>(),
    last: new Map<number, Zxid>(),
    seen: new Map<string, Broadcasts>(),
    upTo: new Map<string, number>(),
  }),
  afterStep({ before, last, seen, upTo }, view) {
    eachBroadcast(seen, view, ({ zxid }) => {
      before.set(packed(zxid), last.get(zxid.epoch) ?? null);
      last.set(zxid.epoch, { ...zxid });
      forgetOldest(before, REMEMBERED_MAX);
      forgetOldest(last, EPOCHS_MAX);
      return null;
    });
    return eachDelivered(upTo, view, (txn, index) => {
      const due = before.get(packed(txn.zxid));
      const previous = zxidAt(view.durable.history, index - 1);
      if (!due || previous === undefined || compareZxids(due, previous) === 0) return null;
      return `${view.id} delivers ${showTxn(txn)} after ${showZxid(previous)}, without ${showZxid(due)} between them`;
    });
  },
});

export const globalPrimaryOrder = invariant<Zab>()({
  name: 'Global Primary Order',
  says: 'Who delivers transactions of two primaries delivers those of the earlier one first.',
  source: 'Zab, DSN 2011, section III',
  memory: () => new Map<string, number>(),
  afterStep: (upTo, view) =>
    eachDelivered(upTo, view, (txn, index) => {
      const previous = zxidAt(view.durable.history, index - 1);
      if (previous === undefined || previous.epoch <= txn.zxid.epoch) return null;
      return `${view.id} delivers ${showTxn(txn)} after ${showZxid(previous)}`;
    }),
});

export const primaryIntegrity = invariant<Zab>()({
  name: 'Primary Integrity',
  says: 'Before a primary broadcasts, it has delivered all that is ever delivered of earlier primaries.',
  source: 'Zab, DSN 2011, section III',
  memory: () => ({
    /** By epoch: how far its primary had delivered when it broadcast for the first time. */
    ready: new Map<number, { readonly delivered: number; readonly at: string }>(),
    /** By epoch: the place of the last of its transactions that anybody has delivered. */
    last: new Map<number, number>(),
    seen: new Map<string, Broadcasts>(),
    upTo: new Map<string, number>(),
  }),
  afterStep({ ready, last, seen, upTo }, view) {
    const missing = eachBroadcast(seen, view, ({ zxid: { epoch } }) => {
      if (ready.has(epoch)) return null;
      const { delivered } = view.volatile;
      ready.set(epoch, { delivered, at: view.id });
      forgetOldest(ready, EPOCHS_MAX);
      for (const [earlier, place] of last) {
        if (earlier < epoch && place > delivered) {
          return `${view.id} broadcasts in epoch ${epoch} with ${delivered} delivered; of epoch ${earlier} number ${place} is`;
        }
      }
      return null;
    });
    if (missing !== null) return missing;
    return eachDelivered(upTo, view, (txn, index) => {
      const { epoch } = txn.zxid;
      if (index > (last.get(epoch) ?? 0)) last.set(epoch, index);
      forgetOldest(last, EPOCHS_MAX);
      for (const [later, primary] of ready) {
        if (later > epoch && index > primary.delivered) {
          return `${view.id} delivers ${showTxn(txn)}, which ${primary.at} had not when it first broadcast in epoch ${later}`;
        }
      }
      return null;
    });
  },
});

// -- What these rest on --

export const oneLeaderPerEpoch = invariant<Zab>()({
  name: 'One Leader Per Epoch',
  says: 'In one epoch one node at most becomes the established leader.',
  source: 'Zab, DSN 2011, section V, step f.1.2',
  memory: () => new Map<number, string>(),
  afterStep(leaders, { id, volatile: { state, phase, epoch } }) {
    if (state !== 'leading' || phase !== 'broadcast') return null;
    const known = leaders.get(epoch);
    if (known === id) return null;
    if (known !== undefined) return `${known} and ${id} are both established leaders of epoch ${epoch}`;
    leaders.set(epoch, id);
    forgetOldest(leaders, EPOCHS_MAX);
    return null;
  },
});

interface Epochs {
  readonly session: number;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
}

/** Judged within a life: what a crash leaves of a disk that was not synced was never told to anybody. */
export const epochsRise = invariant<Zab>()({
  name: 'Epochs Rise',
  says: 'While a node runs, its acceptedEpoch and currentEpoch only rise, the second never above the first.',
  source: 'Zab, DSN 2011, section V, steps f.1.2 and f.2.1',
  memory: () => new Map<string, Epochs>(),
  afterStep(lives, { id, volatile: { session }, durable: { acceptedEpoch, currentEpoch } }) {
    const before = lives.get(id);
    if (before?.session === session && before.acceptedEpoch === acceptedEpoch && before.currentEpoch === currentEpoch) {
      return null;
    }
    lives.set(id, { session, acceptedEpoch, currentEpoch });
    if (currentEpoch > acceptedEpoch) return `${id} is in epoch ${currentEpoch} and has accepted only ${acceptedEpoch}`;
    if (before === undefined || session < before.session) return null;
    if (acceptedEpoch < before.acceptedEpoch)
      return `${id} goes back from accepted epoch ${before.acceptedEpoch} to ${acceptedEpoch}`;
    if (currentEpoch < before.currentEpoch)
      return `${id} goes back from epoch ${before.currentEpoch} to ${currentEpoch}`;
    return null;
  },
});

/** A promise is said only when it is on the disk: so this holds across crashes. */
export const promisesRise = invariant<Zab>()({
  name: 'Promises Rise',
  says: 'A node promises itself to a leader only for an epoch that is higher than all that it has promised before.',
  source: 'Zab, DSN 2011, section V, step f.1.2',
  memory: () => new Map<string, { readonly epoch: number; readonly to: string }>(),
  afterStep(promises, { id, volatile: { promise } }) {
    const before = promises.get(id);
    if (promise === null || (before?.epoch === promise.epoch && before.to === promise.to)) return null;
    promises.set(id, { ...promise });
    if (before === undefined || promise.epoch > before.epoch) return null;
    return `${id} has promised epoch ${before.epoch} to ${before.to}, and now promises ${promise.epoch} to ${promise.to}`;
  },
});

const SNAPSHOTS_MAX = 20;

export const sameState = invariant<Zab>()({
  name: 'Same State',
  says: 'Snapshots of the same place in the sequence hold the same data.',
  source: 'Zab, DSN 2011, section II: backups apply what the primary broadcasts',
  memory: () => ({
    data: new Map<number, { readonly data: KeyValueData; readonly at: string }>(),
    latest: new Map<string, number>(),
  }),
  afterStep({ data, latest }, { id, durable: { history } }) {
    const { snapshot } = history;
    if (snapshot === null || latest.get(id) === snapshot.index) return null;
    latest.set(id, snapshot.index);
    const known = data.get(snapshot.index);
    if (known !== undefined) {
      const key = differingKey(known.data, snapshot.machine.data);
      return key === null
        ? null
        : `after number ${snapshot.index} ${known.at} and ${id} hold different values of ${key}`;
    }
    data.set(snapshot.index, { data: new Map(snapshot.machine.data), at: id });
    forgetOldest(data, SNAPSHOTS_MAX);
    return null;
  },
});

/** The more telling ones first: a run ends with the first that breaks. */
export const zabInvariants: readonly Invariant<Zab>[] = [
  oneLeaderPerEpoch,
  promisesRise,
  epochsRise,
  integrity,
  localPrimaryOrder,
  globalPrimaryOrder,
  totalOrder,
  agreement,
  primaryIntegrity,
  sameState,
];
