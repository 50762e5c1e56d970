import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { lcr } from '../../protocols/lcr/protocol.js';
import type { Lcr } from '../../protocols/lcr/shape.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// Lynch 1996, section 3.3. The ring runs n1, n2, …, and back to n1.

type Cluster = ScriptedCluster<Lcr>;

function ring(uids: readonly number[], script: Pick<Script<Lcr>, 'bugs'> = {}): Cluster {
  const members = uids.map((_, i) => `n${i + 1}`);
  return new ScriptedCluster(lcr, members, { options: { identities: uids }, ...script });
}

function flowing(c: Cluster): string[] {
  return c.pending.map(
    ({ from, to, message }) => `${from}>${to} ${message.type} ${message.uid} in round ${message.round}`,
  );
}

/** Delivers what was sent in this round, and ends it everywhere. */
function round(c: Cluster): number {
  const messages = c.pending.length;
  for (let i = 0; i < messages; i++) c.deliver();
  c.now += ms(20);
  for (const node of c.nodes.values()) if (node.hasTimer('round')) c.do(node.id, () => node.fire('round'));
  return messages;
}

function statuses(c: Cluster): string[] {
  return [...c.nodes.values()].map(({ volatile }) => volatile.status);
}

describe('msgs', () => {
  it('in round 1 everybody sends its own UID', () => {
    expect(flowing(ring([3, 1, 2]))).toEqual([
      'n1>n2 Uid 3 in round 1',
      'n2>n3 Uid 1 in round 1',
      'n3>n1 Uid 2 in round 1',
    ]);
  });

  it('in later rounds only who has something to relay sends', () => {
    const c = ring([3, 1, 2]);
    round(c);
    expect(flowing(c)).toEqual(['n2>n3 Uid 3 in round 2']);
  });

  it('a round ends by the clock, at the same time in spite of late timers', () => {
    const c = ring([3, 1, 2]);
    const node = c.node('n1');
    c.now = ms(21);
    c.do('n1', () => node.fire('round'));
    expect(node.timers.get('round')?.after).toBe(ms(19));
  });
});

describe('trans', () => {
  it('v > u: relayed; v < u: discarded; neither before the round is over', () => {
    const c = ring([3, 1, 2]);
    const before = c.pending.length;
    for (let i = 0; i < before; i++) c.deliver();
    expect(c.pending).toEqual([]);
    round(c);
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).volatile.send)).toEqual([null, 3, null]);
  });

  it('v = u: leader, in round n', () => {
    for (const n of [1, 2, 3, 7]) {
      const c = ring(Array.from({ length: n }, (_, i) => i + 1));
      for (let r = 1; r < n; r++) round(c);
      expect(statuses(c)).not.toContain('leader');
      round(c);
      expect(statuses(c).filter((status) => status === 'leader')).toHaveLength(1);
      expect(c.node(`n${n}`).volatile).toMatchObject({ status: 'leader', learnedInRound: n });
    }
  });

  it('what is sent in a round that the receiver has not begun waits for it', () => {
    const c = ring([3, 1, 2]);
    c.do('n2', (node) => node.deliver('n1', { type: 'Uid', round: 2, uid: 9 }));
    c.do('n2', (node) => node.fire('round'));
    expect(c.node('n2').volatile.send).toBeNull();
    c.do('n2', (node) => node.fire('round'));
    expect(c.node('n2').volatile.send).toBe(9);
  });

  it('what comes after its round is over is lost', () => {
    const c = ring([3, 1, 2]);
    c.do('n2', (node) => node.fire('round'));
    c.deliver({ from: 'n1' });
    expect(c.node('n2').marked('too-late')).toBe(1);
    c.do('n2', (node) => node.fire('round'));
    expect(c.node('n2').volatile.send).toBeNull();
  });
});

describe('halting, by a report of the leader', () => {
  it('everybody knows after round 2n − 1, has halted after 2n, and n messages were added', () => {
    const n = 6;
    const c = ring([2, 6, 3, 1, 5, 4]);
    let messages = 0;
    for (let r = 1; r <= 2 * n - 1; r++) messages += round(c);
    expect([...c.nodes.values()].map(({ volatile }) => volatile.leader)).toEqual(Array(n).fill(6));
    messages += round(c);
    expect([...c.nodes.values()].map(({ volatile }) => volatile.halted)).toEqual(Array(n).fill(true));
    expect([...c.nodes.values()].some((node) => node.hasTimer('round'))).toBe(false);
    // UIDs: 2 goes 1, 6 goes 6, 3 goes 2, 1 goes 1, 5 goes 3, 4 goes 2.
    expect(messages).toBe(1 + 6 + 2 + 1 + 3 + 2 + n);
    expect(c.end()).toEqual([]);
  });
});

describe('planted bugs, one by one', () => {
  it('relays-smaller', () => {
    const c = ring([3, 1, 2], { bugs: ['relays-smaller'] });
    for (let r = 0; r < 3; r++) round(c);
    expect(statuses(c)).toEqual(['leader', 'leader', 'leader']);
    expect(c.violations[0]).toMatch(/^the maximum leads: n2 \(1\) takes itself for the leader/);
  });

  it('halts-before-relaying', () => {
    const c = ring([3, 1, 2], { bugs: ['halts-before-relaying'] });
    for (let r = 0; r < 8; r++) round(c);
    expect(c.end()).toEqual(['everybody learns: n3 never learned who leads']);
  });
});
