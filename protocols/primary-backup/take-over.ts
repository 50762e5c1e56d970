import { ms, type NodeId } from '../../engine/index.js';
import { beHeard } from './copying.js';
import { dataPeers, isData } from './epochs.js';
import type { PrimaryBackupNode } from './shape.js';

/** This node is primary from now on: what it holds is the state, and all others must copy it before they count as in sync. */
export function takeOver(node: PrimaryBackupNode): void {
  const { durable, volatile } = node;
  const { epoch, seq } = durable.replica;
  volatile.tookOverFrom = { epoch, seq };
  durable.replica.epoch = durable.vote.epoch;
  lead(node, [node.id], null);
  node.mark('took-over', { epoch: durable.vote.epoch });
}

/** The first primary, with backups that are as empty as itself; or one that comes back, and does not know what they have. */
export function leadAll(node: PrimaryBackupNode, held: number | null): void {
  node.volatile.version = 0;
  lead(
    node,
    node.members.filter((member) => isData(node, member)),
    held,
  );
}

function lead(node: PrimaryBackupNode, recorded: NodeId[], held: number | null): void {
  const { durable, volatile, options } = node;
  const { seq } = durable.replica;
  const heardAt = node.monotonic();
  volatile.role = 'primary';
  volatile.primary = node.id;
  volatile.grants = [];
  volatile.found = null;
  volatile.recorded = recorded;
  volatile.proposed = null;
  volatile.joining = new Map();
  volatile.progress = new Map(dataPeers(node).map((peer) => [peer, { seq: held, round: 0, heardAt }]));
  volatile.progress.set(node.id, { seq, round: 0, heardAt });
  volatile.updates = new Map();
  volatile.copied = seq;
  volatile.copiedBefore = seq;
  volatile.round = 0;
  volatile.waiting = [];
  node.cancelTimer('election');
  beHeard(node);
  node.setTimer('heartbeat', ms(options.heartbeatMs));
}
