import { describe, expect, it } from 'vitest';
import { changRoberts } from '../../protocols/chang-roberts/protocol.js';
import type { ChangRoberts } from '../../protocols/chang-roberts/shape.js';
import { ScriptedCluster } from './scripted-cluster.js';

// Chang, Roberts 1979, rule by rule. The ring runs n1, n2, …, and back to n1.

type Cluster = ScriptedCluster<ChangRoberts>;

function ring(identities: readonly number[], options: Partial<ChangRoberts['options']> = {}): Cluster {
  const members = identities.map((_, i) => `n${i + 1}`);
  return new ScriptedCluster(changRoberts, members, { options: { identities, ...options } });
}

function flowing(c: Cluster): string[] {
  return c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type} ${message.number}`);
}

/** Delivers everything, oldest first. @returns how many messages there were of each type. */
function deliverAll(c: Cluster): Record<string, number> {
  const counts: Record<string, number> = {};
  while (c.pending.length > 0) {
    const { type } = c.pending[0]!.message;
    counts[type] = (counts[type] ?? 0) + 1;
    c.deliver();
  }
  return counts;
}

describe('the election', () => {
  it('who calls an election sends its own number to the next', () => {
    const c = ring([3, 1, 2]);
    expect(flowing(c)).toEqual(['n1>n2 Election 3', 'n2>n3 Election 1', 'n3>n1 Election 2']);
  });

  it('a larger number is passed on', () => {
    const c = ring([3, 1, 2]).deliver({ from: 'n1' });
    expect(flowing(c)).toContain('n2>n3 Election 3');
  });

  it('a smaller number goes no further', () => {
    const c = ring([3, 1, 2]).deliver({ from: 'n3' });
    expect(flowing(c)).toEqual(['n1>n2 Election 3', 'n2>n3 Election 1']);
  });

  it('who has not begun sends its own number in place of a smaller one', () => {
    const c = ring([1, 3, 2], { starters: ['n1'] }).deliver();
    expect(flowing(c)).toEqual(['n2>n3 Election 3']);
    expect(c.node('n2').role()?.name).toBe('participant');
  });

  it('who has passed on a larger number does not begin any more', () => {
    const c = ring([3, 1, 2], { starters: ['n1', 'n2'], startWithinMs: 100 });
    c.do('n1', (node) => node.fire('start'));
    c.deliver({ from: 'n1' });
    c.do('n2', (node) => node.fire('start'));
    expect(flowing(c)).toEqual(['n2>n3 Election 3']);
  });

  it('whose own number comes home is elected, and nobody else is', () => {
    const c = ring([3, 1, 2]);
    const { Election } = deliverAll(c);
    expect(Election).toBe(3 + 1 + 1);
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).volatile.status)).toEqual(['leader', 'non-leader', 'non-leader']);
    expect(c.end()).toEqual([]);
  });

  it('n more messages announce it', () => {
    for (const n of [1, 2, 5, 9]) {
      const c = ring(Array.from({ length: n }, (_, i) => ((i * 7) % 13) + i / 100));
      expect(deliverAll(c)['Elected']).toBe(n);
      expect(new Set([...c.nodes.values()].map(({ volatile }) => volatile.leader)).size).toBe(1);
    }
  });
});

describe('what it costs', () => {
  it.each([1, 2, 3, 8])('n = %d: 2n − 1 at best, n(n + 1)/2 at worst', (n) => {
    const rising = Array.from({ length: n }, (_, i) => i + 1);
    expect(deliverAll(ring(rising))['Election']).toBe(2 * n - 1);
    expect(deliverAll(ring(rising.reverse()))['Election']).toBe((n * (n + 1)) / 2);
  });
});

describe('whatever the order of delivery', () => {
  it('the same one is elected', () => {
    for (let i = 0; i < 40; i++) {
      const c = ring([4, 2, 6, 1, 5, 3]);
      for (let step = 0; c.pending.length > 0; step++) {
        const chosen = c.pending[(step * step * (i + 1) + i) % c.pending.length]!;
        c.deliver({ from: chosen.from });
      }
      expect(c.node('n3').volatile.status).toBe('leader');
      expect(c.end()).toEqual([]);
    }
  });

  it('a second copy of the winning number changes nothing', () => {
    const c = ring([3, 1, 2]).deliverAll();
    c.do('n1', (node) => node.deliver('n3', { type: 'Election', number: 3 }));
    expect(c.pending).toEqual([]);
  });
});

describe('what is promised can break', () => {
  it('the maximum leads', () => {
    const c = ring([3, 1, 2]).deliverAll();
    c.do('n2', (node) => node.deliver('n1', { type: 'Elected', number: 2 }));
    expect(c.violations).toEqual(['the maximum leads: n2 takes 2 for the leader, but n1 has 3']);
  });

  it('one leader', () => {
    const c = ring([3, 1, 3]).deliverAll();
    expect(c.violations[0]).toMatch(/^one leader: n[13] takes itself for the leader, and so does n[13]$/);
  });

  it('everybody learns', () => {
    const c = ring([3, 1, 2]).drop({ from: 'n1' });
    c.deliverAll();
    expect(c.end()).toEqual(['everybody learns: n1, n2, n3 never learned who leads']);
  });
});
