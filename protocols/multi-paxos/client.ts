import type { NodeId, RequestRef, Session } from '../../engine/index.js';
import { readKey, type KeyValueCommand } from '../parts/key-value.js';
import { commandName } from '../parts/sessions.js';
import { hasPromises, configurationOf, isOneToCome, isSettled, isWithinWindow } from './configuration.js';
import { propose } from './proposing.js';
import { quorumProblem } from './quorums.js';
import type { Entry, MultiPaxos, MultiPaxosNode } from './shape.js';

/** Paxos Made Simple, section 3: the leader gives each command of a client the next number. Reads too: so they are in order. */
export function onCommand(
  node: MultiPaxosNode,
  ref: RequestRef<MultiPaxos>,
  command: KeyValueCommand,
  session: Session | null,
): void {
  const { volatile } = node;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.following?.node ?? null);
  if (command.op === 'read' && node.bug('reads-local')) {
    return node.reply(ref as RequestRef<MultiPaxos, 'read'>, readKey(volatile.machine.data, command.key));
  }
  proposeFor(node, ref, command, session);
}

function proposeFor(
  node: MultiPaxosNode,
  ref: RequestRef<MultiPaxos>,
  command: Entry['command'],
  session: Session | null,
): void {
  const { volatile } = node;
  const slot = volatile.nextSlot;
  if (!isWithinWindow(node, slot) && !node.bug('leaves-window')) return node.fail(ref, 'overloaded');
  // What may have been chosen comes first; and of a new configuration nobody has promised yet.
  if (volatile.reported.size > 0 || !hasPromises(node, configurationOf(volatile, slot)))
    return node.redirect(ref, null);
  volatile.waiting.set(slot, ref);
  if (node.options.marksDeliveries) node.mark('broadcast', { slot, command: commandName(session, ref) });
  propose(node, { command, session, ref });
}

/**
 * Section 3: the set of servers is part of the state, and a command changes it. Deviation: one change at a time, and none before
 * the last one is settled.
 */
export function onReconfigure(
  node: MultiPaxosNode,
  ref: RequestRef<MultiPaxos>,
  configuration: readonly NodeId[],
  session: Session | null,
): void {
  const { volatile, options } = node;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.following?.node ?? null);
  const different = new Set(configuration).size === configuration.length;
  if (configuration.length === 0 || !different) return node.fail(ref, 'no set of nodes');
  const problem = quorumProblem({ members: configuration, options });
  if (problem !== null && !node.bug('accepts-unsafe-quorums')) return node.fail(ref, `unsafe quorums: ${problem}`);
  if (isOneToCome(volatile) || !isSettled(node)) return node.redirect(ref, null);
  proposeFor(node, ref, { op: 'reconfigure', configuration }, session);
}
