import { invariant, type Invariant } from '../../engine/index.js';
import { differingKey, type KeyValueDatum } from '../parts/key-value.js';
import { promisesLinearizability } from './promises.js';
import type { Position, PrimaryBackup } from './shape.js';

/** How many of the newest epochs an invariant remembers. */
export const REMEMBERED_EPOCHS_MAX = 1_000;

function forgetOldest<K, V>(memory: Map<K, V>, most: number): void {
  if (memory.size <= most) return;
  const oldest = memory.keys().next().value;
  if (oldest !== undefined) memory.delete(oldest);
}

// -- One Primary Per Epoch --

export const onePrimaryPerEpoch = invariant<PrimaryBackup>()({
  name: 'One Primary Per Epoch',
  says: 'No two nodes are primary in the same epoch.',
  source: 'Budhiraja, Marzullo, Schneider, Toueg 1993, Pb1: at any time at most one server is the primary',
  memory: () => new Map<number, string>(),
  afterStep(memory, { id, durable, volatile, options }) {
    if (volatile.role !== 'primary' || options.fencing === 'none') return null;
    const { epoch } = durable.vote;
    const known = memory.get(epoch);
    if (known === undefined) {
      memory.set(epoch, id);
      forgetOldest(memory, REMEMBERED_EPOCHS_MAX);
    }
    return known === undefined || known === id ? null : `${known} and ${id} are both primary in epoch ${epoch}`;
  },
});

// -- Same State --

/** States are compared at every so many updates: each comparison walks through all keys. */
export const COMPARED_EVERY = 10;
const REMEMBERED_STATES_MAX = 20;

interface StateMemory {
  readonly states: Map<string, { readonly data: ReadonlyMap<string, KeyValueDatum>; readonly at: string }>;
  readonly latest: Map<string, string>;
}

export const sameState = invariant<PrimaryBackup>()({
  name: 'Same State',
  says: 'Two nodes that have the same updates of the same epoch hold the same data.',
  source: 'Alsberg and Day 1976: backups do what the primary did, in its order',
  memory: (): StateMemory => ({ states: new Map(), latest: new Map() }),
  afterStep({ states, latest }, { id, durable: { replica }, options }) {
    if (options.fencing === 'none' || replica.seq === 0 || replica.seq % COMPARED_EVERY !== 0) return null;
    const at = `${replica.epoch}/${replica.seq}`;
    if (latest.get(id) === at) return null;
    latest.set(id, at);
    const known = states.get(at);
    if (known === undefined) {
      states.set(at, { data: new Map(replica.machine.data), at: id });
      forgetOldest(states, REMEMBERED_STATES_MAX);
      return null;
    }
    const key = differingKey(known.data, replica.machine.data);
    return key === null ? null : `after update ${at} ${known.at} and ${id} hold different values of ${key}`;
  },
});

// -- Acknowledged Writes Survive --

interface SurvivalMemory {
  /** By epoch: what its primary had when it took over. */
  readonly from: Map<number, Position & { readonly node: string }>;
  /** By epoch: the last update that was acknowledged to a client, and by whom. */
  readonly acknowledged: Map<number, { seq: number; readonly node: string }>;
}

/** Only where the configuration promises it: see promises.ts. */
export const acknowledgedWritesSurvive = invariant<PrimaryBackup>()({
  name: 'Acknowledged Writes Survive',
  says: 'Whatever a primary has acknowledged, every later primary has had from the beginning.',
  source: 'Budhiraja, Marzullo, Schneider, Toueg 1993, Pb4: no request is lost that was answered',
  memory: (): SurvivalMemory => ({ from: new Map(), acknowledged: new Map() }),
  afterStep({ from, acknowledged }, { id, members, durable, volatile, options }) {
    if (!promisesLinearizability(options, members.length)) return null;
    const { epoch } = durable.vote;
    if (volatile.role === 'primary' && volatile.tookOverFrom !== null && !from.has(epoch)) {
      from.set(epoch, { ...volatile.tookOverFrom, node: id });
      forgetOldest(from, REMEMBERED_EPOCHS_MAX);
      for (const [earlier, { seq, node }] of acknowledged) {
        const lost = lostAt({ epoch: earlier, seq }, epoch, volatile.tookOverFrom);
        if (lost) return tell(node, { epoch: earlier, seq }, id, epoch, volatile.tookOverFrom);
      }
    }
    const last = volatile.acknowledged;
    if (last === null || (acknowledged.get(last.epoch)?.seq ?? -1) >= last.seq) return null;
    acknowledged.set(last.epoch, { seq: last.seq, node: id });
    forgetOldest(acknowledged, REMEMBERED_EPOCHS_MAX);
    for (const [later, position] of from) {
      if (lostAt(last, later, position)) return tell(id, last, position.node, later, position);
    }
    return null;
  },
});

function lostAt(acknowledged: Position, later: number, tookOver: Position): boolean {
  if (later <= acknowledged.epoch) return false;
  return (
    tookOver.epoch < acknowledged.epoch || (tookOver.epoch === acknowledged.epoch && tookOver.seq < acknowledged.seq)
  );
}

function tell(by: string, { epoch, seq }: Position, primary: string, later: number, tookOver: Position): string {
  return (
    `${by} has acknowledged update ${seq} of epoch ${epoch}, and ${primary} became primary of epoch ${later} ` +
    `with what there was up to update ${tookOver.seq} of epoch ${tookOver.epoch}`
  );
}

export const primaryBackupInvariants: readonly Invariant<PrimaryBackup>[] = [
  onePrimaryPerEpoch,
  sameState,
  acknowledgedWritesSurvive,
];
