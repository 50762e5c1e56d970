import { describe, expect, it } from 'vitest';
import { ms, Simulation, type Fault } from '../../engine/index.js';
import { details, eventsOf, marks, probe, quiet, runQuiet, told } from './probe.js';

/** Counts in both halves of its state, every 10 ms; says how it starts. */
const counter = probe({
  durable: () => ({ kept: 0 }),
  volatile: () => ({ lost: 0 }),
  onStart(node, { reason, damage }) {
    node.mark('start', { reason, damage, kept: node.durable['kept'], lost: node.volatile['lost'] });
    node.setTimer('tick', ms(10));
  },
  onTimer: {
    tick(node) {
      node.durable['kept']++;
      node.volatile['lost']++;
      node.setTimer('tick', ms(10));
    },
  },
});

/** n1 sends a numbered item to everybody each millisecond; whoever gets it says so. */
const sender = probe({
  volatile: () => ({ n: 0 }),
  onStart: (node) => (node.id === 'n1' ? node.setTimer('next', ms(1)) : undefined),
  onTimer: {
    next(node) {
      node.broadcast({ type: 'Item', n: ++node.volatile['n'] });
      if (node.volatile['n'] < 50) node.setTimer('next', ms(1));
    },
  },
  onMessage: { Item: (node, { n }) => node.mark('got', n) },
});

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('a start', () => {
  it('is of all nodes, before any of them acts', () => {
    const protocol = probe({
      onStart: (node) => node.broadcast({ type: 'Hello' }),
      onMessage: { Hello: (node, _, from) => node.mark('got', from) },
      invariants: [
        {
          name: 'all are up',
          says: '',
          memory: () => null,
          afterStep: (_: unknown, __: unknown, world: { nodes: { up: boolean }[] }) =>
            world.nodes.filter(({ up }) => up).length === 4 ? null : 'not all',
        },
      ],
    });
    const result = runQuiet({ protocol, nodes: 4, network: { latency: { constant: 0 } } });
    expect(result.violations).toEqual([]);
    expect(result.marks.get('got')).toBe(12);
    expect(eventsOf(result).slice(0, 4).map(told)).toEqual(
      ['n1', 'n2', 'n3', 'n4'].map((name) => `0 ${name} start first`),
    );
  });

  it('comes before what a plan or a script does at time 0', () => {
    const faults: Fault[] = [{ do: 'crash', whom: 'n1', at: 0, for: ms(35) }];
    const result = runQuiet({ protocol: counter, nodes: 1, faults, until: ms(100), survivable: false });
    expect(details(result, 'start').map(({ reason }) => reason)).toEqual(['first', 'restart']);
    const part: Fault[] = [{ do: 'partition', shape: { isolate: 'n3' }, at: 0 }];
    const parted = runQuiet({ protocol: counter, nodes: 3, faults: part, survivable: true });
    expect(eventsOf(parted, 'fault').map(({ name }) => name)).toEqual(['begin']);
  });
});

describe('a crash', () => {
  it('loses volatile state, keeps durable state, and the restart says its reason', () => {
    const faults: Fault[] = [{ do: 'crash', whom: 'n1', at: ms(35), for: ms(20) }];
    const result = runQuiet({ protocol: counter, nodes: 2, faults, until: ms(100) });
    expect(marks(result, 'start').filter(({ node }) => node === 'n1')).toEqual([
      { node: 'n1', time: 0, detail: { reason: 'first', damage: [], kept: 0, lost: 0 } },
      { node: 'n1', time: ms(55), detail: { reason: 'restart', damage: [], kept: 3, lost: 0 } },
    ]);
    expect(eventsOf(result, 'timer').some(({ node, time }) => node === 'n1' && time > ms(35) && time < ms(65))).toBe(
      false,
    );
  });

  it('leaves nothing of the volatile state to be seen from outside', () => {
    const simulation = new Simulation(
      quiet({ protocol: counter, nodes: 2, faults: [{ do: 'crash', whom: 'n1', at: ms(35) }], until: ms(50) }),
    );
    simulation.run();
    expect(simulation.node('n1')).toMatchObject({ up: false, durable: { kept: 3 }, volatile: {} });
    expect(simulation.node('n1')!.volatile).toEqual({});
    expect(simulation.node('n2')!.volatile).toEqual({ lost: 5 });
  });

  it('loses what waited in the inbox, and what arrives while down', () => {
    const faults: Fault[] = [
      { do: 'pause', whom: 'n2', at: 10_500 },
      { do: 'crash', whom: 'n2', at: 20_500, for: ms(10) },
    ];
    const result = runQuiet({ protocol: sender, nodes: 2, faults });
    expect(details(result, 'got')).toEqual([...upTo(9), ...upTo(50).slice(29)]);
    const drops = eventsOf(result, 'drop');
    expect(drops.length).toBe(20);
    expect(drops.filter(({ time }) => time === 20_500).length).toBe(10);
    expect(drops.every(({ why }) => why === 'receiver is down')).toBe(true);
  });

  it('of a node that is down does nothing, and does not restart it', () => {
    const faults: Fault[] = [
      { do: 'crash', whom: 'n1', at: ms(5) },
      { do: 'crash', whom: 'n1', at: ms(10), for: ms(10) },
    ];
    expect(details(runQuiet({ protocol: counter, nodes: 1, faults }), 'start').length).toBe(1);
  });

  it('does not end for a node that lives, and crashed, again by other means', () => {
    const faults: Fault[] = [
      { do: 'crash', whom: 'n1', at: ms(5), for: ms(50) },
      { do: 'restart', whom: 'n1', at: ms(10) },
      { do: 'crash', whom: 'n1', at: ms(20) },
    ];
    expect(marks(runQuiet({ protocol: counter, nodes: 1, faults }), 'start').map(({ time }) => time)).toEqual([
      0,
      ms(10),
    ]);
  });
});

describe('a pause', () => {
  it('keeps the order, and loses nothing', () => {
    const faults: Fault[] = [{ do: 'pause', whom: 'n2', at: 10_500, for: ms(20) }];
    const result = runQuiet({ protocol: sender, nodes: 2, faults });
    expect(details(result, 'got')).toEqual(upTo(50));
    const late = marks(result, 'got').filter(({ time }) => time === 30_500);
    expect(late.length).toBe(20);
    expect(eventsOf(result, 'pause', 'resume').map(told)).toEqual(['10500 n2 pause', '30500 n2 resume']);
  });

  it('does not lose what had come before the link was cut', () => {
    const faults: Fault[] = [
      { do: 'pause', whom: 'n2', at: 10_500, for: ms(20) },
      { do: 'partition', shape: { isolate: 'n2' }, at: 20_500, for: ms(50) },
    ];
    expect(details(runQuiet({ protocol: sender, nodes: 2, faults }), 'got')).toEqual(upTo(19));
  });

  it('keeps timers from firing until it ends', () => {
    const faults: Fault[] = [
      { do: 'pause', whom: 'n1', at: ms(5) },
      { do: 'resume', whom: 'n1', at: ms(42) },
    ];
    const result = runQuiet({ protocol: counter, nodes: 1, faults, until: ms(60) });
    expect(eventsOf(result, 'timer').map(({ time }) => time)).toEqual([ms(42), ms(52)]);
  });

  it('is not ended by the end of a shorter one', () => {
    const faults: Fault[] = [
      { do: 'pause', whom: 'n2', at: ms(5), for: ms(50) },
      { do: 'pause', whom: 'n2', at: ms(10), for: ms(10) },
    ];
    const result = runQuiet({ protocol: sender, nodes: 2, faults });
    expect(eventsOf(result, 'resume').map(({ time }) => time)).toEqual([ms(55)]);
  });

  it('keeps a node from hearing of its disk and its connections, and from sending what waited for the disk', () => {
    const protocol = probe({
      transport: 'connection',
      durable: () => ({ n: 0 }),
      onStart: (node) => node.setTimer('go', ms(10)),
      onTimer: {
        go(node) {
          node.durable['n']++;
          node.broadcast({ type: 'Item', n: 1 });
          node.mark('went');
        },
      },
      onMessage: { Item: (node) => node.mark('got') },
      onConnection: { reset: (node) => node.mark('reset') },
    });
    const faults: Fault[] = [
      { do: 'pause', whom: 'n1', at: ms(11), for: ms(50) },
      { do: 'crash', whom: 'n3', at: ms(30) },
    ];
    const result = runQuiet({ protocol, faults, disk: { syncLatency: { constant: ms(5) } } });
    const sent = eventsOf(result, 'send')
      .filter(({ node }) => node === 'n1')
      .map(({ time }) => time);
    expect(sent).toEqual([ms(61), ms(61)]);
    expect(marks(result, 'reset').map(({ node, time }) => [node, time])).toEqual([
      ['n2', ms(31)],
      ['n1', ms(61)],
    ]);
    expect(
      eventsOf(result, 'sync')
        .filter(({ node }) => node === 'n1')
        .map(({ time }) => time),
    ).toEqual([ms(15)]);
  });

  it('ends well although the node stops in the middle of what waited', () => {
    const protocol = probe({
      volatile: () => ({ n: 0 }),
      onStart: (node) => (node.id === 'n1' ? node.setTimer('next', 100) : undefined),
      onTimer: {
        next(node) {
          node.broadcast({ type: 'Item', n: ++node.volatile['n'] });
          if (node.volatile['n'] < 200) node.setTimer('next', 100);
        },
      },
      onMessage: {
        Item(node, { n }) {
          node.mark('got', n);
          if (n === 60) node.halt('enough');
        },
      },
    });
    const faults: Fault[] = [{ do: 'pause', whom: 'n2', at: 4_050, for: ms(5) }];
    const result = runQuiet({ protocol, faults, nodes: 2 });
    expect(details(result, 'got')).toEqual(upTo(60));
    // Every message has one fate.
    const fates = eventsOf(result, 'deliver', 'drop').map(({ msg }) => msg!);
    expect([...fates].sort((a, b) => a - b)).toEqual(upTo(200));
    expect(eventsOf(result, 'halt').map(told)).toEqual(['9050 n2 halt enough']);
  });
});

describe('a slow node', () => {
  it('handles one thing at a time, in order', () => {
    const faults: Fault[] = [{ do: 'slow', whom: 'n2', at: 0, processing: { constant: ms(3) }, for: ms(60) }];
    const got = marks(runQuiet({ protocol: sender, nodes: 2, faults }), 'got');
    expect(got.map(({ detail }) => detail)).toEqual(upTo(50));
    const gaps = got.map(({ time }, i) => time - (got[i - 1]?.time ?? time)).slice(1);
    // It catches up at once when it is slow no more.
    expect(gaps.filter((gap) => gap === ms(3)).length).toBe(20);
    expect(got.at(-1)!.time).toBe(ms(62));
  });

  it('delays its own timers, too', () => {
    const faults: Fault[] = [{ do: 'slow', whom: 'n1', at: 0, processing: { constant: ms(25) } }];
    const timers = eventsOf(runQuiet({ protocol: counter, nodes: 1, faults, until: ms(120) }), 'timer').map(
      ({ time }) => time,
    );
    expect(timers).toEqual([ms(10), ms(35), ms(60), ms(85), ms(110)]);
  });
});

describe('members', () => {
  const membership = probe({
    durable: () => ({ starts: 0 }),
    onStart(node, { reason }) {
      node.durable['starts']++;
      node.mark('start', { reason, members: node.members, peers: node.peers, starts: node.durable['starts'] });
    },
  });

  it('that stand by start when they are told to, knowing the others', () => {
    const faults: Fault[] = [{ do: 'start', whom: 'n3', at: ms(5) }];
    const starts = marks(runQuiet({ protocol: membership, standby: ['n3'], faults }), 'start');
    expect(starts.map(({ node, time, detail }) => [node, time, detail.reason, detail.members, detail.peers])).toEqual([
      ['n1', 0, 'first', ['n1', 'n2'], ['n2']],
      ['n2', 0, 'first', ['n1', 'n2'], ['n1']],
      ['n3', ms(5), 'first', ['n1', 'n2', 'n3'], ['n1', 'n2']],
    ]);
  });

  it('that leave are gone, whatever was to restart them', () => {
    const faults: Fault[] = [
      { do: 'crash', whom: 'n1', at: ms(5), for: ms(20) },
      { do: 'stop', whom: 'n1', at: ms(10) },
      { do: 'restart', whom: 'n1', at: ms(40) },
    ];
    const result = runQuiet({ protocol: membership, nodes: 1, faults });
    expect(details(result, 'start').length).toBe(1);
  });

  it('that are told to start after they left are back with their disk', () => {
    const faults: Fault[] = [
      { do: 'stop', whom: 'n1', at: ms(5) },
      { do: 'start', whom: 'n1', at: ms(10) },
    ];
    const result = runQuiet({ protocol: membership, nodes: 1, faults });
    expect(details(result, 'start').map(({ reason, starts }) => [reason, starts])).toEqual([
      ['first', 1],
      ['restart', 2],
    ]);
    expect(eventsOf(result, 'halt').map(told)).toEqual([`${ms(5)} n1 halt stopped`]);
  });
});

describe('an upgrade', () => {
  const old = probe({
    name: 'one',
    options: { every: 10 },
    durable: () => ({ n: 0 }),
    onStart(node, { reason }) {
      node.mark('start', { reason, version: 1, options: { ...node.options } });
      node.setTimer('tick', ms(10));
    },
    onTimer: { tick: (node) => node.broadcast({ type: 'Old' }) },
    onMessage: { Old: (node, _, from) => node.mark('old', from) },
  });
  const next = probe({
    name: 'two',
    options: { every: 10, depth: 3 },
    durable: () => ({ n: 0 }),
    onStart(node, { reason }) {
      node.mark('start', { reason, version: 2, options: { ...node.options } });
      node.setTimer('tick', ms(10));
    },
    onTimer: { tick: (node) => node.broadcast({ type: 'New' }) },
    onMessage: { New: (node, _, from) => node.mark('new', from) },
  });

  it('restarts with other options', () => {
    const faults: Fault[] = [{ do: 'upgrade', whom: 'n1', options: { every: 20 }, at: ms(5) }];
    const result = runQuiet({ protocol: old, nodes: 2, faults });
    expect(details(result, 'start').map(({ reason, options }) => [reason, options.every])).toEqual([
      ['first', 10],
      ['first', 10],
      ['upgrade', 20],
    ]);
  });

  it('restarts with another version, whose own options have their defaults', () => {
    const faults: Fault[] = [{ do: 'upgrade', whom: 'n1', version: 'two', options: { every: 20 }, at: ms(5) }];
    const result = runQuiet({ protocol: old, versions: { two: next }, nodes: 2, faults });
    expect(details(result, 'start').at(-1)).toEqual({
      reason: 'upgrade',
      version: 2,
      options: { every: 20, depth: 3 },
    });
    // Neither knows what the other says.
    const drops = eventsOf(result, 'drop').map(({ node, name, why, place }) => [node, name, why, place]);
    expect(drops).toEqual([
      ['n1', 'Old', 'unknown type', 'delivery'],
      ['n2', 'New', 'unknown type', 'delivery'],
    ]);
    expect(result.violations).toEqual([]);
  });

  it('of a node that is down shows when it is back', () => {
    const faults: Fault[] = [
      { do: 'crash', whom: 'n1', at: ms(2), for: ms(10) },
      { do: 'upgrade', whom: 'n1', version: 'two', at: ms(5) },
    ];
    const result = runQuiet({ protocol: old, versions: { two: next }, nodes: 1, faults });
    expect(details(result, 'start').map(({ reason, version }) => [reason, version])).toEqual([
      ['first', 1],
      ['restart', 2],
    ]);
  });
});
