import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import { FIVE, cluster, put, get, put1, get1, held, values, sent, type Cluster } from './quorum-cluster.js';

// DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007.

describe('4.6, hinted handoff', () => {
  const unreachable = (c: Cluster, ids: readonly string[]) => {
    c.pending = c.pending.filter(({ from, to }) => !ids.includes(from) && !ids.includes(to));
  };

  it('the next healthy nodes stand in, with a hint for whom', () => {
    const c = cluster({ sloppy: true }, FIVE);
    const ref = put(c, 'n1', 'a');
    unreachable(c, ['n2', 'n3']);
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.do('n1', (node) => node.fire('replicas', ref));
    expect(sent(c, 'Replicate')).toEqual(['n1>n4', 'n1>n1']);
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    // n4 keeps it for n3, the first owner that was silent, and n1 for n2; neither as a replica of its own.
    expect([...c.node('n4').durable.hints.keys()]).toEqual(['n3']);
    expect([...c.node('n1').durable.hints.keys()]).toEqual(['n2']);
    expect([held(c, 'n1'), held(c, 'n4')]).toEqual([[], []]);
  });

  it('a hint is delivered, acknowledged and only then forgotten', () => {
    const c = cluster({ sloppy: true }, FIVE);
    const ref = put(c, 'n1', 'a');
    unreachable(c, ['n2', 'n3']);
    c.deliverAll();
    c.do('n1', (node) => node.fire('replicas', ref));
    c.deliverAll();
    c.do('n4', (node) => node.fire('handoff'));
    expect(sent(c, 'Handoff')).toEqual(['n4>n3']);
    c.deliver({ type: 'Handoff' });
    expect(values(c, 'n3')).toEqual(['a']);
    expect(c.node('n4').durable.hints.size).toBe(1);
    c.deliver({ type: 'HandedOff' });
    expect(c.node('n4').durable.hints.size).toBe(0);
  });

  it('what came to a hint while it was delivered stays', () => {
    const c = cluster({ sloppy: true }, FIVE);
    const hint = (counter: number) =>
      c.do('n4', (node) =>
        node.deliver('n1', {
          type: 'Replicate',
          ref: `r${counter}`,
          key: 'x',
          version: { value: counter, dot: { actor: 'n1', counter }, context: {}, timestamp: counter },
          hintFor: nodeId('n3'),
        }),
      );
    hint(1);
    c.do('n4', (node) => node.fire('handoff'));
    hint(2);
    c.deliver({ type: 'Handoff' }).deliver({ type: 'HandedOff' });
    expect(
      c
        .node('n4')
        .durable.hints.get(nodeId('n3'))
        ?.get('x')
        ?.map(({ value }) => value),
    ).toEqual([2]);
  });

  it('a strict quorum has no stand-ins: the coordinator keeps the hint, and it does not count', () => {
    const c = cluster({}, FIVE);
    const ref = put(c, 'n1', 'a');
    unreachable(c, ['n2', 'n3']);
    c.deliverAll();
    c.do('n1', (node) => node.fire('replicas', ref));
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    expect([...c.node('n1').durable.hints.keys()]).toEqual(['n3', 'n2']);
  });
});

describe('4.7, replica synchronisation', () => {
  function compared(c: Cluster): number {
    c.do('n1', (node) => node.fire('antiEntropy'));
    let messages = 0;
    for (; c.pending.length > 0; messages++) c.deliver();
    return messages;
  }

  it('equal replicas compare one hash', () => {
    const c = cluster();
    put1(c, 'n1', 'a');
    expect(compared(c)).toBe(1);
  });

  it('those that differ go down the tree, and exchange the leaf, both ways', () => {
    const c = cluster();
    put(c, 'n3', 'a');
    c.deliver({ to: 'n3', type: 'Replicate' });
    c.pending = [];
    put(c, 'n1', 'b');
    c.deliver({ to: 'n1', type: 'Replicate' });
    c.pending = [];
    // A scripted draw of 0.5 picks n3. Four levels, and the leaf there and back.
    expect(compared(c)).toBe(6);
    for (const id of ['n1', 'n3']) expect(values(c, id)).toEqual(['b', 'a']);
  });
});

describe('4.8 and 4.9, membership', () => {
  it('nodes tell each other who is in the ring, and give away what no longer belongs to them', () => {
    const c = cluster({ ring: ['n1', 'n2', 'n3'] }, FIVE);
    put1(c, 'n1', 'a');
    expect(FIVE.filter((id) => held(c, id).length > 0)).toEqual(['n1', 'n2', 'n3']);
    c.do('n4', (node) => node.request('join', { node: 'n5' }));
    c.deliverAll();
    for (const id of FIVE)
      expect(c.node(id).durable.membership).toEqual({ number: 2, members: ['n1', 'n2', 'n3', 'n5'] });
    // n1 is no owner any longer: it keeps the version for the three that are, until they have it.
    expect(held(c, 'n1')).toEqual([]);
    expect([...c.node('n1').durable.hints.keys()]).toEqual(['n5', 'n3', 'n2']);
    c.do('n1', (node) => node.fire('handoff'));
    c.deliverAll();
    expect(values(c, 'n5')).toEqual(['a']);
    expect(c.node('n1').durable.hints.size).toBe(0);
    c.do('n2', (node) => node.request('leave', { node: 'n5' }));
    c.deliverAll();
    c.do('n5', (node) => node.fire('handoff'));
    c.deliverAll();
    expect(FIVE.filter((id) => held(c, id).length > 0)).toEqual(['n1', 'n2', 'n3']);
    expect(c.end()).toEqual([]);
  });

  it('who has missed the change hears of it when replicas are compared', () => {
    const c = cluster({ ring: ['n1', 'n2', 'n3'] }, FIVE);
    c.do('n1', (node) => node.request('join', { node: 'n4' }));
    c.pending = [];
    c.do('n2', (node) => node.fire('antiEntropy'));
    c.deliverAll();
    c.do('n1', (node) => node.fire('antiEntropy'));
    c.deliverAll();
    expect(['n1', 'n3'].map((id) => c.node(id).durable.membership?.number)).toEqual([2, 2]);
  });
});

describe('5, read repair', () => {
  it('brings those up to date that answered with old versions, when all have answered', () => {
    const c = cluster();
    put(c, 'n1', 'a');
    c.drop({ to: 'n3', type: 'Replicate' }).deliverAll();
    get(c, 'n2');
    c.deliver({ to: 'n1', type: 'Fetch' }).deliver({ to: 'n2', type: 'Fetch' });
    c.deliver({ type: 'Fetched' }).deliver({ type: 'Fetched' });
    expect(sent(c, 'Repair')).toEqual([]);
    c.deliver({ to: 'n3', type: 'Fetch' }).deliver({ type: 'Fetched' });
    expect(sent(c, 'Repair')).toEqual(['n2>n3']);
    c.deliverAll();
    expect(values(c, 'n3')).toEqual(['a']);
  });
});

describe('tombstones', () => {
  const deletedAt = (graceMs: number) => {
    const c = cluster({ graceMs });
    const context = put1(c, 'n1', 'a');
    put1(c, 'n1', null, context);
    return c;
  };

  it('a delete is a version like others, and a get does not show it', () => {
    const c = deletedAt(1_000);
    expect(values(c, 'n3')).toEqual([null]);
    expect(get1(c, 'n2').values).toEqual([]);
  });

  it('is forgotten after its grace, and not before', () => {
    const c = deletedAt(1_000);
    c.now += ms(998);
    c.do('n3', (node) => node.fire('handoff'));
    expect(held(c, 'n3')).toHaveLength(1);
    c.now += ms(4);
    c.do('n3', (node) => node.fire('handoff'));
    expect(held(c, 'n3')).toEqual([]);
    expect(c.end()).toEqual([]);
  });
});
