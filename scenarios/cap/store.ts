import type { AnyProtocol } from '../../engine/index.js';
import { abd } from '../../protocols/abd/protocol.js';
import { multiPaxos } from '../../protocols/multi-paxos/protocol.js';
import { primaryBackup } from '../../protocols/primary-backup/protocol.js';
import { quorum } from '../../protocols/quorum/protocol.js';
import { raft } from '../../protocols/raft/protocol.js';
import { viewstampedReplication } from '../../protocols/viewstamped-replication/protocol.js';
import { zab } from '../../protocols/zab/protocol.js';
import { controlStore } from './control-store.js';

/** A store in one configuration. What a store is under a partition often depends on it. */
export interface CapStore {
  readonly protocol: AnyProtocol;
  /** In words, and unique for the protocol. */
  readonly configuration: string;
  /** For a cluster of so many nodes. */
  readonly options: (nodes: number) => Readonly<Record<string, unknown>>;
  /** The role that a cut is aimed at; absent where all nodes are alike. */
  readonly leader?: string;
  /** How its lost writes are counted, or why they cannot be. */
  readonly losses: Adding | string;
}

/** Requests that add an element, and replace none: what is acknowledged and gone in the end is lost. */
export interface Adding {
  readonly add: 'append' | 'put';
  /** Brings back all elements. */
  readonly read: 'read' | 'get';
  /** Requests a second, of all clients together. */
  readonly rate: number;
  /** Of those runs, beside the options of the configuration. */
  readonly options: Readonly<Record<string, unknown>>;
  /** In words. */
  readonly by: string;
}

export function servesAppends({ losses }: CapStore): boolean {
  return losses === APPENDS;
}

const APPENDS: Adding = { add: 'append', read: 'read', rate: 40, options: {}, by: 'appends to lists' };

/**
 * Dynamo's cart (4.4 of its paper): who has seen nothing replaces nothing, so that each put stays beside the others, and a get
 * brings back the union. Asked for less often, as every message that brings a key brings all its siblings.
 */
const SIBLINGS: Adding = {
  ...{ add: 'put', read: 'get', rate: 5, options: { versions: 'dotted' } },
  by: 'puts that replace nothing, with versions: dotted',
};

/**
 * Whoever appends, reads the list, and takes its first element has agreed with all others on one: consensus, which registers alone
 * do not give where nodes may fail (Herlihy, Wait-Free Synchronization, 1991).
 */
const REGISTERS = 'registers that are written blindly: an append would need consensus, which they cannot give';
const LAST_WRITER = 'each node has one value a key, and the last writer wins';

const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;

/** Every node keeps every key, so that no probe is answered by luck of the ring. */
const dynamo = (configuration: string, quorums: CapStore['options']): CapStore => ({
  protocol: quorum,
  configuration,
  options: (nodes) => ({ n: nodes, versions: 'timestamps', ...quorums(nodes) }),
  losses: SIBLINGS,
});

const copies = (configuration: string, options: object): CapStore => ({
  protocol: primaryBackup,
  configuration,
  options: () => ({ ...options }),
  leader: 'primary',
  losses: APPENDS,
});

/** Stores with a leader that serve the whole interface. */
const led = (protocol: AnyProtocol, configuration: string, options: object = {}): CapStore => ({
  protocol,
  configuration,
  options: () => ({ ...options }),
  leader: 'leader',
  losses: APPENDS,
});

/** What `splitbrain cap` measures. The last one is the control: it must be refuted, or the workload is worth nothing. */
export const capStores: readonly CapStore[] = [
  led(raft, 'reads by ReadIndex'),
  led(raft, 'reads by ReadIndex, checking the quorum', { preVote: true, checkQuorum: true }),
  led(raft, 'reads by lease', { readMode: 'lease', preVote: true, checkQuorum: true }),
  led(raft, 'reads by any node', { readMode: 'local' }),
  led(multiPaxos, 'majorities'),
  // Two votes choose a command, and whoever wants to lead needs all but one.
  { ...led(multiPaxos, 'q1 = N − 1, q2 = 2'), options: (nodes) => ({ q1: nodes - 1, q2: 2 }) },
  led(viewstampedReplication, 'reads in the log'),
  led(zab, 'reads by broadcast', { reads: 'broadcast' }),
  led(zab, 'reads by any node', { reads: 'local' }),
  { protocol: abd, configuration: 'majorities', options: () => ({}), losses: REGISTERS },
  dynamo('R = 1, W = 1', () => ({ r: 1, w: 1 })),
  dynamo('R and W majorities', (nodes) => ({ r: majority(nodes), w: majority(nodes) })),
  dynamo('R = N, W = 1', (nodes) => ({ r: nodes, w: 1 })),
  dynamo('R = 1, W = N', (nodes) => ({ r: 1, w: nodes })),
  dynamo('N = 3, R = W = 2, sloppy', () => ({ n: 3, r: 2, w: 2, sloppy: true, hintedHandoff: true })),
  copies('synchronous, with witnesses', { mode: 'synchronous', fencing: 'witnesses' }),
  copies('asynchronous, automatic failover', { mode: 'asynchronous', fencing: 'epochs' }),
  copies('asynchronous, manual failover, reads by any replica', {
    mode: 'asynchronous',
    fencing: 'epochs',
    failover: 'manual',
    readMode: 'replica',
  }),
  { protocol: controlStore, configuration: 'the control: everybody alone', options: () => ({}), losses: LAST_WRITER },
];
