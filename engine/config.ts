import type { ChoicesOptions } from './choices.js';
import type { ClockConfig } from './clock.js';
import type { DiskConfig } from './disk.js';
import type { Distribution } from './distribution.js';
import type { Fault, Whom } from './fault.js';
import type { LinkRule } from './links.js';
import type { AnyProtocol, Plain } from './protocol.js';
import type { Micros } from './time.js';
import type { TraceEvent, TraceLevel } from './trace/record.js';

/** How links behave: one rule for all, and exceptions, of which the last that applies wins. */
export interface NetworkConfig extends LinkRule {
  readonly links?: readonly LinkException[];
  /** Overrides what the protocol asks for. */
  readonly transport?: 'datagram' | 'connection';
  /** On connections, how long until a lost segment is sent again. Default 200 ms. */
  readonly retransmit?: Micros;
  /** On connections, how long until an end notices that it was reset, or can be opened again. Default 1 ms. */
  readonly notice?: Micros;
}

export interface LinkException extends LinkRule {
  readonly from?: Whom;
  readonly to?: Whom;
  /** Message types; clients' are `request:NAME` and `reply:ok`, `reply:fail`, `reply:redirect`. */
  readonly types?: readonly string[];
}

/** One kind of operation that clients issue. */
export interface OperationSpec {
  readonly request: string;
  /** Relative frequency, default 1. */
  readonly weight?: number;
  /**
   * Arguments. Strings that begin with `$` are filled in: `$key` (one of the workload's keys), `$unique` (an integer that no
   * other operation of the run uses), `$seen` (the value of this key that the client saw last), `$context`
   * (the field `context` of the last answer that the client got about this key, null for none), `$node` (any node).
   * Default: the usual arguments of `read`, `write`, `cas` and `append`; `{}` for others.
   */
  readonly args?: Plain;
}

/** Whom a client asks. */
export type TargetPolicy =
  /** Follows the nodes' hints, otherwise any node. */
  | 'leader'
  | 'random'
  /** The n-th client always asks the n-th node. */
  | 'sticky'
  /** As `sticky`, but sent elsewhere it goes there, with this one operation. */
  | 'pinned'
  /** Only these, e.g. one side of a partition. */
  | { readonly nodes: Whom };

export interface ClientsConfig {
  /** Client endpoints, named `c1`, `c2`, … */
  readonly count: number;
  readonly operations: readonly OperationSpec[];
  /** Number of keys, named `x`, `y`, `z`, then `k4`, `k5`, … Default 1. */
  readonly keys?: number;
  /** Open loop: operations per second of all clients together, at random times. Otherwise a closed loop with `think`. */
  readonly rate?: number;
  /** Closed loop: the pause of a client between two operations. Default exponential, mean 50 ms. */
  readonly think?: Distribution;
  readonly target?: TargetPolicy;
  /** When an operation's outcome becomes unknown and its process retires. Default 1 s. */
  readonly timeout?: Micros;
  /** Repeats an unanswered request after `attemptTimeout` with the same idempotency key. Default false. */
  readonly retry?: boolean;
  /** Default 200 ms. */
  readonly attemptTimeout?: Micros;
  /** First and last moment at which operations begin. Default from 0 to the end. */
  readonly start?: Micros;
  readonly stop?: Micros;
  /** At most this many operations, all clients together. */
  readonly operationsMax?: number;
}

/** One operation at one time, beside or instead of the generated ones. */
export interface ScriptedOperation {
  readonly at: Micros;
  /** `c1`, `c2`, … */
  readonly client: string;
  readonly request: string;
  readonly args?: Plain;
  /** Asks just this node, whatever the policy. */
  readonly target?: string;
}

/** Where a run stops by itself. Exceeding a limit is an outcome, never a hang. */
export interface Budget {
  /** Default 10 million. */
  readonly events?: number;
  /** Events at one instant; more is a livelock. Default 100,000, or 20 per node where that is more. */
  readonly eventsPerInstant?: number;
  /** Pending events. Default 10 million. */
  readonly queue?: number;
  /** Real milliseconds, where the host lends a clock. */
  readonly wallMs?: number;
}

/** What the engine may borrow from whoever runs it. Nothing of it may change a run; it can only end it. */
export interface HostServices {
  /** Real milliseconds. */
  now?(): number;
  /**
   * Shared with another thread, which watches it: [0] counts steps, [1] is a key of the handler that runs now, 0 between
   * steps.
   */
  readonly progress?: Int32Array;
  /**
   * Asked before a handler runs for the first time in a run, with its name in words.
   *
   * @returns its key in `progress[1]`, from 1
   */
  keyOf?(handler: string): number;
}

/** What an observer is told of, as in a trace: marks, what becomes of nodes, faults, what clients ask and see. */
export type ObservedEvent = Pick<TraceEvent, 'id' | 'time' | 'kind' | 'node' | 'name' | 'body'>;

/** Looks on while a run goes. It changes nothing; with `stop` it ends the run after this event. */
export type Observer = (event: ObservedEvent) => 'stop' | void;

export interface SimulationConfig {
  readonly protocol: AnyProtocol;
  /** Other versions by name, for upgrades while running. */
  readonly versions?: Readonly<Record<string, AnyProtocol>>;
  /** How many nodes, named `n1`, `n2`, …, or their names. */
  readonly nodes: number | readonly string[];
  /** Nodes of these names do not run at first: a `start` fault starts them. */
  readonly standby?: readonly string[];
  readonly zones?: Readonly<Record<string, readonly string[]>>;
  /** Overrides the protocol's defaults, for all nodes or for some. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly nodeOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly bug?: string;
  readonly seed: string;
  readonly network?: NetworkConfig;
  readonly clocks?: ClockConfig & {
    readonly perNode?: Readonly<Record<string, { driftPpm?: number; offset?: Micros }>>;
  };
  readonly disk?: DiskConfig;
  readonly clients?: ClientsConfig;
  readonly script?: readonly ScriptedOperation[];
  readonly faults?: readonly Fault[];
  /** Faults that would take more than a minority of nodes from the system, now or for good, are left out. Default false. */
  readonly survivable?: boolean;
  /** Virtual time at which the run ends. */
  readonly until: Micros;
  readonly budget?: Budget;
  /** `direct`: as fast as JavaScript goes. `recorded`: every state is a value of its own. Same digest. Default direct. */
  readonly speed?: 'direct' | 'recorded';
  readonly trace?: TraceLevel;
  /** `content`: the digest covers the content of every message. `header`: only that there was one. Default content. */
  readonly digest?: 'content' | 'header';
  /** Keeps the digest after each event, to find the first difference of two runs. */
  readonly compare?: boolean;
  readonly choices?: ChoicesOptions;
  /** After this many events, chance goes another way. */
  readonly fork?: { readonly afterEvent: number; readonly seed: string };
  /** Goes on after an invariant broke. Default false. */
  readonly continueAfterViolation?: boolean;
  readonly observer?: Observer;
  readonly host?: HostServices;
}
