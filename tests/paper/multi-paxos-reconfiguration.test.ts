import { describe, expect, it } from 'vitest';
import { ms, nodeId, type NodeId } from '../../engine/index.js';
import { multiPaxos, type MultiPaxos, type MultiPaxosBug } from '../../protocols/multi-paxos/protocol.js';
import type { MultiPaxosOptions, Vote } from '../../protocols/multi-paxos/shape.js';
import { ScriptedCluster } from './scripted-cluster.js';

// Lamport, Paxos Made Simple, 2001, section 3, at its end: the set of servers is part of the state, and the state after slot i
// says who executes slot i + α.

type Cluster = ScriptedCluster<MultiPaxos>;

const SIX = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const OLD = ['n1', 'n2', 'n3'];
const NEW = ['n4', 'n5', 'n6'];

/** n1 leads n1, n2 and n3; n4, n5 and n6 are there. α is 3. */
function led(options: Partial<MultiPaxosOptions> = {}, bugs: MultiPaxosBug[] = []): Cluster {
  const c = new ScriptedCluster(multiPaxos, SIX, { options: { configuration: OLD, alpha: 3, ...options }, bugs });
  stand(c, 'n1');
  c.deliverAll();
  return c;
}

function stand(c: Cluster, id: string): void {
  c.now += ms(1000);
  c.do(id, (node) => node.fire('election'));
}

function heartbeat(c: Cluster, id = 'n1'): void {
  c.now += ms(50);
  c.do(id, (node) => node.fire('heartbeat'));
}

function reconfigure(c: Cluster, configuration: string[], id = 'n1'): string {
  return c.do(id, (node) => node.request('reconfigure', { configuration }));
}

function write(c: Cluster, value: number, id = 'n1'): string {
  return c.do(id, (node) => node.request('write', { key: 'x', value }));
}

/** Who is asked for a vote on each slot. */
function asked(c: Cluster): Record<number, NodeId[]> {
  const slots: Record<number, NodeId[]> = {};
  for (const { to, message } of c.pending) if (message.type === 'Phase2a') (slots[message.slot] ??= []).push(to);
  return slots;
}

/** Everything arrives, but from and to these nothing does. */
function deliverWithout(c: Cluster, ...cutOff: string[]): void {
  for (;;) {
    c.pending = c.pending.filter(({ from, to }) => from === to || !(cutOff.includes(from) || cutOff.includes(to)));
    const [next] = c.pending;
    if (next === undefined) return;
    c.deliver({ type: next.message.type, from: next.from, to: next.to });
  }
}

describe('section 3, the window', () => {
  it('a leader asks votes for α slots beyond those that are executed, and for no more', () => {
    const c = led();
    const refs = [1, 2, 3, 4].map((value) => write(c, value));
    expect(Object.keys(asked(c))).toEqual(['1', '2', '3']);
    expect(c.node('n1').answerTo(refs[3]!)).toMatchObject({ kind: 'fail', value: 'overloaded' });
    c.deliverAll();
    write(c, 5);
    expect(Object.keys(asked(c))).toEqual(['4']);
  });

  it('with the planted bug it asks for any', () => {
    const c = led({}, ['leaves-window']);
    for (const value of [1, 2, 3, 4]) write(c, value);
    expect(Object.keys(asked(c))).toEqual(['1', '2', '3', '4']);
  });
});

describe('section 3, the state after slot i says who votes on slot i + α', () => {
  it('until then the old acceptors vote, and no-ops fill what is free', () => {
    const c = led();
    reconfigure(c, NEW);
    write(c, 1);
    expect(asked(c)).toEqual({ 1: OLD, 2: OLD });
    c.deliver({ type: 'Phase2a', to: 'n1' }).deliver({ type: 'Phase2b', from: 'n1' });
    c.deliver({ type: 'Phase2a', to: 'n2' }).deliver({ type: 'Phase2b', from: 'n2' });
    expect(c.node('n1').volatile.configurations).toEqual([
      { from: 1, members: OLD },
      { from: 4, members: NEW },
    ]);
    expect(asked(c)[3]).toEqual(OLD);
    c.deliverAll();
    write(c, 2);
    expect(asked(c)).toEqual({ 4: NEW });
  });

  it('a vote counts only where its acceptor belongs', () => {
    const c = led();
    const ref = write(c, 1);
    c.pending = [];
    for (const from of ['n4', 'n5', 'n6']) {
      c.do('n1', (node) => node.deliver(from, { type: 'Phase2b', bal: { number: 1, node: nodeId('n1') }, slot: 1 }));
    }
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });

  it('new acceptors vote before they know anything: what they vote on needs no state', () => {
    const c = led();
    reconfigure(c, NEW);
    c.pending = c.pending.filter(({ message }) => message.type !== 'Heartbeat');
    c.deliverAll();
    const ref = write(c, 1);
    c.deliverAll();
    expect(c.node('n4').volatile.executed).toBe(0);
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
  });

  it('one change at a time: a second one that gets into the log meanwhile is refused everywhere', () => {
    const c = led();
    const refs = [reconfigure(c, NEW), reconfigure(c, ['n2', 'n3', 'n4'])];
    c.deliverAll();
    expect(refs.map((ref) => c.node('n1').answerTo(ref))).toMatchObject([
      { kind: 'reply', value: null },
      { kind: 'fail', value: 'another change is under way' },
    ]);
    expect(c.node('n2').volatile.configurations.at(-1)?.members).toEqual(NEW);
  });

  it('a retried change takes effect once', () => {
    const c = led();
    const session = { client: 'c9', sequence: 1 };
    const again = () =>
      c.do('n1', (node) => node.request('reconfigure', { configuration: ['n1', 'n2', 'n4'] }, session));
    again();
    c.deliverAll();
    for (const value of [1, 2, 3]) {
      write(c, value);
      heartbeat(c);
      c.deliverAll();
    }
    const before = c.node('n1').volatile.configurations;
    const ref = again();
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'reply', value: null });
    expect(c.node('n1').volatile.configurations).toEqual(before);
  });

  it.each([
    [[], 'no set of nodes'],
    [['n1', 'n1', 'n2'], 'no set of nodes'],
    [SIX, 'unsafe quorums: 2 promises and 3 votes out of 6 nodes need not meet: q1 + q2 must exceed 6'],
    [['n1', 'n2'], 'unsafe quorums: a quorum of 3 out of 2 nodes'],
  ])('refuses %j, where q1 is 2 and q2 is 3', (configuration, reason) => {
    const c = led({ q1: 2, q2: 3 });
    const ref = reconfigure(c, configuration);
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'fail', value: reason });
  });
});

describe('phase 1 of a new configuration', () => {
  it('comes before the first request for a vote there', () => {
    const c = led();
    reconfigure(c, NEW);
    while (c.node('n1').volatile.executed < 3) {
      c.pending = c.pending.filter(({ message }) => message.type !== 'Phase1a');
      c.deliver({ type: c.pending[0]!.message.type, from: c.pending[0]!.from, to: c.pending[0]!.to });
    }
    const early = write(c, 1);
    expect(c.node('n1').answerTo(early)).toMatchObject({ kind: 'redirect', value: null });
    heartbeat(c);
    expect(c.pending.filter(({ message }) => message.type === 'Phase1a').map(({ to }) => to)).toEqual(NEW);
    c.deliverAll();
    write(c, 2);
    expect(asked(c)).toEqual({ 4: NEW });
  });

  it.each([[[], 1] as const, [['skips-new-promises'], 2] as const])(
    'finds what an earlier leader had chosen there (with planted bugs %j: slot 4 holds %i)',
    (bugs, value) => {
      const c = led({}, [...bugs]);
      reconfigure(c, NEW);
      c.pending = c.pending.filter(({ to }) => to !== 'n2');
      // n3 votes, and never hears what was chosen.
      while (c.pending.length > 0) {
        c.pending = c.pending.filter(
          ({ to, message }) => to !== 'n2' && !(to === 'n3' && message.type === 'Heartbeat'),
        );
        const [next] = c.pending;
        if (next !== undefined) c.deliver({ type: next.message.type, from: next.from, to: next.to });
      }
      write(c, 1);
      deliverWithout(c, 'n2', 'n3');
      expect(c.node('n1').volatile.executed).toBe(4);
      stand(c, 'n2');
      deliverWithout(c, 'n1');
      write(c, 2, 'n2');
      deliverWithout(c, 'n1');
      expect(c.node('n2').volatile.chosen.get(4)?.command).toEqual({ op: 'write', key: 'x', value });
    },
  );

  it('a late promise of an acceptor that was not needed changes nothing', () => {
    const c = led();
    const late: Vote = {
      slot: 2,
      bal: { number: 0, node: nodeId('n3') },
      entry: { command: { op: 'write', key: 'x', value: 9 }, session: null, ref: 'r9' },
    };
    const node = c.node('n1');
    node.volatile.promises = node.volatile.promises.filter((id) => id !== 'n3');
    node.deliver('n3', { type: 'Phase1b', bal: { number: 1, node: nodeId('n1') }, votes: [late], snapshot: null });
    expect(node.volatile.reported.size).toBe(0);
    expect(node.volatile.nextSlot).toBe(1);
  });
});

describe('joining and leaving', () => {
  it('a node that is no acceptor does not stand, and sends clients to the leader', () => {
    const c = led();
    stand(c, 'n5');
    expect(c.node('n5').role()?.name).toBe('outside');
    expect(c.pending.filter(({ message }) => message.type === 'Phase1a')).toEqual([]);
  });

  it('where a configuration begins there is a snapshot, which says who votes; a restart begins with it', () => {
    const c = led();
    write(c, 7);
    c.deliverAll();
    reconfigure(c, ['n2', 'n3', 'n4']);
    c.deliverAll();
    heartbeat(c);
    c.deliverAll();
    for (const id of ['n1', 'n4']) expect(c.node(id).durable.snapshot?.configurations.at(-1)?.from).toBe(5);
    c.crash('n4');
    c.do('n4', (node) => node.restart());
    expect(c.node('n4').volatile.configurations).toEqual([
      { from: 1, members: OLD },
      { from: 5, members: ['n2', 'n3', 'n4'] },
    ]);
    expect(c.node('n4').role()?.name).toBe('follower');
  });

  it('a leader that is no acceptor any more leads until the new ones know all; then the old ones retire', () => {
    const c = led();
    reconfigure(c, NEW);
    c.deliverAll();
    expect(c.node('n1').role()?.name).toBe('leader');
    const ref = write(c, 1);
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    expect(OLD.map((id) => c.node(id).marked('retired'))).toEqual([0, 0, 0]);
    for (let beat = 0; beat < 4 && c.node('n1').role()?.name === 'leader'; beat += 1) {
      heartbeat(c);
      c.deliverAll();
    }
    expect(NEW.map((id) => c.node(id).volatile.executed)).toEqual([4, 4, 4]);
    expect(OLD.map((id) => c.node(id).durable.retired)).toEqual([4, 4, 4]);
    expect(OLD.map((id) => c.node(id).role()?.name)).toEqual(['outside', 'outside', 'outside']);
    stand(c, 'n6');
    c.deliverAll();
    expect(c.node('n6').role()?.name).toBe('leader');
  });

  it('a former acceptor that was not told so still stands: it may be the only one that knows', () => {
    const c = led();
    reconfigure(c, NEW);
    deliverWithout(c, ...NEW);
    heartbeat(c);
    deliverWithout(c, ...NEW);
    c.crash('n1');
    expect(c.node('n2').volatile.executed).toBe(3);
    stand(c, 'n2');
    c.deliverAll();
    expect(c.node('n2').role()?.name).toBe('leader');
    expect(c.node('n4').volatile.configurations.length).toBe(2);
  });

  it('no further change before the last one is in force and settled', () => {
    const c = led();
    reconfigure(c, ['n3', 'n4', 'n5']);
    c.deliver({ type: 'Phase2a', to: 'n1' }).deliver({ type: 'Phase2b', from: 'n1' });
    c.deliver({ type: 'Phase2a', to: 'n2' }).deliver({ type: 'Phase2b', from: 'n2' });
    expect(c.node('n1').volatile.nextSlot).toBe(4);
    const earlier = reconfigure(c, OLD);
    expect(c.node('n1').answerTo(earlier)).toMatchObject({ kind: 'redirect', value: null });
    c.deliverAll();
    const early = reconfigure(c, OLD);
    expect(c.node('n1').answerTo(early)).toMatchObject({ kind: 'redirect', value: null });
  });
});

it('a change costs one phase 1 with the new acceptors and at most α − 1 no-ops; it is in force two round trips after the request', () => {
  const c = led({ alpha: 10 });
  c.node('n1').takeSent();
  const counts: Record<string, number> = {};
  reconfigure(c, NEW);
  let delays = 0;
  for (; c.pending.length > 0 && c.node('n1').volatile.executed < 10; delays += 1) {
    // What a node says to itself arrives at once.
    const own = (): boolean => c.pending.some(({ from, to }) => from === to);
    const round = c.pending.filter(({ from, to }) => from !== to);
    for (const { message } of round) counts[message.type] = (counts[message.type] ?? 0) + 1;
    for (const { from, to, message } of round) c.deliver({ type: message.type, from, to });
    while (own()) {
      const next = c.pending.find(({ from, to }) => from === to)!;
      c.deliver({ type: next.message.type, from: next.from, to: next.to });
    }
  }
  expect(delays).toBe(4);
  expect(counts).toEqual({ Phase1a: 3, Phase1b: 3, Phase2a: 2 * 10, Phase2b: 2 * 10 });
});
