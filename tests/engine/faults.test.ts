import { describe, expect, it } from 'vitest';
import { ms, Simulation, UsageError, type Fault, type SimulationConfig } from '../../engine/index.js';
import { gossip } from './gossip.js';
import { eventsOf, marks, probe, quiet, runQuiet } from './probe.js';

/** n1 leads; it pings the others at 10, 20, … ms and marks each round; they answer. */
const rounds = probe({
  volatile: () => ({ round: 0 }),
  onStart: (node) => (node.id === 'n1' ? node.setTimer('tick', ms(10)) : undefined),
  onTimer: {
    tick(node) {
      node.mark('round', ++node.volatile['round']);
      node.broadcast({ type: 'Ping', round: node.volatile['round'] });
      node.setTimer('tick', ms(10));
    },
  },
  onMessage: {
    Ping: (node, message, from) => node.send(from, { type: 'Pong', round: message.round }),
    Pong: (node, _, from) => node.mark('pong', from),
  },
  onRequest: { ask: (node, { ref }) => node.reply(ref, 1) },
  role: (node) => ({ name: node.id === 'n1' ? 'leader' : 'follower' }),
});

function struck(faults: readonly Fault[], config: Partial<SimulationConfig> = {}) {
  const result = runQuiet({ protocol: rounds, until: ms(100), faults, ...config });
  return eventsOf(result, 'fault').map(({ time, name, why }) => `${time / 1_000} ${name} ${why}`);
}

const crash = (whom: Fault extends { whom: infer W } ? W : never, rest: Partial<Fault> = {}): Fault =>
  ({ do: 'crash', whom, at: ms(15), ...rest }) as Fault;
const upon = (when: NonNullable<Fault['when']>, rest: Partial<Fault> = {}): Fault =>
  ({ do: 'crash', whom: 'n3', when, ...rest }) as Fault;

describe('times', () => {
  it('at, after, for', () => {
    expect(struck([crash('n2' as never, { after: ms(2), for: ms(20) })])).toEqual([
      '17 begin crash n2',
      '37 end crash n2',
    ]);
  });

  it('times and every: each time anew', () => {
    expect(struck([crash('n2' as never, { for: ms(5), times: 3, every: ms(10) })])).toEqual([
      '15 begin crash n2',
      '20 end crash n2',
      '25 begin crash n2',
      '30 end crash n2',
      '35 begin crash n2',
      '40 end crash n2',
    ]);
  });

  it('each strike draws anew', () => {
    const whom = { random: 1 } as never;
    const seen = new Set(struck([crash(whom, { for: ms(1), times: 8, every: ms(10) })], { nodes: 5 }));
    expect(
      new Set([...seen].filter((line) => line.includes('begin')).map((line) => line.split(' ').at(-1))).size,
    ).toBeGreaterThan(2);
  });
});

describe('triggers', () => {
  it('mark: at once, in the same instant, with the event as cause', () => {
    const result = runQuiet({ protocol: rounds, faults: [upon({ mark: 'round' })], until: ms(50) });
    const [fault] = eventsOf(result, 'fault');
    const mark = eventsOf(result, 'mark')[0]!;
    expect([fault!.time, fault!.cause]).toEqual([ms(10), mark.id]);
  });

  it('mark: the nth time, so much later', () => {
    expect(struck([upon({ mark: 'round', nth: 3 }, { after: ms(2) })])).toEqual(['32 begin crash n3']);
  });

  it('sent and delivered, at a node, from a peer', () => {
    expect(struck([upon({ sent: 'Pong', node: 'n2', nth: 2 })])).toEqual(['21 begin crash n3']);
    expect(struck([upon({ delivered: 'Pong', peer: 'n2', nth: 2 })])).toEqual(['22 begin crash n3']);
    expect(struck([upon({ delivered: 'Pong', node: 'n2' })])).toEqual([]);
    expect(struck([upon({ delivered: 'Ping', node: { not: 'n2' } })])).toEqual(['11 begin crash n3']);
  });

  it('not before a time', () => {
    expect(struck([upon({ mark: 'round', from: ms(45) })])).toEqual(['50 begin crash n3']);
    // What happened before it does not count.
    expect(struck([upon({ mark: 'round', from: ms(45), nth: 2 })])).toEqual(['60 begin crash n3']);
  });

  it('several times: upon each such event from the nth on', () => {
    expect(struck([upon({ mark: 'round', nth: 2 }, { times: 3, for: ms(5) })])).toEqual([
      '20 begin crash n3',
      '25 end crash n3',
      '30 begin crash n3',
      '35 end crash n3',
      '40 begin crash n3',
      '45 end crash n3',
    ]);
  });

  it('upon what clients send and get, at that instant', () => {
    const script = [{ at: ms(3), client: 'c1', request: 'ask', target: 'n2' }];
    expect(struck([upon({ sent: 'request:ask' })], { script })).toEqual(['3 begin crash n3']);
    expect(struck([upon({ delivered: 'reply:ok' })], { script })).toEqual(['5 begin crash n3']);
  });

  it('strike the subject or its peer', () => {
    expect(struck([{ do: 'crash', whom: 'subject', when: { delivered: 'Pong', peer: 'n3' } }])).toEqual([
      '12 begin crash n1',
    ]);
    expect(struck([{ do: 'crash', whom: 'peer', when: { delivered: 'Pong', peer: 'n3' } }])).toEqual([
      '12 begin crash n3',
    ]);
    // With a time there is no event that could have a subject.
    expect(struck([crash('subject' as never)])).toEqual(['15 skipped crash: nobody there to strike']);
  });

  it('strike between the step that they wait for and what it sends', () => {
    const result = runQuiet({
      protocol: rounds,
      faults: [{ do: 'crash', whom: 'n1', when: { sent: 'Ping' } }],
      until: ms(50),
    });
    // The step ends first: both messages are on their way when the node goes down.
    expect(eventsOf(result, 'deliver').length).toBe(2);
    expect(result.marks.get('pong')).toBeUndefined();
  });
});

describe('whom', () => {
  const zones = { east: ['n1', 'n2'], west: ['n3', 'n4'] };
  const whom = (selector: unknown, more: readonly Fault[] = []) =>
    struck([...more, crash(selector as never)], { nodes: 5, zones }).filter((line) => line.startsWith('15'));

  it.each([
    ['a name', 'n4', 'n4'],
    ['a list', ['n4', 'n2', 'n4'], 'n2 n4'],
    ['a role', { role: 'follower' }, 'n2 n3 n4 n5'],
    ['a role by its name', 'leader', 'n1'],
    ['all', 'all', 'n1 n2 n3 n4 n5'],
    ['a zone', { zone: 'west' }, 'n3 n4'],
    ['a zone by its name', 'east', 'n1 n2'],
    ['everybody else', { not: ['leader', { zone: 'west' }] }, 'n2 n5'],
    ['so many of a zone', { random: 2, of: { zone: 'west' } }, 'n3 n4'],
    ['more than there are', { random: 9, of: 'east' }, 'n1 n2'],
  ])('%s', (_, selector, expected) => {
    expect(whom(selector)).toEqual([`15 begin crash ${expected}`]);
  });

  it('by chance: of those that run', () => {
    const down = crash(['n1', 'n2', 'n3'] as never, { at: ms(5) });
    expect(whom({ random: 2 }, [down])).toEqual(['15 begin crash n4 n5']);
    expect(whom('leader', [down])).toEqual(['15 skipped crash: nobody there to strike']);
  });

  it('refuses who does not exist', () => {
    expect(() => whom('n6')).toThrow(/no node or client "n6"/);
    expect(() => whom({ zone: 'north' })).toThrow(/no zone "north"/);
    expect(() => struck([{ do: 'upgrade', whom: 'n1', version: 'three', at: 0 }])).toThrow(/no version "three"/);
  });
});

describe('plans that make no sense', () => {
  it.each([
    ['a time below 0', { do: 'heal', at: -1 }],
    ['half a microsecond', { do: 'heal', at: 1.5 }],
    ['a time that is none', { do: 'heal', at: NaN }],
    ['an end before the begin', { do: 'crash', whom: 'n1', at: 5, for: -2 }],
    ['repetition without a pace', { do: 'heal', at: 0, times: 3 }],
    ['zero times', { do: 'heal', at: 0, times: 0, every: 1 }],
    ['waiting for nothing', { do: 'heal', when: { nth: 2 } }],
    ['a loss of two', { do: 'link', at: 0, rule: { loss: 2 } }],
  ] as [string, Fault][])('%s', (_, fault) => {
    expect(() => struck([fault])).toThrow(UsageError);
  });
});

describe('each fault bites', () => {
  // A run in which all hear of the write, unless something keeps it from them.
  const config = (faults: readonly Fault[], more: Partial<SimulationConfig> = {}): SimulationConfig => ({
    ...quiet({ protocol: gossip, nodes: 3 }),
    until: ms(250),
    script: [{ at: ms(10), client: 'c1', request: 'write', args: { key: 'x', value: 7 }, target: 'n1' }],
    choices: { overrides: new Map([['node.refuse n1#1', 0]]) },
    faults,
    ...more,
  });
  const digestOf = (faults: readonly Fault[]): string => new Simulation(config(faults)).run().digest;

  it.each([
    ['crash', { do: 'crash', whom: 'n2', at: ms(5) }],
    ['wiped', { do: 'crash', whom: 'n1', disk: 'wiped', at: ms(60), for: ms(1) }],
    ['restart', { do: 'restart', whom: 'n1', at: ms(12) }],
    ['pause', { do: 'pause', whom: 'n2', at: ms(5), for: ms(60) }],
    ['slow', { do: 'slow', whom: 'n2', at: 0, processing: { constant: ms(20) } }],
    ['stop', { do: 'stop', whom: 'n3', at: ms(5) }],
    ['partition', { do: 'partition', shape: { isolate: 'n3' }, at: ms(5), for: ms(100) }],
    ['link', { do: 'link', from: 'n1', to: 'n2', at: ms(5), rule: { loss: 1 } }],
    ['clock drift', { do: 'clock', whom: 'n2', at: ms(5), driftPpm: 100_000 }],
    ['clock jump', { do: 'clock', whom: 'n2', at: 0, jump: ms(100) }],
    ['upgrade', { do: 'upgrade', whom: 'n2', at: ms(30), options: { everyMs: 15 } }],
  ] as [string, Fault][])('%s changes the run', (name, fault) => {
    // The wall clock is only looked at in a start.
    const more: Fault[] = name === 'clock jump' ? [{ do: 'restart', whom: 'n2', at: ms(5) }] : [];
    const without = new Simulation(config(more)).run();
    const result = new Simulation(config([...more, fault])).run();
    const seen = (run: typeof result): unknown =>
      eventsOf(run, 'deliver', 'timer', 'mark').map(({ time, node, kind, name: what, body }) => [
        time,
        node,
        kind,
        what,
        body ?? null,
      ]);
    expect(seen(result)).not.toEqual(seen(without));
  });

  it('what has ended before anything happened changes nothing but the record of it', () => {
    const result = runQuiet({
      protocol: rounds,
      faults: [{ do: 'partition', shape: { isolate: 'n3' }, at: ms(1), for: ms(3) }],
      until: ms(60),
    });
    const free = runQuiet({ protocol: rounds, until: ms(60) });
    const pongs = (run: typeof result): unknown => marks(run, 'pong');
    expect(pongs(result)).toEqual(pongs(free));
    expect(result.digest).not.toBe(free.digest);
    expect(digestOf([])).toBe(digestOf([]));
  });
});
