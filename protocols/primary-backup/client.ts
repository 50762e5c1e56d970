import type { RequestRef, Session } from '../../engine/index.js';
import { applyOnce, copyResult, readKey, type KeyValueCommand } from '../parts/key-value.js';
import { beHeard, copyUpdate, serve } from './copying.js';
import { isData } from './epochs.js';
import type { PrimaryBackup, PrimaryBackupNode } from './shape.js';

/** The primary does what is asked at once, has it copied, and answers when there are as many copies as the mode asks for. */
export function onUpdate(
  node: PrimaryBackupNode,
  ref: RequestRef<PrimaryBackup>,
  command: KeyValueCommand,
  session: Session | null,
): void {
  const { durable, volatile, options } = node;
  if (volatile.role !== 'primary') return node.redirect(ref, volatile.primary);
  if (volatile.waiting.length >= options.windowMax) return node.fail(ref, 'overloaded');
  const { replica } = durable;
  replica.seq += 1;
  const { result } = applyOnce(replica.machine, command, session, replica.seq, options.sessionsMax);
  volatile.waiting.push({ ref, isRead: false, result: copyResult(result), seq: replica.seq, round: 0 });
  copyUpdate(node, { seq: replica.seq, command, session });
  serve(node);
}

/**
 * A read sees the state as it is now, and is answered when that state is safe, and when those that must hold writes have said
 * after the question that they know of no later primary.
 */
export function onRead(node: PrimaryBackupNode, ref: RequestRef<PrimaryBackup, 'read'>, key: string): void {
  const { durable, volatile, options } = node;
  const result = copyResult(readKey(durable.replica.machine.data, key));
  if (options.readMode === 'replica' && isData(node, node.id)) return node.reply(ref, result);
  if (volatile.role !== 'primary') return node.redirect(ref, volatile.primary);
  if (options.readMode === 'local' || node.bug('reads-local')) return node.reply(ref, result);
  if (volatile.waiting.length >= options.windowMax) return node.fail(ref, 'overloaded');
  volatile.round += 1;
  volatile.waiting.push({ ref, isRead: true, result, seq: durable.replica.seq, round: volatile.round });
  serve(node);
  if (volatile.waiting.length > 0) beHeard(node);
}
