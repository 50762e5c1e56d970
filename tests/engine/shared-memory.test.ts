import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { assertSameAtBothSpeeds } from '../laws/index.js';
import { details, probe, quiet, run, runQuiet, type ProbeNode } from './probe.js';
import { doing } from './doing.js';

const SPEEDS = ['direct', 'recorded'] as const;

describe('shared memory', () => {
  const receiving = (
    onItem: (node: ProbeNode, message: { list: number[]; map: Map<string, number>; set: Set<number> }) => void,
  ) =>
    doing((node) => node.broadcast({ type: 'Item', list: [1], map: new Map([['a', 1]]), set: new Set([1]) }), {
      onMessage: {
        Item(node, message) {
          onItem(node, message);
          node.mark('saw', { list: message.list, map: message.map, set: message.set });
        },
      },
    });

  it.each([
    ['a list', (_: ProbeNode, { list }: { list: number[] }) => void list.push(2)],
    ['a map', (_: ProbeNode, { map }: { map: Map<string, number> }) => void map.set('b', 2)],
    ['a set', (_: ProbeNode, { set }: { set: Set<number> }) => void set.add(2)],
    ['a map, emptied', (_: ProbeNode, { map }: { map: Map<string, number> }) => map.clear()],
    ['a set, emptied', (_: ProbeNode, { set }: { set: Set<number> }) => void set.delete(1)],
  ] as [string, (node: ProbeNode, message: never) => void][])(
    'changing %s of a message that came is a finding at the recorded speed',
    (_, change) => {
      const protocol = receiving(change as never);
      const result = runQuiet({ protocol, speed: 'recorded', until: ms(20) });
      expect(result.violations[0]).toMatchObject({ property: 'no-exceptions', node: 'n1' });
      expect(result.violations[0]!.message).toMatch(/onMessage\.Item at n1 threw TypeError/);
      expect(() => assertSameAtBothSpeeds(quiet({ protocol, until: ms(20) }), ['1'])).toThrow(/differ at event/);
    },
  );

  it('changing the arguments of a request is one, too', () => {
    const protocol = probe({ onRequest: { ask: (_, { args }) => void args.list.push(2) } });
    const script = [{ at: 0, client: 'c1', request: 'ask', args: { list: [1] }, target: 'n1' }];
    const [violation] = runQuiet({ protocol, speed: 'recorded', script }).violations;
    expect(violation!.message).toMatch(/onRequest\.ask at n1 threw TypeError/);
  });

  it('what was received may be kept in the state and changed there from the next step on', () => {
    const protocol = doing((node) => node.broadcast({ type: 'Item', map: new Map([['a', 1]]), list: [1] }), {
      onMessage: {
        Item(node, message) {
          node.volatile['map'] = message.map;
          node.volatile['list'] = message.list;
          node.setTimer('later', ms(1));
        },
      },
      onTimer: {
        later(node) {
          node.volatile['map'].set(node.id, 1);
          node.volatile['list'].push(2);
          node.mark('has', { map: node.volatile['map'], list: node.volatile['list'] });
        },
      },
    });
    const recorded = runQuiet({ protocol, speed: 'recorded', until: ms(20) });
    expect(recorded.violations).toEqual([]);
    expect(details(recorded, 'has')).toEqual(
      ['n1', 'n3'].map((id) => ({
        map: new Map([
          ['a', 1],
          [id, 1],
        ]),
        list: [1, 2],
      })),
    );
    // At the direct speed both receivers share the list: the comparison of the speeds finds it.
    expect(() => assertSameAtBothSpeeds(quiet({ protocol, until: ms(20) }), ['1'])).toThrow(
      /direct and recorded differ at event/,
    );
  });

  it('changing a message after sending it, in the same step, changes what is sent; later, nothing', () => {
    const protocol = doing(
      (node) => {
        const list = [1];
        node.broadcast({ type: 'Item', list });
        list.push(2);
        node.volatile['list'] = list;
        node.setTimer('later', 1);
      },
      {
        onTimer: { later: (node) => void node.volatile['list'].push(3) },
        onMessage: { Item: (node, { list }) => node.mark('saw', list) },
      },
    );
    for (const speed of SPEEDS)
      expect(details(runQuiet({ protocol, speed }), 'saw')).toEqual([
        [1, 2],
        [1, 2],
      ]);
    assertSameAtBothSpeeds(quiet({ protocol }), ['1']);
  });

  it('what a recorded step changed does not change the states before it', () => {
    const protocol = doing((node) => {
      node.volatile['list'].push(node.volatile['list'].length);
      if (node.volatile['list'].length < 5) node.setTimer('act', ms(1));
    });
    const states: unknown[] = [];
    const watched = {
      ...protocol,
      invariants: [
        {
          name: 'w',
          says: '',
          memory: () => null,
          afterStep: (_: unknown, node: { volatile: { list: unknown } }) => void states.push(node.volatile.list),
        },
      ],
    } as unknown as typeof protocol;
    run(quiet({ protocol: watched, nodes: ['n2'], speed: 'recorded' }));
    expect(states).toEqual([[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]]);
  });
});
