import { UsageError, type AnyProtocol } from '../engine/index.js';
import { abd } from '../protocols/abd/protocol.js';
import { bully } from '../protocols/bully/protocol.js';
import { changRoberts } from '../protocols/chang-roberts/protocol.js';
import { floodMax } from '../protocols/flood-max/protocol.js';
import { lcr } from '../protocols/lcr/protocol.js';
import { leases } from '../protocols/leases/protocol.js';
import { messageQueue } from '../protocols/message-queue/protocol.js';
import { multiPaxos } from '../protocols/multi-paxos/protocol.js';
import { paxos } from '../protocols/paxos/protocol.js';
import { primaryBackup } from '../protocols/primary-backup/protocol.js';
import { quorum } from '../protocols/quorum/protocol.js';
import { raft } from '../protocols/raft/protocol.js';
import { splitBrain } from '../protocols/split-brain/protocol.js';
import { threePhaseCommit } from '../protocols/three-phase-commit/protocol.js';
import { transactions } from '../protocols/transactions/protocol.js';
import { twoGenerals } from '../protocols/two-generals/protocol.js';
import { twoPhaseCommit } from '../protocols/two-phase-commit/protocol.js';
import { viewstampedReplication } from '../protocols/viewstamped-replication/protocol.js';
import { zab } from '../protocols/zab/protocol.js';
import { nearest } from './nearest.js';

/** The protocols that ship, by name. */
export const protocols: readonly AnyProtocol[] = [
  raft,
  paxos,
  multiPaxos,
  primaryBackup,
  abd,
  quorum,
  viewstampedReplication,
  zab,
  twoPhaseCommit,
  threePhaseCommit,
  transactions,
  messageQueue,
  twoGenerals,
  leases,
  splitBrain,
  bully,
  changRoberts,
  lcr,
  floodMax,
];

/** @throws UsageError that suggests the nearest name. */
export function protocolNamed(name: string): AnyProtocol {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found !== undefined) return found;
  const names = protocols.map((protocol) => protocol.name);
  throw new UsageError('unknown-protocol', `there is no protocol ${JSON.stringify(name)}`, nearest(name, names));
}
