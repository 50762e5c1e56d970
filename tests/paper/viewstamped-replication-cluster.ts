import { ms } from '../../engine/index.js';
import {
  viewstampedReplication,
  type ViewstampedReplication,
  type ViewstampedReplicationBug,
  type ViewstampedReplicationOptions,
} from '../../protocols/viewstamped-replication/protocol.js';
import type { Entry } from '../../protocols/viewstamped-replication/shape.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

export type Cluster = ScriptedCluster<ViewstampedReplication>;
export type Scripted = ScriptedNode<ViewstampedReplication>;

export const THREE = ['n1', 'n2', 'n3'];
export const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

export function cluster(
  members: readonly string[] = THREE,
  options: Partial<ViewstampedReplicationOptions> = {},
  bugs: ViewstampedReplicationBug[] = [],
): Cluster {
  return new ScriptedCluster(viewstampedReplication, members, { options, bugs });
}

export function replica(
  id: string,
  options: Partial<ViewstampedReplicationOptions> = {},
  bugs: ViewstampedReplicationBug[] = [],
  members: readonly string[] = THREE,
): Scripted {
  const node = new ScriptedNode(viewstampedReplication, { id, members, options, bugs }).start();
  node.takeSent();
  return node;
}

export function write(c: Cluster, value: number, id = 'n1'): string {
  return c.do(id, (node) => node.request('write', { key: 'x', value }));
}

export function heartbeat(c: Cluster, id = 'n1'): void {
  c.now += ms(50);
  c.do(id, (node) => node.fire('heartbeat'));
}

/** Its time-out has passed. */
export function timeOut(c: Cluster, id: string): void {
  c.now += ms(400);
  c.do(id, (node) => node.fire('election'));
}

export function entry(opNumber: number, value: number): Entry {
  return { opNumber, command: { op: 'write', key: 'x', value }, session: null, ref: `r${value}` };
}

/** Loses everything that is on its way to or from this node. */
export function cutOff(c: Cluster, ...ids: string[]): void {
  c.pending = c.pending.filter(({ from, to }) => ids.includes(from) === ids.includes(to));
}

export function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

/** Op-numbers and values of the log. */
export function log({ volatile }: Scripted): [number, unknown][] {
  return volatile.log.map(({ opNumber, command }) => [opNumber, command.op === 'write' ? command.value : command.op]);
}
