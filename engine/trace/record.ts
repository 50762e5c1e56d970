import type { HistoryEvent } from '../history.js';
import type { Damage, Plain, Role } from '../protocol.js';
import type { Micros } from '../time.js';

/** What a trace file says it is. A reader refuses other versions. */
export const TRACE_FORMAT = 'splitbrain-trace';
export const TRACE_VERSION = 1;

/** `off`: the digest only. `events`: what happened. `states`: and what every step changed (recorded speed). */
export type TraceLevel = 'off' | 'events' | 'states';

export type TraceKind =
  /** `node` starts; `why`: first, restart, upgrade; `body`: the damage its disk showed. */
  | 'start'
  /** `node` crashes (a fault); `body`: how many unsynced writes were lost. */
  | 'crash'
  /** `node` stopped itself: `why`. */
  | 'halt'
  | 'pause'
  | 'resume'
  /** `node` sends message `msg` of type `name` and content `body` to `peer`. Clients' requests and replies are messages too. */
  | 'send'
  /** The network makes a second copy of `msg`. */
  | 'duplicate'
  /** The network damages `msg`; `body`: the content that will arrive. */
  | 'corrupt'
  /** `msg` from `peer` arrives at `node` and is handled. */
  | 'deliver'
  /** `msg` from `peer` to `node` is lost; `why`, and in `place` whether it was judged at sending or at delivery. */
  | 'drop'
  /** A timer of `node` fires: `name`, and `body`: its key. */
  | 'timer'
  /** `node`'s disk has synced. */
  | 'sync'
  /** A disk fault acted on `node`: `name`, `why`. */
  | 'disk'
  /** `node` lost (`reset`) or made (`open`: `name`) its connection to `peer`. */
  | 'connection'
  /** A client's view, as in the history: `node` is the client, `name` the operation, `body` the history event. */
  | 'invoke'
  | 'ok'
  | 'fail'
  | 'info'
  /** Protocol code marked `name` with detail `body`. */
  | 'mark'
  /** A fault begins or ends (`name`); `why` is the sentence, `body` a `FaultNote`. */
  | 'fault'
  /** The property `name` is broken; `why` says how. */
  | 'violation';

/** What a `fault` event carries, so that a picture can draw it as a band. */
export interface FaultNote {
  /** Begin and end of one fault share it. */
  readonly fault: number;
  readonly family: string;
  readonly nodes: readonly string[];
  /** For partitions: who can still talk to whom. */
  readonly groups?: readonly (readonly string[])[];
}

/** One place of a node's state that a step changed. `to` is absent where it was removed. */
export interface Change {
  /** Begins with `durable` or `volatile`. Map keys and array indices are path elements. */
  readonly path: readonly (string | number)[];
  readonly to?: Plain;
}

export interface TraceEvent {
  /** 1, 2, 3, … in the order in which things happened. */
  readonly id: number;
  readonly time: Micros;
  readonly kind: TraceKind;
  /** Where it happened; null for what concerns the whole system. */
  readonly node: string | null;
  /** The event that led to it; 0 for none. */
  readonly cause: number;
  readonly peer?: string;
  readonly msg?: number;
  readonly name?: string;
  readonly body?: Plain;
  readonly why?: string;
  readonly place?: 'sending' | 'delivery';
  /** At level `states`: what the step changed at `node`; a `start` gives the whole of `durable` and `volatile`. */
  readonly changes?: readonly Change[];
  /** At level `states`: the node's role, when the step changed it. */
  readonly role?: Role;
}

export interface TraceHeader {
  readonly format: typeof TRACE_FORMAT;
  readonly version: number;
  /** Version of splitbrain that wrote it. */
  readonly by: string;
  readonly scenario: string;
  /** The scenario's file, where it is none of the catalogue. */
  readonly file?: string;
  readonly protocol: string;
  readonly seed: string;
  readonly bug?: string;
  /** What `--set` changed. */
  readonly settings: { readonly [key: string]: string };
  /** What was added to the scenario's own faults and network, e.g. by a swarm; as a scenario would write it. */
  readonly added?: { readonly faults?: readonly unknown[]; readonly network?: object; readonly disk?: object };
  readonly level: TraceLevel;
  readonly nodes: readonly string[];
  readonly clients: readonly string[];
}

export interface Violation {
  /** An invariant's name or a consistency level. */
  readonly property: string;
  /** One sentence that names nodes and values. */
  readonly message: string;
  readonly time?: Micros;
  readonly node?: string;
  /** The trace event at which it was noticed. */
  readonly event?: number;
  /** What a picture or another program needs, e.g. the operations that fit nowhere. */
  readonly evidence?: unknown;
}

/** How a run ended, whatever its verdict. */
export type Ending =
  | 'finished'
  | 'violation'
  | 'events-exhausted'
  | 'time-exhausted'
  | 'livelock'
  | 'queue-full'
  | 'wall-exhausted'
  | 'stopped';

export interface TraceFooter {
  readonly digest: string;
  readonly events: number;
  readonly virtualTimeUs: Micros;
  readonly ending: Ending;
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly violations: readonly Violation[];
  readonly marks: { readonly [name: string]: number };
}

/** A whole run, as the trace file holds it and as the page draws it. */
export interface RunRecord {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
  readonly footer: TraceFooter;
}

export type { Damage };
