import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, type Fault, type SimulationConfig } from '../../engine/index.js';
import { details, eventsOf, marks, probe, runQuiet } from './probe.js';

/** Every node sends numbered items to every other; what arrives, resets and opens are marked. */
const chatter = probe({
  transport: 'connection',
  volatile: () => ({ sent: 0 }),
  onStart: (node) => node.setTimer('next', 1_000),
  onTimer: {
    next(node) {
      node.broadcast({ type: 'Item', n: ++node.volatile['sent'] });
      node.setTimer('next', 1_000);
    },
  },
  onMessage: { Item: (node, message, from) => node.mark('got', { from, n: message.n }) },
  onConnection: { reset: (node, peer) => node.mark('reset', peer), open: (node, peer) => node.mark('open', peer) },
});

function chat(config: Partial<SimulationConfig> = {}) {
  return runQuiet({ protocol: chatter, nodes: 2, until: ms(100), ...config });
}

/** What n2 got from n1, with resets (and restarts of n2, which remembers no connection) in between as `|`. */
function story(result: ReturnType<typeof chat>, at = 'n2', from = 'n1'): (number | '|')[] {
  return eventsOf(result, 'mark', 'start')
    .filter(({ node }) => node === at)
    .flatMap(({ kind, name, body, why }): (number | '|')[] => {
      if (kind === 'start') return why === 'first' ? [] : ['|'];
      if (name === 'reset' && body === from) return ['|'];
      const item = body as { from: string; n: number };
      return name === 'got' && item.from === from ? [item.n] : [];
    });
}

describe('a connection', () => {
  it('keeps the order, whatever the latencies', () => {
    const shuffled = { latency: { uniform: [0, ms(20)] as const } };
    const got = story(chat({ network: shuffled }));
    expect(got.length).toBeGreaterThan(70);
    expect(got).toEqual(got.map((_, i) => i + 1));
    const datagrams = story(chat({ network: { ...shuffled, transport: 'datagram' } }));
    expect(datagrams).not.toEqual([...datagrams].sort((a, b) => Number(a) - Number(b)));
  });

  it('sends again what is lost or damaged, and never doubles', () => {
    const result = chat({ network: { loss: 0.3, corrupt: 0.2, duplicate: 0.5, retransmit: ms(2) }, until: ms(400) });
    const got = story(result);
    expect(got.length).toBeGreaterThan(300);
    expect(got).toEqual(got.map((_, i) => i + 1));
    expect(eventsOf(result, 'drop', 'duplicate')).toEqual([]);
    const delayed = marks(result, 'got').filter(
      ({ node, time, detail }) => node === 'n2' && time > detail.n * 1_000 + 1_000,
    );
    expect(delayed.length).toBeGreaterThan(100);
  });

  it('lets damage through that nobody notices', () => {
    const result = chat({ network: { corrupt: 0.3, corruptionNoticed: false } });
    const got = story(result);
    expect(got).not.toEqual(got.map((_, i) => i + 1));
  });

  it('that gives up on a message breaks, tells both ends, and opens again', () => {
    const result = chat({ network: { loss: 0.9, retransmit: 100 }, until: ms(400) });
    const got = story(result);
    expect(got).toContain('|');
    for (const node of ['n1', 'n2']) {
      const resets = marks(result, 'reset').filter((mark) => mark.node === node).length;
      const opens = marks(result, 'open').filter((mark) => mark.node === node).length;
      expect(resets).toBeGreaterThan(2);
      expect(Math.abs(resets - opens)).toBeLessThanOrEqual(1);
    }
    expectPrefixes(got);
  });

  it('broken by a cut loses what is on its way; both ends hear of it, and of the new one after the heal', () => {
    const result = chat({
      network: { latency: { constant: ms(5) }, notice: ms(2) },
      faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: 20_500, for: ms(30) }],
    });
    expect(marks(result, 'reset')).toEqual([
      { node: 'n1', time: 22_500, detail: 'n2' },
      { node: 'n2', time: 22_500, detail: 'n1' },
    ]);
    expect(marks(result, 'open').map(({ node, time }) => [node, time])).toEqual([
      ['n1', 52_500],
      ['n2', 52_500],
    ]);
    const got = story(result);
    const broken = got.indexOf('|');
    expect(got.slice(0, broken)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    // Nothing that was under way comes later, although the link is whole again by then.
    expect(got[broken + 1]).toBe(53);
    const [lost] = eventsOf(result, 'drop').filter(({ place }) => place === 'delivery');
    expect(lost!.why).toBe('partition');
  });

  it('reset while a message was under way loses it even if all is well at its arrival', () => {
    const result = chat({
      network: { latency: { constant: ms(10) } },
      faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: 20_500, for: ms(2) }],
    });
    const drops = eventsOf(result, 'drop').filter(({ place, node }) => place === 'delivery' && node === 'n2');
    expect(drops.length).toBe(10);
    expect(drops.every(({ why, time }) => (time < 22_500 ? why === 'partition' : why === 'connection reset'))).toBe(
      true,
    );
    expect(drops.some(({ why }) => why === 'connection reset')).toBe(true);
  });

  it('to a node that crashes is reset at the other end, and made again when it is back', () => {
    const result = chat({ faults: [{ do: 'crash', whom: 'n2', at: 20_500, for: ms(20) }] });
    expect(marks(result, 'reset')).toEqual([{ node: 'n1', time: 21_500, detail: 'n2' }]);
    expect(marks(result, 'open').map(({ node, time }) => [node, time])).toEqual([
      ['n1', 41_500],
      ['n2', 41_500],
    ]);
    const refused = eventsOf(result, 'drop').filter(({ why }) => why === 'not connected');
    expect(refused.length).toBe(21);
  });

  it('of an earlier life is no news to a node that restarted at once', () => {
    const result = chat({ faults: [{ do: 'restart', whom: 'n2', at: 20_500 }] });
    expect(marks(result, 'reset').map(({ node }) => node)).toEqual(['n1']);
    expect(marks(result, 'open').map(({ node }) => node)).toEqual(['n1', 'n2']);
  });

  it('wanted for the first time during a cut is refused, and told', () => {
    const result = chat({ faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: 0, for: ms(10) }] });
    expect(marks(result, 'reset').map(({ node }) => node)).toEqual(['n1', 'n2']);
    expect(marks(result, 'open').map(({ node }) => node)).toEqual(['n1', 'n2']);
    expect(story(result)[0]).toBe('|');
    expect(story(result)[1]).toBe(11);
  });

  it('carries what nodes say as they start, to all', () => {
    const eager = probe({
      transport: 'connection',
      onStart: (node) => node.broadcast({ type: 'Hello' }),
      onMessage: { Hello: (node, _, from) => node.mark('got', from) },
      onConnection: { reset: (node) => node.mark('reset') },
    });
    const result = runQuiet({ protocol: eager, nodes: 5 });
    expect(result.marks.get('got')).toBe(20);
    expect(result.marks.get('reset')).toBeUndefined();
  });

  it('holds everything behind what is held, and forgets it with the connection', () => {
    const mixed = probe({
      transport: 'connection',
      onStart: (node) => (node.id === 'n1' ? node.setTimer('go', 1_000) : undefined),
      onTimer: {
        go(node) {
          for (const type of ['A', 'B', 'A', 'B']) node.broadcast({ type });
        },
      },
      onMessage: { A: (node) => node.mark('got', 'A'), B: (node) => node.mark('got', 'B') },
    });
    const hold: Fault = { do: 'link', types: ['A'], rule: { hold: true }, at: 0, for: ms(20) };
    const held = runQuiet({ protocol: mixed, nodes: 2, faults: [hold] });
    expect(marks(held, 'got').map(({ time, detail }) => [time, detail])).toEqual(
      ['A', 'B', 'A', 'B'].map((t) => [21_000, t]),
    );
    const reset: Fault = { do: 'partition', shape: { isolate: 'n1' }, at: ms(5), for: ms(5) };
    const lost = runQuiet({ protocol: mixed, nodes: 2, faults: [hold, reset] });
    expect(details(lost, 'got')).toEqual([]);
    expect(eventsOf(lost, 'drop').map(({ why }) => why)).toEqual(new Array(4).fill('connection reset'));
  });

  it('made anew does not wait behind what was held on the one before', () => {
    const hold: Fault = { do: 'link', types: ['Item'], rule: { hold: true }, at: 20_500, for: ms(60) };
    const reset: Fault = { do: 'partition', shape: { isolate: 'n1' }, at: ms(30), for: ms(5) };
    const two = probe({
      transport: 'connection',
      volatile: () => ({ sent: 0 }),
      onStart: (node) => node.setTimer('next', 1_000),
      onTimer: {
        next(node) {
          const n = ++node.volatile['sent'];
          node.broadcast({ type: n < 30 ? 'Item' : 'Other', n });
          node.setTimer('next', 1_000);
        },
      },
      onMessage: {
        Item: (node, message, from) => node.mark('got', { from, n: message.n }),
        Other: (node, message, from) => node.mark('got', { from, n: message.n }),
      },
      onConnection: { reset: (node, peer) => node.mark('reset', peer) },
    });
    const network = { latency: { constant: 1_000 } };
    const result = runQuiet({ protocol: two, nodes: 2, until: ms(100), network, faults: [hold, reset] });
    const later = marks(result, 'got').filter(({ node, detail }) => node === 'n2' && detail.n >= 30);
    expect(later[0]).toMatchObject({ time: 37_000, detail: { n: 36 } });
    expect(story(result).slice(-2)).toEqual([98, 99]);
    expectPrefixes(story(result));
  });

  it('made anew carries nothing of an end that has not heard yet of the reset, as it is slow', () => {
    const faults: Fault[] = [
      { do: 'slow', whom: 'n1', processing: { constant: ms(7) }, at: ms(5), for: ms(80) },
      { do: 'partition', shape: { from: 'n2', to: 'n1' }, at: ms(30), for: ms(2) },
    ];
    const events = eventsOf(chat({ faults }), 'send', 'deliver', 'mark').filter(
      ({ peer, node }) => (peer ?? node) === 'n1' || node === 'n1',
    );
    const heard = events.findIndex(({ node, kind, name }) => node === 'n1' && kind === 'mark' && name === 'reset');
    const lastBefore = events.slice(0, heard).findLast(({ node, kind }) => node === 'n1' && kind === 'send')!;
    // It had its turn, and spoke, when the new connection was there already.
    expect(lastBefore.time).toBeGreaterThan(ms(34));
    const late = events.filter(({ kind, node, time }) => kind === 'deliver' && node === 'n2' && time > ms(34));
    const sent = new Map(
      events.flatMap((event, at) => (event.kind === 'send' && event.node === 'n1' ? [[event.msg, at]] : [])),
    );
    expect(late.length).toBeGreaterThan(3);
    expect(late.filter(({ msg }) => sent.get(msg)! < heard)).toEqual([]);
  });

  it('always delivers a prefix, then a reset, then a prefix of what is sent on the new one', () => {
    const time = fc.nat(80).map((t) => t * 997);
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.record({ do: fc.constant('partition' as const), shape: fc.constant({ isolate: 'n1' }), at: time, for: time }),
      fc.record({ do: fc.constant('crash' as const), whom: fc.constantFrom('n1', 'n2'), at: time, for: time }),
      fc.record({ do: fc.constant('pause' as const), whom: fc.constantFrom('n1', 'n2'), at: time, for: time }),
      fc.record({ do: fc.constant('restart' as const), whom: fc.constantFrom('n1', 'n2'), at: time }),
      fc.record({ do: fc.constant('link' as const), rule: fc.constant({ hold: true }), at: time, for: time }),
    );
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 5 }), fc.string(), (faults, seed) => {
        const network = { latency: { uniform: [0, ms(8)] as const }, loss: 0.3, retransmit: 500 };
        const result = chat({ faults, seed, network, nodes: 3 });
        for (const at of ['n2', 'n3'])
          expectPrefixes(
            story(result, at, 'n1'),
            faults.some((f) => 'whom' in f && f.whom === 'n1'),
          );
      }),
      { numRuns: 40 },
    );
  });

  /** Between two resets nothing is missing. A sender that restarts counts from 1 again. */
  function expectPrefixes(got: readonly (number | '|')[], restarts = false): void {
    got.forEach((n, i) => {
      const before = got[i - 1];
      if (n === '|' || before === '|' || before === undefined) return;
      if (restarts && n < before) return;
      if (n !== before + 1) throw new Error(`${before} is followed by ${n}: ${got.join(' ')}`);
    });
  }
});
