import { ms, type Micros, type NodeId } from '../../engine/index.js';
import { quorum } from './group.js';
import type { Replica } from './shape.js';

/*
 * Section 6.3.1, reads at the primary. A backup that grants a lease takes part in no view change until it is over, so that f
 * leases and the primary itself keep every new view from beginning. The primary counts a lease from when it sent the
 * heartbeat that the lease answers, and a little shorter than the backup, by what clocks may be off. That no clock's rate is
 * off by more than `leaseDriftMax` is assumed, and nothing checks it.
 */

export function grantLease(replica: Replica, v: number, sentAt: Micros, primary: NodeId): void {
  const { volatile, options } = replica;
  volatile.leaseUntil = replica.monotonic() + ms(options.leaseMs);
  replica.send(primary, { type: 'LeaseGranted', e: volatile.epochNumber, v, sentAt });
}

export function noteLease({ volatile }: Replica, backup: NodeId, sentAt: Micros): void {
  volatile.leases.set(backup, Math.max(sentAt, volatile.leases.get(backup) ?? 0));
}

/** Are there f leases now, and is all executed that earlier views had committed? */
export function holdsLease(replica: Replica): boolean {
  const { volatile, options } = replica;
  if (volatile.commitNumber < volatile.viewStart) return false;
  const length = (ms(options.leaseMs) * (1 - options.leaseDriftMax)) / (1 + options.leaseDriftMax);
  const since = replica.monotonic() - length;
  let valid = 1;
  for (const sentAt of volatile.leases.values()) if (sentAt > since) valid += 1;
  return valid >= quorum(volatile.configuration);
}

/** A lease that was granted before a crash is forgotten, but it still counts: none is longer than this. */
export function keepForgottenLease(replica: Replica): void {
  const { volatile, options } = replica;
  if (options.fastReads && !replica.bug('forgets-lease'))
    volatile.leaseUntil = replica.monotonic() + ms(options.leaseMs);
}

/** How long this replica must still stay out of view changes. */
export function leaseLeft(replica: Replica): Micros {
  return replica.options.fastReads ? Math.max(0, replica.volatile.leaseUntil - replica.monotonic()) : 0;
}
