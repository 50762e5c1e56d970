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
  /** Does it serve `append`, by which lost writes are counted? */
  readonly appends: boolean;
}

const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;

/** Every node keeps every key, so that no probe is answered by luck of the ring. */
const dynamo = (configuration: string, quorums: CapStore['options']): CapStore => ({
  protocol: quorum,
  configuration,
  options: (nodes) => ({ n: nodes, versions: 'timestamps', ...quorums(nodes) }),
  appends: false,
});

const copies = (configuration: string, options: object): CapStore => ({
  protocol: primaryBackup,
  configuration,
  options: () => ({ ...options }),
  leader: 'primary',
  appends: true,
});

/** Stores with a leader that serve the whole interface. */
const led = (protocol: AnyProtocol, configuration: string, options: object = {}): CapStore => ({
  protocol,
  configuration,
  options: () => ({ ...options }),
  leader: 'leader',
  appends: true,
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
  { protocol: abd, configuration: 'majorities', options: () => ({}), appends: false },
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
  { protocol: controlStore, configuration: 'the control: everybody alone', options: () => ({}), appends: false },
];
