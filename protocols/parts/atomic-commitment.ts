import {
  formatDuration,
  invariant,
  ms,
  type Invariant,
  type Micros,
  type NodeId,
  type NodeView,
  type World,
} from '../../engine/index.js';

export type Decision = 'commit' | 'abort';

/** Where the properties come from. */
const SOURCE = 'Bernstein, Hadzilacos, Goodman 1987, section 7.3';

/** What a node knows of a transaction, whatever the protocol: it has voted Yes and not decided (`yes`), or has decided. */
export type CommitmentState = 'yes' | Decision;

/** How the properties look at a protocol of atomic commitment. */
export interface Commitment<P> {
  /** What the node's newest records say, by transaction. Records of live transactions are few. */
  records(node: NodeView<P>): readonly (readonly [string, CommitmentState])[];
  /** Without those that the disk has not called synced yet: a decision is reached when its record is in stable storage. */
  stable(node: NodeView<P>): readonly (readonly [string, CommitmentState])[];
  /** Has this node ever been down? */
  hasRestarted(node: NodeView<P>): boolean;
  /** How long one waits for somebody; and from when on nothing fails any more in this scenario, where it says so. */
  patience(node: NodeView<P>): { readonly timeoutMs: number; readonly repairedAfterMs: number | null };
}

interface Undisturbed {
  readonly votes: Map<string, Set<NodeId>>;
  readonly began: Map<string, Micros>;
  readonly aborted: Map<string, NodeId>;
  /** A crash makes the property hold vacuously, for this run. */
  crashed: boolean;
}

/** A restart, a question, its answer and what was lost with the last of the failures: five time-outs are plenty. */
const LONG_ENOUGH_TIMEOUTS = 5;

/** The five properties of atomic commitment, in their order. What was seen is kept by transaction. */
export function atomicCommitment<P>(of: Commitment<P>): readonly Invariant<P>[] {
  return [agreement(of), noReversal(of), unanimity(of), nonTriviality(of), termination(of)];
}

/** AC1: all processes that reach a decision reach the same one. */
function agreement<P>(of: Commitment<P>): Invariant<P> {
  return invariant<P>()({
    name: 'AC1 agreement',
    says: 'No two nodes decide differently on one transaction.',
    source: `${SOURCE}, AC1`,
    memory: () => new Map<string, { readonly decision: Decision; readonly node: NodeId }>(),
    afterStep(first, node) {
      for (const [txn, state] of of.stable(node)) {
        if (state === 'yes') continue;
        const known = first.get(txn);
        if (known === undefined) first.set(txn, { decision: state, node: node.id });
        else if (known.decision !== state) {
          return `${node.id} decides ${state} on ${txn}, on which ${known.node} has decided ${known.decision}`;
        }
      }
      return null;
    },
  });
}

/** AC2: a process cannot reverse its decision after it has reached one. */
function noReversal<P>(of: Commitment<P>): Invariant<P> {
  return invariant<P>()({
    name: 'AC2 no reversal',
    says: 'No node reverses a decision.',
    source: `${SOURCE}, AC2`,
    memory: () => new Map<string, Decision>(),
    afterStep(decided, node) {
      for (const [txn, state] of of.stable(node)) {
        if (state === 'yes') continue;
        const key = `${node.id} ${txn}`;
        const known = decided.get(key);
        if (known === undefined) decided.set(key, state);
        else if (known !== state) return `${node.id} decides ${state} on ${txn} after it had decided ${known}`;
      }
      return null;
    },
  });
}

/** AC3: Commit can only be reached if all processes voted Yes. */
function unanimity<P>(of: Commitment<P>): Invariant<P> {
  return invariant<P>()({
    name: 'AC3 unanimity',
    says: 'A transaction commits only if every node has voted Yes.',
    source: `${SOURCE}, AC3`,
    memory: () => new Map<string, Set<NodeId>>(),
    afterStep(votes, node) {
      for (const [txn, state] of of.records(node)) {
        if (state === 'yes') noteVote(votes, txn, node.id);
        if (state !== 'commit') continue;
        const missing = node.members.filter((member) => votes.get(txn)?.has(member) !== true);
        if (missing.length > 0) return `${node.id} commits ${txn} without a Yes of ${missing.join(', ')}`;
      }
      return null;
    },
  });
}

/**
 * AC4: if there are no failures and all processes voted Yes, then the decision is Commit. What counts as a failure: a node
 * was down, or the transaction took so long that somebody may have timed out (half a time-out of true time: no clock that
 * the engine allows runs twice as fast).
 */
function nonTriviality<P>(of: Commitment<P>): Invariant<P> {
  return invariant<P>()({
    name: 'AC4 non-triviality',
    says: 'Without failures, a transaction for which every node has voted Yes commits.',
    source: `${SOURCE}, AC4`,
    memory: (): Undisturbed => ({ votes: new Map(), began: new Map(), aborted: new Map(), crashed: false }),
    afterStep(memory, node, world) {
      memory.crashed ||= of.hasRestarted(node) || world.nodes.some(({ up }) => !up);
      if (memory.crashed) return null;
      for (const [txn, state] of of.records(node)) {
        if (!memory.began.has(txn)) memory.began.set(txn, world.now);
        if (state === 'yes') noteVote(memory.votes, txn, node.id);
        const mayHaveTimedOut = 2 * (world.now - memory.began.get(txn)!) >= ms(of.patience(node).timeoutMs);
        if (state === 'abort' && !memory.aborted.has(txn) && !mayHaveTimedOut) memory.aborted.set(txn, node.id);
        const aborter = memory.aborted.get(txn);
        if (aborter !== undefined && memory.votes.get(txn)?.size === node.members.length) {
          return `${aborter} has aborted ${txn}, for which all have voted Yes and nothing has failed`;
        }
      }
      return null;
    },
  });
}

/**
 * AC5: once existing failures are repaired and no new ones occur for sufficiently long, all processes reach a decision.
 * Only the scenario knows when its failures are repaired: where it does not say (`repairedAfterMs`), nothing is judged.
 */
function termination<P>(of: Commitment<P>): Invariant<P> {
  return invariant<P>()({
    name: 'AC5 termination',
    says: 'When all failures are repaired for long enough, every node decides.',
    source: `${SOURCE}, AC5`,
    memory: () => new Map<string, Micros>(),
    afterStep(began, node, world) {
      for (const [txn] of of.records(node)) if (!began.has(txn)) began.set(txn, world.now);
      return null;
    },
    atEnd(began, world) {
      if (world.nodes.some(({ up }) => !up)) return null;
      for (const node of world.nodes) {
        const said = undecided(of, node, began, world);
        if (said !== null) return said;
      }
      return null;
    },
  });
}

function undecided<P>(
  of: Commitment<P>,
  node: NodeView<P>,
  began: ReadonlyMap<string, Micros>,
  world: World<P>,
): string | null {
  const { repairedAfterMs, timeoutMs } = of.patience(node);
  if (repairedAfterMs === null) return null;
  for (const [txn, state] of of.records(node)) {
    const since = Math.max(ms(repairedAfterMs), began.get(txn)!);
    if (state === 'yes' && world.now - since >= LONG_ENOUGH_TIMEOUTS * ms(timeoutMs)) {
      return `${node.id} has not decided on ${txn}, though nothing has failed for ${formatDuration(world.now - since)}`;
    }
  }
  return null;
}

function noteVote(votes: Map<string, Set<NodeId>>, txn: string, voter: NodeId): void {
  const voters = votes.get(txn) ?? new Set();
  votes.set(txn, voters.add(voter));
}
