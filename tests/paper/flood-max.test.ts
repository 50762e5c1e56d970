import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { floodMax } from '../../protocols/flood-max/protocol.js';
import type { FloodMax } from '../../protocols/flood-max/shape.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// Lynch 1996, section 4.1.

type Cluster = ScriptedCluster<FloodMax>;
type Options = Partial<FloodMax['options']>;

function graph(identities: readonly number[], options: Options, script: Pick<Script<FloodMax>, 'bugs'> = {}): Cluster {
  const members = identities.map((_, i) => `n${i + 1}`);
  return new ScriptedCluster(floodMax, members, { options: { identities, ...options }, ...script });
}

function flowing(c: Cluster): string[] {
  return c.pending.map(({ from, to, message }) => `${from}>${to} ${message.uid}`);
}

function round(c: Cluster): number {
  const messages = c.pending.length;
  for (let i = 0; i < messages; i++) c.deliver();
  c.now += ms(20);
  for (const node of c.nodes.values()) if (node.hasTimer('round')) c.do(node.id, () => node.fire('round'));
  return messages;
}

function volatiles(c: Cluster): FloodMax['volatile'][] {
  return [...c.nodes.values()].map(({ volatile }) => volatile);
}

const LINE: Options = { topology: 'line' };

describe('FloodMax', () => {
  it('in each round everybody sends the largest UID that it has seen to all neighbours', () => {
    const c = graph([5, 1, 2, 3], LINE);
    expect(flowing(c)).toEqual(['n1>n2 5', 'n2>n1 1', 'n2>n3 1', 'n3>n2 2', 'n3>n4 2', 'n4>n3 3']);
    round(c);
    expect(flowing(c)).toEqual(['n1>n2 5', 'n2>n1 5', 'n2>n3 5', 'n3>n2 3', 'n3>n4 3', 'n4>n3 3']);
  });

  it('nobody decides before as many rounds as the diameter, everybody does then', () => {
    const c = graph([5, 1, 2, 3], LINE);
    round(c);
    round(c);
    expect(volatiles(c).map(({ status }) => status)).toEqual(Array(4).fill('unknown'));
    round(c);
    expect(volatiles(c).map(({ status }) => status)).toEqual(['leader', 'non-leader', 'non-leader', 'non-leader']);
    expect(volatiles(c).map(({ leader }) => leader)).toEqual([5, 5, 5, 5]);
    expect(c.end()).toEqual([]);
  });

  it.each([
    ['ring', 5, 2, 10],
    ['line', 5, 4, 8],
    ['star', 5, 2, 8],
    ['grid', 9, 4, 24],
    ['tree', 7, 4, 12],
    ['complete', 5, 1, 20],
  ] as const)('on a %s of %d: %d rounds of %d messages', (topology, n, rounds, edges) => {
    const c = graph(
      Array.from({ length: n }, (_, i) => ((i * 3) % n) + i / 100),
      { topology },
    );
    const sent: number[] = [];
    while (c.pending.length > 0) sent.push(round(c));
    expect(sent).toEqual(Array(rounds).fill(edges));
    expect(volatiles(c).filter(({ status }) => status === 'leader')).toHaveLength(1);
    expect(c.end()).toEqual([]);
  });

  it('alone it is the leader at once', () => {
    expect(graph([7], LINE).node('n1').volatile).toMatchObject({ status: 'leader', leader: 7 });
  });

  it('a bound on the diameter does as well, at the price of its rounds', () => {
    const c = graph([5, 1, 2, 3], { ...LINE, diameter: 6 });
    let messages = 0;
    while (c.pending.length > 0) messages += round(c);
    expect(messages).toBe(6 * 6);
    expect(c.end()).toEqual([]);
  });
});

describe('OptFloodMax', () => {
  it('speaks only in the round after it has learned of a larger UID', () => {
    const c = graph([5, 1, 2, 3], { ...LINE, variant: 'optimised' });
    round(c);
    // n1 has learned nothing, and n4 neither.
    expect(flowing(c)).toEqual(['n2>n1 5', 'n2>n3 5', 'n3>n2 3', 'n3>n4 3']);
    round(c);
    expect(flowing(c)).toEqual(['n3>n2 5', 'n3>n4 5']);
    round(c);
    expect(volatiles(c).map(({ leader }) => leader)).toEqual([5, 5, 5, 5]);
  });
});

describe('planted bugs, one by one', () => {
  it.each([
    ['one-round-short', {}],
    ['sends-own-only', {}],
    ['speaks-once', { variant: 'optimised' }],
  ] as const)('%s', (bug, options) => {
    const c = graph([9, 1, 2, 8], { ...LINE, ...options }, { bugs: [bug] });
    for (let r = 0; r < 3; r++) round(c);
    expect(c.violations[0]).toMatch(/^the maximum leads: n[34]/);
  });
});
