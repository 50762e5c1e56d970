import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation } from '../../engine/index.js';
import { quorum } from '../../protocols/quorum/protocol.js';
import { clockOf } from '../../protocols/quorum/versions.js';
import type { Version } from '../../protocols/quorum/shape.js';
import { THREE, FIVE, cluster, put, get, answer, put1, get1, held, values, sent } from './quorum-cluster.js';

// DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007.

describe('4.1, system interface', () => {
  it('get returns all conflicting versions and a context, put takes it', () => {
    const c = cluster();
    put1(c, 'n1', 'a');
    put1(c, 'n2', 'b');
    const got = get1(c, 'n3');
    expect(got.values).toEqual(['a', 'b']);
    put1(c, 'n3', 'c', got.context);
    expect(get1(c, 'n1').values).toEqual(['c']);
    expect(c.end()).toEqual([]);
  });

  it('a key that was never written has no values', () => {
    expect(get1(cluster(), 'n2')).toEqual({ values: [], context: {} });
  });
});

describe('4.2 and 4.3, partitioning and replication', () => {
  it('the N distinct nodes clockwise from the key keep it, whoever coordinates', () => {
    const c = cluster({}, FIVE);
    put1(c, 'n1', 'a');
    expect(FIVE.filter((id) => held(c, id).length > 0)).toEqual(['n2', 'n3', 'n5']);
  });
});

describe('4.4, data versioning', () => {
  it('Figure 3: the evolution of an object over time', () => {
    const c = cluster({ versions: 'vectors' });
    const clocks = (id: string) => held(c, id).map((version) => clockOf(version));
    put1(c, 'n1', 'D1');
    const d1 = get1(c, 'n1').context;
    put1(c, 'n1', 'D2', d1);
    expect(clocks('n2')).toEqual([{ n1: [1, 2] }]);
    const d2 = get1(c, 'n1').context;
    // Two clients have read D2, and write at n2 and at n3.
    put1(c, 'n2', 'D3', d2);
    put1(c, 'n3', 'D4', d2);
    expect(clocks('n1')).toEqual([
      { n1: [1, 2], n2: [1, 1] },
      { n1: [1, 2], n3: [1, 1] },
    ]);
    const both = get1(c, 'n1');
    expect(both.values).toEqual(['D3', 'D4']);
    put1(c, 'n1', 'D5', both.context);
    for (const id of THREE) expect(clocks(id)).toEqual([{ n1: [1, 3], n2: [1, 1], n3: [1, 1] }]);
  });

  it('an older version that comes late changes nothing', () => {
    const c = cluster();
    const first = put(c, 'n1', 'old');
    c.deliver({ to: 'n1', type: 'Replicate' }).deliver({ to: 'n2', type: 'Replicate' });
    c.deliver({ type: 'Replicated' }).deliver({ type: 'Replicated' });
    const late = c.pending;
    c.pending = [];
    put1(c, 'n2', 'new', answer(c, 'n1', first).context);
    c.pending = late;
    c.deliverAll();
    for (const id of THREE) expect(values(c, id)).toEqual(['new']);
  });

  it('version vectors: what one node coordinates twice looks ordered, though neither writer saw the other', () => {
    for (const [versions, kept] of [
      ['vectors', ['b']],
      ['dotted', ['a', 'b']],
    ] as const) {
      const c = cluster({ versions });
      const read = put1(c, 'n1', 'base');
      put1(c, 'n1', 'a', read);
      put1(c, 'n1', 'b', read);
      expect(values(c, 'n2')).toEqual(kept);
      expect(c.end().length).toBe(versions === 'vectors' ? 1 : 0);
    }
  });

  it('a context covers what was seen, and not what lies before it', () => {
    const c = cluster({ n: 1, r: 1, w: 1 }, ['n1', 'n2']);
    const second: Version = { value: 'b', dot: { actor: 'n9', counter: 2 }, context: {}, timestamp: 2 };
    const first: Version = { ...second, value: 'a', dot: { actor: 'n9', counter: 1 }, timestamp: 1 };
    const keeper = ['n1', 'n2'].find((id) => {
      c.do(id, (node) => node.deliver('n2', { type: 'Repair', key: 'x', versions: [second] }));
      return held(c, id).length > 0;
    })!;
    c.pending = [];
    const { context } = get1(c, keeper);
    put1(c, keeper, 'c', context);
    c.do(keeper, (node) => node.deliver('n2', { type: 'Repair', key: 'x', versions: [first] }));
    expect(values(c, keeper)).toEqual(['c', 'a']);
  });

  it('with timestamps, the last writer wins, and of one microsecond everywhere the same', () => {
    const c = cluster({ versions: 'timestamps' });
    c.do('n2', (node) => node.request('write', { key: 'x', value: 'later' }));
    c.do('n1', (node) => node.request('write', { key: 'x', value: 'same time' }));
    c.deliverAll();
    for (const id of THREE) expect(values(c, id)).toEqual(['later']);
  });
});

describe('4.5, execution of get and put', () => {
  it('a write is answered with the W-th acknowledgement, and a read with the R-th reply', () => {
    const c = cluster();
    const ref = put(c, 'n1', 'a');
    expect(sent(c, 'Replicate').sort()).toEqual(['n1>n1', 'n1>n2', 'n1>n3']);
    c.deliver({ to: 'n1', type: 'Replicate' }).deliver({ from: 'n1', type: 'Replicated' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ to: 'n3', type: 'Replicate' }).deliver({ from: 'n3', type: 'Replicated' });
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    c.deliverAll();

    const read = get(c, 'n2');
    expect(sent(c, 'Fetch').sort()).toEqual(['n2>n1', 'n2>n2', 'n2>n3']);
    c.deliver({ to: 'n2', type: 'Fetch' }).deliver({ from: 'n2', type: 'Fetched' });
    expect(c.node('n2').answerTo(read)).toBeUndefined();
    c.deliver({ to: 'n1', type: 'Fetch' }).deliver({ from: 'n1', type: 'Fetched' });
    expect(answer(c, 'n2', read).values).toEqual(['a']);
  });

  it.each([
    ['ONE', 1],
    ['QUORUM', 2],
    ['ALL', 3],
  ] as const)('%s waits for %d of three', (consistency, count) => {
    const c = cluster();
    const ref = c.do('n1', (node) => node.request('put', { key: 'x', value: 'a', context: null, consistency }));
    for (const [i, id] of THREE.entries()) {
      expect(c.node('n1').answerTo(ref) !== undefined).toBe(i >= count);
      c.deliver({ to: id, type: 'Replicate' }).deliver({ from: id, type: 'Replicated' });
    }
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
  });

  it('the same replica counts once', () => {
    const c = cluster();
    const ref = put(c, 'n1', 'a');
    c.deliver({ to: 'n2', type: 'Replicate' });
    c.pending.push(...c.pending.filter(({ message }) => message.type === 'Replicated'));
    c.deliver({ type: 'Replicated' }).deliver({ type: 'Replicated' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });

  it('who reads too few replies is told so; who writes to too few is told nothing', () => {
    const c = cluster();
    const refs = [put(c, 'n1', 'a'), get(c, 'n1')];
    for (const ref of refs) c.do('n1', (node) => node.fire('request', ref));
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual([undefined, 'fail']);
    expect(c.node('n1').volatile.operations.size).toBe(0);
  });

  it('messages and delays of an operation without faults: N requests, N answers, one round', () => {
    const run = (request: string, args: object) => {
      const simulation = new Simulation({
        protocol: quorum,
        nodes: 4,
        options: { ring: THREE, antiEntropyMs: 0, handoffMs: 0 },
        seed: '1',
        network: { latency: { constant: ms(10) } },
        until: seconds(1),
        script: [{ at: 0, client: 'c1', request, args: { key: 'x', ...args }, target: 'n4' }],
        trace: 'events',
      });
      const { trace, history } = simulation.run();
      const messages = [...trace!.events()].filter(({ kind, node }) => kind === 'send' && node?.startsWith('n'));
      return { messages: messages.length, latencyMs: history[1]!.time / 1_000 };
    };
    // Three requests, three answers, and the reply to the client; four hops.
    expect(run('write', { value: 1 })).toEqual({ messages: 7, latencyMs: 40 });
    expect(run('read', {})).toEqual({ messages: 7, latencyMs: 40 });
  });
});

describe('what is refused', () => {
  it('compare-and-set and append, as they need one order of updates', () => {
    const c = cluster({ versions: 'timestamps' });
    const refs = c.do('n1', (node) => [
      node.request('cas', { key: 'x', from: null, to: 1 }),
      node.request('append', { key: 'x', value: 1 }),
    ]);
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual(['fail', 'fail']);
  });

  it('reads and writes without contexts, where versions are not timestamps', () => {
    const c = cluster();
    const refs = c.do('n1', (node) => [
      node.request('read', { key: 'x' }),
      node.request('write', { key: 'x', value: 1 }),
    ]);
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual(['fail', 'fail']);
  });
});

describe('restarts', () => {
  it('outlive what was acknowledged, hints and counters', () => {
    const c = cluster();
    put1(c, 'n1', 'a');
    c.crash('n1').do('n1', (node) => node.restart());
    put1(c, 'n1', 'b');
    expect(held(c, 'n2').map(({ dot }) => dot)).toEqual([
      { actor: 'n1', counter: 1 },
      { actor: 'n1', counter: 2 },
    ]);
  });

  it('a crash may have kept a version and not its number: it is counted again', () => {
    const c = cluster();
    put1(c, 'n1', 'a');
    const node = c.crash('n1').node('n1');
    node.durable.counters.clear();
    c.do('n1', () => node.restart());
    put1(c, 'n1', 'b');
    expect(held(c, 'n2').map(({ dot }) => dot.counter)).toEqual([1, 2]);
  });

  it('who has lost its disk takes another name', () => {
    const c = cluster();
    put1(c, 'n1', 'a');
    const node = c.crash('n1').node('n1');
    node.durable = quorum.durable();
    c.do('n1', () => node.restart());
    expect(node.durable.actor).toMatch(/^n1~\d+$/);
  });

  it('a damaged disk halts', () => {
    const c = cluster();
    c.crash('n1').do('n1', (node) => node.restart([{ field: 'store', kind: 'corrupt' }]));
    expect(c.node('n1').haltedBecause).toBe('the disk is damaged: store');
  });
});
