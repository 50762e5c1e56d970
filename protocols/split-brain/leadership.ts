import { ms, type MessageOfType, type Node, type NodeId, type Request } from '../../engine/index.js';
import type { SplitBrain } from './shape.js';

type Site = Node<SplitBrain>;

/** Nobody is heard. Without a quorum that is reason enough to lead; with one, more than half must agree. */
export function standForElection(node: Site): void {
  const { durable, volatile } = node;
  durable.epoch++;
  durable.votedFor = node.id;
  if (!node.options.quorum) return lead(node);
  volatile.role = 'candidate';
  volatile.leader = null;
  volatile.votes = [node.id];
  toOthers(node, { type: 'RequestVote', epoch: durable.epoch });
  awaitLeader(node);
}

/** One vote an epoch, and it is on disk before it is given. */
export function onRequestVote(node: Site, { epoch }: MessageOfType<SplitBrain, 'RequestVote'>, from: NodeId): void {
  if (epoch > node.durable.epoch) enterEpoch(node, epoch);
  const { durable } = node;
  const free = durable.votedFor === null || durable.votedFor === from || node.bug('votes-twice');
  const granted = epoch === durable.epoch && free && node.volatile.role !== 'leader';
  if (granted) {
    durable.votedFor = from;
    awaitLeader(node);
  }
  node.send(from, { type: 'Vote', epoch: durable.epoch, granted });
}

export function onVote(node: Site, { epoch, granted }: MessageOfType<SplitBrain, 'Vote'>, from: NodeId): void {
  const { durable, volatile } = node;
  if (epoch > durable.epoch) return enterEpoch(node, epoch);
  if (!granted || epoch !== durable.epoch || volatile.role !== 'candidate') return;
  if (!volatile.votes.includes(from)) volatile.votes.push(from);
  if (isMajority(node, volatile.votes.length)) lead(node);
}

function lead(node: Site): void {
  const { volatile, durable } = node;
  volatile.role = 'leader';
  volatile.leader = node.id;
  volatile.image = null;
  volatile.answered = new Map(cluster(node).map((id) => [id, node.monotonic()]));
  node.mark('became-leader', { epoch: durable.epoch });
  node.cancelTimer('election');
  mount(node);
  beat(node);
}

function mount(node: Site): void {
  node.send(storageOf(node), { type: 'Mount', epoch: node.durable.epoch });
}

/** Of the writes that were on their way, the last ones may be gone: a leader no longer knows what the storage holds. */
export function onStorageReset(node: Site, peer: NodeId): void {
  if (peer === storageOf(node)) node.volatile.image = null;
}

export function onStorageOpen(node: Site, peer: NodeId): void {
  if (peer === storageOf(node) && node.volatile.role === 'leader') mount(node);
}

export function beat(node: Site): void {
  const { volatile, options } = node;
  if (volatile.role !== 'leader') return;
  const since = node.monotonic() - ms(options.stepDownMs);
  const answering = [...volatile.answered].filter(([id, at]) => id === node.id || at >= since).length;
  if (options.quorum && !isMajority(node, answering)) {
    node.mark('lost-quorum', { epoch: node.durable.epoch });
    return follow(node, null);
  }
  toOthers(node, { type: 'Heartbeat', epoch: node.durable.epoch });
  node.setTimer('heartbeat', ms(options.heartbeatMs));
}

export function onHeartbeat(node: Site, { epoch }: MessageOfType<SplitBrain, 'Heartbeat'>, from: NodeId): void {
  const { durable, volatile } = node;
  if (epoch < durable.epoch) return;
  // Two leaders of one epoch, which only a quorum prevents: the one with the lower name stays.
  if (epoch === durable.epoch && volatile.role === 'leader' && node.id < from) return;
  if (epoch > durable.epoch) enterEpoch(node, epoch);
  follow(node, from);
  node.send(from, { type: 'HeartbeatOk', epoch });
}

export function onHeartbeatOk(node: Site, { epoch }: MessageOfType<SplitBrain, 'HeartbeatOk'>, from: NodeId): void {
  if (epoch === node.durable.epoch) node.volatile.answered.set(from, node.monotonic());
}

/** What a new leader makes of the storage: from here on it writes what it has in memory, as whoever mounts a disk does. */
export function onMounted(node: Site, { epoch, value }: MessageOfType<SplitBrain, 'Mounted'>): void {
  const { volatile, durable } = node;
  if (volatile.role === 'leader' && epoch === durable.epoch) volatile.image ??= value;
}

export function onAdd(node: Site, { ref }: Request<SplitBrain, 'add'>): void {
  const { volatile, durable } = node;
  if (volatile.role === 'leader' && volatile.image !== null) {
    volatile.image++;
    node.send(storageOf(node), { type: 'Write', epoch: durable.epoch, value: volatile.image, ref });
  } else if (volatile.leader !== null && volatile.leader !== node.id) {
    node.redirect(ref, volatile.leader);
  } else {
    node.fail(ref, 'no leader');
  }
}

/** Somebody has a later epoch. What the storage refuses has surely had no effect. */
export function onFenced(node: Site, { epoch, ref }: MessageOfType<SplitBrain, 'Fenced'>): void {
  if (ref !== null) node.fail(ref, 'fenced: there is a leader of a later epoch');
  if (epoch > node.durable.epoch) enterEpoch(node, epoch);
}

function enterEpoch(node: Site, epoch: number): void {
  node.durable.epoch = epoch;
  node.durable.votedFor = null;
  follow(node, null);
}

function follow(node: Site, leader: NodeId | null): void {
  const { volatile } = node;
  if (volatile.role === 'leader') node.mark('stepped-down');
  volatile.role = 'follower';
  volatile.leader = leader;
  volatile.image = null;
  node.cancelTimer('heartbeat');
  awaitLeader(node);
}

export function awaitLeader(node: Site): void {
  const { electionMs } = node.options;
  node.setTimer('election', node.random.integer('election', ms(electionMs), ms(2 * electionMs)));
}

function isMajority(node: Site, count: number): boolean {
  const { length } = cluster(node);
  return node.bug('half-is-enough') ? 2 * count >= length : 2 * count > length;
}

function toOthers(node: Site, message: MessageOfType<SplitBrain, 'Heartbeat' | 'RequestVote'>): void {
  for (const id of cluster(node)) if (id !== node.id) node.send(id, message);
}

/** All nodes but the storage. */
export function cluster({ members }: { readonly members: readonly NodeId[] }): readonly NodeId[] {
  return members.slice(0, -1);
}

export function storageOf({ members }: { readonly members: readonly NodeId[] }): NodeId {
  return members[members.length - 1]!;
}
