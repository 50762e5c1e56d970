import { ms, type Request } from '../../engine/index.js';
import { deadlockVictim, releaseAll, stepLocked, undoLocked } from './locking.js';
import { startOfStatement, stepOptimistic, stepSnapshot, whyNotCommit } from './private-writes.js';
import { keysOf, writesOf, type Asked, type Running, type Step, type Transactions } from './shape.js';
import { commitInPlace, install, vacuum, type Store } from './versions.js';

export function begin(node: Store, { ref, args }: Request<Transactions, 'txn'>): void {
  const { volatile, options } = node;
  if (volatile.running.size >= options.runningMax) return node.fail(ref, 'too many transactions are running');
  const id = ++volatile.lastId;
  // A transaction sees, or is validated against, what had committed when it began.
  volatile.running.set(id, { id, ref, steps: [...args], done: [], start: volatile.commits, waitsFor: null });
  think(node, id);
}

/** Between two steps its client thinks, and other transactions get in between. */
function think(node: Store, id: number): void {
  node.setTimer('step', node.random.integer('think', 0, ms(node.options.thinkMs)), { id }, `${id}`);
}

export function onStep(node: Store, { id }: { readonly id: number }): void {
  const running = node.volatile.running.get(id);
  if (running === undefined) return;
  const asked = running.steps[running.done.length];
  if (asked === undefined) return finish(node, running);
  startOfStatement(node, running);
  const step = computed(running, asked);
  if (step === null) return abort(node, running, `not enough in ${asked[1]}`);
  const done = perform(node, running, step);
  if (done === null) return resolveDeadlocks(node, running);
  running.done.push(done);
  think(node, id);
}

/**
 * An account is changed as its client would: by a write of what he has read and the amount. Where that is out of date by now, what
 * others did in between is overwritten, unless something keeps them apart. @returns null where an account would be overdrawn.
 */
function computed({ done }: Running, [f, key, value]: Asked): Step | null {
  if (f !== 'add') return [f, key, value];
  const known = done.findLast((step) => step[1] === key)?.[2];
  const sum = (typeof known === 'number' ? known : 0) + value;
  return sum < 0 ? null : ['w', key, sum];
}

function perform(node: Store, running: Running, step: Step): Step | null {
  switch (node.options.concurrency) {
    case 'locking':
      return stepLocked(node, running, step);
    case 'snapshot':
      return stepSnapshot(node, running, step);
    case 'optimistic':
      return stepOptimistic(node, running, step);
  }
}

function resolveDeadlocks(node: Store, running: Running): void {
  for (;;) {
    const victim = deadlockVictim(node, running);
    if (victim === null) return;
    abort(node, node.volatile.running.get(victim)!, 'victim of a deadlock');
    if (victim === running.id) return;
  }
}

function finish(node: Store, running: Running): void {
  if (node.random.chance('rollback', node.options.rollbackChance)) return abort(node, running, 'rolled back');
  const reason = whyNotCommit(node, running);
  if (reason !== null) return abort(node, running, reason);
  if (node.options.concurrency === 'locking') commitInPlace(node, running);
  else install(node, running);
  if (node.options.concurrency === 'optimistic' && writesOf(running).length > 0) {
    node.volatile.validated.push({ commit: node.volatile.commits, keys: keysOf(writesOf(running)) });
  }
  node.mark('committed');
  end(node, running);
  node.reply(running.ref, running.done);
}

function abort(node: Store, running: Running, reason: string): void {
  if (node.options.concurrency === 'locking') undoLocked(node, running, reason === 'victim of a deadlock');
  node.mark('aborted', { reason });
  end(node, running);
  node.fail(running.ref, reason);
}

function end(node: Store, running: Running): void {
  const { volatile, options } = node;
  volatile.running.delete(running.id);
  node.cancelTimer('step', `${running.id}`);
  if (options.concurrency === 'locking') return releaseAll(node, running);
  let oldest = volatile.commits;
  for (const { start } of volatile.running.values()) oldest = Math.min(oldest, start);
  volatile.validated = volatile.validated.filter(({ commit }) => commit > oldest);
  const keepsOld = options.concurrency === 'snapshot' && !node.bug('vacuums-too-early');
  vacuum(node, keepsOld ? oldest : volatile.commits);
}
