import { ms, type NodeId } from '../../engine/index.js';
import { call, end, wait, type Site } from './calls.js';
import type { Calls } from './shape.js';

/** Election(i), step 1: are all nodes above this one silent? */
export function election(node: Site): void {
  node.mark('election');
  call(node, 'AreYouThere', 'AreYouThere', above(node));
}

/** Halt(i, j): "stop the election procedure, if it is being executed", and wait for what j will say. */
export function halt(node: Site, by: NodeId): void {
  end(node);
  Object.assign(node.volatile, { s: 'Election', c: null, h: by, toHalt: [] });
}

/** NewCoordinator(i, j): only whoever has halted this node last may lead it. */
export function newCoordinator(node: Site, from: NodeId): boolean {
  const { s, h } = node.volatile;
  if ((s !== 'Election' || h !== from) && !node.bug('halts-nobody')) return false;
  Object.assign(node.volatile, { s: 'Reorganization', c: from });
  return true;
}

/** Ready(i, j, x). The task x that the paper hands over here is none of ours. */
export function ready(node: Site, from: NodeId): boolean {
  if (node.volatile.c !== from || node.volatile.s !== 'Reorganization') return false;
  node.volatile.s = 'Normal';
  return true;
}

/** Check(i): the coordinator asks whether all are with it. Who has just recovered is not, and a new election brings it in. */
export function check(node: Site): void {
  const { s, c, calls } = node.volatile;
  if (s !== 'Normal' || c !== node.id || calls !== null || node.bug('never-checks')) return;
  call(node, 'AreYouNormal', 'AreYouNormal', node.peers);
}

/** All have answered a call of this procedure, or had their time. */
export function settled(node: Site, calls: Calls): void {
  switch (calls.phase) {
    case 'AreYouThere':
      return calls.yes.length > 0 ? undefined : haltAllBelow(node); // Whoever is above and alive will see to it.
    case 'Halt':
      node.volatile.up.push(...calls.yes);
      return haltNext(node);
    case 'Lease':
      return lead(node);
    case 'NewCoordinator':
      if (!hasAll(node, calls)) return election(node);
      return call(node, 'Ready', 'Ready', node.volatile.up);
    case 'Ready':
      return hasAll(node, calls) ? reorganized(node) : election(node);
    case 'AreYouNormal':
      return checked(node, calls);
    case 'IsCoordinatorThere':
    case 'Election':
    case 'Announcement':
      return; // What follows from these is said where both variants are known.
  }
}

/** Step 2. */
function haltAllBelow(node: Site): void {
  const lower = node.bug('halts-lowest-first') ? below(node) : below(node).reverse();
  const halts = !node.bug('halts-nobody');
  Object.assign(node.volatile, { s: 'Election', h: node.id, c: null });
  Object.assign(node.volatile, halts ? { up: [], toHalt: lower } : { up: lower, toHalt: [] });
  haltNext(node);
}

/**
 * One at a time, from the highest down. The order matters: once the next highest has been halted it makes nobody its
 * follower, and so a Halt of it that is still on its way, to somebody whom this node has halted, can do no more than delay.
 */
function haltNext(node: Site): void {
  const next = node.volatile.toHalt.shift();
  if (next !== undefined) return call(node, 'Halt', 'Halt', [next]);
  if (!hasQuorum(node, node.volatile.up)) return stepDown(node, 'no quorum');
  if (node.options.quorum) wait(node, 'Lease', leaseMs(node));
  else lead(node);
}

/** Step 3: this is the new coordinator. */
function lead(node: Site): void {
  Object.assign(node.volatile, { s: 'Reorganization', c: node.id });
  call(node, 'NewCoordinator', 'NewCoordinator', node.volatile.up);
}

/** Step 4. */
function reorganized(node: Site): void {
  node.volatile.s = 'Normal';
  node.mark('became-coordinator', { up: node.volatile.up });
  node.setTimer('check', ms(node.options.checkMs));
}

function checked(node: Site, { no, yes }: Calls): void {
  if (!hasQuorum(node, yes)) return stepDown(node, 'no quorum');
  if (no.length === 0) return node.setTimer('check', ms(node.options.checkMs));
  // The lease is of those who follow; it is given back before they are halted.
  if (node.options.quorum) stepDown(node, 'not all are normal');
  election(node);
}

/** It leads no longer; its next time-out is another attempt. */
function stepDown(node: Site, why: string): void {
  if (node.volatile.s === 'Normal') node.mark('stepped-down', { why });
  Object.assign(node.volatile, { s: 'Election', c: null });
}

/** The paper starts anew when one that had been halted does not follow, or has failed meanwhile. */
function hasAll(node: Site, { yes }: Calls): boolean {
  return yes.length === node.volatile.up.length;
}

function hasQuorum(node: Site, followers: readonly NodeId[]): boolean {
  return !node.options.quorum || 2 * (followers.length + 1) > node.members.length;
}

/**
 * How long an earlier coordinator may still believe that it leads, counted from its last call that a majority answered: until
 * that call, the pause and the next call are over. A tenth more, for clocks that are not alike.
 */
function leaseMs({ options: { checkMs, callMs } }: Site): number {
  return Math.ceil((checkMs + 2 * callMs) * 1.1);
}

/** Priorities are the order of members: the last is the highest. */
export function above(node: Site): NodeId[] {
  return node.members.slice(node.members.indexOf(node.id) + 1);
}

export function below(node: Site): NodeId[] {
  return node.members.slice(0, node.members.indexOf(node.id));
}
