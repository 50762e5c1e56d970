import type { MessageOfType, NodeId, RequestRef, Session } from '../../engine/index.js';
import { sameBallot, type Ballot } from '../parts/ballot.js';
import { applyOnce, type KeyValueResult } from '../parts/key-value.js';
import { commandName, rememberResult, sessionState } from '../parts/sessions.js';
import { takeSnapshot } from './compaction.js';
import { forgetConfigurations, placeConfiguration } from './configuration.js';
import { askPromises, leadOn } from './leadership.js';
import type { Entry, MultiPaxos, MultiPaxosNode, Reconfiguration } from './shape.js';

/**
 * The leader of this ballot says that all slots up to `last` are chosen. What was voted for in this very ballot is what the
 * leader proposed, and so what is chosen; of votes in other ballots nobody knows, and they are asked for: `catchUp`.
 */
export function learnUpTo(node: MultiPaxosNode, bal: Ballot, last: number): void {
  const { durable, volatile } = node;
  for (let slot = volatile.executed + 1; slot <= last; slot += 1) {
    if (volatile.chosen.has(slot)) continue;
    const vote = durable.votes.get(slot);
    if (vote === undefined || !(sameBallot(vote.bal, bal) || node.bug('learns-any-vote'))) break;
    volatile.chosen.set(slot, copyOfEntry(vote.entry));
  }
  executeChosen(node);
}

/** The two halves of a node's state share nothing: the durable one is the disk's. Nor does what an invariant remembers. */
export function copyOfEntry({ command, session, ref }: Entry): Entry {
  const own = command.op === 'reconfigure' ? { ...command, configuration: [...command.configuration] } : { ...command };
  return { command: own, session: session === null ? null : { ...session }, ref };
}

/** Executes what is chosen, in the order of slots and without gaps, and answers whoever waits here for it. */
export function executeChosen(node: MultiPaxosNode): void {
  const { volatile } = node;
  const { executed: before, configurations } = volatile;
  for (;;) {
    const slot = volatile.executed + 1;
    const entry = volatile.chosen.get(slot);
    if (entry === undefined) break;
    volatile.executed = slot;
    forgetConfigurations(node);
    answer(node, slot, entry, execute(node, slot, entry));
  }
  if (volatile.executed === before) return;
  takeSnapshot(node);
  if (volatile.configurations !== configurations) askPromises(node);
  leadOn(node);
}

type Outcome = KeyValueResult | typeof REFUSED | undefined;

const REFUSED = Symbol('refused');

/** @returns undefined for the no-op, and where the session has gone on and nobody waits. */
function execute(node: MultiPaxosNode, slot: number, { command, session, ref }: Entry): Outcome {
  if (command.op === 'noop') return undefined;
  if (node.options.marksDeliveries) node.mark('delivered', { slot, command: commandName(session, ref) });
  if (command.op === 'reconfigure') return reconfigure(node, slot, command, session);
  const application = applyOnce(node.volatile.machine, command, session, slot, node.options.sessionsMax);
  if (application.session !== 'new') node.mark('retried-session-request', { slot });
  return application.session === 'stale' ? undefined : application.result;
}

function reconfigure(
  node: MultiPaxosNode,
  slot: number,
  { configuration }: Reconfiguration,
  session: Session | null,
): Outcome {
  const { sessions } = node.volatile.machine;
  const state = session === null ? 'new' : sessionState(sessions, session);
  if (state === 'stale') return undefined;
  if (state === 'repeated') return null;
  if (!placeConfiguration(node, slot, configuration)) return REFUSED;
  if (session !== null) rememberResult(sessions, session, null, slot, node.options.sessionsMax);
  return null;
}

function answer(node: MultiPaxosNode, slot: number, entry: Entry, result: Outcome): void {
  const { volatile } = node;
  const waiting = volatile.waiting.get(slot);
  if (waiting === undefined) return;
  volatile.waiting.delete(slot);
  if (entry.ref === waiting) {
    if (result === REFUSED) node.fail(waiting, 'another change is under way');
    else if (result !== undefined) node.reply(waiting as RequestRef<MultiPaxos, 'cas'>, result as boolean);
    return;
  }
  // Another command was chosen for the only slot that this one was ever proposed for.
  node.mark('command-overtaken', { slot });
  node.redirect(waiting, volatile.following?.node ?? null);
}

// -- Learners that lag behind --

/** Tells a learner what was chosen from this slot on. */
export function catchUp(node: MultiPaxosNode, learner: NodeId, from: number): void {
  const { durable, volatile, options } = node;
  const entries: Entry[] = [];
  for (let slot = from; slot <= volatile.executed && entries.length < options.slotsPerLearnMax; slot += 1) {
    const entry = volatile.chosen.get(slot);
    if (entry === undefined) break;
    entries.push(entry);
  }
  if (entries.length > 0) return node.send(learner, { type: 'Learn', from, entries });
  if (durable.snapshot === null) return;
  node.mark('sent-snapshot', { to: learner, slot: durable.snapshot.slot });
  node.send(learner, { type: 'InstallSnapshot', snapshot: durable.snapshot });
}

export function onLearn(node: MultiPaxosNode, { from, entries }: MessageOfType<MultiPaxos, 'Learn'>): void {
  const { volatile } = node;
  entries.forEach((entry, place) => {
    if (from + place > volatile.executed) volatile.chosen.set(from + place, entry);
  });
  node.mark('caught-up');
  executeChosen(node);
}
