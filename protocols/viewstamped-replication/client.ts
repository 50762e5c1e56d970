import type { RequestRef, Session } from '../../engine/index.js';
import { readKey } from '../parts/key-value.js';
import { sessionState } from '../parts/sessions.js';
import { leads, primaryOf } from './group.js';
import { holdsLease } from './lease.js';
import { opNumber } from './log.js';
import { prepare } from './normal.js';
import type { Entry, Replica, ViewstampedReplication } from './shape.js';

type Ref = RequestRef<ViewstampedReplication>;

/** Section 4.1, steps 1 to 3: a client's request. Reads too, unless they are fast. */
export function onCommand(replica: Replica, ref: Ref, command: Entry['command'], session: Session | null): void {
  const { volatile, options } = replica;
  if (!leads(replica)) return sendAway(replica, ref);
  if (session !== null && answersFromTable(replica, ref, session)) return;
  if (command.op === 'read' && readsAlone(replica)) {
    replica.mark('fast-read');
    return replica.reply(
      ref as RequestRef<ViewstampedReplication, 'read'>,
      readKey(volatile.machine.data, command.key),
    );
  }
  // Section 7.1: the reconfiguration is the last request of its epoch.
  const last = volatile.log.at(-1);
  const ending = last?.command.op === 'reconfigure' && last.opNumber > volatile.epochStart;
  if (ending && !replica.bug('serves-after-reconfiguration')) return replica.redirect(ref, null);
  if (command.op === 'reconfigure' && !isGroup(command.configuration)) return replica.fail(ref, 'not a group');
  if (opNumber(volatile) - volatile.commitNumber >= options.windowMax) return replica.fail(ref, 'overloaded');
  volatile.waiting.set(opNumber(volatile) + 1, ref);
  prepare(replica, { opNumber: opNumber(volatile) + 1, command, session, ref });
}

function isGroup(configuration: readonly string[]): boolean {
  return configuration.length > 0 && new Set(configuration).size === configuration.length;
}

/** Deviation: the paper's backups drop requests, and clients learn the view-number from replies. Ours are told whom to ask. */
function sendAway(replica: Replica, ref: Ref): void {
  const { status, viewNumber, behind } = replica.volatile;
  const knows = status === 'normal' || status === 'transitioning' || status === 'shut-down';
  replica.redirect(ref, knows ? primaryOf(replica.volatile, behind ?? viewNumber) : null);
}

/**
 * Section 4.1, step 2: a request whose number is not above the one in the client-table is not done again. If it was executed,
 * its result is sent again.
 */
function answersFromTable(replica: Replica, ref: Ref, session: Session): boolean {
  const { underWay, waiting, machine } = replica.volatile;
  const latest = underWay.get(session.client);
  if (latest !== undefined && session.sequence <= latest.sequence) {
    if (session.sequence === latest.sequence) waiting.set(latest.opNumber, ref);
    replica.mark('request-under-way');
    return true;
  }
  const state = sessionState(machine.sessions, session);
  if (state === 'new') return false;
  replica.mark('request-repeated');
  const record = machine.sessions.get(session.client);
  if (state === 'repeated' && record !== undefined) {
    replica.reply(ref as RequestRef<ViewstampedReplication, 'cas'>, record.result as boolean);
  }
  return true;
}

function readsAlone(replica: Replica): boolean {
  return replica.bug('reads-local') || (replica.options.fastReads && holdsLease(replica));
}
