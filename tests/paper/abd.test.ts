import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import { abd, type Abd, type AbdBug, type AbdOptions } from '../../protocols/abd/protocol.js';
import { compareTags, showTag, type Tag } from '../../protocols/abd/tag.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

// Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems, JACM 1995;
// Lynch and Shvartsman, Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts, FTCS 1997.

type Cluster = ScriptedCluster<Abd>;

const THREE = ['n1', 'n2', 'n3'];

const tag = (seq: number, node = 'n1', life = 1): Tag => ({ seq, node: nodeId(node), life });

function cluster(options: Partial<AbdOptions> = {}, members = THREE, bugs: AbdBug[] = []): Cluster {
  return new ScriptedCluster(abd, members, { options, bugs });
}

function write(c: Cluster, value: number, at = 'n1'): string {
  return c.do(at, (node) => node.request('write', { key: 'x', value }));
}

function read(c: Cluster, at = 'n1'): string {
  return c.do(at, (node) => node.request('read', { key: 'x' }));
}

function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

function held(c: Cluster, id: string): unknown {
  return c.node(id).durable.registers.get('x');
}

/** Lets a node exchange whatever is on its way with itself and these, and loses what goes to the others. */
function among(c: Cluster, ids: readonly string[]): void {
  for (let at = c.pending[0]; at !== undefined; at = c.pending[0]) {
    const fits = { from: at.from, to: at.to, type: at.message.type };
    if (ids.includes(at.from) && ids.includes(at.to)) c.deliver(fits);
    else c.drop(fits);
  }
}

describe('a write with several writers', () => {
  it('asks everybody for the highest tag, and answers nobody yet', () => {
    const c = cluster();
    const ref = write(c, 7);
    expect(flowing(c, 'Query')).toEqual(['n1>n1', 'n1>n2', 'n1>n3']);
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });

  it('takes a higher tag than any that a majority knows, with its own name', () => {
    const c = cluster();
    write(c, 1, 'n2');
    c.deliverAll();
    write(c, 2, 'n1');
    c.deliverAll();
    expect(held(c, 'n3')).toEqual({ tag: tag(2, 'n1'), value: 2 });
  });

  it('is complete once a majority has acknowledged it, and not before', () => {
    const c = cluster();
    const ref = write(c, 7);
    c.deliver({ to: 'n1', type: 'Query' }).deliver({ to: 'n2', type: 'Query' });
    c.deliver({ type: 'QueryReply', from: 'n1' }).deliver({ type: 'QueryReply', from: 'n2' });
    expect(flowing(c, 'Update')).toEqual(['n1>n1', 'n1>n2', 'n1>n3']);
    c.deliver({ to: 'n3', type: 'Update' }).deliver({ type: 'UpdateReply', from: 'n3' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ to: 'n2', type: 'Update' }).deliver({ type: 'UpdateReply', from: 'n2' });
    expect(c.node('n1').answerTo(ref)).toEqual({ ref, kind: 'reply', value: null });
  });
});

describe('a write with one writer', () => {
  it('needs no query: the writer’s own tag is the highest', () => {
    const c = cluster({ writer: 'n1' });
    write(c, 7);
    expect(flowing(c, 'Query')).toEqual([]);
    expect(flowing(c, 'Update')).toEqual(['n1>n1', 'n1>n2', 'n1>n3']);
    c.deliverAll();
    write(c, 8);
    c.deliverAll();
    expect(held(c, 'n2')).toEqual({ tag: tag(2), value: 8 });
  });

  it('is held by the writer before anybody else: it knows its highest tag after a crash, too', () => {
    const c = cluster({ writer: 'n1' });
    write(c, 7);
    write(c, 8);
    // Both reach n2 and n3, and the writer crashes before it hears itself.
    c.drop({ type: 'Update', to: 'n1' }).drop({ type: 'Update', to: 'n1' }).deliverAll();
    c.crash('n1').do('n1', (node) => node.restart());
    write(c, 9);
    c.deliverAll();
    expect(held(c, 'n2')).toEqual({ tag: tag(3, 'n1', 2), value: 9 });
  });

  it('others send their clients to the writer', () => {
    const c = cluster({ writer: 'n1' });
    const ref = write(c, 7, 'n2');
    expect(c.node('n2').answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n1' });
  });
});

describe('a read', () => {
  it('returns the value with the highest tag of a majority', () => {
    const c = cluster();
    write(c, 1);
    c.deliverAll();
    write(c, 2);
    among(c, ['n1', 'n2']);
    const ref = read(c, 'n3');
    among(c, ['n2', 'n3']);
    expect(c.node('n3').answerTo(ref)).toMatchObject({ kind: 'reply', value: 2 });
  });

  it('makes a majority hold what it returns, before it returns', () => {
    const c = cluster();
    write(c, 1);
    among(c, ['n1', 'n2']);
    const ref = read(c, 'n3');
    c.deliver({ to: 'n3', type: 'Query' }).deliver({ to: 'n2', type: 'Query' });
    c.deliver({ type: 'QueryReply', from: 'n3' }).deliver({ type: 'QueryReply', from: 'n2' });
    expect(c.node('n3').answerTo(ref)).toBeUndefined();
    expect(held(c, 'n3')).toBeUndefined();
    among(c, ['n2', 'n3']);
    expect(held(c, 'n3')).toEqual({ tag: tag(1), value: 1 });
    expect(c.node('n3').answerTo(ref)).toMatchObject({ kind: 'reply', value: 1 });
  });

  it('has nothing to tell where a majority knows of no write', () => {
    const c = cluster();
    const ref = read(c);
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'reply', value: null });
    expect(c.node('n2').durable.registers.size).toBe(0);
  });
});

describe('a replica', () => {
  const update = (seq: number, value: number, node = 'n2') =>
    ({ type: 'Update', operation: { life: 1, number: 1 }, key: 'x', tag: tag(seq, node), value }) as const;

  it('keeps the value with the largest tag, and acknowledges either way', () => {
    const node = new ScriptedNode(abd).start();
    node
      .deliver('n2', update(3, 30))
      .deliver('n2', update(2, 20))
      .deliver('n3', update(3, 31, 'n3'));
    expect(node.durable.registers.get('x')).toEqual({ tag: tag(3, 'n3'), value: 31 });
    expect(node.sentOfType('UpdateReply')).toHaveLength(3);
  });

  it('answers a query with its tag and value', () => {
    const node = new ScriptedNode(abd).start().deliver('n2', update(3, 30));
    node.takeSent();
    node.deliver('n3', { type: 'Query', operation: { life: 4, number: 5 }, key: 'x' });
    expect(node.takeSent()).toEqual([
      { to: 'n3', message: { type: 'QueryReply', operation: { life: 4, number: 5 }, tag: tag(3, 'n2'), value: 30 } },
    ]);
  });

  it('outlives a crash', () => {
    const node = new ScriptedNode(abd).start().deliver('n2', update(3, 30)).crash().restart();
    expect(node.durable.registers.get('x')).toEqual({ tag: tag(3, 'n2'), value: 30 });
    expect(node.durable.life).toBe(2);
  });

  it('halts where its disk is damaged', () => {
    const node = new ScriptedNode(abd)
      .start()
      .crash()
      .restart([{ field: 'registers', kind: 'corrupt' }]);
    expect(node.haltedBecause).toContain('registers');
  });
});

describe('tags', () => {
  it('go by number, then by writer, then by its life', () => {
    const rising = [null, tag(1, 'n2'), tag(2, 'n1', 1), tag(2, 'n1', 2), tag(2, 'n3', 1)];
    rising.forEach((a, i) => {
      rising.forEach((b, j) => {
        expect(Math.sign(compareTags(a, b)), `${showTag(a)} and ${showTag(b)}`).toBe(Math.sign(i - j));
      });
    });
  });

  it('of two writes differ, also where one node has both under way', () => {
    const c = cluster();
    write(c, 1);
    write(c, 2);
    c.deliverAll();
    expect(held(c, 'n2')).toEqual({ tag: tag(2), value: 2 });
    expect(c.violations).toEqual([]);
  });

  it('of two lives differ, though the number may be the same', () => {
    const c = cluster();
    write(c, 1);
    // The update reaches n2 alone, and n1's own disk has lost it.
    c.deliver({ to: 'n1' }).deliver({ to: 'n3' }).deliver({ type: 'QueryReply' }).deliver({ type: 'QueryReply' });
    c.deliver({ type: 'Update', to: 'n2' });
    c.pending = [];
    c.crash('n1').do('n1', (node) => node.restart());
    write(c, 2);
    among(c, ['n1', 'n3']);
    expect(held(c, 'n2')).toEqual({ tag: tag(1, 'n1', 1), value: 1 });
    expect(held(c, 'n3')).toEqual({ tag: tag(1, 'n1', 2), value: 2 });
  });
});

describe('replies', () => {
  it('of one replica count once', () => {
    const c = cluster({}, ['n1', 'n2', 'n3', 'n4', 'n5']);
    write(c, 7);
    c.deliver({ to: 'n2', type: 'Query' });
    const [reply] = c.pending.filter(({ message }) => message.type === 'QueryReply');
    c.pending.push(reply!, reply!);
    for (let i = 0; i < 3; i++) c.deliver({ type: 'QueryReply' });
    expect(flowing(c, 'Update')).toEqual([]);
  });

  it('to what was asked before a restart count for nothing', () => {
    const c = cluster();
    read(c);
    c.deliver({ to: 'n2', type: 'Query' }).deliver({ to: 'n3', type: 'Query' });
    c.drop({ type: 'Query' });
    c.crash('n1').do('n1', (node) => node.restart());
    const ref = read(c);
    c.deliver({ type: 'QueryReply', from: 'n2' }).deliver({ type: 'QueryReply', from: 'n3' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });

  it('of the first phase do not count in the second', () => {
    const c = cluster();
    const ref = write(c, 7);
    for (let i = 0; i < 3; i++) c.deliver({ type: 'Query' });
    for (let i = 0; i < 3; i++) c.deliver({ type: 'QueryReply' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    expect(c.node('n1').volatile.operations.get(1)?.repliers).toEqual([]);
  });
});

describe('what the papers leave to links and processes', () => {
  it('whoever has not answered is asked again', () => {
    const c = cluster();
    write(c, 7);
    c.deliver({ to: 'n1', type: 'Query' }).deliver({ type: 'QueryReply', from: 'n1' });
    c.drop({ type: 'Query' }).drop({ type: 'Query' });
    c.now = 60_000;
    c.do('n1', (node) => node.fire('again'));
    expect(flowing(c, 'Query')).toEqual(['n1>n2', 'n1>n3']);
  });

  it('without a majority a read fails, and so does a write that nobody was told of', () => {
    const c = cluster();
    const refs = [read(c), write(c, 7)];
    c.now = 3_000_000;
    c.do('n1', (node) => node.fire('again'));
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual(['fail', 'fail']);
    expect(c.node('n1').volatile.operations.size).toBe(0);
  });

  it('a write that has begun to spread is never said to have failed', () => {
    const c = cluster();
    const ref = write(c, 7);
    for (let i = 0; i < 3; i++) c.deliver({ type: 'Query' });
    for (let i = 0; i < 3; i++) c.deliver({ type: 'QueryReply' });
    c.now = 3_000_000;
    c.do('n1', (node) => node.fire('again'));
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    expect(c.node('n1').volatile.operations.size).toBe(0);
  });

  it('more than so many operations at once are refused', () => {
    const c = cluster({ pendingMax: 1 });
    read(c);
    const ref = read(c);
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'fail', value: 'overloaded' });
  });

  it('a register has no compare-and-set, and no append', () => {
    const node = new ScriptedNode(abd).start();
    const refs = [node.request('cas', { key: 'x', from: null, to: 1 }), node.request('append', { key: 'x', value: 1 })];
    for (const ref of refs) expect(node.answerTo(ref)).toMatchObject({ kind: 'fail' });
    expect(node.takeSent()).toEqual([]);
  });
});
