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

interface Delivery {
  readonly txn: Seen;
  readonly index: number;
}

/** Where nothing is new, which is after most steps, there is nothing to make. */
const NOTHING_NEW: readonly never[] = [];

/** What a node has delivered since it was seen last, in order. A fold: it costs what is new. */
function newlyDelivered(upTo: Map<string, number>, { id, volatile, durable: { history } }: View): readonly Delivery[] {
  const { delivered } = volatile;
  const before = upTo.get(id);
  if (before === delivered) return NOTHING_NEW;
  upTo.set(id, delivered);
  const found: Delivery[] = [];
  for (let index = Math.min(before ?? 0, delivered) + 1; index <= delivered; index += 1) {
    const txn = txnAt(history, index);
    // Otherwise it came within a snapshot: see Same State.
    if (txn !== undefined) found.push({ txn, index });
  }
  return found;
}

interface Broadcasts {
  epoch: number;
  counter: number;
}

/** What an established leader has broadcast since it was seen last. */
function newlyBroadcast(seen: Map<string, Broadcasts>, { id, volatile, durable: { history } }: View): readonly Seen[] {
  const { state, phase, epoch, counter } = volatile;
  if (state !== 'leading' || phase !== 'broadcast') return NOTHING_NEW;
  const before = seen.get(id);
  if (before?.epoch === epoch && before.counter === counter) return NOTHING_NEW;
  seen.set(id, { epoch, counter });
  const last = lastIndex(history);
  const found: Seen[] = [];
  for (let place = before?.epoch === epoch ? before.counter + 1 : 1; place <= counter; place += 1) {
    const txn = txnAt(history, last - (counter - place));
    if (txn !== undefined) found.push(txn);
  }
  return found;
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
    for (const { zxid, ref } of newlyBroadcast(seen, view)) {
      broadcast.set(packed(zxid), ref);
      forgetOldest(broadcast, REMEMBERED_MAX);
    }
    for (const { txn } of newlyDelivered(upTo, view)) {
      if (broadcast.get(packed(txn.zxid)) === txn.ref) continue;
      const oldest = broadcast.keys().next().value;
      if (broadcast.size === REMEMBERED_MAX && oldest !== undefined && packed(txn.zxid) < oldest) continue;
      return `${view.id} delivers ${showTxn(txn)}, which no primary has broadcast`;
    }
    return null;
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

interface Difference extends Delivery {
  /** Where it was delivered before. */
  readonly elsewhere: number | undefined;
}

/** Where a node delivers something that is not what was delivered at this place, or not at this place. */
function differences({ places, placeOf, upTo }: Sequence, view: View): readonly Difference[] {
  const delivered = newlyDelivered(upTo, view);
  if (delivered.length === 0) return NOTHING_NEW;
  const found: Difference[] = [];
  for (const { txn, index } of delivered) {
    const known = places.get(index);
    const key = packed(txn.zxid);
    const elsewhere = placeOf.get(key);
    if (known === undefined && elsewhere === undefined) {
      places.set(index, { zxid: { ...txn.zxid }, ref: txn.ref, at: view.id });
      placeOf.set(key, index);
      forgetOldest(places, REMEMBERED_MAX);
      forgetOldest(placeOf, REMEMBERED_MAX);
      continue;
    }
    if (known !== undefined && known.ref === txn.ref && compareZxids(known.zxid, txn.zxid) === 0) continue;
    found.push({ txn, index, elsewhere });
  }
  return found;
}

export const totalOrder = invariant<Zab>()({
  name: 'Total Order',
  says: 'If some process delivers one transaction before another, then any that delivers the second has delivered the first.',
  source: 'Zab, DSN 2011, section III',
  memory: emptySequence,
  afterStep(sequence, view) {
    for (const { txn, index, elsewhere } of differences(sequence, view)) {
      if (elsewhere === undefined || elsewhere === index) continue;
      return `${view.id} delivers ${showTxn(txn)} as number ${index}, and another did as number ${elsewhere}`;
    }
    return null;
  },
});

export const agreement = invariant<Zab>()({
  name: 'Agreement',
  says: 'Of two processes, one has delivered all that the other has.',
  source: 'Zab, DSN 2011, section III',
  memory: emptySequence,
  afterStep(sequence, view) {
    for (const { txn, index, elsewhere } of differences(sequence, view)) {
      const known = sequence.places.get(index);
      if (known === undefined || (elsewhere !== undefined && elsewhere !== index)) continue;
      return `as number ${index} ${known.at} has delivered ${showTxn(known)} and ${view.id} delivers ${showTxn(txn)}`;
    }
    return null;
  },
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
    for (const { zxid } of newlyBroadcast(seen, view)) {
      before.set(packed(zxid), last.get(zxid.epoch) ?? null);
      last.set(zxid.epoch, { ...zxid });
      forgetOldest(before, REMEMBERED_MAX);
      forgetOldest(last, EPOCHS_MAX);
    }
    for (const { txn, index } of newlyDelivered(upTo, view)) {
      const due = before.get(packed(txn.zxid));
      const previous = zxidAt(view.durable.history, index - 1);
      if (!due || previous === undefined || compareZxids(due, previous) === 0) continue;
      return `${view.id} delivers ${showTxn(txn)} after ${showZxid(previous)}, without ${showZxid(due)} between them`;
    }
    return null;
  },
});

export const globalPrimaryOrder = invariant<Zab>()({
  name: 'Global Primary Order',
  says: 'Who delivers transactions of two primaries delivers those of the earlier one first.',
  source: 'Zab, DSN 2011, section III',
  memory: () => new Map<string, number>(),
  afterStep(upTo, view) {
    for (const { txn, index } of newlyDelivered(upTo, view)) {
      const previous = zxidAt(view.durable.history, index - 1);
      if (previous === undefined || previous.epoch <= txn.zxid.epoch) continue;
      return `${view.id} delivers ${showTxn(txn)} after ${showZxid(previous)}`;
    }
    return null;
  },
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
    for (const { zxid } of newlyBroadcast(seen, view)) {
      const { epoch } = zxid;
      if (ready.has(epoch)) continue;
      const { delivered } = view.volatile;
      ready.set(epoch, { delivered, at: view.id });
      forgetOldest(ready, EPOCHS_MAX);
      for (const [earlier, place] of last) {
        if (earlier < epoch && place > delivered) {
          return `${view.id} broadcasts in epoch ${epoch} with ${delivered} delivered; of epoch ${earlier} number ${place} is`;
        }
      }
    }
    for (const { txn, index } of newlyDelivered(upTo, view)) {
      const { epoch } = txn.zxid;
      if (index > (last.get(epoch) ?? 0)) last.set(epoch, index);
      forgetOldest(last, EPOCHS_MAX);
      for (const [later, primary] of ready) {
        if (later > epoch && index > primary.delivered) {
          return `${view.id} delivers ${showTxn(txn)}, which ${primary.at} had not when it first broadcast in epoch ${later}`;
        }
      }
    }
    return null;
  },
});

// -- What these rest on --

export const oneLeaderPerEpoch = invariant<Zab>()({
  name: 'One Leader Per Epoch',
  says: 'In one epoch one node at most becomes the established leader.',
  source: 'Zab, DSN 2011, step f.1.2',
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
  source: 'Zab, DSN 2011, steps f.1.2 and f.2.1',
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
  source: 'Zab, DSN 2011, step f.1.2',
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
  source: 'Zab, DSN 2011: backups apply what the primary broadcasts',
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
