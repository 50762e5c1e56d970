import type { NodeId } from '../../engine/index.js';
import type { Replica } from './shape.js';

/*
 * Michael, Ports, Sharma, Szekeres, Recovering Shared Objects Without Stable Storage, DISC 2017. A replica that recovers has
 * forgotten what it had promised before the crash, in a DOVIEWCHANGE above all: that it takes no further part in older views.
 * Such a message from before the crash must not count after it. So everybody knows how often each replica has crashed, and
 * whatever is counted carries what its sender knew; a sender that has since recovered is known by that to f + 1 others, one
 * of whom is among those that count.
 */

type CrashVector = ReadonlyMap<NodeId, number>;

/** Was this sent by an earlier life of its sender? */
export function isStale({ options, volatile }: Replica, sender: NodeId, crashVector: CrashVector): boolean {
  return options.crashVectors && crashes(crashVector, sender) < crashes(volatile.crashVector, sender);
}

function crashes(crashVector: CrashVector, replica: NodeId): number {
  return crashVector.get(replica) ?? 0;
}

export function mergeCrashVector({ volatile }: Replica, crashVector: CrashVector): void {
  for (const [replica, count] of crashVector) {
    if (count > crashes(volatile.crashVector, replica)) volatile.crashVector.set(replica, count);
  }
}

/** What has been collected may turn out to be stale by what came later. */
export function forgetStale(replica: Replica, collected: Map<NodeId, { readonly crashVector: CrashVector }>): void {
  for (const [sender, { crashVector }] of [...collected]) {
    if (!isStale(replica, sender, crashVector)) continue;
    replica.mark('refused-stale-message', { from: sender });
    collected.delete(sender);
  }
}

/** The number of this life: above all that f + 1 others have heard of. */
export function numberThisLife({ id, volatile }: Replica): void {
  volatile.crashVector.set(id, crashes(volatile.crashVector, id) + 1);
}
