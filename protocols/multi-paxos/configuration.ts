import type { DeepReadonly, NodeId } from '../../engine/index.js';
import { phase1Quorum, phase2Quorum } from './quorums.js';
import type {
  MultiPaxosDurable,
  MultiPaxosNode,
  MultiPaxosOptions,
  MultiPaxosVolatile,
  PlacedConfiguration,
} from './shape.js';

/*
 * Paxos Made Simple, section 3, at its end: the servers that execute instance i + α are specified by the state after the i-th
 * command. So whoever has executed i knows the configurations of the slots up to i + α, and of no later ones.
 */

type Volatile = DeepReadonly<MultiPaxosVolatile>;

/** What a node believes before it has executed anything. */
export function initialConfigurations(node: {
  readonly members: readonly NodeId[];
  readonly options: DeepReadonly<MultiPaxosOptions>;
}): readonly PlacedConfiguration[] {
  const members = node.options.configuration as readonly NodeId[] | null;
  return [{ from: 1, members: [...(members ?? node.members)] }];
}

/** Who votes on this slot, as far as the node knows: right for slots from `executed` + 1 to `executed` + α. */
export function configurationOf(
  { configurations }: Pick<Volatile, 'configurations'>,
  slot: number,
): PlacedConfiguration {
  let found = configurations[0];
  for (const configuration of configurations) if (configuration.from <= slot) found = configuration;
  if (found === undefined) throw new Error('a node has a configuration from its start on');
  return found;
}

/** The one in force for the next slot to be executed. */
export function currentConfiguration(volatile: Volatile): PlacedConfiguration {
  return configurationOf(volatile, volatile.executed + 1);
}

/** Is there a configuration that is known, and not in force for the next slot? */
export function isOneToCome({ configurations, executed }: Volatile): boolean {
  const latest = configurations[configurations.length - 1];
  return latest !== undefined && latest.from > executed + 1;
}

export function isWithinWindow({ volatile, options }: MultiPaxosNode, slot: number): boolean {
  return slot <= volatile.executed + options.alpha;
}

/** May this leader ask votes for this slot? It must know who votes there, and have their promises. */
export function mayPropose(node: MultiPaxosNode, slot: number): boolean {
  if (!isWithinWindow(node, slot) && !node.bug('leaves-window')) return false;
  return hasPromises(node, configurationOf(node.volatile, slot));
}

/** Promises are for all slots, but count only where those who gave them vote. */
export function hasPromises(node: MultiPaxosNode, { members }: PlacedConfiguration): boolean {
  const { role, promises } = node.volatile;
  if (role === 'leader' && node.bug('skips-new-promises')) return true;
  let count = 0;
  for (const member of members) if (promises.includes(member)) count += 1;
  return count >= phase1Quorum(members, node.options);
}

// -- Who belongs to it --

/** Does it vote on slots that are still to be executed? */
export function isMember(id: NodeId, volatile: Volatile): boolean {
  const { from } = currentConfiguration(volatile);
  return volatile.configurations.some((one) => one.from >= from && one.members.includes(id));
}

/** A former member goes on until it is told that it is not needed: it may be the only one that knows of its successors. */
export function mayStand(node: {
  readonly id: NodeId;
  readonly durable: Pick<DeepReadonly<MultiPaxosDurable>, 'retired'>;
  readonly volatile: Volatile;
}): boolean {
  const { id, durable, volatile } = node;
  if (isMember(id, volatile)) return true;
  return isFormer(id, volatile) && durable.retired < currentConfiguration(volatile).from;
}

function isFormer(id: NodeId, { configurations }: Volatile): boolean {
  return configurations.some(({ members }) => members.includes(id));
}

/** Former, present and future members: whoever a leader makes itself heard to. */
export function audience({ id, volatile }: MultiPaxosNode): NodeId[] {
  const found: NodeId[] = [];
  for (const { members } of volatile.configurations) {
    for (const member of members) if (member !== id && !found.includes(member)) found.push(member);
  }
  return found;
}

/**
 * Has a quorum executed all that came before this configuration? They have it in a snapshot then (`takeSnapshot`), and need
 * nobody to tell them.
 */
export function isSettled({ id, volatile, options }: MultiPaxosNode): boolean {
  const { from, members } = currentConfiguration(volatile);
  if (from === 1) return true;
  let count = 0;
  for (const member of members) {
    const executed = member === id ? volatile.executed : (volatile.executedBy.get(member) ?? 0);
    if (executed >= from - 1) count += 1;
  }
  return count >= phase2Quorum(members, options);
}

/** @param settled as in a heartbeat. */
export function retireIfNotNeeded(node: MultiPaxosNode, settled: number): void {
  const { id, durable, volatile } = node;
  const { from } = currentConfiguration(volatile);
  if (from > settled || durable.retired >= from || isMember(id, volatile) || !isFormer(id, volatile)) return;
  durable.retired = from;
  node.mark('retired', { from });
}

// -- How it changes --

/**
 * Executes a reconfiguration: the state after this slot says who votes α slots later.
 *
 * @returns false where another one is yet to take effect: then nothing happens. By this no more than three configurations
 *   are ever remembered.
 */
export function placeConfiguration(node: MultiPaxosNode, slot: number, members: readonly NodeId[]): boolean {
  const { volatile, options } = node;
  const { configurations } = volatile;
  const latest = configurations[configurations.length - 1];
  if (latest !== undefined && latest.from > slot) return false;
  const from = slot + (node.bug('reconfigures-at-once') ? 1 : options.alpha);
  volatile.configurations = [...configurations, { from, members: [...members] }];
  node.mark('placed-configuration', { from, members: [...members] });
  // Their silence counts from now on.
  for (const member of members) if (member !== node.id) volatile.heardAt.set(member, node.monotonic());
  return true;
}

/** Forgets configurations that ended before the one that was in force until now. */
export function forgetConfigurations({ volatile }: MultiPaxosNode): void {
  const { configurations, executed } = volatile;
  const third = configurations[2];
  if (third !== undefined && third.from <= executed + 1) volatile.configurations = configurations.slice(1);
}

export function copyOfConfigurations(
  configurations: DeepReadonly<readonly PlacedConfiguration[]>,
): PlacedConfiguration[] {
  return configurations.map(({ from, members }) => ({ from, members: [...members] }));
}
