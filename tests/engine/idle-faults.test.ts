import { describe, expect, it } from 'vitest';
import { ms, type Fault, type IdleFault } from '../../engine/index.js';
import { probe, runQuiet } from './probe.js';

/** n1 leads, and marks and sends a round every 10 ms. Who is upgraded sends what the others do not know. */
const rounds = probe({
  onStart: (node) => node.setTimer('tick', ms(10)),
  onTimer: {
    tick(node) {
      if (node.id === 'n1') node.mark('round');
      node.broadcast({ type: node.id === 'n1' ? 'Ping' : 'Novelty' });
      node.setTimer('tick', ms(10));
    },
  },
  onMessage: { Ping: () => undefined },
  role: (node) => ({ name: node.id === 'n1' ? 'leader' : 'follower' }),
});

const run = (...faults: Fault[]) => runQuiet({ protocol: rounds, until: ms(55), faults });
const idle = (...faults: Fault[]): Omit<IdleFault, 'fault'>[] =>
  run(...faults).idleFaults.map(({ fault: _, ...rest }) => rest);
const upon = (when: NonNullable<Fault['when']>): Fault => ({ do: 'pause', whom: 'n3', for: ms(1), when });

describe('a fault that never strikes', () => {
  it('is told with the roles that there were, where it looks for another one', () => {
    expect(idle({ do: 'pause', whom: 'leader', at: ms(1) }, { do: 'pause', whom: 'leeder', at: ms(2) })).toEqual([
      { number: 1, came: null, stage: 'nobody', missing: ['leeder'], roles: ['leader', 'follower'] },
    ]);
  });
  it('is told where its event never came, or never at that node', () => {
    expect(idle(upon({ mark: 'rund' }), upon({ mark: 'round' }))).toEqual([
      { number: 0, came: 0, stage: 'waiting', missing: [], roles: [] },
    ]);
    expect(idle(upon({ mark: 'round', node: 'n2' }))).toEqual([
      { number: 0, came: 5, stage: 'waiting', missing: [], roles: [] },
    ]);
    expect(idle(upon({ mark: 'round', node: { role: 'leeder' } }))).toMatchObject([
      { came: 5, missing: ['leeder'], roles: ['leader', 'follower'] },
    ]);
  });
  it('is told where its event came, and the run ended before its "after" did, or nobody was there', () => {
    const late: Fault = { ...upon({ mark: 'round' }), after: ms(99) };
    const late2: Fault = { ...late, times: 3 };
    const atNobody: Fault = { do: 'pause', whom: [], for: ms(1), when: { mark: 'round' } };
    expect(idle(late, late2, atNobody, { ...late, after: ms(9) })).toMatchObject([
      { number: 0, stage: 'ahead' },
      { number: 1, stage: 'ahead' },
      { number: 2, stage: 'nobody' },
    ]);
  });
  it.each([
    ['a partition', { do: 'partition', shape: { isolate: 'leeder' }, at: ms(1) }],
    ['a rule of links', { do: 'link', from: 'leeder', rule: { loss: 1 }, at: ms(1) }],
  ] as [string, Fault][])('is told of %s', (_, fault) => expect(idle(fault)).toMatchObject([{ missing: ['leeder'] }]));
  it('is not told where its time never came, nor where it struck once', () => {
    expect(idle({ do: 'crash', whom: 'n1', at: ms(99) })).toEqual([]);
    expect(idle({ do: 'crash', whom: 'leader', at: ms(1), times: 2, every: ms(5) })).toEqual([]);
  });
});

it('how often each fault struck is counted, also where survivability left it out', () => {
  const often: Fault = { do: 'crash', whom: 'n2', at: ms(1), times: 2, every: ms(5), for: ms(2) };
  const late: Fault = { do: 'crash', whom: 'n1', at: ms(99) };
  const many: Fault = { do: 'crash', whom: ['n1', 'n2'], at: ms(20), for: ms(2) };
  const { strikes } = runQuiet({ protocol: rounds, until: ms(55), faults: [often, late, many], survivable: true });
  expect([run(often, late, many).strikes, strikes]).toEqual([
    [2, 0, 1],
    [2, 0, 1],
  ]);
  const both = runQuiet({ protocol: rounds, until: ms(55), faults: [often, upon({ mark: 'rund' })] });
  expect(both.strikes).toEqual([2, 0]);
});

it('messages that their receivers do not know are counted by type', () => {
  expect([...run().notUnderstood]).toEqual([['Novelty', expect.any(Number)]]);
  expect(run().notUnderstood.get('Novelty')).toBeGreaterThan(10);
});
