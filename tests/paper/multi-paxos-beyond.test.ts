import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { multiPaxos, quorumProblem } from '../../protocols/multi-paxos/protocol.js';
import { ScriptedNode } from './scripted-cluster.js';
import { type Cluster, cluster, heartbeat, led, stand, write } from './multi-paxos-cluster.js';

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
