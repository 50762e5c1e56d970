import type { RequestRef, Session } from '../../engine/index.js';
import { readKey, type KeyValueCommand } from '../parts/key-value.js';
import { propose } from './proposing.js';
import type { MultiPaxos, MultiPaxosNode } from './shape.js';

/** Paxos Made Simple, section 3: the leader gives each command of a client the next number. Reads too: so they are in order. */
export function onCommand(
  node: MultiPaxosNode,
  ref: RequestRef<MultiPaxos>,
  command: KeyValueCommand,
  session: Session | null,
): void {
  const { volatile, options } = node;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.following?.node ?? null);
  if (command.op === 'read' && node.bug('reads-local')) {
    return node.reply(ref as RequestRef<MultiPaxos, 'read'>, readKey(volatile.machine.data, command.key));
  }
  if (volatile.nextSlot - volatile.executed > options.windowMax) return node.fail(ref, 'overloaded');
  volatile.waiting.set(volatile.nextSlot, ref);
  propose(node, { command, session, ref });
}
