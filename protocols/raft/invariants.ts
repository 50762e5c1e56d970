import { invariant, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { copyOfEntry, sameEntry, showEntry } from './entry.js';
import { entryAt, indexBeforeLog, lastIncludedIndex, lastLogIndex, termAt } from './log.js';
import type { Entry, Raft, Vote } from './shape.js';

type View = NodeView<Raft>;

/** How many of the newest log positions an invariant remembers. What is older lies in everybody's snapshot long since. */
export const REMEMBERED_ENTRIES_MAX = 20_000;

/** Forgets what is oldest by index: entries are noted in about that order. */
function forgetOldest<V>(memory: Map<number, V>): void {
  if (memory.size <= REMEMBERED_ENTRIES_MAX) return;
  const oldest = memory.keys().next().value;
  if (oldest !== undefined) memory.delete(oldest);
}

// -- Election Safety --

export const electionSafety: Invariant<Raft> = invariant<Raft>()({
  name: 'Election Safety',
  says: 'A term has at most one leader.',
  source: 'Raft paper, Figure 3',
  memory: () => ({ leaders: new Map<number, string>() }),
  afterStep({ leaders }, node) {
    if (node.volatile.role !== 'leader') return;
    const term = node.durable.currentTerm;
    const leader = leaders.get(term);
    if (leader === node.id) return;
    if (leader !== undefined) return `${leader} and ${node.id} both lead term ${term}`;
    leaders.set(term, node.id);
    forgetOldest(leaders);
    return;
  },
});

// -- One Vote Per Term --

export const oneVotePerTerm: Invariant<Raft> = invariant<Raft>()({
  name: 'One Vote Per Term',
  says: 'A node votes for at most one candidate in a term.',
  source: 'Raft paper, section 5.2',
  memory: () => ({ votes: new Map<string, Vote>() }),
  afterStep({ votes }, { id, durable, volatile }) {
    const { term, candidate } = durable.votedFor ?? NO_VOTE;
    const vote = votes.get(id);
    if (vote === undefined || term > vote.term) {
      if (candidate !== null) votes.set(id, { term, candidate });
      return;
    }
    if (term === vote.term && candidate === vote.candidate) return;
    if (term === vote.term && candidate !== null) {
      return `${id} voted for ${vote.candidate} and then for ${candidate} in term ${term}`;
    }
    // A vote that is gone: with a crash, if the disk had not yet synced it, and then nobody was ever told.
    if (volatile.role === 'follower' && volatile.leader === null) {
      if (candidate === null) votes.delete(id);
      else votes.set(id, { term, candidate });
    }
    return;
  },
});

const NO_VOTE = { term: 0, candidate: null };

// -- What a step changed in a log --

/**
 * Follows one log by its terms. Logs change at their end, so that comparing backwards from there finds what is new: terms
 * and indices that are as they were were looked at before.
 */
interface Followed {
  /** The index before the first of them. */
  before: number;
  /** The terms of the entries that follow. */
  terms: number[];
}

/** @returns the first index that is new since the last call; one past the end where nothing is. */
function firstNewIndex(followed: Followed, node: View): number {
  const { durable } = node;
  const { log } = durable;
  const before = indexBeforeLog(durable);
  if (before > followed.before) followed.terms.splice(0, before - followed.before);
  else if (before < followed.before) followed.terms = [];
  followed.before = before;
  const { terms } = followed;
  let same = Math.min(terms.length, log.length);
  while (same > 0 && terms[same - 1] !== log[same - 1]?.term) same -= 1;
  if (terms.length > same) terms.length = same;
  for (let place = same; place < log.length; place += 1) terms.push(log[place]?.term ?? 0);
  return before + same + 1;
}

function followedLog(logs: Map<string, Followed>, node: View): Followed {
  let followed = logs.get(node.id);
  if (followed === undefined) {
    followed = { before: 0, terms: [] };
    logs.set(node.id, followed);
  }
  return followed;
}

// -- Leader Append-Only --

interface Leading {
  term: number;
  lastIndex: number;
  lastTerm: number;
}

export const leaderAppendOnly: Invariant<Raft> = invariant<Raft>()({
  name: 'Leader Append-Only',
  says: 'A leader never overwrites or deletes entries of its log.',
  source: 'Raft paper, Figure 3',
  memory: () => ({ leading: new Map<string, Leading>() }),
  afterStep({ leading }, node) {
    if (node.volatile.role !== 'leader') {
      leading.delete(node.id);
      return;
    }
    const { currentTerm: term } = node.durable;
    const lastIndex = lastLogIndex(node.durable);
    const lastTerm = termAt(node.durable, lastIndex) ?? 0;
    const before = leading.get(node.id);
    if (before === undefined || before.term !== term) {
      leading.set(node.id, { term, lastIndex, lastTerm });
      return;
    }
    if (lastIndex < before.lastIndex) {
      return `${node.id}, leader of term ${term}, cut its log from ${before.lastIndex} to ${lastIndex} entries`;
    }
    const found = termAt(node.durable, before.lastIndex);
    if (found !== undefined && found !== before.lastTerm) {
      return `${node.id}, leader of term ${term}, put an entry of term ${found} in the place of entry ${before.lastIndex} of term ${before.lastTerm}`;
    }
    before.lastIndex = lastIndex;
    before.lastTerm = lastTerm;
    return;
  },
});

// -- Log Matching --

/** An entry as the first node had it that was seen with it, and the term of the entry before it. */
interface Witnessed {
  entry: Entry;
  previousTerm: number | undefined;
  at: string;
}

interface LogMatchingMemory {
  logs: Map<string, Followed>;
  /** By index: an entry for each term, of which there is hardly ever more than one. */
  witnessed: Map<number, Witnessed[]>;
}

/**
 * Two logs that agree on an entry's index and term agree on all before it: by induction it is enough that every two
 * entries of one index and term, in whichever logs and at whichever time, are the same and follow entries of one term.
 */
export const logMatching: Invariant<Raft> = invariant<Raft>()({
  name: 'Log Matching',
  says: 'Logs that hold an entry of the same index and term are the same up to that entry.',
  source: 'Raft paper, Figure 3',
  memory: (): LogMatchingMemory => ({ logs: new Map(), witnessed: new Map() }),
  afterStep({ logs, witnessed }, node) {
    const last = lastLogIndex(node.durable);
    for (let index = firstNewIndex(followedLog(logs, node), node); index <= last; index += 1) {
      const difference = matchWitnessed(witnessed, node, index);
      if (difference !== null) return difference;
    }
    return;
  },
  atEnd({ witnessed }, world) {
    // Once, everything: also what was changed in the middle of a log, where no step is expected to change anything.
    for (const node of world.nodes) {
      if (!node.up) continue;
      const last = lastLogIndex(node.durable);
      for (let index = indexBeforeLog(node.durable) + 1; index <= last; index += 1) {
        const difference = matchWitnessed(witnessed, node, index);
        if (difference !== null) return difference;
      }
    }
    return;
  },
});

function matchWitnessed(witnessed: LogMatchingMemory['witnessed'], node: View, index: number): string | null {
  const entry = entryAt(node.durable, index);
  if (entry === undefined) return null;
  if (entry.index !== index) return `${node.id} keeps entry ${entry.index} in the place of entry ${index}`;
  const previousTerm = termAt(node.durable, index - 1);
  let atIndex = witnessed.get(index);
  if (atIndex === undefined) {
    atIndex = [];
    witnessed.set(index, atIndex);
    forgetOldest(witnessed);
  }
  const known = witnessOf(atIndex, entry.term);
  if (known === undefined) {
    atIndex.push({ entry: copyOfEntry(entry), previousTerm, at: node.id });
    return null;
  }
  if (!sameEntry(known.entry, entry)) {
    return `entry ${index} of term ${entry.term} is ${showEntry(known.entry)} at ${known.at} and ${showEntry(entry)} at ${node.id}`;
  }
  if (previousTerm !== undefined && known.previousTerm !== undefined && previousTerm !== known.previousTerm) {
    return (
      `entry ${index} of term ${entry.term} follows an entry of term ${known.previousTerm} at ${known.at}` +
      ` and one of term ${previousTerm} at ${node.id}`
    );
  }
  known.previousTerm ??= previousTerm;
  return null;
}

function witnessOf(atIndex: readonly Witnessed[], term: number): Witnessed | undefined {
  for (const other of atIndex) if (other.entry.term === term) return other;
  return undefined;
}

/**
 * How much of what is committed or applied here is more than an intention. A leader that is the only voter commits in the step
 * that appends; until its disk has synced that, nothing that depends on it leaves the node, and a crash may take it.
 */
function upToKnown(node: View, world: World<Raft>, index: number): number {
  const { durable, synced } = node;
  if (synced === durable) return index;
  const onDisk = lastLogIndex(synced);
  let known = index;
  while (known > onDisk && !isElsewhere(node, world, known)) known -= 1;
  return known;
}

function isElsewhere({ id, durable }: View, world: World<Raft>, index: number): boolean {
  const term = termAt(durable, index);
  for (const other of world.nodes) if (other.id !== id && termAt(other.durable, index) === term) return true;
  return false;
}

// -- Leader Completeness --

/** Up to `index`, whose entry is of `term`, everything was committed by `leader` in the term `committedIn`. */
interface Commit {
  index: number;
  term: number;
  committedIn: number;
  leader: string;
}

interface CompletenessMemory {
  /** What leaders committed, rising by index. */
  commits: Commit[];
  /** The highest term that has had a leader. */
  newest: { term: number; leader: string };
}

export const leaderCompleteness: Invariant<Raft> = invariant<Raft>()({
  name: 'Leader Completeness',
  says: 'What is committed in a term is in the logs of the leaders of all later terms.',
  source: 'Raft paper, Figure 3',
  memory: (): CompletenessMemory => ({ commits: [], newest: { term: 0, leader: '' } }),
  afterStep(memory, node, world) {
    if (node.volatile.role !== 'leader') return;
    const { commits, newest } = memory;
    const { currentTerm: term } = node.durable;
    if (term > newest.term || (term === newest.term && newest.leader !== node.id)) {
      memory.newest = { term, leader: node.id };
      const lacking = lacks(node, lastCommitBefore(commits, term));
      if (lacking !== null) return lacking;
    }
    const commit = newCommit(commits, node, world);
    if (commit === null || term >= newest.term) return;
    // A later leader is there already: it must have what is committed only now.
    const later = world.node(newest.leader as View['id']);
    const stillLeads =
      later !== undefined && later.volatile.role === 'leader' && later.durable.currentTerm === newest.term;
    return stillLeads ? lacks(later, commit) : undefined;
  },
});

function lastCommitBefore(commits: readonly Commit[], term: number): Commit | undefined {
  return commits.findLast(({ committedIn }) => committedIn < term);
}

/** The last committed entry stands for those before it: that logs agree up to there is Log Matching's concern. */
function lacks(leader: View, commit: Commit | undefined): string | null {
  if (commit === undefined || commit.index < lastIncludedIndex(leader.durable)) return null;
  const found = termAt(leader.durable, commit.index);
  if (found === commit.term) return null;
  const there =
    found === undefined ? `its log ends at ${lastLogIndex(leader.durable)}` : `there it has one of term ${found}`;
  return (
    `${leader.id} leads term ${leader.durable.currentTerm} without entry ${commit.index} of term ${commit.term},` +
    ` which ${commit.leader} committed in term ${commit.committedIn}: ${there}`
  );
}

/** Notes that a leader's commit index has risen. */
function newCommit(commits: Commit[], node: View, world: World<Raft>): Commit | null {
  const index = upToKnown(node, world, node.volatile.commitIndex);
  const last = commits.at(-1);
  if (last !== undefined && last.index >= index) return null;
  const term = termAt(node.durable, index);
  if (term === undefined || index === 0) return null;
  const { currentTerm } = node.durable;
  if (last !== undefined && last.committedIn === currentTerm && last.leader === node.id) {
    // Still the same leader: the later commit says all that the earlier one did.
    last.index = index;
    last.term = term;
    return last;
  }
  const commit = { index, term, committedIn: currentTerm, leader: node.id };
  commits.push(commit);
  if (commits.length > REMEMBERED_ENTRIES_MAX) commits.shift();
  return commit;
}

// -- State Machine Safety --

interface Applied {
  entry: Entry;
  at: string;
}

interface AppliedMemory {
  applied: Map<number, Applied>;
  /** How far each node was looked at. */
  upTo: Map<string, number>;
}

export const stateMachineSafety: Invariant<Raft> = invariant<Raft>()({
  name: 'State Machine Safety',
  says: 'No two nodes apply different entries at the same index.',
  source: 'Raft paper, Figure 3',
  memory: (): AppliedMemory => ({ applied: new Map(), upTo: new Map() }),
  afterStep({ applied, upTo }, node, world) {
    const before = upTo.get(node.id) ?? 0;
    if (node.volatile.lastApplied === before) return;
    const lastApplied = upToKnown(node, world, node.volatile.lastApplied);
    upTo.set(node.id, lastApplied);
    const included = lastIncludedIndex(node.durable);
    if (included > before) {
      const difference = matchSnapshot(applied, node);
      if (difference !== null) return difference;
    }
    for (let index = Math.max(before, included) + 1; index <= lastApplied; index += 1) {
      const difference = matchApplied(applied, node, index);
      if (difference !== null) return difference;
    }
    return;
  },
});

function matchApplied(applied: AppliedMemory['applied'], node: View, index: number): string | null {
  const entry = entryAt(node.durable, index);
  if (entry === undefined) return null;
  const known = applied.get(index);
  if (known === undefined) {
    applied.set(index, { entry: copyOfEntry(entry), at: node.id });
    forgetOldest(applied);
    return null;
  }
  if (sameEntry(known.entry, entry)) return null;
  return (
    `at index ${index} ${known.at} applied ${showEntry(known.entry)} of term ${known.entry.term}` +
    ` and ${node.id} applied ${showEntry(entry)} of term ${entry.term}`
  );
}

function matchSnapshot(applied: AppliedMemory['applied'], node: View): string | null {
  const { snapshot } = node.durable;
  if (snapshot === null) return null;
  const known = applied.get(snapshot.lastIncludedIndex);
  if (known === undefined || known.entry.term === snapshot.lastIncludedTerm) return null;
  return (
    `at index ${snapshot.lastIncludedIndex} ${known.at} applied an entry of term ${known.entry.term}` +
    ` and ${node.id} has a snapshot that ends with one of term ${snapshot.lastIncludedTerm}`
  );
}

export const raftInvariants: readonly Invariant<Raft>[] = [
  electionSafety,
  oneVotePerTerm,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
];
