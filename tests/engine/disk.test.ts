import { describe, expect, it } from 'vitest';
import { ms, type DiskConfig, type Fault, type SimulationConfig } from '../../engine/index.js';
import { details, eventsOf, marks, probe, runQuiet, told } from './probe.js';

/** n1 appends to its log every 2 ms, tells n2, and answers clients; says what it finds when it starts. */
const logger = probe({
  durable: () => ({ log: [], term: 0 }),
  onStart(node, { reason, damage }) {
    node.mark('start', { reason, damage, log: [...node.durable['log']], term: node.durable['term'] });
    if (node.id === 'n1') node.setTimer('append', ms(2));
  },
  onTimer: {
    append(node) {
      const n = node.durable['log'].length + 1;
      node.durable['log'].push(n);
      node.send('n2' as never, { type: 'Wrote', n });
      if (n < 30) node.setTimer('append', ms(2));
    },
  },
  onMessage: { Wrote: (node, { n }) => node.mark('told', n) },
  onRequest: {
    write(node, { ref, args }) {
      node.durable['term'] = args.value;
      node.reply(ref, null);
    },
    read: (node, { ref }) => node.reply(ref, node.durable['term']),
  },
});

const logged = (config: Partial<SimulationConfig> = {}) =>
  runQuiet({ protocol: logger, nodes: 2, until: ms(200), ...config });
const restart = (at: number): Fault => ({ do: 'crash', whom: 'n1', at, for: ms(5) });
const found = (result: ReturnType<typeof logged>) =>
  marks(result, 'start')
    .filter(({ node }) => node === 'n1')
    .at(-1)!.detail;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('a sync', () => {
  it('delays what a step sends, and nothing is sent before it', () => {
    const result = logged({ disk: { syncLatency: { constant: ms(5) } } });
    const syncs = eventsOf(result, 'sync').map(({ time }) => time);
    const sends = eventsOf(result, 'send').map(({ time }) => time);
    expect(sends[0]).toBe(ms(7));
    for (const time of sends) expect(syncs).toContain(time);
    expect(details(result, 'told')).toEqual(upTo(30));
  });

  it('covers all that was written before it began: group commit', () => {
    const result = logged({ disk: { syncLatency: { constant: ms(20) } } });
    // 30 appends in 60 ms, a sync each 20 ms; the first covers one.
    expect(result.statistics.syncs).toBeLessThan(6);
    const sends = eventsOf(result, 'send').map(({ time }) => time);
    expect(sends.filter((time) => time === ms(22)).length).toBe(1);
    expect(sends.filter((time) => time === ms(42)).length).toBe(9);
  });

  it('delays replies to clients as well, and only where something was written', () => {
    const script = [
      { at: ms(1), client: 'c1', request: 'write', args: { value: 7 }, target: 'n2' },
      { at: ms(100), client: 'c1', request: 'read', target: 'n2' },
    ];
    const result = logged({ script, disk: { syncLatency: { constant: ms(5) } } });
    expect(result.history.map(({ type, time }) => [type, time])).toEqual([
      ['invoke', ms(1)],
      ['ok', ms(8)],
      ['invoke', ms(100)],
      ['ok', ms(102)],
    ]);
  });

  it('holds nothing back where the configuration forgets it: what was told is lost', () => {
    const lost = (syncBeforeSend: boolean) => {
      const result = logged({
        disk: { syncLatency: { constant: ms(5) }, syncBeforeSend },
        faults: [restart(ms(21))],
        choices: { overrides: new Map([['disk.survivors n1#1', 0]]) },
      });
      const acknowledged = marks(result, 'told')
        .filter(({ time }) => time < ms(21))
        .map(({ detail }) => detail as number);
      const { log } = found(result) as { log: number[] };
      return acknowledged.filter((n) => !log.includes(n)).length;
    };
    expect(lost(true)).toBe(0);
    expect(lost(false)).toBeGreaterThan(0);
  });

  it('takes longer on a slow disk, until it ends', () => {
    const faults: Fault[] = [
      { do: 'disk', whom: 'n1', how: 'slow', syncLatency: { constant: ms(15) }, at: ms(9), for: ms(10) },
    ];
    const times = eventsOf(logged({ faults, disk: { syncLatency: { constant: ms(1) } } }), 'sync').map(
      ({ time }) => time,
    );
    expect(times.slice(0, 7)).toEqual([ms(3), ms(5), ms(7), ms(9), ms(25), ms(26), ms(27)]);
  });
});

describe('a crash', () => {
  it('leaves a prefix of the writes, with all that was synced', () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const result = logged({ seed: `${seed}`, disk: { syncLatency: { constant: ms(9) } }, faults: [restart(ms(25))] });
      const { log } = found(result) as { log: number[] };
      expect(log).toEqual(upTo(log.length));
      // Synced at 11 ms: what was written until 2 ms; at 20 ms: until 11 ms.
      expect(log.length).toBeGreaterThanOrEqual(5);
      expect(log.length).toBeLessThanOrEqual(12);
      lengths.add(log.length);
      const lost = eventsOf(result, 'crash')[0]!.body ?? 0;
      expect(log.length + (lost as number)).toBe(12);
    }
    expect(lengths.size).toBeGreaterThan(4);
  });

  it('loses nothing where the disk cannot', () => {
    const disk: DiskConfig = { syncLatency: { constant: ms(9) }, loseUnsynced: false };
    expect(found(logged({ disk, faults: [restart(ms(25))] }))).toMatchObject({ log: upTo(12) });
  });

  it('shows invariants what is really on the disk while the node is down', () => {
    const seen: number[] = [];
    const watched = probe({
      ...(logger as object),
      invariants: [
        {
          name: 'watch',
          says: '',
          memory: () => null,
          afterStep(
            _: unknown,
            node: { id: string },
            world: { node(id: string): { up: boolean; durable: { log: number[] } } },
          ) {
            const n1 = world.node('n1');
            if (node.id === 'n2' && !n1.up) seen.push(n1.durable.log.length);
            return null;
          },
        },
      ],
    });
    runQuiet({
      protocol: watched,
      nodes: 2,
      disk: { syncLatency: { constant: ms(9) } },
      faults: [
        { do: 'crash', whom: 'n1', at: ms(25) },
        { do: 'restart', whom: 'n2', at: ms(30) },
      ],
      choices: { overrides: new Map([['disk.survivors n1#1', 0]]) },
    });
    expect(seen).toEqual([5]);
  });

  it('may tear the first write that is lost: fields and elements are there or not, the last element blank and told', () => {
    const protocol = probe({
      durable: () => ({ log: ['a'], term: 0, vote: null }),
      onStart(node, { damage }) {
        node.mark('start', { damage, state: { ...node.durable } });
        node.setTimer('write', ms(2));
      },
      onTimer: {
        write(node) {
          node.durable['log'].push('b', 'c', 'd');
          node.durable['term'] = 1;
          node.durable['vote'] = 'n1';
        },
      },
    });
    const kinds = new Set<string>();
    for (let seed = 0; seed < 80; seed++) {
      const result = runQuiet({
        protocol,
        nodes: 1,
        seed: `${seed}`,
        disk: { syncLatency: { constant: ms(9) }, torn: 1 },
        faults: [restart(ms(5))],
        choices: { overrides: new Map([['disk.survivors n1#1', 0]]) },
      });
      const { damage, state } = details(result, 'start')[1]!;
      const { log, term, vote } = state as { log: string[]; term: number; vote: unknown };
      const whole = log.length === 4 && damage.length === 0;
      const there = whole ? 3 : log.length - 2;
      expect(log).toEqual(whole ? ['a', 'b', 'c', 'd'] : ['a', ...['b', 'c', 'd'].slice(0, there), '']);
      expect(damage).toEqual(whole ? [] : [{ field: 'log', index: there + 1, kind: 'torn' }]);
      expect([0, 1]).toContain(term);
      expect([null, 'n1']).toContain(vote);
      kinds.add(`${there} ${term} ${String(vote)}`);
    }
    expect(kinds.size).toBeGreaterThan(8);
  });
});

describe('what a crash has torn', () => {
  it('is told at each start until the disk has what mends it', () => {
    const protocol = probe({
      durable: () => ({ log: ['a'] }),
      onStart(node, { reason, damage }) {
        node.mark('start', { damage, state: { ...node.durable } });
        if (reason === 'first') node.durable['log'].push('b');
        else if (damage.length > 0) node.durable['log'].length = 1;
      },
    });
    const result = runQuiet({
      protocol,
      nodes: 1,
      disk: { syncLatency: { constant: ms(9) }, torn: 1 },
      // The second crash comes before the tail is cut on the disk, the third after it.
      faults: [restart(ms(5)), restart(ms(12)), restart(ms(40))],
      choices: {
        overrides: new Map([
          ['disk.survivors n1#1', 0],
          ['disk.torn-elements n1#1', 0],
          ['disk.survivors n1#2', 0],
          ['disk.torn n1#2', 0.999],
        ]),
      },
    });
    const torn = [{ field: 'log', index: 1, kind: 'torn' }];
    expect(details(result, 'start')).toEqual([
      { damage: [], state: { log: ['a'] } },
      { damage: torn, state: { log: ['a', ''] } },
      { damage: torn, state: { log: ['a', ''] } },
      { damage: [], state: { log: ['a'] } },
    ]);
  });
});

describe('a lying disk', () => {
  it('loses what it said was synced', () => {
    const lost = (lyingSync: number): number => {
      let missing = 0;
      for (let seed = 0; seed < 20; seed++) {
        const disk = { syncLatency: { constant: ms(1) }, lyingSync };
        const result = logged({ seed: `${seed}`, disk, faults: [restart(ms(25))] });
        const told = marks(result, 'told')
          .filter(({ time }) => time < ms(25))
          .map(({ detail }) => detail as number);
        const { log } = found(result) as { log: number[] };
        missing += told.filter((n) => !log.includes(n)).length;
      }
      return missing;
    };
    expect(lost(0)).toBe(0);
    expect(lost(0.5)).toBeGreaterThan(10);
  });
});

describe('damage', () => {
  const spoiled = (how: 'corrupt' | 'misdirected' | 'unreadable', noticed: boolean, seed: string) => {
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how, noticed, at: ms(80) }, restart(ms(85))];
    const result = logged({ faults, seed });
    return {
      ...(found(result) as { damage: { field: string; index?: number; kind: string }[]; log: number[]; term: number }),
      result,
    };
  };

  it.each(['corrupt', 'misdirected', 'unreadable'] as const)('%s is told at the next start, with its place', (how) => {
    const places = new Set<string>();
    for (let seed = 0; seed < 12; seed++) {
      const { damage, log, term } = spoiled(how, true, `${seed}`);
      expect(damage.length).toBe(1);
      const [{ field, index, kind }] = damage as [(typeof damage)[0]];
      expect(kind).toBe(how);
      const wrong = upTo(30).filter((n, i) => log[i] !== n);
      if (field === 'log') expect(wrong).toEqual([index! + 1]);
      else expect(how === 'unreadable' ? term === 0 : term !== 0).toBe(true);
      places.add(`${field} ${index}`);
    }
    expect(places.size).toBeGreaterThan(4);
  });

  it('that no checksum notices is silent', () => {
    let wrong = 0;
    for (const how of ['corrupt', 'misdirected'] as const) {
      for (let seed = 0; seed < 6; seed++) {
        const { damage, log, term } = spoiled(how, false, `${seed}`);
        expect(damage).toEqual([]);
        if (log.some((n, i) => n !== i + 1) || term !== 0) wrong++;
      }
    }
    expect(wrong).toBe(12);
    expect(spoiled('unreadable', false, '1').damage.length).toBe(1);
  });

  it('is told again at the next start, where nobody has written that place anew', () => {
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how: 'corrupt', at: ms(80) }, restart(ms(85)), restart(ms(95))];
    const damage = marks(logged({ faults }), 'start')
      .filter(({ node }) => node === 'n1')
      .map(({ detail }) => detail.damage.length);
    expect(damage).toEqual([0, 1, 1]);
  });

  it('stays where it is while other places are written', () => {
    // Some early element, damaged while the log still grows.
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how: 'corrupt', at: 21_500 }, restart(ms(85))];
    const choices = {
      overrides: new Map([
        ['disk.field n1#1', 0],
        ['disk.element n1#1', 0.35],
      ]),
    };
    const { damage, log } = found(logged({ faults, choices })) as { damage: unknown; log: number[] };
    expect(damage).toEqual([{ field: 'log', index: 3, kind: 'corrupt' }]);
    expect(log.flatMap((n, i) => (n === i + 1 ? [] : [i]))).toEqual([3]);
    expect(log.length).toBe(30);
  });

  it('is gone, and not told, where the place was written anew', () => {
    const script = [{ at: ms(82), client: 'c1', request: 'write', args: { value: 9 }, target: 'n1' }];
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how: 'corrupt', at: ms(80) }, restart(ms(90))];
    const choices = { overrides: new Map([['disk.field n1#1', 0.9]]) };
    expect(found(logged({ faults, choices }))).toMatchObject({ damage: [{ field: 'term', kind: 'corrupt' }] });
    expect(found(logged({ faults, choices, script }))).toMatchObject({ damage: [], term: 9 });
  });

  it('does not touch what the running node has in memory', () => {
    const script = [{ at: ms(100), client: 'c1', request: 'read', target: 'n1' }];
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how: 'corrupt', at: ms(80), times: 5, every: ms(1) }];
    expect(logged({ faults, script }).history.at(-1)).toMatchObject({ type: 'ok', value: 0 });
  });
});

describe('a full disk', () => {
  const full: Fault = { do: 'disk', whom: 'n1', how: 'full', at: ms(21), for: ms(20) };

  it('stops a node that must keep its promises', () => {
    const result = logged({ faults: [full], disk: { syncLatency: { constant: ms(1) } } });
    expect(eventsOf(result, 'halt').map(told)).toEqual([`${ms(22)} n1 halt the disk is full`]);
    // What could not be synced was not told either.
    expect(details(result, 'told')).toEqual(upTo(10));
  });

  it('is told to a protocol that drives its disk', () => {
    const protocol = probe({
      durable: () => ({ n: 0 }),
      onStart: (node) => node.setTimer('write', ms(5)),
      onTimer: {
        write(node) {
          node.sync(`write ${++node.durable['n']}`);
          node.setTimer('write', ms(5));
        },
      },
      onDisk: {
        synced: (node, token) => node.mark('synced', token),
        failed: (node, token, error) => node.mark('failed', [token, error]),
      },
    });
    const faults: Fault[] = [{ do: 'disk', whom: 'n1', how: 'full', at: ms(12), for: ms(10) }];
    const result = runQuiet({ protocol, nodes: 1, faults, until: ms(30) });
    expect(marks(result, 'synced').map(({ time, detail }) => [time, detail])).toEqual([
      [ms(5), 'write 1'],
      [ms(10), 'write 2'],
      [ms(25), 'write 5'],
      [ms(30), 'write 6'],
    ]);
    expect(details(result, 'failed')).toEqual([
      ['write 3', 'full'],
      ['write 4', 'full'],
    ]);
    expect(eventsOf(result, 'halt')).toEqual([]);
  });
});

describe('a wiped disk', () => {
  it('gives back nothing of what was synced', () => {
    const faults: Fault[] = [{ do: 'crash', whom: 'n1', disk: 'wiped', at: ms(25), for: ms(5) }];
    for (const disk of [undefined, { syncLatency: { constant: ms(1) } }]) {
      expect(found(logged({ faults, ...(disk && { disk }) }))).toMatchObject({ reason: 'restart', log: [], term: 0 });
    }
  });
});
