import type { DeepReadonly, Message, NodeId } from '../../engine/index.js';
import type { Replica, ViewstampedReplication, ViewstampedReplicationVolatile } from './shape.js';

type Volatile = DeepReadonly<ViewstampedReplicationVolatile>;

/** f + 1 of 2f + 1. Any two of these share a replica. */
export function quorum(configuration: readonly NodeId[]): number {
  return Math.floor(configuration.length / 2) + 1;
}

/** Section 4: the primary is chosen round-robin, starting with replica 1, by the view-number. */
export function primaryOf({ configuration }: Pick<Volatile, 'configuration'>, viewNumber: number): NodeId {
  return configuration[viewNumber % configuration.length]!;
}

export function isPrimary({ id, volatile }: { readonly id: NodeId; readonly volatile: Volatile }): boolean {
  return volatile.status === 'normal' && primaryOf(volatile, volatile.viewNumber) === id;
}

/** As `isPrimary`, as far as this replica has heard: in none of the later views that it lacks. */
export function leads(replica: { readonly id: NodeId; readonly volatile: Volatile }): boolean {
  return isPrimary(replica) && replica.volatile.behind === null;
}

/** To all other replicas of the configuration. */
export function tellOthers(replica: Replica, message: Message<ViewstampedReplication>): void {
  for (const other of replica.volatile.configuration) if (other !== replica.id) replica.send(other, message);
}
