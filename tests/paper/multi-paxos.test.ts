import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import type { Ballot } from '../../protocols/parts/ballot.js';
import { multiPaxos, type MultiPaxos, type MultiPaxosBug } from '../../protocols/multi-paxos/protocol.js';
import type { Vote } from '../../protocols/multi-paxos/shape.js';
import { ScriptedNode } from './scripted-cluster.js';
import { ballot, entry, flowing, heartbeat, led, stand, vote, write, THREE } from './multi-paxos-cluster.js';

describe('section 3, the leader', () => {
  it('executes phase 1 once, for all slots', () => {
    const c = led();
    expect(c.node('n1').role()).toEqual({ name: 'leader', term: '1.n1' });
    for (const value of [1, 2, 3]) write(c, value);
    expect(flowing(c, 'Phase1a')).toEqual([]);
    expect(flowing(c, 'Phase2a')).toHaveLength(9);
    c.deliverAll();
    expect(c.node('n1').volatile.executed).toBe(3);
    expect(c.end()).toEqual([]);
  });

  it('gives each command the next slot, and answers when it is chosen and executed', () => {
    const c = led();
    const ref = write(c, 7);
    c.deliver({ type: 'Phase2a', to: 'n1' }).deliver({ type: 'Phase2b', from: 'n1' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ type: 'Phase2a', to: 'n2' }).deliver({ type: 'Phase2b', from: 'n2' });
    expect(c.node('n1').answerTo(ref)).toEqual({ ref, kind: 'reply', value: null });
  });

  it('slots may be chosen out of order, and are executed in order', () => {
    const c = led();
    const refs = [write(c, 1), write(c, 2)];
    const late = c.pending.filter(({ message }) => message.type === 'Phase2a' && message.slot === 1);
    c.pending = c.pending.filter((sent) => !late.includes(sent));
    c.deliverAll();
    expect([c.node('n1').volatile.chosen.has(2), c.node('n1').volatile.executed]).toEqual([true, 0]);
    expect(refs.map((ref) => c.node('n1').answerTo(ref))).toEqual([undefined, undefined]);
    c.pending = late;
    c.deliverAll();
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual(['reply', 'reply']);
    expect(c.node('n1').volatile.machine.data.get('x')).toBe(2);
  });

  it('reads go through the log like any command', () => {
    const c = led();
    write(c, 5);
    const ref = c.do('n1', (node) => node.request('read', { key: 'x' }));
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)?.value).toBe(5);
  });

  it('others send clients to it', () => {
    const c = led();
    const ref = write(c, 1, 'n2');
    expect(c.node('n2').answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n1' });
  });

  it('asks again for votes that are missing, and only those', () => {
    const c = led();
    write(c, 1);
    c.deliver({ type: 'Phase2a', to: 'n1' }).deliver({ type: 'Phase2b', from: 'n1' });
    c.drop({ type: 'Phase2a', to: 'n2' }).drop({ type: 'Phase2a', to: 'n3' });
    heartbeat(c);
    expect(flowing(c, 'Phase2a')).toEqual(['n1>n2', 'n1>n3']);
  });

  it('gives way to a higher ballot', () => {
    const c = led();
    stand(c, 'n3');
    c.deliverAll();
    expect(THREE.map((id) => c.node(id).role()?.name)).toEqual(['follower', 'follower', 'leader']);
  });

  it('that hears no quorum steps down', () => {
    const c = led();
    c.now += ms(301);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(c.node('n1').role()?.name).toBe('follower');
    expect(c.node('n1').hasTimer('election')).toBe(true);
  });
});

describe('section 3, a new leader', () => {
  function candidate(...bugs: MultiPaxosBug[]): ScriptedNode<MultiPaxos> {
    const node = new ScriptedNode(multiPaxos, { id: 'n1', members: ['n1', 'n2', 'n3', 'n4', 'n5'], bugs }).start();
    node.now = ms(1000);
    node.fire('election').takeSent();
    return node;
  }

  function promise(node: ScriptedNode<MultiPaxos>, from: string, votes: Vote[]): void {
    node.deliver(from, { type: 'Phase1b', bal: ballot(1, 'n1'), votes, snapshot: null });
  }

  const proposed = (node: ScriptedNode<MultiPaxos>) =>
    node
      .sentOfType('Phase2a')
      .filter(({ to }) => to === 'n2')
      .map(
        ({
          message: {
            slot,
            entry: { command },
          },
        }) => [slot, command.op === 'write' ? command.value : command.op],
      );

  it('the example of the paper: slots 1 to 134, 138 and 139 are known; 135 and 140 are reported; 136 and 137 become no-ops', () => {
    // Here with the first slots cut short: what stands for 134 is a snapshot.
    const node = new ScriptedNode(multiPaxos, {
      id: 'n1',
      durable: {
        snapshot: {
          slot: 134,
          machine: { data: new Map(), sessions: new Map() },
          configurations: [{ from: 1, members: THREE.map(nodeId) }],
        },
      },
    }).start();
    node.now = ms(1000);
    node.fire('election');
    expect(node.sentOfType('Phase1a')[0]?.message).toEqual({ type: 'Phase1a', bal: ballot(1, 'n1'), from: 135 });
    node.takeSent();
    const [old, older] = [ballot(1, 'n0'), ballot(0, 'n9')];
    promise(node, 'n1', [vote(138, old, 138), vote(139, old, 139)]);
    promise(node, 'n2', [vote(135, old, 135), vote(139, older, 7), vote(140, old, 140)]);
    expect(proposed(node)).toEqual([
      [135, 135],
      [136, 'noop'],
      [137, 'noop'],
      [138, 138],
      [139, 139],
      [140, 140],
    ]);
    node.takeSent();
    node.request('write', { key: 'x', value: 141 });
    expect(proposed(node)).toEqual([[141, 141]]);
    expect(node.marked('filled-gap')).toBe(2);
  });

  it('P2c for each slot: the vote in the highest ballot, in whatever order the promises come', () => {
    const told: [string, Vote[]][] = [
      ['n1', []],
      ['n2', [vote(1, ballot(0, 'n8'), 8)]],
      ['n3', [vote(1, ballot(0, 'n9'), 9)]],
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const node = candidate();
      for (const place of order) promise(node, ...told[place]!);
      expect(proposed(node)).toEqual([[1, 9]]);
    }
  });

  it.each([
    ['adopts-last-promise', 8],
    ['ignores-promised-votes', undefined],
  ] as const)('%s shows', (bug, value) => {
    const node = candidate(bug);
    promise(node, 'n3', [vote(1, ballot(0, 'n9'), 9)]);
    promise(node, 'n2', [vote(1, ballot(0, 'n8'), 8)]);
    promise(node, 'n1', []);
    expect(proposed(node)[0]?.[1]).toBe(value);
  });

  it('counts acceptors and not messages', () => {
    const node = candidate();
    for (let times = 0; times < 5; times++) promise(node, 'n2', []);
    expect(node.role()?.name).toBe('candidate');
  });

  it('never uses a ballot twice, whatever crashes', () => {
    const node = candidate().crash().restart();
    node.now = ms(2000);
    node.fire('election');
    expect(node.sentOfType('Phase1a')[0]?.message.bal).toEqual(ballot(2, 'n1'));
  });
});

describe('the acceptor', () => {
  function acceptor(): ScriptedNode<MultiPaxos> {
    return new ScriptedNode(multiPaxos, { id: 'n2' }).start();
  }
  const accept = (bal: Ballot, slot: number, value: number) =>
    ({ type: 'Phase2a', bal, slot, entry: entry(value), executed: 0 }) as const;

  it('promises for all slots at once, and tells its votes from the slot on that it is asked for', () => {
    const node = acceptor();
    for (const slot of [1, 2, 4]) node.deliver('n1', accept(ballot(1, 'n1'), slot, slot));
    node.takeSent();
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3'), from: 2 });
    expect(node.sentOfType('Phase1b')[0]?.message.votes.map(({ slot }) => slot)).toEqual([2, 4]);
    node.takeSent();
    node.deliver('n1', accept(ballot(1, 'n1'), 9, 9));
    expect(node.takeSent()).toEqual([
      { to: 'n1', message: { type: 'Nack', bal: ballot(1, 'n1'), maxBal: ballot(2, 'n3') } },
    ]);
  });

  it('what it has promised and voted outlives a crash', () => {
    const node = acceptor();
    node.deliver('n1', accept(ballot(1, 'n1'), 1, 1));
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3'), from: 1 });
    node.crash().restart().takeSent();
    node.deliver('n1', accept(ballot(1, 'n1'), 2, 2));
    expect(node.sentOfType('Nack')).toHaveLength(1);
    node.deliver('n3', { type: 'Phase1a', bal: ballot(3, 'n3'), from: 1 });
    expect(node.sentOfType('Phase1b')[0]?.message.votes).toEqual([vote(1, ballot(1, 'n1'), 1)]);
  });

  it('a crash that kept a vote and lost its promise: the vote is a promise', () => {
    const votes = new Map([[1, vote(1, ballot(5, 'n1'), 1)]]);
    const node = new ScriptedNode(multiPaxos, { id: 'n2', durable: { votes } }).start('restart');
    expect(node.durable.maxBal).toEqual(ballot(5, 'n1'));
  });

  it('does not go on with a damaged disk', () => {
    const node = acceptor()
      .crash()
      .restart([{ field: 'votes', kind: 'corrupt' }]);
    expect(node.haltedBecause).toContain('votes');
  });
});

describe('learning', () => {
  it('a learner executes what it has voted for in the ballot of the leader that says so', () => {
    const c = led();
    write(c, 1);
    c.deliverAll();
    expect(c.node('n2').volatile.executed).toBe(0);
    heartbeat(c);
    c.deliverAll();
    expect(['n2', 'n3'].map((id) => c.node(id).volatile.machine.data.get('x'))).toEqual([1, 1]);
  });

  it.each([
    [[], 0],
    [['learns-any-vote'], 1],
  ] as const)('a vote in another ballot says nothing (%j)', (bugs, executed) => {
    const node = new ScriptedNode(multiPaxos, { id: 'n2', bugs: [...bugs] }).start();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), slot: 1, entry: entry(1), executed: 0 }).takeSent();
    node.deliver('n3', { type: 'Heartbeat', bal: ballot(2, 'n3'), executed: 1, settled: 0 });
    expect(node.sentOfType('HeartbeatReply')[0]?.message.executed).toBe(executed);
  });

  it('one that lags behind is told what was chosen', () => {
    const c = led();
    write(c, 1);
    for (let times = 0; times < 2; times++) {
      c.pending = c.pending.filter(({ to }) => to !== 'n3');
      while (c.pending.length > 0) c.deliver();
    }
    heartbeat(c);
    c.deliverAll();
    expect(c.node('n3').volatile.machine.data.get('x')).toBe(1);
    expect(c.node('n3').marked('caught-up')).toBe(1);
    expect(c.end()).toEqual([]);
  });

  it('a command that was overtaken is sent away: it never takes effect', () => {
    const c = led();
    const ref = write(c, 1);
    c.pending = [];
    stand(c, 'n3');
    c.pending = c.pending.filter(({ to }) => to !== 'n1');
    c.deliverAll();
    write(c, 2, 'n3');
    c.deliverAll();
    heartbeat(c, 'n3');
    c.deliverAll();
    heartbeat(c, 'n3');
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n3' });
    expect(c.node('n1').volatile.machine.data.get('x')).toBe(2);
    expect(c.end()).toEqual([]);
  });

  it('a retried command takes effect once', () => {
    const c = led();
    const session = { client: 'c1', sequence: 1 };
    const again = [1, 2].map(() => c.do('n1', (node) => node.request('append', { key: 'l', value: 4 }, session)));
    c.deliverAll();
    expect(again.map((ref) => c.node('n1').answerTo(ref)?.kind)).toEqual(['reply', 'reply']);
    expect(c.node('n1').volatile.machine.data.get('l')).toEqual([4]);
  });
});
