import { describe, expect, it } from 'vitest';
import { ms, Simulation, UsageError, type SimulationConfig } from '../../engine/index.js';
import { assertSameAtBothSpeeds } from '../laws/index.js';
import { probe, quiet, run, runQuiet, type ProbeNode } from './probe.js';
import { doing } from './doing.js';

const SPEEDS = ['direct', 'recorded'] as const;

function violationOf(protocol: ReturnType<typeof probe>, config: Partial<SimulationConfig> = {}) {
  const results = SPEEDS.map((speed) => runQuiet({ protocol, speed, until: ms(20), ...config }));
  const [direct, recorded] = results.map(({ violations }) => violations);
  expect(direct).toEqual(recorded);
  expect(results[0]!.digest).toBe(results[1]!.digest);
  expect(results[0]!.ending).toBe('violation');
  expect(direct!.length).toBe(1);
  const { property, message, node } = direct![0]!;
  expect(message).not.toMatch(/\.ts:\d|\n\s+at /);
  return { property, message, node };
}

describe('a handler', () => {
  it('that throws is a finding that names node and handler', () => {
    const thrower = doing(() => {
      throw new RangeError('index 7 of 3');
    });
    expect(violationOf(thrower)).toEqual({
      property: 'no-exceptions',
      message: "probe's onTimer.act at n2 threw RangeError: index 7 of 3",
      node: 'n2',
    });
    const odd = doing(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- protocol code may throw anything
      throw 'a text';
    });
    expect(violationOf(odd).message).toBe("probe's onTimer.act at n2 threw a text");
  });

  it.each([
    ['onStart', { onStart: () => oops() }, "probe's onStart at n1"],
    [
      'onMessage',
      { onStart: (n: ProbeNode) => n.send(n.id, { type: 'Item' }), onMessage: { Item: () => oops() } },
      "probe's onMessage.Item at n1",
    ],
    [
      'onDisk',
      { onStart: (n: ProbeNode) => n.sync(), onDisk: { synced: () => oops(), failed: () => undefined } },
      "probe's onDisk.synced at n1",
    ],
    ['durable', { durable: () => oops() }, "probe's durable()"],
    ['volatile', { volatile: () => oops() }, "probe's volatile()"],
  ] as [string, Parameters<typeof probe>[0], string][])('of any kind: %s', (_, parts, who) => {
    expect(violationOf(probe(parts), { nodes: 1 })).toMatchObject({
      property: 'no-exceptions',
      message: `${who} threw Error: oops`,
    });
  });

  it('of requests and connections too', () => {
    const asked = probe({ onRequest: { ask: () => oops() } });
    const script = [{ at: 0, client: 'c1', request: 'ask', target: 'n2' }];
    expect(violationOf(asked, { script }).message).toBe("probe's onRequest.ask at n2 threw Error: oops");
    const reset = probe({
      transport: 'connection',
      onStart: (node) => node.broadcast({ type: 'Item' }),
      onMessage: { Item: () => undefined },
      onConnection: { reset: () => oops() },
    });
    const faults = [{ do: 'crash', whom: 'n3', at: ms(5) }] as const;
    expect(violationOf(reset, { faults }).message).toBe("probe's onConnection.reset at n1 threw Error: oops");
  });

  it('that throws after it has changed its state leaves the same state at both speeds', () => {
    const protocol = doing((node) => {
      node.durable['log'].push(1);
      node.volatile['list'].push({ half: 'done' });
      node.broadcast({ type: 'Item' });
      node.setTimer('act', ms(2));
      if (node.volatile['list'].length < 4) oops();
    });
    for (const disk of [undefined, {}]) {
      const config = quiet({ protocol, continueAfterViolation: true, until: ms(20), ...(disk && { disk }) });
      assertSameAtBothSpeeds(config, ['1']);
      const simulation = new Simulation(config);
      const result = simulation.run();
      expect(result.violations.length).toBe(3);
      expect((simulation.node('n2')!.durable as { log: number[] }).log.length).toBeGreaterThan(3);
      // What a step asked for that did not end is not done.
      expect(result.statistics.sent).toBe(2 * 5);
    }
  });

  it('that returns a promise, or anything, is refused, and what becomes of the promise is none of the run’s', async () => {
    const late = doing(async (node) => {
      await Promise.resolve();
      node.broadcast({ type: 'Item' });
    });
    const rejected: unknown[] = [];
    const listener = (reason: unknown): void => void rejected.push(reason);
    process.on('unhandledRejection', listener);
    expect(violationOf(late)).toMatchObject({
      property: 'no-waiting',
      message:
        "probe's onTimer.act at n2 returned a promise: handlers run to their end and return nothing (in probe's onTimer.act at n2)",
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listener);
    expect(rejected).toEqual([]);
    expect(violationOf(doing(() => null)).message).toMatch(/returned a value/);
    expect(violationOf(doing(() => 7)).message).toMatch(/returned a value/);
  });

  it('whose node is used after it returned is told so', () => {
    let kept: ProbeNode | undefined;
    run(quiet({ protocol: doing((node) => void (kept = node)) }));
    const uses: ((node: ProbeNode) => unknown)[] = [
      (node) => node.send('n1' as never, { type: 'Item' }),
      (node) => node.broadcast({ type: 'Item' }),
      (node) => node.setTimer('act', 1),
      (node) => node.cancelTimer('act'),
      (node) => node.reply('c1#1.1' as never, 1),
      (node) => node.mark('late'),
      (node) => node.halt('late'),
      (node) => node.sync(),
      (node) => node.random.unit('late'),
      (node) => node.rarely('late'),
      (node) => node.monotonic(),
      (node) => node.wall(),
      (node) => node.peers,
      (node) => node.members,
      (node) => node.bug('late' as never),
    ];
    for (const use of uses) expect(() => use(kept!)).toThrow(/after it had returned/);
  });
});

describe('what a handler asks for', () => {
  it.each([
    [
      'sends to nobody',
      (n) => n.send('n9' as never, { type: 'Item' }),
      'known-receivers',
      /n2 sends Item to "n9", which is no node/,
    ],
    [
      'sends to no name',
      (n) => n.send(undefined as never, { type: 'Item' }),
      'known-receivers',
      /to undefined, which is no node/,
    ],
    ['sends to a client', (n) => n.send('c1' as never, { type: 'Item' }), 'known-receivers', /"c1"/],
    [
      'sends nothing',
      (n) => n.send('n1' as never, undefined as never),
      'typed-messages',
      /n2 sends a message without a type/,
    ],
    ['sends no type', (n) => n.broadcast({ n: 1 } as never), 'typed-messages', /without a type: {"n":1}/],
    [
      'sets an unknown timer',
      (n) => n.setTimer('nap', 5),
      'known-timers',
      /n2 sets the timer "nap", which has no handler/,
    ],
    ['sets an unknown timer with a payload', (n) => n.setTimer('nap', 5, { n: 1 }), 'known-timers', /"nap"/],
    ['cancels an unknown timer', (n) => n.cancelTimer('nap'), 'known-timers', /"nap"/],
    ['sets a timer into the past', (n) => n.setTimer('act', -1), 'timers', /timer act to -1 µs/],
    ['sets a timer to no time', (n) => n.setTimer('act', NaN), 'timers', /to NaN µs/],
    ['sets a timer to for ever', (n) => n.setTimer('act', Infinity), 'timers', /to Infinity µs/],
    [
      'answers an unknown request',
      (n) => n.reply('c9#1.1' as never, 1),
      'known-requests',
      /answers the request "c9#1.1", which no client made/,
    ],
    ['answers no request', (n) => n.fail('' as never, 'no'), 'known-requests', /""/],
    ['draws from an empty range', (n) => n.random.integer('x', 5, 4), 'random', /n2 draws "x" from 5 to 4/],
    ['draws from half numbers', (n) => n.random.integer('x', 0.5, 4), 'random', /from 0.5 to 4/],
    ['picks from nothing', (n) => n.random.pick('x', []), 'random', /n2 picks "x" from an empty list/],
  ] as [string, (node: ProbeNode) => unknown, string, RegExp][])('%s', (_, action, property, message) => {
    const violation = violationOf(doing((node) => void action(node)));
    expect(violation).toMatchObject({ property, node: 'n2' });
    expect(violation.message).toMatch(message);
    expect(violation.message).toMatch(/\(in probe's onTimer\.act at n2\)$/);
  });
});

describe('what is no plain data', () => {
  class Entry {
    term = 1;
  }
  const cycle: Record<string, unknown> = {};
  cycle['self'] = { again: [cycle] };
  const deep = Array.from({ length: 150 }).reduce<unknown>((inner) => [inner], 1);

  const contents: [string, unknown, RegExp][] = [
    ['a function', { list: [1, () => 1] }, /a function at body\.list\[1\]/],
    ['a named function', { oops }, /the function oops at body\.oops/],
    ['a class instance', { entry: new Entry() }, /an instance of Entry at body\.entry/],
    ['a date', { at: new Date(0) }, /an instance of Date at body\.at/],
    ['a cycle', cycle, /a cycle, or nesting deeper than 100 at body\.self\.again\[0\]/],
    ['NaN', { n: { m: NaN } }, /NaN at body\.n\.m/],
    ['infinity', [1, -Infinity], /-Infinity at body\[1\]/],
    ['a bigint', { n: 1n }, /a bigint at body\.n/],
    ['a symbol', { n: Symbol('x') }, /a symbol at body\.n/],
    ['a typed array', { bytes: new Uint8Array(2) }, /an instance of Uint8Array at body\.bytes/],
    ['a map in a map', new Map([['k', new Map([['f', oops]])]]), /the function oops at body\.get\(k\)\.get\(f\)/],
    ['keys that are objects', new Map([[{}, 1]]), /a Map key that is an instance of Object/],
    ['members that are objects', new Set([{}]), /a Set member that is an instance of Object/],
    ['depth without end', deep, /nesting deeper than 100/],
  ];

  it.each(contents)('%s in a message is a finding with its path', (_, body, message) => {
    const violation = violationOf(doing((node) => node.send('n1' as never, { type: 'Item', body: body as never })));
    expect(violation).toMatchObject({ property: 'plain-data', node: 'n2' });
    expect(violation.message).toMatch(/^n2's message holds /);
    expect(violation.message).toMatch(message);
  });

  it.each([
    [
      'a timer payload',
      (node: ProbeNode) => node.setTimer('act', 1, { f: oops }),
      /n2's timer payload holds the function oops at f/,
    ],
    ['a mark', (node: ProbeNode) => node.mark('m', { f: oops } as never), /n2's mark m holds the function oops at f/],
    [
      'a sync token',
      (node: ProbeNode) => node.sync(oops as never),
      /n2's sync token holds the function oops at its top/,
    ],
  ])('in %s too', (_, action, message) => {
    expect(violationOf(doing((node) => void action(node))).message).toMatch(message);
  });

  it('in a reply too', () => {
    const protocol = probe({ onRequest: { ask: (node, { ref }) => node.reply(ref, { list: [oops] }) } });
    const script = [{ at: 0, client: 'c1', request: 'ask', target: 'n1' }];
    expect(violationOf(protocol, { script }).message).toMatch(/n1's reply holds the function oops at list\[0\]/);
  });

  it.each([
    ['volatile', 'volatile', /n2's volatile state holds an instance of Entry at list\[0\]/],
    ['durable', 'durable', /n2's durable state holds an instance of Entry at log\[0\]/],
  ] as const)('in the %s state is found at the end of the run', (_, half, message) => {
    const protocol = doing((node) => void node[half][half === 'durable' ? 'log' : 'list'].push(new Entry()));
    expect(violationOf(protocol)).toMatchObject({
      property: 'plain-data',
      node: 'n2',
      message: expect.stringMatching(message) as never,
    });
  });
});

describe('other code of a protocol', () => {
  it('an invariant that throws is a finding that names it', () => {
    const bad = (part: object) =>
      probe({
        onStart: () => undefined,
        invariants: [{ name: 'Safety', says: '', memory: () => null, afterStep: () => null, ...part }],
      });
    expect(violationOf(bad({ afterStep: () => oops() }))).toMatchObject({
      property: 'no-exceptions',
      message: 'the invariant "Safety" threw Error: oops',
      node: 'n1',
    });
    expect(violationOf(bad({ atEnd: () => oops() })).message).toBe('the invariant "Safety" threw Error: oops');
  });

  it('a role that throws is a finding where it is asked for', () => {
    const protocol = probe({ role: () => oops() });
    const faults = [{ do: 'crash', whom: 'leader', at: ms(1) }] as const;
    expect(violationOf(protocol, { faults }).message).toBe("probe's role of n1 threw Error: oops");
  });

  it('a recovery that throws is one too', () => {
    const protocol = probe({ recovered: () => oops() });
    const faults = [
      { do: 'crash', whom: 'n1', disk: 'wiped', at: ms(1), for: ms(1) },
      { do: 'crash', whom: 'n2', at: ms(5) },
    ] as const;
    expect(violationOf(protocol, { faults, survivable: true }).message).toBe(
      "probe's recovered of n1 threw Error: oops",
    );
  });
});

describe('mistakes of a configuration', () => {
  it.each([
    ['no nodes', { nodes: 0 }],
    ['half a node', { nodes: 2.5 }],
    ['no names', { nodes: [] }],
    ['two of one name', { nodes: ['a', 'a'] }],
    ['a name with a space', { nodes: ['a b'] }],
    ['the name of a client', { nodes: ['c1'] }],
    ['a name with a meaning', { nodes: ['all'] }],
    ['no end', { until: Infinity }],
    ['an end before the begin', { until: -1 }],
    ['half a microsecond', { until: 1.5 }],
    ['no seed', { seed: undefined as never }],
    ['a number for a seed', { seed: 7 as never }],
    ['an unknown bug', { bug: 'x' }],
    ['an unknown option', { options: { x: 1 } }],
    ['an unknown option for a node', { nodeOptions: { n1: { x: 1 } } }],
    ['options for nobody', { nodeOptions: { n9: {} } }],
    ['nobody standing by', { standby: ['n9'] }],
    ['a zone of nobody', { zones: { east: ['n01'] } }],
    ['a loss of 2', { network: { loss: 2 } }],
    ['a loss that is none', { network: { links: [{ loss: NaN }] } }],
    ['a negative bandwidth', { network: { bandwidth: -1 } }],
    ['a link from nobody', { network: { links: [{ from: 'n9' }] } }],
    ['a torn write of 2', { disk: { torn: 2 } }],
    ['a lie of -1', { disk: { lyingSync: -1 } }],
    ['a latency that is none', { network: { latency: { uniform: [5, 1] } } }],
  ] as [string, Partial<SimulationConfig>][])('%s', (_, config) => {
    const build = (): unknown => run(quiet({ protocol: doing(() => undefined), ...config }));
    expect(build).toThrow();
    try {
      build();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
    }
  });
});

function oops(): never {
  throw new Error('oops');
}
