import { describe, expect, it } from 'vitest';
import { ms, type Fault, type PartitionShape, type SimulationConfig } from '../../engine/index.js';
import { eventsOf, marks, probe, runQuiet } from './probe.js';

/** Everybody pings everybody at 10, 20, … ms; whoever hears marks who it was. n1 is the leader, n2 a deputy. */
const ping = probe({
  onStart: (node) => node.setTimer('tick', ms(10)),
  onTimer: {
    tick(node) {
      node.broadcast({ type: 'Ping' });
      node.setTimer('tick', ms(10));
    },
  },
  onMessage: { Ping: (node, _, from) => node.mark('heard', from) },
  onRequest: { ask: (node, { ref }) => node.reply(ref, node.id) },
  role: (node) => ({ name: node.id === 'n1' ? 'leader' : node.id === 'n2' ? 'deputy' : 'member' }),
});

/** For every node, whom it hears in the round of pings at `at` ms; itself included. */
function hearing(nodes: number, faults: readonly Fault[], at = 20, config: Partial<SimulationConfig> = {}) {
  const result = runQuiet({ protocol: ping, nodes, faults, until: ms(at) + 9_000, ...config });
  const heard: Record<string, string[]> = {};
  for (let i = 1; i <= nodes; i++) heard[`n${i}`] = [`n${i}`];
  for (const { node, time, detail } of marks(result, 'heard')) if (time >= ms(at)) heard[node]!.push(detail);
  for (const list of Object.values(heard)) list.sort();
  return { heard, result };
}

const cut = (shape: PartitionShape, rest: Partial<Fault> = {}): Fault =>
  ({ do: 'partition', shape, at: ms(15), ...rest }) as Fault;
const shown = (heard: Record<string, string[]>): string[] =>
  Object.values(heard).map((list) => list.join(' ').replaceAll('n', ''));

describe('partition shapes', () => {
  it('groups: who can talk to whom; those not named talk to all', () => {
    expect(
      shown(
        hearing(5, [
          cut({
            groups: [
              ['n1', 'n2'],
              ['n3', 'n4'],
            ],
          }),
        ]).heard,
      ),
    ).toEqual(['1 2 5', '1 2 5', '3 4 5', '3 4 5', '1 2 3 4 5']);
  });

  it('one way: the way back stays open', () => {
    expect(shown(hearing(3, [cut({ from: 'n1', to: ['n2', 'n3'] })]).heard)).toEqual(['1 2 3', '2 3', '2 3']);
  });

  it('isolate: these on one side, all others on the other', () => {
    expect(shown(hearing(5, [cut({ isolate: ['n2', 'n4'] })]).heard)).toEqual([
      '1 3 5',
      '2 4',
      '1 3 5',
      '2 4',
      '1 3 5',
    ]);
    expect(shown(hearing(3, [cut({ isolate: 'leader' })]).heard)).toEqual(['1', '2 3', '2 3']);
  });

  it('halves: drawn, one larger, with whom it must have', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const { heard } = hearing(5, [cut({ halves: true, with: 'n4' })], 20, { seed: `${seed}` });
      expect(heard['n4']!.length).toBe(3);
      const others = Object.keys(heard).filter((name) => !heard['n4']!.includes(name));
      for (const other of others) expect(heard[other]).toEqual(others);
      seen.add(heard['n4']!.join(' '));
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  it('halves: another draw at each strike', () => {
    const faults = [cut({ halves: true }, { for: ms(10), times: 8, every: ms(20) })];
    const rounds = Array.from({ length: 8 }, (_, i) => shown(hearing(5, faults, 20 + 20 * i).heard).join('|'));
    expect(new Set(rounds).size).toBeGreaterThan(3);
  });

  it.each([3, 4, 5, 6, 7, 8, 9])('majorities ring of %i: each sees a majority, no two the same', (nodes) => {
    const { heard } = hearing(nodes, [cut({ ring: 'majorities' })]);
    const lists = Object.values(heard);
    for (const list of lists) expect(list.length).toBeGreaterThan(nodes / 2);
    expect(new Set(lists.map((list) => list.join(' '))).size).toBe(nodes);
    expect(lists.some((list) => list.length < nodes)).toBe(true);
    // Seeing is mutual.
    for (const [one, list] of Object.entries(heard)) for (const other of list) expect(heard[other]).toContain(one);
  });

  it('bridge: two halves that only one node reaches both of', () => {
    expect(shown(hearing(5, [cut({ bridge: 'n3' })]).heard)).toEqual(['1 2 3', '1 2 3', '1 2 3 4 5', '3 4 5', '3 4 5']);
  });

  it('hub: only one is connected to everybody', () => {
    expect(shown(hearing(4, [cut({ hub: 'n2' })]).heard)).toEqual(['1 2', '1 2 3 4', '2 3', '2 4']);
  });

  it('constrained: the leader has lost all but the hub', () => {
    const shape: PartitionShape = { constrained: { leader: 'leader', hub: 'deputy' } };
    expect(shown(hearing(4, [cut(shape)]).heard)).toEqual(['1 2', '1 2 3 4', '2 3 4', '2 3 4']);
  });

  it('chain: each reaches its neighbours', () => {
    expect(shown(hearing(4, [cut({ chain: true })]).heard)).toEqual(['1 2', '1 2 3', '2 3 4', '3 4']);
  });

  it('leaves clients alone, unless they are named', () => {
    const asked = (isolate: string[]) =>
      runQuiet({
        protocol: ping,
        faults: [cut({ isolate }, { at: 0 })],
        script: [{ at: ms(1), client: 'c1', request: 'ask', target: 'n1' }],
        until: ms(1_500),
      }).history.at(-1)!.type;
    expect(asked(['n1'])).toBe('ok');
    expect(asked(['n1', 'c1'])).toBe('ok');
    expect(asked(['n2', 'c1'])).toBe('info');
  });
});

describe('several at once', () => {
  const both = [cut({ isolate: 'n1' }, { name: 'first' }), cut({ groups: [['n2'], ['n3']] }, { name: 'second' })];

  it('add up', () => {
    expect(shown(hearing(4, both).heard)).toEqual(['1', '2 4', '3 4', '2 3 4']);
  });

  it('heal one by one by name, or all together', () => {
    const heal = (name?: string): Fault => ({ do: 'heal', at: ms(25), ...(name === undefined ? {} : { name }) });
    expect(shown(hearing(4, [...both, heal('first')], 30).heard)).toEqual(['1 2 3 4', '1 2 4', '1 3 4', '1 2 3 4']);
    expect(shown(hearing(4, [...both, heal('second')], 30).heard)).toEqual(['1', '2 3 4', '2 3 4', '2 3 4']);
    expect(shown(hearing(4, [...both, heal()], 30).heard)).toEqual(new Array(4).fill('1 2 3 4'));
  });

  it('each end at their own time', () => {
    const timed = [cut({ isolate: 'n1' }, { for: ms(10) }), cut({ isolate: ['n1', 'n2'] }, { for: ms(20) })];
    expect(shown(hearing(4, timed, 20).heard)).toEqual(['1', '2', '3 4', '3 4']);
    expect(shown(hearing(4, timed, 30).heard)).toEqual(['1 2', '1 2', '3 4', '3 4']);
    expect(shown(hearing(4, timed, 40).heard)).toEqual(new Array(4).fill('1 2 3 4'));
  });

  it('a heal does not come twice: the end of a healed one changes nothing', () => {
    const faults: Fault[] = [
      cut({ isolate: 'n1' }, { for: ms(20) }),
      { do: 'heal', at: ms(20) },
      cut({ isolate: 'n1' }, { at: ms(25) }),
    ];
    expect(shown(hearing(3, faults, 40).heard)).toEqual(['1', '2 3', '2 3']);
  });
});

describe('what is told', () => {
  it('names sides in a sentence and in the note that pictures draw', () => {
    const { result } = hearing(3, [cut({ isolate: 'n2' }, { for: ms(5) })]);
    const faults = eventsOf(result, 'fault').map(({ name, why, body, time }) => ({ name, why, body, time }));
    expect(faults[0]).toEqual({
      name: 'begin',
      why: 'partition {n2} | {n1 n3}',
      time: ms(15),
      body: { fault: 1, family: 'partition', nodes: ['n1', 'n2', 'n3'], groups: [['n2'], ['n1', 'n3']] },
    });
    expect(faults[1]).toMatchObject({ name: 'end', time: ms(20) });
  });

  it('says so when there is nobody to part', () => {
    const noLeader = probe({ role: () => ({ name: 'follower' }) });
    const result = runQuiet({
      protocol: noLeader,
      faults: [cut({ isolate: 'leader' }), { do: 'crash', whom: 'leader', at: 5 }],
    });
    expect(eventsOf(result, 'fault').map(({ name, why }) => [name, why])).toEqual([
      ['skipped', 'crash: nobody there to strike'],
      ['skipped', 'partition: nobody there to part from anybody'],
    ]);
  });
});
