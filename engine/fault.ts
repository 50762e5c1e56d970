import type { ClockConfig } from './clock.js';
import type { Distribution } from './distribution.js';
import type { LinkRule } from './links.js';
import type { Plain } from './protocol.js';
import type { Micros } from './time.js';

/**
 * Whom a fault strikes: a node's or client's name, a role (`leader`: every node in that role now), `all` nodes, `subject` and
 * `peer` (of the event that triggered the fault), a zone, so many drawn by chance, everybody else.
 */
export type Whom =
  | string
  | readonly Whom[]
  | { readonly role: string }
  | { readonly zone: string }
  /** So many nodes, drawn; `of` narrows the choice (default: all running nodes). */
  | { readonly random: number; readonly of?: Whom }
  | { readonly not: Whom };

/** Ways to part a cluster. */
export type PartitionShape =
  /** Who can talk to whom; those not named talk to all. */
  | { readonly groups: readonly Whom[] }
  /** Nothing gets from one to the other; the way back is open. */
  | { readonly from: Whom; readonly to: Whom }
  /** These on one side, every other node on the other. */
  | { readonly isolate: Whom }
  /** Two halves drawn by chance, the larger one with `with` in it, where given. */
  | { readonly halves: true; readonly with?: Whom }
  /** Every node sees a majority, and no two see the same. */
  | { readonly ring: 'majorities' }
  /** Two halves that only one node can reach both of. */
  | { readonly bridge: Whom }
  /** Only `hub` is connected to everybody, all other pairs are cut (quorum loss). */
  | { readonly hub: Whom }
  /** `hub` is connected to everybody; `leader` has lost all but `hub` (constrained election). */
  | { readonly constrained: { readonly leader: Whom; readonly hub: Whom } }
  /** Each node reaches only its neighbours in the order of names. */
  | { readonly chain: true };

/** What can go wrong. `do` says what; the other fields to whom and how. */
export type Action =
  | { readonly do: 'crash'; readonly whom: Whom; readonly disk?: 'kept' | 'wiped' }
  | { readonly do: 'restart'; readonly whom: Whom }
  /** As if the machine froze: timers and messages wait. */
  | { readonly do: 'pause'; readonly whom: Whom }
  | { readonly do: 'resume'; readonly whom: Whom }
  /** Each handler takes this long. */
  | { readonly do: 'slow'; readonly whom: Whom; readonly processing: Distribution }
  /** Leaves for good, or joins: a node of the scenario that was not started at the beginning. */
  | { readonly do: 'stop'; readonly whom: Whom }
  | { readonly do: 'start'; readonly whom: Whom }
  /** Restarts with other options, or another version of the protocol that the scenario names. */
  | {
      readonly do: 'upgrade';
      readonly whom: Whom;
      readonly options?: Readonly<Record<string, Plain>>;
      readonly version?: string;
    }
  | { readonly do: 'partition'; readonly shape: PartitionShape; readonly name?: string }
  /** Ends the partition of this name, or all. */
  | { readonly do: 'heal'; readonly name?: string }
  | {
      readonly do: 'link';
      readonly from?: Whom;
      readonly to?: Whom;
      readonly types?: readonly string[];
      readonly rule: LinkRule;
      /** Also from `to` to `from`. */
      readonly bothWays?: boolean;
    }
  | { readonly do: 'clock'; readonly whom: Whom; readonly driftPpm?: number; readonly jump?: Micros }
  | {
      readonly do: 'disk';
      readonly whom: Whom;
      readonly how: 'corrupt' | 'misdirected' | 'unreadable' | 'full' | 'slow';
      /** What is damaged: this field of the durable state, or an element of it; default: any, drawn. */
      readonly field?: string;
      /** Does the node's checksum notice? Default true. */
      readonly noticed?: boolean;
      readonly syncLatency?: Distribution;
    };

/** When something of the protocol happens: the `nth` time (default 1), not before `from` and, when given, at `node`. */
export interface Trigger {
  /** A mark that protocol code makes. */
  readonly mark?: string;
  /** A message of this type is sent, or handled. */
  readonly sent?: string;
  readonly delivered?: string;
  readonly node?: Whom;
  readonly peer?: Whom;
  readonly nth?: number;
  readonly from?: Micros;
}

/** One line of a fault plan. */
export type Fault = Action & {
  /** At this time … */
  readonly at?: Micros;
  /** … or upon this event … */
  readonly when?: Trigger;
  /** … and so much later. */
  readonly after?: Micros;
  /** Ends by itself after this long: a crashed node restarts, a partition heals. */
  readonly for?: Micros;
  /** Happens this often, each time anew, `every` apart or upon each such event. Default 1. */
  readonly times?: number;
  readonly every?: Micros;
};

/** Families, which a swarm turns on or off as wholes. */
export const FAULT_FAMILIES = ['crash', 'pause', 'partition', 'link', 'clock', 'disk', 'membership'] as const;
export type FaultFamily = (typeof FAULT_FAMILIES)[number];

export function familyOf(action: Action): FaultFamily {
  switch (action.do) {
    case 'crash':
    case 'restart':
      return 'crash';
    case 'pause':
    case 'resume':
    case 'slow':
      return 'pause';
    case 'partition':
    case 'heal':
      return 'partition';
    case 'start':
    case 'stop':
    case 'upgrade':
      return 'membership';
    case 'link':
    case 'clock':
    case 'disk':
      return action.do;
  }
}

export type { ClockConfig };
