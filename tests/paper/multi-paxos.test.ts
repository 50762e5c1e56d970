import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type RunResult } from '../../engine/index.js';
import type { Ballot } from '../../protocols/parts/ballot.js';
import {
  multiPaxos,
  quorumProblem,
  type MultiPaxos,
  type MultiPaxosBug,
  type MultiPaxosOptions,
} from '../../protocols/multi-paxos/protocol.js';
import type { Entry, Vote } from '../../protocols/multi-paxos/shape.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

// Lamport, Paxos Made Simple, 2001, section 3; Howard, Malkhi, Spiegelman, Flexible Paxos, 2016.

type Cluster = ScriptedCluster<MultiPaxos>;

const THREE = ['n1', 'n2', 'n3'];

function ballot(number: number, node: string): Ballot {
  return { number, node: nodeId(node) };
}

function entry(value: number): Entry {
  return { command: { op: 'write', key: 'x', value }, session: null, ref: `r${value}` };
}

function vote(slot: number, bal: Ballot, value: number): Vote {
  return { slot, bal, entry: entry(value) };
}

function cluster(options: Partial<MultiPaxosOptions> = {}, members = THREE): Cluster {
  return new ScriptedCluster(multiPaxos, members, { options });
}

/** n1 has executed phase 1, and everybody knows. */
function led(options: Partial<MultiPaxosOptions> = {}, members = THREE): Cluster {
  const c = cluster(options, members);
  stand(c, 'n1');
  c.deliverAll();
  return c;
}

/** Its election time-out has passed. */
function stand(c: Cluster, id: string): void {
  c.now += ms(1000);
  c.do(id, (node) => node.fire('election'));
}

function heartbeat(c: Cluster, id = 'n1'): void {
  c.now += ms(50);
  c.do(id, (node) => node.fire('heartbeat'));
}

function write(c: Cluster, value: number, id = 'n1'): string {
  return c.do(id, (node) => node.request('write', { key: 'x', value }));
}

function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

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

describe('compaction', () => {
  /** n1 has executed six slots, of which n3 has heard nothing. */
  function compacted(): Cluster {
    const c = led({ snapshotAfter: 2 });
    for (let value = 1; value <= 6; value++) {
      write(c, value);
      c.pending = c.pending.filter(({ to }) => to !== 'n3');
      c.deliverAll();
    }
    return c;
  }

  it('a snapshot takes the place of votes, which are cut in a later step', () => {
    const { durable, volatile } = compacted().node('n1');
    expect(volatile.executed).toBe(6);
    expect(durable.snapshot?.slot).toBe(6);
    expect(Math.min(...durable.votes.keys())).toBeGreaterThan(4);
  });

  it('who needs what is compacted gets the snapshot', () => {
    const c = compacted();
    heartbeat(c);
    c.deliverAll();
    expect(c.node('n3').volatile.executed).toBe(6);
    expect(c.node('n3').marked('installed-snapshot')).toBe(1);
  });

  it('a promise brings the snapshot to a new leader that lacks it', () => {
    const c = compacted();
    c.crash('n1');
    stand(c, 'n3');
    c.deliverAll();
    const n3 = c.node('n3');
    expect(n3.role()?.name).toBe('leader');
    expect(n3.marked('filled-gap')).toBe(0);
    const ref = c.do('n3', (node) => node.request('read', { key: 'x' }));
    c.deliverAll();
    expect(n3.answerTo(ref)?.value).toBe(6);
    expect(c.end()).toEqual([]);
  });

  it('a restart begins with the snapshot', () => {
    const c = compacted();
    c.crash('n1');
    c.do('n1', (node) => node.restart());
    expect(c.node('n1').volatile.executed).toBe(6);
    expect(c.node('n1').volatile.machine.data.get('x')).toBe(6);
  });
});

describe('Flexible Paxos', () => {
  const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

  it('quorums of the two phases must meet, and need not be majorities', () => {
    for (let n = 1; n <= 7; n++) {
      for (let q1 = 1; q1 <= n; q1++) {
        for (let q2 = 1; q2 <= n; q2++) {
          const problem = quorumProblem({ members: Array.from({ length: n }), options: { q1, q2 } });
          expect(problem === null, `${q1} + ${q2} of ${n}`).toBe(q1 + q2 > n);
        }
      }
    }
    for (const wrong of [0, 6, 2.5]) {
      expect(quorumProblem({ members: FIVE, options: { q1: wrong, q2: 5 } })).toContain('a quorum of');
    }
  });

  it('unsafe quorums are refused at the start', () => {
    const options = { q1: 2, q2: 3 };
    const node = new ScriptedNode(multiPaxos, { members: FIVE, options }).start();
    expect(node.haltedBecause).toBe(
      'unsafe quorums: 2 promises and 3 votes out of 5 nodes need not meet: q1 + q2 must exceed 5',
    );
    expect(node.timers.size).toBe(0);
    const careless = new ScriptedNode(multiPaxos, { members: FIVE, options, bugs: ['accepts-unsafe-quorums'] }).start();
    expect(careless.haltedBecause).toBeNull();
  });

  it('q1 promises make a leader, q2 votes choose', () => {
    const c = cluster({ q1: 4, q2: 2 }, FIVE);
    stand(c, 'n1');
    for (const to of FIVE.slice(0, 3)) c.deliver({ type: 'Phase1a', to }).deliver({ type: 'Phase1b', from: to });
    expect(c.node('n1').role()?.name).toBe('candidate');
    c.deliver({ type: 'Phase1a', to: 'n4' }).deliver({ type: 'Phase1b', from: 'n4' });
    expect(c.node('n1').role()?.name).toBe('leader');
    const ref = write(c, 1);
    c.deliver({ type: 'Phase2a', to: 'n1' }).deliver({ type: 'Phase2b', from: 'n1' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ type: 'Phase2a', to: 'n5' }).deliver({ type: 'Phase2b', from: 'n5' });
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
  });
});

describe('what a fault-free command costs', () => {
  const COMMANDS = 10;

  function run(nodes: number): RunResult {
    return new Simulation({
      protocol: multiPaxos,
      nodes,
      seed: '1',
      until: seconds(4),
      network: { latency: { constant: ms(10) } },
      clocks: { offsetMax: 0, driftPpmMax: 0 },
      nodeOptions: { n1: { electionTimeoutMsMin: 100, electionTimeoutMsMax: 100 } },
      options: { electionTimeoutMsMin: 500, electionTimeoutMsMax: 500 },
      script: Array.from({ length: COMMANDS }, (_, i) => ({
        at: ms(1007 + 200 * i),
        client: 'c1',
        request: 'write',
        args: { key: 'x', value: i },
        target: 'n1',
      })),
      trace: 'events',
    }).run();
  }

  it.each([3, 5, 7])('%i nodes: n − 1 requests for votes and n − 1 votes between nodes, and phase 1 once', (n) => {
    const counts: Record<string, number> = {};
    for (const { kind, name, node, peer } of run(n).trace!.events()) {
      if (kind === 'send' && node !== peer && name!.startsWith('Phase')) counts[name!] = (counts[name!] ?? 0) + 1;
    }
    expect(counts).toEqual({
      Phase1a: n - 1,
      Phase1b: n - 1,
      Phase2a: COMMANDS * (n - 1),
      Phase2b: COMMANDS * (n - 1),
    });
  });

  it('two message delays from the leader’s request to its decision; four from client to client', () => {
    const { history } = run(5);
    const invoked = history.filter(({ type }) => type === 'invoke');
    const answered = history.filter(({ type }) => type === 'ok');
    expect(answered).toHaveLength(COMMANDS);
    for (const [i, { time }] of answered.entries()) expect(time - invoked[i]!.time).toBe(ms(40));
  });
});
