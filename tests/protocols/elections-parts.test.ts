import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import { arrive, endRound, newRounds, restOfRound } from '../../protocols/parts/rounds.js';
import { adjacencyOf, diameterOf, directedEdges, successor, TOPOLOGIES } from '../../protocols/parts/topology.js';

const topology = fc.record({
  kind: fc.constantFrom(...TOPOLOGIES),
  extraEdges: fc.nat(20),
  graph: fc.nat(),
});

describe('topologies', () => {
  it('are connected, without loops, and every edge can be used both ways', () => {
    fc.assert(
      fc.property(topology, fc.integer({ min: 1, max: 30 }), (kind, n) => {
        const adjacency = adjacencyOf(kind, n);
        expect(adjacency).toHaveLength(n);
        adjacency.forEach((neighbours, i) => {
          expect(neighbours).not.toContain(i);
          expect(new Set(neighbours).size).toBe(neighbours.length);
          for (const j of neighbours) expect(adjacency[j]).toContain(i);
        });
        const reached = new Set([0]);
        for (const at of reached) adjacency[at]!.forEach((next) => reached.add(next));
        expect(reached.size).toBe(n);
      }),
    );
  });

  it('have the diameter that Floyd and Warshall find', () => {
    fc.assert(
      fc.property(topology, fc.integer({ min: 1, max: 14 }), (kind, n) => {
        const adjacency = adjacencyOf(kind, n);
        const far = adjacency.map((neighbours, i) =>
          Array.from({ length: n }, (_, j) => (i === j ? 0 : neighbours.includes(j) ? 1 : Infinity)),
        );
        for (let k = 0; k < n; k++)
          for (let i = 0; i < n; i++)
            for (let j = 0; j < n; j++) far[i]![j] = Math.min(far[i]![j]!, far[i]![k]! + far[k]![j]!);
        expect(diameterOf(adjacency)).toBe(Math.max(...far.flat()));
      }),
    );
  });

  it.each([
    ['ring', 2, 1, 2],
    ['ring', 6, 3, 12],
    ['line', 6, 5, 10],
    ['star', 6, 2, 10],
    ['grid', 16, 6, 48],
    ['grid', 7, 4, 16],
    ['tree', 15, 6, 28],
    ['complete', 6, 1, 30],
  ] as const)('a %s of %d has diameter %d and %d directed edges', (kind, n, diameter, edges) => {
    const adjacency = adjacencyOf({ kind }, n);
    expect([diameterOf(adjacency), directedEdges(adjacency)]).toEqual([diameter, edges]);
  });

  it('random ones differ by their number, and are the same again by it', () => {
    const drawn = (graph: number): string => JSON.stringify(adjacencyOf({ kind: 'random', extraEdges: 5, graph }, 12));
    expect(drawn(1)).toBe(drawn(1));
    expect(new Set(Array.from({ length: 50 }, (_, graph) => drawn(graph))).size).toBe(50);
  });

  it('a ring goes round', () => {
    const members = ['a', 'b', 'c'].map(nodeId);
    expect(members.map((id) => successor(members, id))).toEqual(['b', 'c', 'a']);
  });
});

describe('rounds', () => {
  it('keep what is early, refuse what is late, and give what was in time', () => {
    const rounds = newRounds<string>();
    expect(arrive(rounds, 2, 'early')).toBe(true);
    expect(arrive(rounds, 1, 'a')).toBe(true);
    expect(arrive(rounds, 1, 'b')).toBe(true);
    expect(endRound(rounds)).toEqual(['a', 'b']);
    expect(arrive(rounds, 1, 'late')).toBe(false);
    expect(endRound(rounds)).toEqual(['early']);
    expect(endRound(rounds)).toEqual([]);
    expect(rounds.inbox.size).toBe(0);
  });

  it('end at whole multiples of their length', () => {
    const rounds = newRounds<never>();
    rounds.startedAt = 100;
    expect(restOfRound(rounds, 20, 100)).toBe(20);
    endRound(rounds);
    expect(restOfRound(rounds, 20, 123)).toBe(17);
    expect(restOfRound(rounds, 20, 999)).toBe(0);
  });
});
