import {
  formatDuration,
  invariant,
  ms,
  type Micros,
  type NodeId,
  type NodeView,
  type World,
} from '../../engine/index.js';
import type { Decision, LogRecord, Transaction, TwoPhaseCommit } from './shape.js';

// The five properties of atomic commitment (Bernstein, Hadzilacos, Goodman 1987, section 7.3). Records of live
// transactions are few, so that looking at all of the stepping node's costs little; what was seen is kept by transaction.

const SOURCE = 'Bernstein, Hadzilacos, Goodman 1987, section 7.3';
type View = NodeView<TwoPhaseCommit>;

/** AC1: all processes that reach a decision reach the same one. */
const agreement = invariant<TwoPhaseCommit>()({
  name: 'AC1 agreement',
  says: 'No two nodes decide differently on one transaction.',
  source: `${SOURCE}, AC1`,
  memory: () => new Map<Transaction, { readonly decision: Decision; readonly node: NodeId }>(),
  afterStep(first, node) {
    for (const [txn, decision] of decisions(node)) {
      const known = first.get(txn);
      if (known === undefined) first.set(txn, { decision, node: node.id });
      else if (known.decision !== decision) {
        return `${node.id} decides ${decision} on ${txn}, on which ${known.node} has decided ${known.decision}`;
      }
    }
    return null;
  },
});

/** AC2: a process cannot reverse its decision after it has reached one. */
const noReversal = invariant<TwoPhaseCommit>()({
  name: 'AC2 no reversal',
  says: 'No node reverses a decision.',
  source: `${SOURCE}, AC2`,
  memory: () => new Map<string, Decision>(),
  afterStep(decided, node) {
    for (const [txn, decision] of decisions(node)) {
      const key = `${node.id} ${txn}`;
      const known = decided.get(key);
      if (known === undefined) decided.set(key, decision);
      else if (known !== decision) return `${node.id} decides ${decision} on ${txn} after it had decided ${known}`;
    }
    return null;
  },
});

/** AC3: Commit can only be reached if all processes voted Yes. */
const unanimity = invariant<TwoPhaseCommit>()({
  name: 'AC3 unanimity',
  says: 'A transaction commits only if every node has voted Yes.',
  source: `${SOURCE}, AC3`,
  memory: () => new Map<Transaction, Set<NodeId>>(),
  afterStep(votes, node) {
    for (const [txn, { state }] of records(node)) {
      if (votedYes(state)) noteVote(votes, txn, node.id);
      if (state !== 'commit') continue;
      const missing = node.members.filter((member) => votes.get(txn)?.has(member) !== true);
      if (missing.length > 0) return `${node.id} commits ${txn} without a Yes of ${missing.join(', ')}`;
    }
    return null;
  },
});

interface Undisturbed {
  readonly votes: Map<Transaction, Set<NodeId>>;
  readonly began: Map<Transaction, Micros>;
  readonly aborted: Map<Transaction, NodeId>;
  /** A crash makes the property hold vacuously, for this run. */
  crashed: boolean;
}

/**
 * AC4: if there are no failures and all processes voted Yes, then the decision is Commit. What counts as a failure: a node
 * was down, or the transaction took so long that somebody may have timed out (half a time-out of true time: no clock that
 * the engine allows runs twice as fast).
 */
const nonTriviality = invariant<TwoPhaseCommit>()({
  name: 'AC4 non-triviality',
  says: 'Without failures, a transaction for which every node has voted Yes commits.',
  source: `${SOURCE}, AC4`,
  memory: (): Undisturbed => ({ votes: new Map(), began: new Map(), aborted: new Map(), crashed: false }),
  afterStep(memory, node, world) {
    memory.crashed ||= node.volatile.restarted || world.nodes.some(({ up }) => !up);
    if (memory.crashed) return null;
    for (const [txn, { state }] of records(node)) {
      if (!memory.began.has(txn)) memory.began.set(txn, world.now);
      if (votedYes(state)) noteVote(memory.votes, txn, node.id);
      if (state === 'abort' && !memory.aborted.has(txn) && !mayHaveTimedOut(memory, txn, node, world)) {
        memory.aborted.set(txn, node.id);
      }
      const aborter = memory.aborted.get(txn);
      if (aborter !== undefined && memory.votes.get(txn)?.size === node.members.length) {
        return `${aborter} has aborted ${txn}, for which all have voted Yes and nothing has failed`;
      }
    }
    return null;
  },
});

function mayHaveTimedOut(memory: Undisturbed, txn: Transaction, node: View, world: World<TwoPhaseCommit>): boolean {
  return 2 * (world.now - memory.began.get(txn)!) >= ms(node.options.timeoutMs);
}

/** A restart, a question, its answer and what was lost with the last of the failures: five time-outs are plenty. */
const LONG_ENOUGH_TIMEOUTS = 5;

/**
 * AC5: once existing failures are repaired and no new ones occur for sufficiently long, all processes reach a decision.
 * Only the scenario knows when its failures are repaired: where it does not say (`repairedAfterMs`), nothing is judged.
 */
const termination = invariant<TwoPhaseCommit>()({
  name: 'AC5 termination',
  says: 'When all failures are repaired for long enough, every node decides.',
  source: `${SOURCE}, AC5`,
  memory: () => new Map<Transaction, Micros>(),
  afterStep(began, node, world) {
    for (const [txn] of records(node)) if (!began.has(txn)) began.set(txn, world.now);
    return null;
  },
  atEnd(began, world) {
    if (world.nodes.some(({ up }) => !up)) return null;
    for (const node of world.nodes) {
      const { repairedAfterMs, timeoutMs } = node.options;
      if (repairedAfterMs === null) continue;
      for (const [txn, { state }] of records(node)) {
        const since = Math.max(ms(repairedAfterMs), began.get(txn)!);
        if (votedYes(state) && world.now - since >= LONG_ENOUGH_TIMEOUTS * ms(timeoutMs)) {
          return `${node.id} has not decided on ${txn}, though nothing has failed for ${formatDuration(world.now - since)}`;
        }
      }
    }
    return null;
  },
});

export const invariants = [agreement, noReversal, unanimity, nonTriviality, termination];

/** What a node's newest records say. */
function records({ durable, volatile }: View): [Transaction, Readonly<LogRecord>][] {
  const forced = [...durable.log].filter(([txn]) => !volatile.unforced.has(txn));
  return [...forced, ...volatile.unforced];
}

function decisions(node: View): [Transaction, Decision][] {
  return records(node).flatMap(([txn, { state }]) => (state === 'commit' || state === 'abort' ? [[txn, state]] : []));
}

/** A coordinator votes before it writes its start record. */
function votedYes(state: LogRecord['state']): boolean {
  return state === 'yes' || state === 'start';
}

function noteVote(votes: Map<Transaction, Set<NodeId>>, txn: Transaction, voter: NodeId): void {
  const voters = votes.get(txn) ?? new Set();
  votes.set(txn, voters.add(voter));
}
