import type { NodeId } from '../../engine/index.js';

/** `S(i).s` of the paper. */
export type Status = 'Down' | 'Election' | 'Reorganization' | 'Normal';

/** What a node is waiting for answers to: calls of the paper; `Lease` for time alone; the last two are the textbook's. */
export type Phase =
  | 'AreYouThere'
  | 'Halt'
  | 'Lease'
  | 'NewCoordinator'
  | 'Ready'
  | 'AreYouNormal'
  | 'IsCoordinatorThere'
  | 'Election'
  | 'Announcement';

/** One call of the paper, made to several nodes at once: who answers in time, and how. */
export interface Calls {
  phase: Phase;
  /** Answers carry it, so that those to an earlier call, or to an earlier life, are told apart. */
  number: number;
  awaited: NodeId[];
  yes: NodeId[];
  no: NodeId[];
}

export interface Bully {
  options: {
    /** `garcia-molina`: the paper's. `textbook`: ELECTION, ANSWER, COORDINATOR. */
    variant: 'garcia-molina' | 'textbook';
    /**
     * The failure detector: who has not answered after so long has failed. The paper's assumptions make that true: it must be
     * more than twice the longest latency.
     */
    callMs: number;
    /** How often the coordinator calls Check, and who has a coordinator asks whether it is there (up to twice as long). */
    checkMs: number;
    /** Only who was followed by a majority leads, and only while it is: the repaired variant, for networks that part. */
    quorum: boolean;
    /** Does a node that starts call an election (Recovery)? `false`: only when a client says `elect`, or its detector does. */
    electsAtStart: boolean;
    /** From when on nothing fails any more in this scenario; that everybody settles is judged only where this is said. */
    repairedAfterMs: number | null;
  };
  durable: {
    /** Counts this node's lives, in the paper's stable storage. */
    lives: number;
  };
  volatile: {
    s: Status;
    /** The coordinator. */
    c: NodeId | null;
    /** Who has halted this node last. */
    h: NodeId | null;
    /** The nodes below that this node has halted, and would lead. */
    up: NodeId[];
    calls: Calls | null;
    callsMade: number;
    /** Still to be halted, one after the other, from the highest down. */
    toHalt: NodeId[];
  };
  messages: {
    AreYouThere: { call: number };
    AreYouNormal: { call: number };
    Halt: { call: number };
    NewCoordinator: { call: number };
    Ready: { call: number };
    /** The answer to a call. */
    Response: { call: number; yes: boolean };
    Election: object;
    Answer: object;
    Coordinator: object;
  };
  timers: { onTimeout: { number: number }; timeout: void; check: void };
  requests: { elect: { args: object; result: boolean } };
  bugs: 'answers-nobody' | 'halts-nobody' | 'halts-lowest-first' | 'never-checks';
}

/** Nobody is impatient before an election in which every call takes its time can be over. */
export function timeoutMsMin(node: {
  readonly members: readonly NodeId[];
  readonly options: { readonly checkMs: number; readonly callMs: number };
}): number {
  const { checkMs, callMs } = node.options;
  return Math.max(checkMs, (node.members.length + 3) * callMs);
}
