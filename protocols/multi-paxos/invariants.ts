import { invariant, type Invariant, type NodeView } from '../../engine/index.js';
import { compareBallots, showBallot, type Ballot } from '../parts/ballot.js';
import { differingKey, type KeyValueDatum } from '../parts/key-value.js';
import { slotConfiguration } from './configuration-invariant.js';
import { copyOfEntry } from './learning.js';
import type { Entry, MultiPaxos } from './shape.js';

type View = NodeView<MultiPaxos>;

/** How many of the newest slots an invariant remembers. What is older lies in everybody's snapshot long since. */
export const REMEMBERED_SLOTS_MAX = 20_000;

/** Forgets what was noted first: that is about the oldest slot. */
function forgetOldest<K, V>(memory: Map<K, V>): void {
  if (memory.size <= REMEMBERED_SLOTS_MAX) return;
  const oldest = memory.keys().next().value;
  if (oldest !== undefined) memory.delete(oldest);
}

// -- Agreement --

interface Learned {
  readonly entry: Entry;
  readonly at: string;
}

interface AgreementMemory {
  learned: Map<number, Learned>;
  /** How far each node was looked at. */
  upTo: Map<string, number>;
}

export const agreement = invariant<MultiPaxos>()({
  name: 'Agreement',
  says: 'No two nodes learn different commands for one slot.',
  source: 'Paxos Made Simple, sections 2.1 and 3',
  memory: (): AgreementMemory => ({ learned: new Map(), upTo: new Map() }),
  afterStep({ learned, upTo }, { id, volatile }) {
    const before = upTo.get(id) ?? 0;
    if (before === volatile.executed) return null;
    upTo.set(id, volatile.executed);
    for (let slot = Math.min(before, volatile.executed) + 1; slot <= volatile.executed; slot += 1) {
      const entry = volatile.chosen.get(slot);
      if (entry === undefined) continue; // It came with a snapshot: see Same State.
      const known = learned.get(slot);
      if (known === undefined) {
        learned.set(slot, { entry: copyOfEntry(entry), at: id });
        forgetOldest(learned);
      } else if (!sameEntry(known.entry, entry)) {
        return `for slot ${slot} ${known.at} has learned ${showEntry(known.entry)} and ${id} ${showEntry(entry)}`;
      }
    }
    return null;
  },
});

function sameEntry(a: Entry, b: Entry): boolean {
  if (a.command.op === 'reconfigure') return a.ref === b.ref && showEntry(a) === showEntry(b);
  return a.ref === b.ref && sameFields(a.command, b.command);
}

function sameFields(a: object, b: object): boolean {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let fields = 0;
  for (const field in left) {
    if (left[field] !== right[field]) return false;
    fields += 1;
  }
  for (const _ in right) fields -= 1;
  return fields === 0;
}

function showEntry({ command }: Entry): string {
  switch (command.op) {
    case 'noop':
      return 'no-op';
    case 'reconfigure':
      return `reconfigure to ${command.configuration.join(', ')}`;
    case 'read':
      return `read ${command.key}`;
    case 'cas':
      return `cas ${command.key} ${command.from} → ${command.to}`;
    default:
      return `${command.op} ${command.key} = ${command.value}`;
  }
}

// -- Same State --

interface SnapshotMemory {
  /** By slot: the data as the first node had it. */
  data: Map<number, { readonly data: ReadonlyMap<string, KeyValueDatum>; readonly at: string }>;
  latest: Map<string, number>;
}

const REMEMBERED_SNAPSHOTS_MAX = 20;

export const sameState = invariant<MultiPaxos>()({
  name: 'Same State',
  says: 'Snapshots of the same slot hold the same data.',
  source: 'Paxos Made Simple, section 3: the same commands in the same order',
  memory: (): SnapshotMemory => ({ data: new Map(), latest: new Map() }),
  afterStep({ data, latest }, { id, durable: { snapshot } }) {
    if (snapshot === null || latest.get(id) === snapshot.slot) return null;
    latest.set(id, snapshot.slot);
    const known = data.get(snapshot.slot);
    if (known !== undefined) {
      const key = differingKey(known.data, snapshot.machine.data);
      return key === null ? null : `at slot ${snapshot.slot} ${known.at} and ${id} hold different values of ${key}`;
    }
    data.set(snapshot.slot, { data: new Map(snapshot.machine.data), at: id });
    if (data.size > REMEMBERED_SNAPSHOTS_MAX) data.delete(data.keys().next().value!);
    return null;
  },
});

// -- One Value Per Ballot --

export const oneValuePerBallot = invariant<MultiPaxos>()({
  name: 'One Value Per Ballot',
  says: 'In one ballot one command at most is proposed for a slot.',
  source: 'Paxos Made Simple, section 2.2: different proposals have different numbers',
  memory: () => ({ voted: new Map<string, Learned>(), latest: new Map<string, unknown>() }),
  afterStep({ voted, latest }, { id, durable, volatile }) {
    const vote = durable.votes.get(volatile.lastVoted);
    // Another vote is another object.
    if (vote === undefined || latest.get(id) === vote) return null;
    latest.set(id, vote);
    const key = `${vote.slot}/${showBallot(vote.bal)}`;
    const known = voted.get(key);
    if (known === undefined) {
      voted.set(key, { entry: copyOfEntry(vote.entry), at: id });
      forgetOldest(voted);
    } else if (!sameEntry(known.entry, vote.entry)) {
      return (
        `in ballot ${showBallot(vote.bal)} ${known.at} has voted for ${showEntry(known.entry)} in slot ${vote.slot}` +
        ` and ${id} for ${showEntry(vote.entry)}`
      );
    }
    return null;
  },
});

// -- Ballot Monotonicity --

interface Life {
  readonly maxBal: Ballot | null;
  readonly promised: number;
  readonly lastVoted: number;
}

/** Judged within a life: what a crash leaves of a disk that was not synced was never told to anybody. */
export const ballotMonotonicity = invariant<MultiPaxos>()({
  name: 'Ballot Monotonicity',
  says: 'While an acceptor runs, its ballot only rises, and it votes in none below.',
  source: 'Paxos Made Simple, section 2.2, P1a',
  memory: () => new Map<string, Life>(),
  afterStep(lives, node) {
    const { id, durable, volatile } = node;
    const { maxBal } = durable;
    const before = lives.get(id);
    const { promised, lastVoted } = volatile;
    if (
      before === undefined ||
      before.maxBal !== maxBal ||
      before.promised !== promised ||
      before.lastVoted !== lastVoted
    ) {
      lives.set(id, { maxBal, promised, lastVoted });
    }
    const vote = durable.votes.get(lastVoted);
    if (vote !== undefined && compareBallots(vote.bal, maxBal) > 0) {
      return `${id} has voted in ballot ${showBallot(vote.bal)} and promised only ${showBallot(maxBal)}`;
    }
    if (before === undefined || !isSameLife(before, node) || compareBallots(maxBal, before.maxBal) >= 0) return null;
    return `${id} goes back from ballot ${showBallot(before.maxBal)} to ${showBallot(maxBal)}`;
  },
});

/** Nothing volatile outlives a crash: then counters begin anew. */
function isSameLife(before: Life, { volatile }: View): boolean {
  return volatile.promised >= before.promised && (volatile.promised > 0 || volatile.lastVoted > 0);
}

export const multiPaxosInvariants: readonly Invariant<MultiPaxos>[] = [
  agreement,
  sameState,
  oneValuePerBallot,
  ballotMonotonicity,
  slotConfiguration,
];
