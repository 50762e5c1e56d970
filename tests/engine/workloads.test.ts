import { describe, expect, it } from 'vitest';
import { ms, seconds, UsageError } from '../../engine/index.js';
import type { ClientsConfig, ScriptedOperation, SimulationConfig } from '../../engine/index.js';
import { eventsOf, marks, probe, runQuiet } from './probe.js';
import { register, usual } from './register-probe.js';

describe('targets', () => {
  const asked = (target: NonNullable<ClientsConfig['target']>, extra: Partial<SimulationConfig> = {}) => {
    const everybody = probe({
      onRequest: {
        read: (node, { ref }) => {
          node.mark('asked', ref.split('#')[0]);
          node.reply(ref, 1);
        },
      },
    });
    const clients: ClientsConfig = { count: 3, operations: [{ request: 'read' }], target, think: { constant: ms(5) } };
    return marks(runQuiet({ protocol: everybody, nodes: 4, clients, ...extra }), 'asked');
  };

  it('sticky: the n-th client asks the n-th node', () => {
    expect(new Set(asked('sticky').map(({ node, detail }) => `${detail} ${node}`))).toEqual(
      new Set(['c1 n1', 'c2 n2', 'c3 n3']),
    );
  });

  it('leader: follows the hints and stays', () => {
    const result = runQuiet({ protocol: register, clients: { ...usual, target: 'leader' } });
    const nodes = marks(result, 'asked').map(({ node }) => node);
    // Each client looks for the leader once.
    expect(nodes.filter((node) => node !== 'n1').length).toBeLessThanOrEqual(3);
    expect(nodes.length).toBeGreaterThan(40);
  });

  it('random: asks all of them', () => {
    const counts = new Map<string, number>();
    for (const { node } of asked('random')) counts.set(node, (counts.get(node) ?? 0) + 1);
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(count).toBeGreaterThan(60);
  });

  it('only these: one side of a partition, a zone, all but one', () => {
    expect(new Set(asked({ nodes: ['n2', 'n4'] }).map(({ node }) => node))).toEqual(new Set(['n2', 'n4']));
    expect(new Set(asked({ nodes: { zone: 'east' } }, { zones: { east: ['n3'] } }).map(({ node }) => node))).toEqual(
      new Set(['n3']),
    );
    expect(new Set(asked({ nodes: { not: 'n1' } }).map(({ node }) => node))).toEqual(new Set(['n2', 'n3', 'n4']));
  });

  it('scripted ones have the last word', () => {
    const script = [{ at: 0, client: 'c1', request: 'never', target: 'n3' }];
    const result = runQuiet({ protocol: register, script });
    expect(eventsOf(result, 'send')[0]).toMatchObject({ node: 'c1', peer: 'n3' });
  });
});

describe('workloads', () => {
  it('never write a value twice, and use all keys and kinds by their weights', () => {
    const clients: ClientsConfig = { ...usual, rate: 2_000, keys: 5 };
    const { history } = runQuiet({ protocol: register, nodes: 1, clients });
    const invokes = history.filter(({ type }) => type === 'invoke');
    const written = invokes.flatMap(({ f, value }) =>
      f === 'write' ? [value] : f === 'cas' ? [(value as unknown[])[1]] : [],
    );
    expect(written.length).toBeGreaterThan(800);
    expect(new Set(written).size).toBe(written.length);
    expect(new Set(invokes.map(({ key }) => key))).toEqual(new Set(['x', 'y', 'z', 'k4', 'k5']));
    const reads = invokes.filter(({ f }) => f === 'read').length;
    expect(Math.abs(reads / invokes.length - 0.5)).toBeLessThan(0.06);
    // What a client saw last is what it expects.
    expect(history.some(({ f, type }) => f === 'cas' && type === 'ok')).toBe(true);
  });

  it('refuse what they cannot be', () => {
    const refused =
      (clients: Partial<ClientsConfig>, script: readonly ScriptedOperation[] = []) =>
      () =>
        runQuiet({ protocol: register, clients: { ...usual, ...clients }, script });
    for (const bad of [
      refused({ count: 0 }),
      refused({ count: 1.5 }),
      refused({ rate: 0 }),
      refused({ rate: Infinity }),
      refused({ keys: 0 }),
      refused({ operations: [{ request: 'read', weight: 0 }] }),
      refused({ operations: [{ request: 'read', args: { key: '$keys' } }] }),
      refused({ operations: [{ request: 'read', args: { key: NaN } }] }),
      refused({ target: { nodes: 'n9' } }),
      refused({}, [{ at: 0, client: 'x', request: 'read' }]),
      refused({}, [{ at: 0, client: 'c1', request: 'read', target: 'n9' }]),
      refused({}, [{ at: -1, client: 'c1', request: 'read' }]),
      refused({}, [{ at: 0, client: 'c1', request: 'read', args: { f: (() => 1) as never } }]),
    ]) {
      expect(bad).toThrow(UsageError);
    }
  });

  it('that ask what no node knows are lost, with the reason', () => {
    const result = runQuiet({
      protocol: register,
      nodes: 1,
      script: [{ at: 0, client: 'c1', request: 'dance' }],
      until: seconds(2),
    });
    expect(eventsOf(result, 'drop')[0]!.why).toBe('unknown type');
    expect(result.history.at(-1)!.type).toBe('info');
  });
});
