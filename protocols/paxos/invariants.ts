import { invariant, type Invariant, type NodeView } from '../../engine/index.js';
import { compareBallots, sameBallot, showBallot, type Ballot } from '../parts/ballot.js';
import { majority, type Paxos, type Value } from './shape.js';

const SOURCE = 'Paxos Made Simple, section 2.1';

// -- Agreement --

interface Tally {
  readonly val: Value;
  readonly voters: Set<string>;
}

interface Chosen {
  readonly val: Value;
  readonly how: string;
}

interface AgreementMemory {
  /** By ballot and value: all votes that any learner was ever told of. */
  tallies: Map<string, Tally>;
  chosen: Chosen | null;
}

/**
 * What counts are votes that have arrived somewhere: those that an acceptor has in memory may yet be lost with a crash, and
 * nobody was told of them.
 */
export const agreement = invariant<Paxos>()({
  name: 'Agreement',
  says: 'Once a majority of acceptors has voted for a value in one ballot, no other value is chosen or learned.',
  source: SOURCE,
  memory: (): AgreementMemory => ({ tallies: new Map(), chosen: null }),
  afterStep(memory, node) {
    for (const [voter, { bal, val }] of node.volatile.votes) {
      const tally = tallyOf(memory, bal, val);
      if (tally.voters.has(voter)) continue;
      tally.voters.add(voter);
      if (tally.voters.size < majority(node)) continue;
      const clash = choose(memory, {
        val,
        how: `chosen in ballot ${showBallot(bal)} by ${[...tally.voters].join(', ')}`,
      });
      if (clash !== null) return clash;
    }
    const { outcome } = node.durable;
    return outcome === null ? null : choose(memory, { val: outcome, how: `learned by ${node.id}` });
  },
});

function tallyOf({ tallies }: AgreementMemory, bal: Ballot, val: Value): Tally {
  const key = `${showBallot(bal)}=${typeof val}:${val}`;
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { val, voters: new Set() };
    tallies.set(key, tally);
  }
  return tally;
}

function choose(memory: AgreementMemory, chosen: Chosen): string | null {
  memory.chosen ??= chosen;
  if (memory.chosen.val === chosen.val) return null;
  return `${memory.chosen.val} was ${memory.chosen.how}, and ${chosen.val} is ${chosen.how}`;
}

// -- Validity --

export const validity = invariant<Paxos>()({
  name: 'Validity',
  says: 'Only a value that was proposed may be chosen.',
  source: SOURCE,
  memory: () => new Set<Value>(),
  afterStep(proposed, { id, durable, volatile }) {
    if (volatile.proposal !== null) proposed.add(volatile.proposal);
    for (const val of [durable.acceptor.maxVal, durable.outcome]) {
      if (val !== null && !proposed.has(val)) return `${id} has accepted or learned ${val}, which nobody has proposed`;
    }
    return null;
  },
});

// -- Integrity --

export const integrity = invariant<Paxos>()({
  name: 'Integrity',
  says: 'A learner learns one value and never another.',
  source: SOURCE,
  memory: () => new Map<string, Value>(),
  afterStep(learned, { id, durable: { outcome } }) {
    const before = learned.get(id);
    // A crash may take an outcome that was not yet synced; learned again, it is the same.
    if (outcome === null || outcome === before) return null;
    if (before !== undefined) return `${id} has learned ${before} and then ${outcome}`;
    learned.set(id, outcome);
    return null;
  },
});

// -- Ballots --

interface Life {
  maxBal: Ballot | null;
  maxVBal: Ballot | null;
  promised: number;
}

/** Judged within a life: what a crash leaves of a disk that was not synced was never told to anybody. */
export const ballotMonotonicity = invariant<Paxos>()({
  name: 'Ballot Monotonicity',
  says: 'While an acceptor runs, its ballots only rise, and it votes in none below its promise.',
  source: 'Paxos Made Simple, section 2.2, P1a',
  memory: () => new Map<string, Life>(),
  afterStep(lives, node) {
    const { maxBal, maxVBal } = node.durable.acceptor;
    const { promised } = node.volatile;
    const before = lives.get(node.id);
    const alive = before !== undefined && isSameLife(before, node);
    lives.set(node.id, { maxBal, maxVBal, promised });
    if (compareBallots(maxVBal, maxBal) > 0) {
      return `${node.id} has voted in ${showBallot(maxVBal)} and promised only ${showBallot(maxBal)}`;
    }
    if (!alive) return null;
    if (compareBallots(maxBal, before.maxBal) < 0) {
      return `${node.id} goes back from ballot ${showBallot(before.maxBal)} to ${showBallot(maxBal)}`;
    }
    return null;
  },
});

/** Nothing of a node's volatile state outlives a crash: then its counter begins anew. */
function isSameLife(before: Life, { volatile, durable }: NodeView<Paxos>): boolean {
  if (volatile.promised < before.promised) return false;
  return volatile.promised > 0 || sameBallot(durable.acceptor.maxVBal, before.maxVBal);
}

/** In the order in which they are asked: what was chosen twice is told before how that came to be. */
export const paxosInvariants: readonly Invariant<Paxos>[] = [agreement, validity, integrity, ballotMonotonicity];
