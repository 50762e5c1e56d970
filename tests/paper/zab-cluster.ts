import { ms, nodeId, type DeepReadonly, type Message } from '../../engine/index.js';
import type { History, Txn } from '../../protocols/zab/history.js';
import { zab, type Zab, type ZabBug, type ZabOptions } from '../../protocols/zab/protocol.js';
import type { ServerState, Vote } from '../../protocols/zab/shape.js';
import type { Zxid } from '../../protocols/zab/zxid.js';
import { ScriptedCluster, ScriptedNode, type Script } from './scripted-cluster.js';

export type ZabCluster = ScriptedCluster<Zab>;
export type ZabScripted = ScriptedNode<Zab>;

export function z(epoch: number, counter: number): Zxid {
  return { epoch, counter };
}

/** A transaction that writes its own counter to x. */
export function txn(epoch: number, counter: number): Txn {
  const command = { op: 'write', key: 'x', value: counter } as const;
  return { zxid: z(epoch, counter), command, session: null, ref: `r${epoch}.${counter}` };
}

export function historyOf(...txns: Txn[]): History {
  return { snapshot: null, first: 1, txns };
}

export function zxidsOf({ txns }: DeepReadonly<History>): string[] {
  return txns.map(({ zxid }) => `${zxid.epoch}.${zxid.counter}`);
}

export function vote(leader: string, peerEpoch = 0, zxid = z(0, 0)): Vote {
  return { leader: nodeId(leader), peerEpoch, zxid };
}

export function notification(of: Vote, electionEpoch = 1, state: ServerState = 'looking'): Message<Zab> {
  return { type: 'Notification', vote: of, electionEpoch, state };
}

/** The disk does what it was last asked for, until nothing is left: of one node. */
export function syncNode(node: ZabScripted): ZabScripted {
  for (let token = node.syncs.shift(); token !== undefined; token = node.syncs.shift()) {
    const answered = token;
    node.step((api) => zab.onDisk!.synced(api, answered));
  }
  return node;
}

/** The same of a node in a cluster. */
export function sync(c: ZabCluster, id: string): void {
  if (c.node(id).up) c.do(id, syncNode);
}

/** Delivers and syncs until nothing is left to do. */
export function settle(c: ZabCluster): ZabCluster {
  for (let rounds = 0; ; rounds++) {
    if (rounds === 1000) throw new Error('it goes on and on');
    for (const id of c.nodes.keys()) sync(c, id);
    if (c.pending.length === 0 && [...c.nodes.values()].every(({ syncs, up }) => !up || syncs.length === 0)) return c;
    if (c.pending.length > 0) c.deliver();
  }
}

export function cluster(
  options: Partial<ZabOptions> = {},
  members = ['n1', 'n2', 'n3'],
  bugs: ZabBug[] = [],
): ZabCluster {
  return new ScriptedCluster(zab, members, { options, bugs });
}

/** Everybody waits for a better vote, and there is none. */
export function finalize(c: ZabCluster): void {
  c.deliverAll();
  c.now += ms(20);
  for (const [id, node] of c.nodes) if (node.up && node.hasTimer('finalize')) c.do(id, (n) => n.fire('finalize'));
}

/** The node of the highest name leads an established epoch, and all follow it. */
export function established(...args: Parameters<typeof cluster>): ZabCluster {
  const c = cluster(...args);
  finalize(c);
  return settle(c);
}

export function write(c: ZabCluster, value: number, id = 'n3'): string {
  return c.do(id, (node) => node.request('write', { key: 'x', value }));
}

/** `n3>n1`, of all messages of a type on their way. */
export function flowing(c: ZabCluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

/** n1, which has started and been elected by these: it leads an epoch that is still to be chosen. */
export function prospective(script: Omit<Script<Zab>, 'id'> = {}, voters: readonly string[] = ['n2']): ZabScripted {
  const node = new ScriptedNode(zab, { id: 'n1', ...script }).start();
  for (const voter of voters) node.deliver(voter, notification(node.volatile.vote!));
  node.fire('finalize').takeSent();
  return node;
}

/** n1, which follows n3 in discovery. */
export function follower(script: Omit<Script<Zab>, 'id'> = {}): ZabScripted {
  const node = new ScriptedNode(zab, { id: 'n1', ...script }).start();
  const best = vote('n3', 9, z(9, 0));
  return node.deliver('n3', notification(best)).fire('finalize');
}

/** n1, which has promised this epoch to n3, and is being synchronised. */
export function promised(epoch: number, script: Omit<Script<Zab>, 'id'> = {}): ZabScripted {
  const node = follower(script);
  node.deliver('n3', { type: 'NEWEPOCH', epoch, session: node.volatile.session });
  syncNode(node).takeSent();
  return node;
}
