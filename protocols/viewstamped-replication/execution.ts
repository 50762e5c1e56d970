import type { RequestRef } from '../../engine/index.js';
import { applyCommand, type KeyValueResult } from '../parts/key-value.js';
import { rememberResult } from '../parts/sessions.js';
import { entryAt, opNumber, takeCheckpoint } from './log.js';
import { beginEpoch } from './reconfiguration.js';
import type { Entry, Replica, ViewstampedReplication } from './shape.js';

/**
 * Section 4.1, steps 5 and 7: all up to k is committed, so it is executed in order, as far as it is in the log, and the
 * results go to the client-table and to whoever waits here for them.
 */
export function executeUpTo(replica: Replica, k: number): void {
  const { volatile } = replica;
  const last = Math.min(k, opNumber(volatile));
  while (volatile.commitNumber < last) {
    const entry = entryAt(volatile, volatile.commitNumber + 1);
    if (entry === undefined) break;
    volatile.commitNumber = entry.opNumber;
    answer(replica, entry.opNumber, execute(replica, entry));
  }
  takeCheckpoint(replica);
}

function execute(replica: Replica, entry: Entry): KeyValueResult {
  const { volatile, options } = replica;
  const { command, session, opNumber } = entry;
  // Whether it was done before is asked when it comes (client.ts), and not here: the log holds a request once.
  const result = command.op === 'reconfigure' ? null : applyCommand(volatile.machine.data, command);
  if (session !== null) {
    rememberResult(volatile.machine.sessions, session, result, opNumber, options.sessionsMax);
    if (volatile.underWay.get(session.client)?.opNumber === opNumber) volatile.underWay.delete(session.client);
  }
  if (command.op === 'reconfigure') beginEpoch(replica, entry.opNumber, command.configuration);
  else if (opNumber === volatile.recoverAfter) volatile.recoverAfter = null; // Another view has put something else there.
  return result;
}

function answer(replica: Replica, n: number, result: KeyValueResult): void {
  const { waiting } = replica.volatile;
  const ref = waiting.get(n);
  if (ref === undefined) return;
  waiting.delete(n);
  replica.reply(ref as RequestRef<ViewstampedReplication, 'cas'>, result as boolean);
}
