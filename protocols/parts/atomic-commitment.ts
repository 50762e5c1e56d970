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
export interface Commitment<P, LogRecord> {
  /** The log, by transaction. Records of live transactions are few. */
  log(durable: NodeView<P>['durable']): ReadonlyMap<string, LogRecord>;
  /** Newer records of some of them, where there are any that are not in the log. */
  newer?(node: NodeView<P>): ReadonlyMap<string, LogRecord>;
  /** What a record says. */
  stateOf(record: LogRecord): CommitmentState;
  /** Has this node ever been down? */
  hasRestarted(node: NodeView<P>): boolean;
  /** How long one waits for somebody; and from when on nothing fails any more in this scenario, where it says so. */
  patience(node: NodeView<P>): { readonly timeoutMs: number; readonly repairedAfterMs: number | null };
}

/** What was seen of one transaction. */
interface Course {
  readonly beganAt: Micros;
  readonly votes: Set<NodeId>;
  readonly decided: Map<NodeId, Decision>;
  /** The decision that was first seen. */
  first: { readonly decision: Decision; readonly node: NodeId } | null;
  /** Who has aborted it before anybody may have timed out. */
  aborter: NodeId | null;
}

/** What the last step has changed of a transaction, at the node that stepped. */
interface Change {
  readonly txn: string;
  readonly state: CommitmentState;
  readonly course: Course;
}

/** What a node's records said when it was last looked at. */
interface Known {
  /** In the order in which they lie there: most are where they were, and say the same. */
  readonly txns: string[];
  readonly states: CommitmentState[];
  readonly byTxn: Map<string, CommitmentState>;
}

/** What the properties remember together: each looks at what changed, and none at all there is. */
class Ghost<P, LogRecord> {
  readonly courses = new Map<string, Course>();
  readonly changes: Change[] = [];
  /**
   * Of these, or of earlier ones, what the disk has called synced in this step: a decision is reached when its record is in
   * stable storage.
   */
  stable: readonly Change[] = this.changes;
  /** A crash makes AC4 hold vacuously, for this run. */
  crashed = false;
  private readonly known = new Map<NodeId, Known>();
  /** Of nodes whose disk was ever seen to lag behind. */
  private readonly knownStable = new Map<NodeId, Known>();

  constructor(private readonly of: Commitment<P, LogRecord>) {}

  note(node: NodeView<P>, world: World<P>): void {
    let known = this.known.get(node.id);
    if (known === undefined) this.known.set(node.id, (known = { txns: [], states: [], byTxn: new Map() }));
    let stable = this.knownStable.get(node.id);
    if (stable === undefined && node.synced !== node.durable) {
      // So far there was no difference.
      stable = { txns: [...known.txns], states: [...known.states], byTxn: new Map(known.byTxn) };
      this.knownStable.set(node.id, stable);
    }
    this.changes.length = 0;
    this.look(node, node.durable, known, this.changes, world);
    for (const { state, course } of this.changes) if (state === 'yes') course.votes.add(node.id);
    this.crashed ||= this.of.hasRestarted(node) || (this.changes.length > 0 && world.nodes.some(({ up }) => !up));
    if (stable === undefined) this.stable = this.changes;
    else {
      const changes: Change[] = [];
      this.look(node, node.synced, stable, changes, world);
      this.stable = changes;
    }
  }

  private look(
    node: NodeView<P>,
    durable: NodeView<P>['durable'],
    { txns, states, byTxn }: Known,
    changes: Change[],
    world: World<P>,
  ): void {
    const log = this.of.log(durable);
    const newer = this.of.newer?.(node);
    let place = 0;
    const lookAt = (record: LogRecord, txn: string): void => {
      const state = this.of.stateOf(record);
      const at = place++;
      if (txns[at] === txn && states[at] === state) return;
      txns[at] = txn;
      states[at] = state;
      // It may only have moved up, as an older one was forgotten.
      if (byTxn.get(txn) === state) return;
      byTxn.set(txn, state);
      changes.push({ txn, state, course: this.courseOf(txn, world.now) });
    };
    log.forEach((record, txn) => {
      if (newer?.has(txn) !== true) lookAt(record, txn);
    });
    newer?.forEach(lookAt);
    if (txns.length > place) txns.length = states.length = place;
    if (byTxn.size === place) return;
    for (const txn of byTxn.keys()) if (!log.has(txn) && newer?.has(txn) !== true) byTxn.delete(txn);
  }

  private courseOf(txn: string, now: Micros): Course {
    let course = this.courses.get(txn);
    if (course === undefined) {
      course = { beganAt: now, votes: new Set(), decided: new Map(), first: null, aborter: null };
      this.courses.set(txn, course);
    }
    return course;
  }
}

/** A restart, a question, its answer and what was lost with the last of the failures: five time-outs are plenty. */
const LONG_ENOUGH_TIMEOUTS = 5;
/** On a connection that loses all the time a question and its answer may each be sent again eight times, after 100 ms each. */
const SENT_AGAIN = ms(1_600);

/** The five properties of atomic commitment, in their order. What was seen is kept by transaction. */
export function atomicCommitment<P, LogRecord>(of: Commitment<P, LogRecord>): readonly Invariant<P>[] {
  const memory = (): Ghost<P, LogRecord> => new Ghost(of);
  const note = (ghost: Ghost<P, LogRecord>, node: NodeView<P>, world: World<P>): void => ghost.note(node, world);
  const property = (definition: Omit<Invariant<P, Ghost<P, LogRecord>>, 'memory' | 'note'>): Invariant<P> =>
    invariant<P>()({ ...definition, memory, note });
  return [
    property({
      name: 'AC1 agreement',
      says: 'No two nodes decide differently on one transaction.',
      source: `${SOURCE}, AC1`,
      afterStep: ({ stable }, node) => firstSaid(stable, disagreement, node),
    }),
    property({
      name: 'AC2 no reversal',
      says: 'No node reverses a decision.',
      source: `${SOURCE}, AC2`,
      afterStep: ({ stable }, node) => firstSaid(stable, reversal, node),
    }),
    property({
      name: 'AC3 unanimity',
      says: 'A transaction commits only if every node has voted Yes.',
      source: `${SOURCE}, AC3`,
      afterStep: ({ changes }, node) => firstSaid(changes, missingVotes, node),
    }),
    property({
      name: 'AC4 non-triviality',
      says: 'Without failures, a transaction for which every node has voted Yes commits.',
      source: `${SOURCE}, AC4`,
      afterStep({ changes, crashed }, node, world) {
        if (crashed || changes.length === 0) return null;
        const { timeoutMs } = of.patience(node);
        return firstSaid(changes, (change) => needlessAbort(change, node, world.now, timeoutMs), node);
      },
    }),
    property({
      name: 'AC5 termination',
      says: 'When all failures are repaired for long enough, every node decides.',
      source: `${SOURCE}, AC5`,
      afterStep: () => null,
      atEnd: ({ courses }, world) => undecided(of, courses, world),
    }),
  ];
}

function firstSaid(
  changes: readonly Change[],
  judge: (change: Change, node: NodeView<unknown>) => string | null,
  node: NodeView<unknown>,
): string | null {
  for (const change of changes) {
    const said = judge(change, node);
    if (said !== null) return said;
  }
  return null;
}

/** AC1: all processes that reach a decision reach the same one. */
function disagreement({ txn, state, course }: Change, { id }: NodeView<unknown>): string | null {
  if (state === 'yes') return null;
  course.first ??= { decision: state, node: id };
  const { decision, node } = course.first;
  return decision === state ? null : `${id} decides ${state} on ${txn}, on which ${node} has decided ${decision}`;
}

/** AC2: a process cannot reverse its decision after it has reached one. */
function reversal({ txn, state, course }: Change, { id }: NodeView<unknown>): string | null {
  if (state === 'yes') return null;
  const decided = course.decided.get(id);
  if (decided === undefined) course.decided.set(id, state);
  return decided === undefined || decided === state
    ? null
    : `${id} decides ${state} on ${txn} after it had decided ${decided}`;
}

/** AC3: Commit can only be reached if all processes voted Yes. */
function missingVotes({ txn, state, course }: Change, { id, members }: NodeView<unknown>): string | null {
  if (state !== 'commit') return null;
  const missing = members.filter((member) => !course.votes.has(member));
  return missing.length === 0 ? null : `${id} commits ${txn} without a Yes of ${missing.join(', ')}`;
}

/**
 * AC4: if there are no failures and all processes voted Yes, then the decision is Commit. What counts as a failure: a node
 * was down, or the transaction took so long that somebody may have timed out (half a time-out of true time: no clock that
 * the engine allows runs twice as fast).
 */
function needlessAbort(
  { txn, state, course }: Change,
  { id, members }: NodeView<unknown>,
  now: Micros,
  timeoutMs: number,
): string | null {
  const mayHaveTimedOut = 2 * (now - course.beganAt) >= ms(timeoutMs);
  if (state === 'abort' && !mayHaveTimedOut) course.aborter ??= id;
  if (course.aborter === null || course.votes.size !== members.length) return null;
  return `${course.aborter} has aborted ${txn}, for which all have voted Yes and nothing has failed`;
}

/**
 * AC5: once existing failures are repaired and no new ones occur for sufficiently long, all processes reach a decision.
 * Only the scenario knows when its failures are repaired: where it does not say (`repairedAfterMs`), nothing is judged.
 */
function undecided<P, LogRecord>(
  of: Commitment<P, LogRecord>,
  courses: ReadonlyMap<string, Course>,
  world: World<P>,
): string | null {
  if (world.nodes.some(({ up }) => !up)) return null;
  for (const node of world.nodes) {
    const { repairedAfterMs, timeoutMs } = of.patience(node);
    if (repairedAfterMs === null) continue;
    const newer = of.newer?.(node);
    for (const [txn, record] of [...of.log(node.durable), ...(newer ?? [])]) {
      if (of.stateOf(newer?.get(txn) ?? record) !== 'yes') continue;
      const quietUs = world.now - Math.max(ms(repairedAfterMs), courses.get(txn)!.beganAt);
      if (quietUs < LONG_ENOUGH_TIMEOUTS * ms(timeoutMs) + SENT_AGAIN) continue;
      return `${node.id} has not decided on ${txn}, though nothing has failed for ${formatDuration(quietUs)}`;
    }
  }
  return null;
}
