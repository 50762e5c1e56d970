import type { DeepReadonly } from '../../engine/index.js';
import { laterBallot } from '../parts/ballot.js';
import { copyKeyValueMachine } from '../parts/key-value.js';
import { copyOfConfigurations, currentConfiguration, initialConfigurations } from './configuration.js';
import type { MultiPaxosDurable, MultiPaxosNode, Snapshot } from './shape.js';

// Snapshot and votes are two places on the disk, and a crash may find one written and not the other. So a snapshot is
// written first, and the votes that it covers are cut in a later step.

export function snapshotSlot(durable: DeepReadonly<MultiPaxosDurable>): number {
  return durable.snapshot === null ? 0 : durable.snapshot.slot;
}

/**
 * Once enough slots are executed, the state that they led to takes their place. So it does where a configuration begins: who
 * comes back from a crash then need not ask the members of the one before, who may be gone.
 */
export function takeSnapshot(node: MultiPaxosNode): void {
  const { durable, volatile, options } = node;
  const upTo = snapshotSlot(durable);
  const begins = currentConfiguration(volatile).from > upTo + 1;
  if (volatile.executed - upTo < options.snapshotAfter && !begins) return;
  node.mark('took-snapshot', { slot: volatile.executed });
  durable.snapshot = {
    slot: volatile.executed,
    machine: copyKeyValueMachine(volatile.machine),
    configurations: copyOfConfigurations(
      node.bug('omits-configuration') ? initialConfigurations(node) : volatile.configurations,
    ),
  };
  forgetChosen(node, volatile.executed - options.snapshotAfter);
}

/** Some are kept behind the snapshot, for learners that are only a little late. Slots come in about their order. */
function forgetChosen(node: MultiPaxosNode, upTo: number): void {
  const { chosen } = node.volatile;
  for (const slot of [...chosen.keys()]) if (slot <= upTo) chosen.delete(slot);
}

/** Cuts what an earlier step's snapshot covers. Called before a vote is noted, never in the step that writes the snapshot. */
export function cutVotes(durable: MultiPaxosDurable): void {
  const upTo = snapshotSlot(durable);
  if (durable.votes.size === 0 || upTo === 0) return;
  const first = durable.votes.keys().next().value;
  if (first === undefined || first > upTo) return;
  for (const slot of [...durable.votes.keys()]) if (slot <= upTo) durable.votes.delete(slot);
}

/** Takes over a state that is ahead of the own one. What the node has voted for above it stays. */
export function installSnapshot(node: MultiPaxosNode, snapshot: DeepReadonly<Snapshot>): void {
  const { durable, volatile } = node;
  if (snapshot.slot <= volatile.executed) return;
  durable.snapshot = {
    slot: snapshot.slot,
    machine: copyKeyValueMachine(snapshot.machine),
    configurations: copyOfConfigurations(snapshot.configurations),
  };
  volatile.configurations = copyOfConfigurations(snapshot.configurations);
  volatile.machine = copyKeyValueMachine(snapshot.machine);
  volatile.executed = snapshot.slot;
  forgetChosen(node, snapshot.slot);
  // Nobody can tell what became of these: their clients stay without an answer.
  for (const slot of [...volatile.waiting.keys()]) if (slot <= snapshot.slot) volatile.waiting.delete(slot);
  for (const slot of [...volatile.proposals.keys()]) if (slot <= snapshot.slot) volatile.proposals.delete(slot);
  node.mark('installed-snapshot', { slot: snapshot.slot });
}

/** What a restart finds: the state of the snapshot, and votes, of which a crash may have kept one without its promise. */
export function restore(node: MultiPaxosNode): void {
  const { durable, volatile } = node;
  cutVotes(durable);
  for (const { bal } of durable.votes.values()) durable.maxBal = laterBallot(durable.maxBal, bal);
  volatile.configurations = copyOfConfigurations(durable.snapshot?.configurations ?? initialConfigurations(node));
  if (durable.snapshot === null) return;
  volatile.machine = copyKeyValueMachine(durable.snapshot.machine);
  volatile.executed = durable.snapshot.slot;
}
