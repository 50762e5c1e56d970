import { ms } from '../../engine/index.js';
import { quorum, type Quorum, type QuorumOptions } from '../../protocols/quorum/protocol.js';
import type { Version } from '../../protocols/quorum/shape.js';
import { ScriptedCluster } from './scripted-cluster.js';

export type Cluster = ScriptedCluster<Quorum>;
export type Context = Readonly<Record<string, readonly number[]>>;

export const THREE = ['n1', 'n2', 'n3'];
/** The owners of x among n1 to n5 are n5, n3 and n2; n4 and n1 stand in, in this order. */
export const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

export function cluster(options: Partial<QuorumOptions> = {}, members = THREE): Cluster {
  return new ScriptedCluster(quorum, members, { options: { versions: 'dotted', ...options } });
}

export function put(c: Cluster, id: string, value: string | null, context: Context | null = null): string {
  c.now += ms(1);
  return c.do(id, (node) => node.request('put', { key: 'x', value, context }));
}

export function get(c: Cluster, id: string): string {
  c.now += ms(1);
  return c.do(id, (node) => node.request('get', { key: 'x' }));
}

export interface Got {
  readonly values: readonly string[];
  readonly context: Context;
}

export function answer(c: Cluster, id: string, ref: string): Got {
  return c.node(id).answerTo(ref)?.value as unknown as Got;
}

/** Puts, or gets, with everything delivered. */
export function put1(c: Cluster, id: string, value: string | null, context: Context | null = null): Context {
  const ref = put(c, id, value, context);
  c.deliverAll();
  return answer(c, id, ref).context;
}

export function get1(c: Cluster, id: string): Got {
  const ref = get(c, id);
  c.deliverAll();
  return answer(c, id, ref);
}

export function held(c: Cluster, id: string): readonly Version[] {
  return c.node(id).durable.store.get('x') ?? [];
}

export function values(c: Cluster, id: string): readonly unknown[] {
  return held(c, id).map(({ value }) => value);
}

export function sent(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}
