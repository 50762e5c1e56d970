import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, Simulation, type SimulationConfig } from '../../engine/index.js';
import { assertSameAtBothSpeeds } from '../laws/index.js';
import { probe, quiet, runQuiet, type ProbeNode } from './probe.js';

/* The same code runs on bare objects and on drafts: whatever it does to its state must come out the same. */

type Op = readonly [what: string, where: 'durable' | 'volatile', key: string, number: number];

const WHAT = [
  ...[
    'set',
    'set',
    'nest',
    'delete',
    'deleteSet',
    'push',
    'pop',
    'shift',
    'unshift',
    'splice',
    'reverse',
    'sort',
    'truncate',
  ],
  ...[
    'mapSet',
    'mapNest',
    'mapDelete',
    'mapClear',
    'setAdd',
    'setDelete',
    'inner',
    'innerMap',
    'share',
    'swap',
    'send',
    'replace',
  ],
];
const op: fc.Arbitrary<Op> = fc.tuple(
  fc.constantFrom(...WHAT),
  fc.constantFrom('durable', 'volatile'),
  fc.constantFrom('a', 'b', 'c', '1'),
  fc.nat(9),
);

interface Item {
  n?: number;
  key?: string;
}
const empty = () => ({
  fields: {} as Record<string, unknown>,
  list: [] as Item[],
  map: new Map<string | number, unknown>(),
  set: new Set<string | number>(),
  inner: { deep: { n: 0 } },
});

function apply(node: ProbeNode, [what, where, key, n]: Op): void {
  const state = node[where] as ReturnType<typeof empty>;
  const { fields, list, map, set } = state;
  switch (what) {
    case 'set':
      fields[key] = n;
      break;
    case 'nest':
      fields[key] = { key, list: [n], same: fields[key] };
      break;
    case 'delete':
      delete fields[key];
      break;
    case 'deleteSet': {
      // Moves the key to the end, although its value stays.
      const value = fields[key];
      delete fields[key];
      fields[key] = value;
      break;
    }
    case 'push':
      list.push({ n, key });
      break;
    case 'pop':
      list.pop();
      break;
    case 'shift':
      list.shift();
      break;
    case 'unshift':
      list.unshift({ n });
      break;
    case 'splice':
      list.splice(n % (list.length + 1), 1, { n, key }, { key });
      break;
    case 'reverse':
      list.reverse();
      break;
    case 'sort':
      list.sort((one, other) => (one.n ?? -1) - (other.n ?? -1));
      break;
    case 'truncate':
      list.length = Math.min(list.length, n);
      break;
    case 'mapSet':
      map.set(n % 3 === 0 ? n : key, n);
      break;
    case 'mapNest':
      map.set(key, { n, old: [...map.keys()] });
      break;
    case 'mapDelete':
      map.delete(key);
      break;
    case 'mapClear':
      map.clear();
      break;
    case 'setAdd':
      set.add(n % 2 === 0 ? n : key);
      break;
    case 'setDelete':
      set.delete(key);
      break;
    case 'inner':
      state.inner.deep.n += n;
      break;
    case 'innerMap':
      for (const value of map.values()) if (typeof value === 'object') (value as { n: number }).n += n;
      break;
    case 'share':
      // Copied by hand, as a protocol must: what is shared between two places is two things at the next step.
      fields[key] = list.slice(0, 2).map((item) => ({ ...item }));
      break;
    case 'swap':
      [fields['a'], fields['b']] = [fields['b'], fields['a']];
      break;
    case 'send':
      node.broadcast({ type: 'State', fields, list, map, set, at: state.inner });
      break;
    case 'replace':
      state.list = list.filter((item) => (item.n ?? 0) >= n);
      state.inner = { deep: { n } };
      break;
    default:
      throw new Error(what);
  }
}

const program = (turns: readonly (readonly Op[])[]) =>
  probe({
    durable: empty,
    volatile: () => ({ ...empty(), at: 0 }),
    onStart: (node) => node.setTimer('next', ms(1)),
    onTimer: {
      next(node) {
        const turn = node.volatile['at']++;
        for (const one of turns[turn] ?? []) apply(node, one);
        if (turn < turns.length) node.setTimer('next', ms(1));
      },
    },
    onMessage: {
      State(node, message) {
        node.volatile['fields']['got'] = message.list.length;
        node.durable['map'].set('got', [...message.map.keys()].length);
        node.volatile['inner'] = { deep: { n: message.at.deep.n } };
      },
    },
  });

const RUNS = 150;

describe('both speeds', () => {
  it.each([
    ['without disks', {}],
    ['with disks', { disk: { syncLatency: { constant: ms(2) } }, faults: [{ do: 'restart', whom: 'n1', at: ms(4) }] }],
  ] as [string, Partial<SimulationConfig>][])('do the same to any state, %s', (_, more) => {
    fc.assert(
      fc.property(fc.array(fc.array(op, { maxLength: 6 }), { maxLength: 6 }), (turns) => {
        const config = quiet({ protocol: program(turns), nodes: 2, until: ms(30), ...more });
        assertSameAtBothSpeeds(config, ['1']);
      }),
      { numRuns: RUNS },
    );
  });

  it('find an object in two places: one at the direct speed, two in a recorded one', () => {
    const aliasing = probe({
      volatile: () => ({ one: [1], other: [1] }),
      onStart: (node) => node.setTimer('share', ms(1)),
      onTimer: {
        share(node) {
          node.volatile['other'] = node.volatile['one'];
          node.setTimer('push', ms(1));
        },
        push: (node) => void node.volatile['one'].push(2),
      },
    });
    expect(() => assertSameAtBothSpeeds(quiet({ protocol: aliasing, nodes: 1 }), ['1'])).toThrow(
      /differ in the final states/,
    );
  });

  it('keep every state of a recorded run as a value that shares with the last what did not change', () => {
    const protocol = probe({
      durable: () => ({ log: [] as unknown[] }),
      volatile: () => ({ seen: {} }),
      onStart: (node) => node.setTimer('tick', ms(1)),
      onTimer: {
        tick(node) {
          node.durable['log'].push({ n: node.durable['log'].length });
          node.setTimer('tick', ms(1));
        },
      },
    });
    const kept: { durable: { log: object[] }; volatile: object }[] = [];
    const invariants = [
      {
        name: 'keep',
        says: '',
        memory: () => null,
        afterStep: (_: unknown, { durable, volatile }: (typeof kept)[0]) => void kept.push({ durable, volatile }),
      },
    ];
    new Simulation(
      quiet({ protocol: { ...protocol, invariants } as never, nodes: 1, speed: 'recorded', until: ms(5) }),
    ).run();
    expect(kept.map(({ durable }) => durable.log.length)).toEqual([0, 1, 2, 3, 4, 5]);
    for (let i = 1; i < kept.length; i++) {
      expect(kept[i]!.volatile).toBe(kept[i - 1]!.volatile);
      if (i > 1) expect(kept[i]!.durable.log[i - 2]).toBe(kept[i - 1]!.durable.log[i - 2]);
    }
  });

  it('states are traced at the recorded speed, whatever the configuration says', () => {
    const protocol = program([[['push', 'durable', 'a', 1]]]);
    const result = runQuiet({ protocol, nodes: 1, speed: 'direct', trace: 'states' });
    const changes = [...result.trace!.events()]
      .flatMap((event) => event.changes ?? [])
      .map(({ path }) => path.join('.'));
    expect(changes).toContain('durable.list.0');
  });
});
