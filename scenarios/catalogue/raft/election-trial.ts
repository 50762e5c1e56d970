import {
  invariant,
  ms,
  Simulation,
  TRUE_CLOCKS,
  type Fault,
  type Invariant,
  type Micros,
  type SimulationConfig,
} from '../../../engine/index.js';
import { raft, type Raft, type RaftDurable } from '../../../protocols/raft/protocol.js';

/** A leader that has just been elected, and what is to happen to it. Times in milliseconds. */
export interface ElectionTrial {
  readonly seed: string;
  readonly timeoutMsMin: number;
  readonly timeoutMsMax: number;
  /** One-way, constant: from candidate or leader to the others, and back. */
  readonly requestMs: number;
  readonly replyMs: number;
  /** Followers whose log lacks the leader's entry, so that they cannot win. */
  readonly shortLogs: readonly string[];
  /** When the leader crashes: so far through a heartbeat interval, in [0, 1). */
  readonly crashAt: number;
  /** Gives up so long after the crash. */
  readonly patienceMs: number;
}

/** Times in microseconds. */
export interface ElectionOutcome {
  readonly crashedAt: Micros;
  /** When the followers' timers were last reset. */
  readonly heartbeatAt: Micros;
  readonly firstCandidateAt: Micros | null;
  readonly electedAt: Micros | null;
  /** 2 when the first election after the crash was won; null without a leader. */
  readonly electedTerm: number | null;
  readonly digest: string;
  readonly events: number;
}

const NODES = 5;
/** The first leader, which stands before anybody else. */
const FIRST = 'n1';
const FIRST_STANDS_MS = 1;
const HEARTBEATS_BEFORE = 3;

/**
 * One crash of a leader and what follows, in the real protocol with true clocks. The state is prepared within a few
 * milliseconds, in which messages take no time: n1 is elected in term 1, while those that are to have short logs are cut off from
 * it; then they hear its heartbeats, but it does not hear them, so that it never brings their logs up to date. After the first
 * heartbeat messages take their time.
 */
export function electionTrial(trial: ElectionTrial): ElectionOutcome {
  const heartbeatMs = trial.timeoutMsMin / 2;
  const lastBeatMs = FIRST_STANDS_MS + HEARTBEATS_BEFORE * heartbeatMs;
  const crashedAt = ms(lastBeatMs + trial.crashAt * heartbeatMs);
  const seen: Seen = { prepared: false, firstCandidateAt: null, electedAt: null, electedTerm: null };
  const simulation = new Simulation(configOf(trial, heartbeatMs, crashedAt, seen));
  const result = simulation.run();
  const other = result.violations.find(({ property }) => property !== SUCCESSOR);
  if (other !== undefined) throw new Error(`seed ${trial.seed} breaks ${other.property}: ${other.message}`);
  checkPreparation(trial, seen, crashedAt, simulation);
  const { firstCandidateAt, electedAt, electedTerm } = seen;
  const heartbeatAt = ms(lastBeatMs + trial.requestMs);
  return {
    crashedAt,
    heartbeatAt,
    firstCandidateAt,
    electedAt,
    electedTerm,
    digest: result.digest,
    events: result.events,
  };
}

/** A figure of something else than what was meant is worse than none. */
function checkPreparation(
  { seed, shortLogs }: ElectionTrial,
  seen: Seen,
  crashedAt: Micros,
  { world }: Simulation,
): void {
  if (!seen.prepared) throw new Error(`seed ${seed}: ${FIRST} was not elected in term 1`);
  if (seen.firstCandidateAt !== null && seen.firstCandidateAt < crashedAt) {
    throw new Error(`seed ${seed}: somebody stood at ${seen.firstCandidateAt} µs, before the crash at ${crashedAt} µs`);
  }
  for (const { id, durable } of world.nodes) {
    const { log } = durable as RaftDurable;
    if (shortLogs.includes(id) !== (log.length === 0))
      throw new Error(`seed ${seed}: the log of ${id} has ${log.length} entries`);
  }
}

interface Seen {
  /** Did the first leader win its first election? */
  prepared: boolean;
  firstCandidateAt: Micros | null;
  electedAt: Micros | null;
  electedTerm: number | null;
}

const SUCCESSOR = 'no successor yet';

/** Called after each step: the way to notice the first candidate and the first leader after the crash, and to end the run there. */
function successorOf(first: string, seen: Seen): Invariant<Raft> {
  return invariant<Raft>()({
    name: SUCCESSOR,
    says: 'The crashed leader has no successor.',
    memory: () => seen,
    afterStep(memory, { id, durable, volatile }, { now }) {
      if (id === first) {
        memory.prepared ||= volatile.role === 'leader' && durable.currentTerm === 1;
        return null;
      }
      if (volatile.role === 'candidate') memory.firstCandidateAt ??= now;
      if (volatile.role !== 'leader') return null;
      memory.electedAt = now;
      memory.electedTerm = durable.currentTerm;
      return `${id} leads term ${durable.currentTerm}`;
    },
  });
}

function configOf(trial: ElectionTrial, heartbeatMs: number, crashedAt: Micros, seen: Seen): SimulationConfig {
  return {
    protocol: { ...raft, invariants: [...(raft.invariants ?? []), successorOf(FIRST, seen)] },
    nodes: NODES,
    seed: trial.seed,
    clocks: TRUE_CLOCKS,
    options: { electionTimeoutMsMin: trial.timeoutMsMin, electionTimeoutMsMax: trial.timeoutMsMax, heartbeatMs },
    nodeOptions: { [FIRST]: { electionTimeoutMsMin: FIRST_STANDS_MS, electionTimeoutMsMax: FIRST_STANDS_MS } },
    network: { latency: { constant: 0 } },
    faults: [
      ...shorten(trial.shortLogs),
      ...delays(trial, ms(FIRST_STANDS_MS + 1.5 * heartbeatMs)),
      { do: 'crash', whom: FIRST, at: crashedAt },
    ],
    until: crashedAt + ms(trial.patienceMs),
    digest: 'header',
  };
}

function shorten(shortLogs: readonly string[]): Fault[] {
  if (shortLogs.length === 0) return [];
  return [
    { do: 'partition', shape: { isolate: shortLogs }, at: 0, for: ms(2 * FIRST_STANDS_MS) },
    { do: 'partition', shape: { from: shortLogs, to: FIRST }, at: 0 },
  ];
}

function delays({ requestMs, replyMs }: ElectionTrial, at: Micros): Fault[] {
  return [
    { do: 'link', types: ['RequestVote', 'AppendEntries'], rule: { latency: { constant: ms(requestMs) } }, at },
    { do: 'link', types: ['RequestVoteReply', 'AppendEntriesReply'], rule: { latency: { constant: ms(replyMs) } }, at },
  ];
}
