import { ms, nodeId } from '../../engine/index.js';
import type { Ballot } from '../../protocols/parts/ballot.js';
import { multiPaxos, type MultiPaxos, type MultiPaxosOptions } from '../../protocols/multi-paxos/protocol.js';
import type { Entry, Vote } from '../../protocols/multi-paxos/shape.js';
import { ScriptedCluster } from './scripted-cluster.js';

// Lamport, Paxos Made Simple, 2001, section 3; Howard, Malkhi, Spiegelman, Flexible Paxos, 2016.

export type Cluster = ScriptedCluster<MultiPaxos>;

export const THREE = ['n1', 'n2', 'n3'];

export function ballot(number: number, node: string): Ballot {
  return { number, node: nodeId(node) };
}

export function entry(value: number): Entry {
  return { command: { op: 'write', key: 'x', value }, session: null, ref: `r${value}` };
}

export function vote(slot: number, bal: Ballot, value: number): Vote {
  return { slot, bal, entry: entry(value) };
}

export function cluster(options: Partial<MultiPaxosOptions> = {}, members = THREE): Cluster {
  return new ScriptedCluster(multiPaxos, members, { options });
}

/** n1 has executed phase 1, and everybody knows. */
export function led(options: Partial<MultiPaxosOptions> = {}, members = THREE): Cluster {
  const c = cluster(options, members);
  stand(c, 'n1');
  c.deliverAll();
  return c;
}

/** Its election time-out has passed. */
export function stand(c: Cluster, id: string): void {
  c.now += ms(1000);
  c.do(id, (node) => node.fire('election'));
}

export function heartbeat(c: Cluster, id = 'n1'): void {
  c.now += ms(50);
  c.do(id, (node) => node.fire('heartbeat'));
}

export function write(c: Cluster, value: number, id = 'n1'): string {
  return c.do(id, (node) => node.request('write', { key: 'x', value }));
}

export function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}
