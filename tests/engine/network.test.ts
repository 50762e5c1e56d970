import { describe, expect, it } from 'vitest';
import {
  Simulation,
  type LinkRule,
  type NetworkConfig,
  type SimulationConfig,
  type TraceEvent,
} from '../../engine/index.js';
import { details, eventsOf, marks, probe, quiet, runQuiet } from './probe.js';

/** n1 sends `count` messages to n2, one each millisecond; n2 marks what arrives. */
function stream(count: number, text = 'x', everyUs = 1_000) {
  return probe({
    volatile: () => ({ sent: 0 }),
    onStart(node) {
      if (node.id === 'n1') node.setTimer('next', everyUs);
    },
    onTimer: {
      next(node) {
        node.send(node.peers[0]!, { type: 'Item', n: ++node.volatile['sent'], text });
        if (node.volatile['sent'] < count) node.setTimer('next', everyUs);
      },
    },
    onMessage: {
      Item(node, message) {
        node.mark('got', { ...message });
      },
    },
  });
}

function streamed(count: number, network: NetworkConfig, config: Partial<SimulationConfig> = {}) {
  return runQuiet({ protocol: stream(count), nodes: 2, until: count * 1_000 + 1_000_000, network, ...config });
}

describe('loss, duplication, latency', () => {
  const COUNT = 4_000;
  // Five deviations of a binomial: a wrong probability is far outside, chance hardly ever.
  const within = (observed: number, probability: number): void => {
    const deviation = Math.sqrt(COUNT * probability * (1 - probability));
    expect(Math.abs(observed - COUNT * probability)).toBeLessThan(5 * deviation);
  };

  it('loses as many as it says, at sending', () => {
    const result = streamed(COUNT, { loss: 0.1 });
    const drops = eventsOf(result, 'drop');
    within(drops.length, 0.1);
    expect(drops.every(({ why, place }) => why === 'lost' && place === 'sending')).toBe(true);
    expect(details(result, 'got').length).toBe(COUNT - drops.length);
    expect(result.statistics).toMatchObject({ sent: COUNT, dropped: drops.length, delivered: COUNT - drops.length });
  });

  it('delivers a second copy as often as it says', () => {
    const result = streamed(COUNT, { duplicate: 0.2 });
    within(eventsOf(result, 'duplicate').length, 0.2);
    expect(details(result, 'got').length).toBe(COUNT + eventsOf(result, 'duplicate').length);
  });

  it('takes the time that the distribution says, per message', () => {
    const result = streamed(COUNT, { latency: { uniform: [2_000, 12_000] } });
    const delays = delaysOf(eventsOf(result));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(12_000);
    expect(Math.abs(delays.reduce((sum, delay) => sum + delay, 0) / COUNT - 7_000)).toBeLessThan(250);
    const order = details(result, 'got').map(({ n }) => n as number);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  it('draws a loss for each link and type by itself: losing more of one changes nothing of another', () => {
    const arrivals = (loss: number) =>
      marks(
        runQuiet({
          protocol: probe({
            onStart: (node) => node.setTimer('tick', 1_000),
            onTimer: {
              tick(node) {
                for (const type of ['A', 'B']) node.broadcast({ type });
                node.setTimer('tick', 1_000);
              },
            },
            onMessage: { A: (node, _, from) => node.mark('A', from), B: (node, _, from) => node.mark('B', from) },
          }),
          until: 200_000,
          network: {
            latency: { uniform: [0, 5_000] },
            loss: 0.3,
            links: [{ from: 'n1', to: 'n2', types: ['A'], loss }],
          },
        }),
        'B',
      );
    expect(arrivals(0.9)).toEqual(arrivals(0));
  });
});

describe('corruption', () => {
  it('is dropped by the checksum where it is noticed', () => {
    const result = streamed(1_000, { corrupt: 0.3 });
    const damaged = eventsOf(result, 'corrupt');
    const drops = eventsOf(result, 'drop');
    expect(damaged.length).toBeGreaterThan(200);
    expect(drops.map(({ msg }) => msg)).toEqual(damaged.map(({ msg }) => msg));
    expect(drops.every(({ why, place }) => why === 'checksum' && place === 'delivery')).toBe(true);
    expect(details(result, 'got').every(({ n, text }) => Number.isInteger(n) && text === 'x')).toBe(true);
  });

  it('arrives changed where it is not noticed, and the trace shows how', () => {
    const result = streamed(1_000, { corrupt: 0.3, corruptionNoticed: false });
    const got = details(result, 'got');
    expect(got.length).toBe(1_000);
    const wrong = got.filter(({ n, text }, i) => n !== i + 1 || text !== 'x');
    expect(wrong.length).toBe(eventsOf(result, 'corrupt').length);
    expect(wrong.length).toBeGreaterThan(200);
    // Whatever is changed, the receiver still knows what kind of message it is.
    expect(got.every(({ type }) => type === 'Item')).toBe(true);
    expect(wrong.some(({ text }) => text !== 'x')).toBe(true);
    expect(got.some(({ n }, i) => n !== i + 1)).toBe(true);
  });

  it('of a request never makes a node answer somebody who did not ask', () => {
    const protocol = probe({ onRequest: { write: (node, { ref }) => node.reply(ref, { done: 'yes' }) } });
    const result = runQuiet({
      protocol,
      clients: { count: 3, operations: [{ request: 'write', args: { key: 'x', value: '$unique' } }] },
      network: { corrupt: 0.5, corruptionNoticed: false },
    });
    expect(result.violations).toEqual([]);
    expect(eventsOf(result, 'corrupt').length).toBeGreaterThan(20);
    expect(result.history.filter(({ type }) => type === 'ok').length).toBe(eventsOf(result, 'ok').length);
  });
});

describe('bandwidth', () => {
  it('makes messages queue behind one another', () => {
    const burst = probe({
      onStart(node) {
        if (node.id === 'n1')
          for (let n = 0; n < 5; n++) node.send('n2' as never, { type: 'Item', text: 'a'.repeat(1_000) });
      },
      onMessage: { Item: (node) => node.mark('got') },
    });
    const arrivals = (bandwidth: number) =>
      marks(runQuiet({ protocol: burst, nodes: 2, network: { bandwidth } }), 'got').map(({ time }) => time);
    expect(arrivals(0)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    const queued = arrivals(1_000_000);
    const gaps = queued.map((time, i) => time - (queued[i - 1] ?? 1_000));
    // 1000 characters and a few bytes around them, at a byte per microsecond.
    for (const gap of gaps) expect(gap).toBe(gaps[0]);
    expect(gaps[0]).toBeGreaterThan(1_000);
    expect(gaps[0]).toBeLessThan(1_050);
  });

  it('is the same whether or not the digest looks at contents', () => {
    const config = quiet({ protocol: stream(50, 'some text'), nodes: 2, network: { bandwidth: 20_000 } });
    const times = (digest: 'content' | 'header') => marks(new Simulation({ ...config, digest }).run(), 'got');
    expect(times('header')).toEqual(times('content'));
  });
});

describe('rules', () => {
  it('hold per direction and per message type; the last one that says something wins', () => {
    const both = probe({
      onStart: (node) => ['A', 'B'].forEach((type) => node.broadcast({ type })),
      onMessage: { A: (node, _, from) => node.mark('A', from), B: (node, _, from) => node.mark('B', from) },
    });
    const result = runQuiet({
      protocol: both,
      nodes: 2,
      network: {
        links: [
          { from: 'n1', latency: { constant: 5_000 }, loss: 1 },
          { from: 'n1', to: 'n2', types: ['A'], latency: { constant: 7_000 } },
          { types: ['A'], loss: 0 },
        ],
      },
    });
    expect(marks(result, 'A')).toEqual([
      { node: 'n1', time: 1_000, detail: 'n2' },
      { node: 'n2', time: 7_000, detail: 'n1' },
    ]);
    expect(marks(result, 'B')).toEqual([{ node: 'n1', time: 1_000, detail: 'n2' }]);
  });

  it('of a fault are in force from its begin to its end', () => {
    const result = streamed(
      100,
      {},
      {
        faults: [{ do: 'link', from: 'n1', to: 'n2', rule: { loss: 1 }, at: 20_500, for: 30_000 }],
      },
    );
    const got = details(result, 'got').map(({ n }) => n as number);
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i + 1).filter((n) => n <= 20 || n > 50));
  });

  it('of a fault without a direction leave the way back alone', () => {
    const ping = probe({
      onStart: (node) => node.setTimer('tick', 1_000),
      onTimer: { tick: (node) => node.broadcast({ type: 'Ping' }) },
      onMessage: { Ping: (node, _, from) => node.mark('got', from) },
    });
    const got = (bothWays: boolean) =>
      marks(
        runQuiet({
          protocol: ping,
          nodes: 2,
          faults: [{ do: 'link', from: 'n1', to: 'n2', rule: { loss: 1 }, at: 0, bothWays }],
        }),
        'got',
      ).map(({ node }) => node);
    expect(got(false)).toEqual(['n1']);
    expect(got(true)).toEqual([]);
  });
});

describe('hold and release', () => {
  const held: LinkRule = { hold: true };

  it('keeps messages on the link, and lets them arrive in the order of sending', () => {
    const result = streamed(
      60,
      { latency: { uniform: [0, 20_000] } },
      {
        faults: [{ do: 'link', from: 'n1', to: 'n2', rule: held, at: 10_500, for: 30_000 }],
      },
    );
    const got = marks(result, 'got').map(({ time, detail }) => ({ time, n: detail.n as number }));
    const stayed = got.filter(({ n }) => n > 10 && n <= 40);
    expect(stayed.length).toBe(30);
    expect(stayed.every(({ time }) => time >= 40_500)).toBe(true);
    expect(stayed.map(({ n }) => n)).toEqual(Array.from({ length: 30 }, (_, i) => i + 11));
    // Without the hold, such latencies reorder.
    const free = details(streamed(60, { latency: { uniform: [0, 20_000] } }), 'got').map(({ n }) => n as number);
    expect(free).not.toEqual([...free].sort((a, b) => a - b));
  });

  it('does not repair what the checksum will notice', () => {
    const result = streamed(
      20,
      { corrupt: 0.9 },
      {
        faults: [{ do: 'link', rule: held, at: 0, for: 50_000 }],
      },
    );
    expect(eventsOf(result, 'drop').length).toBe(eventsOf(result, 'corrupt').length);
    expect(details(result, 'got').length).toBeLessThan(10);
  });

  it('lasts until the last hold ends', () => {
    const result = streamed(
      5,
      {},
      {
        faults: [
          { do: 'link', rule: held, at: 0, for: 50_000 },
          { do: 'link', from: 'n1', rule: held, at: 10_000, for: 90_000 },
        ],
      },
    );
    expect(marks(result, 'got').map(({ time }) => time)).toEqual([101_000, 101_000, 101_000, 101_000, 101_000]);
  });

  it('for ever, when nothing ends it', () => {
    expect(details(streamed(5, held), 'got')).toEqual([]);
  });
});

describe('a cut', () => {
  it.each<NetworkConfig>([
    { latency: { constant: 5_000 } },
    // Where nothing but a latency can happen, a message takes a shorter way through the engine.
    { latency: { uniform: [5_000, 5_400] } },
  ])('is judged at sending and at delivery, and the trace says where and why: %j', (network) => {
    const result = streamed(30, network, {
      faults: [{ do: 'partition', shape: { groups: ['n1', 'n2'] }, name: 'the cable', at: 10_500, for: 10_000 }],
    });
    const drops = eventsOf(result, 'drop').map(({ place, why, time, node }) => ({ place, why, time, node }));
    const sending = drops.filter(({ place }) => place === 'sending');
    const delivery = drops.filter(({ place }) => place === 'delivery');
    expect(drops.every(({ why }) => why === 'the cable')).toBe(true);
    // In flight when the cut came: sent at 6 to 10 ms. Sent while it lasted: at 11 to 20 ms.
    expect(delivery.map(({ time }) => Math.floor(time / 1_000) * 1_000)).toEqual([
      11_000, 12_000, 13_000, 14_000, 15_000,
    ]);
    expect(delivery.every(({ node }) => node === 'n2')).toBe(true);
    expect(sending.map(({ time }) => time)).toEqual(Array.from({ length: 10 }, (_, i) => (i + 11) * 1_000));
    expect(sending.every(({ node }) => node === 'n1')).toBe(true);
    expect(details(result, 'got').map(({ n }) => n as number)).toEqual([
      1,
      2,
      3,
      4,
      5,
      ...Array.from({ length: 10 }, (_, i) => i + 21),
    ]);
  });

  it('that heals while a message is on its way has not hurt it', () => {
    const result = streamed(
      1,
      { latency: { constant: 20_000 } },
      {
        faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: 5_000, for: 5_000 }],
      },
    );
    expect(details(result, 'got').length).toBe(1);
  });

  it('leaves a node its messages to itself', () => {
    const protocol = probe({
      onStart: (node) => node.setTimer('tick', 5_000),
      onTimer: { tick: (node) => node.send(node.id, { type: 'Note' }) },
      onMessage: { Note: (node, _, from) => node.mark('got', from) },
    });
    const result = runQuiet({
      protocol,
      faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: 0 }],
      network: { loss: 1 },
    });
    expect(marks(result, 'got')).toEqual(['n1', 'n2', 'n3'].map((node) => ({ node, time: 5_000, detail: node })));
  });

  it('names a receiver that is down', () => {
    const result = streamed(5, {}, { faults: [{ do: 'crash', whom: 'n2', at: 2_500 }] });
    expect(eventsOf(result, 'drop').map(({ why, place, time }) => [why, place, time])).toEqual([
      ['receiver is down', 'delivery', 3_000],
      ['receiver is down', 'delivery', 4_000],
      ['receiver is down', 'delivery', 5_000],
      ['receiver is down', 'delivery', 6_000],
    ]);
  });
});

describe('large systems', () => {
  const quietGiant = (nodes: number, talkers: number) => {
    const simulation = new Simulation({
      protocol: probe({
        onStart(node) {
          if (Number(node.id.slice(1)) <= talkers) node.setTimer('tick', 1_000);
        },
        onTimer: { tick: (node) => node.send('n1' as never, { type: 'Hello' }) },
        onMessage: { Hello: (node) => node.mark('got') },
      }),
      nodes,
      seed: '1',
      until: 100_000,
    });
    return { simulation, result: simulation.run() };
  };

  it('have links only where somebody talks', () => {
    const { simulation, result } = quietGiant(10_000, 5);
    expect(result.marks.get('got')).toBe(5);
    expect(linksOf(simulation)).toBe(4);
  });

  it('draw clocks only where somebody looks', () => {
    const log = new Simulation({
      protocol: probe({ onStart: (node) => (node.id === 'n7' ? node.mark('at', node.wall()) : undefined) }),
      nodes: 10_000,
      seed: '1',
      until: 0,
      choices: { record: true },
    }).run().choices!;
    expect(log.streams).toEqual(['clock n7']);
  });

  it('start without much memory a node', () => {
    const NODES = 200_000;
    const before = heap();
    const { simulation } = quietGiant(NODES, 1);
    const perNode = (heap() - before) / NODES;
    expect(simulation.world.node('n200000' as never)!.up).toBe(true);
    // Two state objects, a name in a map and some columns; a facade, a list of peers or a stream each would show.
    expect(perNode).toBeLessThan(700);
  });

  function heap(): number {
    (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }

  function linksOf(simulation: Simulation): number {
    const { links } = (
      simulation as unknown as { kernel: { network: { links: { all: (Map<number, unknown> | undefined)[] } } } }
    ).kernel.network;
    return links.all.reduce((sum, row) => sum + (row?.size ?? 0), 0);
  }
});

function delaysOf(events: readonly TraceEvent[]): number[] {
  const sent = new Map(events.filter(({ kind }) => kind === 'send').map(({ msg, time }) => [msg, time]));
  return events.filter(({ kind }) => kind === 'deliver').map(({ msg, time }) => time - sent.get(msg)!);
}
