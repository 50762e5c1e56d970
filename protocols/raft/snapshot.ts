import type { MessageOfType, NodeId } from '../../engine/index.js';
import { copyKeyValueMachine } from '../parts/key-value.js';
import { serveReads } from './client.js';
import { configurationAt, copyOfPlacement, installConfiguration } from './configuration.js';
import { followLeader } from './election.js';
import { lastIncludedIndex, lastLogIndex, termAt, truncateFrom } from './log.js';
import type { Raft, RaftNode } from './shape.js';
import { answeringFollower, noteFollowerMoved, noteMatch, replicateTo } from './replication.js';

/** Section 7: once enough entries are applied, the state that they led to takes their place. */
export function takeSnapshot(node: RaftNode): void {
  const { durable, volatile, options } = node;
  const included = lastIncludedIndex(durable);
  if (volatile.lastApplied - included < options.snapshotAfter) return;
  const lastIncludedTerm = termAt(durable, volatile.lastApplied);
  if (lastIncludedTerm === undefined) return;
  node.mark('compacted-log', { from: included + 1, to: volatile.lastApplied });
  durable.snapshot = {
    lastIncludedIndex: volatile.lastApplied,
    lastIncludedTerm,
    configuration: configurationAt(node, volatile.lastApplied),
    machine: copyKeyValueMachine(volatile.machine),
  };
}

/** Deviation: the whole snapshot in one message, where Figure 13 sends chunks (offset, data, done). */
export function sendSnapshot(node: RaftNode, peer: NodeId): void {
  const { durable, volatile } = node;
  if (durable.snapshot === null) return;
  node.mark('sent-snapshot', { to: peer, lastIncludedIndex: durable.snapshot.lastIncludedIndex });
  node.send(peer, {
    type: 'InstallSnapshot',
    term: durable.currentTerm,
    snapshot: durable.snapshot,
    round: volatile.round,
    sentAt: node.monotonic(),
  });
}

/** Figure 13, InstallSnapshot RPC, receiver. */
export function onInstallSnapshot(node: RaftNode, message: MessageOfType<Raft, 'InstallSnapshot'>, from: NodeId): void {
  const { durable, volatile } = node;
  const { lastIncludedIndex: index } = message.snapshot;
  // 1. of an older term: refuse
  if (message.term >= durable.currentTerm) {
    followLeader(node, message.term, from);
    if (node.bug('refuses-newer-snapshot') && index > lastLogIndex(durable)) return;
    // What is applied here already needs no snapshot.
    if (index > volatile.lastApplied) install(node, message.snapshot);
  }
  node.send(from, {
    type: 'InstallSnapshotReply',
    term: durable.currentTerm,
    lastIncludedIndex: index,
    round: message.round,
    sentAt: message.sentAt,
  });
}

function install(node: RaftNode, snapshot: MessageOfType<Raft, 'InstallSnapshot'>['snapshot']): void {
  const { durable, volatile } = node;
  const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot;
  // 6. if the log holds the snapshot's last entry, keep what follows; 7. otherwise discard the log: here what contradicts
  // the snapshot, and in a later step what it covers
  const conflict = node.bug('keeps-conflicting-entry') ? index + 1 : index;
  if (termAt(durable, index) !== term) truncateFrom(node, conflict);
  durable.snapshot = {
    lastIncludedIndex: index,
    lastIncludedTerm: term,
    configuration: copyOfPlacement(snapshot.configuration),
    machine: copyKeyValueMachine(snapshot.machine),
  };
  // 8. reset the state machine
  volatile.machine = copyKeyValueMachine(snapshot.machine);
  volatile.lastApplied = index;
  volatile.commitIndex = Math.max(volatile.commitIndex, index);
  installConfiguration(node, snapshot.configuration, index);
  forgetUpdatesUpTo(node, index);
  node.mark('installed-snapshot', { lastIncludedIndex: index, term });
}

/** Whether these are in the snapshot nobody can tell: their clients stay without an answer. */
function forgetUpdatesUpTo(node: RaftNode, index: number): void {
  const { updates } = node.volatile;
  for (const waitingAt of [...updates.keys()]) {
    if (waitingAt <= index) updates.delete(waitingAt);
  }
}

export function onInstallSnapshotReply(
  node: RaftNode,
  message: MessageOfType<Raft, 'InstallSnapshotReply'>,
  from: NodeId,
): void {
  const progress = answeringFollower(node, message, from);
  if (progress === undefined) return;
  noteMatch(node, progress, message.lastIncludedIndex);
  serveReads(node);
  replicateTo(node, from);
  noteFollowerMoved(node, from);
}
