import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { append, ScriptedNode } from './raft-scripted-node.js';

const three = ['n1', 'n2', 'n3'];

describe('Raft 5.3: the leader', () => {
  it('begins its term with a no-op, and sends it after the last entry that it has', () => {
    const node = new ScriptedNode().with(3, [1, 2, 3]).start().lead();
    expect(node.durable.log.at(-1)).toMatchObject({ index: 4, term: 4, command: { op: 'noop' } });
    const [first] = node.takeAll('AppendEntries');
    expect(first).toMatchObject({ prevLogIndex: 3, prevLogTerm: 3, leaderCommit: 0 });
    expect(first?.entries.map(({ index }) => index)).toEqual([4]);
    expect(node.volatile.progress['n2' as keyof typeof node.volatile.progress]).toMatchObject({
      nextIndex: 5,
      inFlight: [{ first: 4, last: 4 }],
      matchIndex: 0,
    });
  });

  it('answers a client once the entry is on a majority, and not before', () => {
    const node = new ScriptedNode().start().lead();
    const ref = node.request('write', { key: 'x', value: 7 });
    node.acknowledge('n2', 2);
    expect(node.replies).toEqual([]);
    node.acknowledge('n2', 2);
    expect(node.replies).toEqual([]);
    node.acknowledge('n4', 2);
    expect(node.replies).toEqual([{ ref, result: null }]);
    expect(node.volatile).toMatchObject({ commitIndex: 2, lastApplied: 2 });
    expect(node.volatile.machine.data.get('x')).toBe(7);
  });

  it('credits an acknowledgement to who sent it', () => {
    const minorityCommits = (node: ScriptedNode): boolean => {
      node.start().lead();
      node.request('write', { key: 'x', value: 7 });
      // Only n2 can be reached.
      node.acknowledge('n2', 1);
      node.acknowledge('n2', 2);
      node.fire('heartbeat');
      node.acknowledge('n2', 2);
      node.acknowledge('n2', 2);
      return node.replies.length > 0;
    };
    expect(minorityCommits(new ScriptedNode())).toBe(false);
    expect(minorityCommits(new ScriptedNode({ bug: 'credits-wrong-follower' }))).toBe(true);
  });

  it('sends one batch at a time, no longer than allowed, and what came meanwhile with the next', () => {
    const node = new ScriptedNode({ members: three, options: { entriesPerAppendMax: 2 } }).start().lead();
    node.take();
    for (let value = 0; value < 4; value += 1) node.request('write', { key: 'x', value });
    expect(node.take()).toEqual([]);
    node.acknowledge('n2', 1);
    expect(node.takeOne('AppendEntries').entries.map(({ index }) => index)).toEqual([2, 3]);
    node.acknowledge('n2', 3);
    expect(node.takeOne('AppendEntries').entries.map(({ index }) => index)).toEqual([4, 5]);
  });

  describe('thesis 10.2.1', () => {
    const sent = (node: ScriptedNode): (readonly number[])[] =>
      node.takeAll('AppendEntries').map(({ entries }) => entries.map(({ index }) => index));
    const pipelining = (): ScriptedNode => {
      const options = { pipelineMax: 3, entriesPerAppendMax: 1 };
      const node = new ScriptedNode({ members: ['n1', 'n2'], options }).start().lead();
      node.take();
      return node;
    };
    const write = (node: ScriptedNode, count: number): void => {
      for (let value = 0; value < count; value += 1) node.request('write', { key: 'x', value });
    };

    it('pipelining: so many messages at once, as soon as the logs are known to agree', () => {
      const node = pipelining();
      write(node, 5);
      expect(sent(node)).toEqual([]);
      node.acknowledge('n2', 1);
      expect(sent(node)).toEqual([[2], [3], [4]]);
      node.acknowledge('n2', 3);
      expect(sent(node)).toEqual([[5], [6]]);
    });

    it('what is lost is sent again, and all after it', () => {
      const node = pipelining();
      node.acknowledge('n2', 1);
      write(node, 2);
      expect(sent(node)).toEqual([[2], [3]]);
      // Entry 3 overtakes entry 2: refused. And then both are lost.
      node.refuse('n2', 2, null);
      expect(sent(node)).toEqual([[2]]);
      node.fire('heartbeat');
      expect(node.takeOne('AppendEntries')).toMatchObject({ prevLogIndex: 1, entries: [] });
      node.acknowledge('n2', 1);
      expect(sent(node)).toEqual([[2], [3]]);
    });

    it('each refusal is answered with one message, so that they do not multiply', () => {
      const node = pipelining();
      node.acknowledge('n2', 1);
      write(node, 5);
      expect(sent(node)).toEqual([[2], [3], [4]]);
      // Entry 2 is late: 3 and 4 are refused.
      node.refuse('n2', 2, null);
      node.refuse('n2', 2, null);
      expect(sent(node)).toEqual([[2], [2]]);
      node.acknowledge('n2', 2);
      expect(sent(node)).toEqual([[3], [4], [5]]);
    });

    it('batching: entries wait a moment for one another', () => {
      const node = new ScriptedNode({ members: ['n1', 'n2'], options: { batchMs: 5 } }).start().lead();
      node.acknowledge('n2', 1);
      node.take();
      write(node, 3);
      expect(sent(node)).toEqual([]);
      node.fire('batch');
      expect(sent(node)).toEqual([[2, 3, 4]]);
      write(node, 1);
      node.acknowledge('n2', 4);
      expect(sent(node)).toEqual([[5]]);
    });
  });

  it('sends again what stays unanswered', () => {
    const node = new ScriptedNode({ members: three }).start().lead();
    node.take();
    node.fire('heartbeat');
    expect(node.takeAll('AppendEntries').map(({ entries }) => entries.length)).toEqual([0, 0]);
    // The heartbeat was answered, the no-op before it was not.
    node.acknowledge('n2', 0);
    expect(node.takeOne('AppendEntries').entries.map(({ index }) => index)).toEqual([1]);
  });

  it('heartbeats carry the commit index and no entries', () => {
    const node = new ScriptedNode({ members: three }).start().lead();
    node.acknowledge('n2', 1);
    node.take();
    node.fire('heartbeat');
    expect(node.takeAll('AppendEntries')).toMatchObject([
      { to: 'n2', prevLogIndex: 1, leaderCommit: 1, entries: [] },
      { to: 'n3', prevLogIndex: 0, leaderCommit: 1, entries: [] },
    ]);
  });

  it('heartbeats are for idle periods: who was written to is next due an interval after that', () => {
    const node = new ScriptedNode({ members: three, options: { heartbeatMs: 75 } }).start().lead();
    node.acknowledge('n2', 1);
    node.take();
    const began = node.now;
    // n2 gets an entry, n3 still owes an answer to the no-op.
    node.now = began + ms(30);
    node.request('write', { key: 'x', value: 1 });
    expect(node.take().map(({ to }) => to)).toEqual(['n2']);
    node.fire('heartbeat');
    expect(node.now).toBe(began + ms(75));
    expect(node.takeAll('AppendEntries')).toMatchObject([{ to: 'n3', entries: [] }]);
    node.fire('heartbeat');
    expect(node.now).toBe(began + ms(105));
    expect(node.takeAll('AppendEntries')).toMatchObject([{ to: 'n2', entries: [] }]);
  });

  it('goes back one term per refusal: to where the follower’s term begins', () => {
    const node = new ScriptedNode({ members: three }).with(6, [1, 1, 4, 4, 5, 5, 6, 6]).start().lead();
    node.take();
    node.refuse('n2', 4, 2);
    expect(node.takeOne('AppendEntries')).toMatchObject({ prevLogIndex: 3, prevLogTerm: 4 });
  });

  it('… or to the end of that term in its own log, where it has it', () => {
    const node = new ScriptedNode({ members: three }).with(6, [1, 4, 4, 5]).start().lead();
    node.take();
    node.refuse('n2', 2, 4);
    expect(node.takeOne('AppendEntries')).toMatchObject({ prevLogIndex: 3, prevLogTerm: 4 });
    node.refuse('n3', 1, null);
    expect(node.takeOne('AppendEntries')).toMatchObject({ prevLogIndex: 0, prevLogTerm: 0 });
  });

  it('late refusals do not undo what is known to match', () => {
    const node = new ScriptedNode({ members: three }).with(1, [1, 1, 1]).start().lead();
    node.acknowledge('n2', 4);
    node.take();
    node.refuse('n2', 2, null);
    expect(node.take()).toEqual([]);
    expect(Object.values(node.volatile.progress)[0]).toMatchObject({ nextIndex: 5, matchIndex: 4 });
  });
});

describe('Raft 5.3: the follower', () => {
  it('refuses what does not follow on its log, and says where that ends or where the conflict begins', () => {
    const node = new ScriptedNode().with(5, [1, 2, 2, 2]).start();
    node.receive('n2', append(5, [7, 5], [5]));
    expect(node.takeOne('AppendEntriesReply')).toMatchObject({ success: false, conflictIndex: 5, conflictTerm: null });
    node.receive('n2', append(5, [4, 4], [5]));
    expect(node.takeOne('AppendEntriesReply')).toMatchObject({ success: false, conflictIndex: 2, conflictTerm: 2 });
    expect(node.terms()).toEqual([1, 2, 2, 2]);
  });

  // Figure 7: the leader of term 8 has this log; followers (a) to (f) come to agree with it.
  const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  it.each([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('Figure 7 (%s): the follower’s log becomes the leader’s', (_, followerLog) => {
    const leader = new ScriptedNode({ members: three }).with(7, leaderLog).start().lead();
    const follower = new ScriptedNode({ id: 'n2', members: three }).with(7, followerLog).start();
    let exchanges = 0;
    for (;;) {
      const request = leader.take().find(({ to }) => to === 'n2');
      if (request === undefined) break;
      follower.receive('n1', request.message);
      leader.receive('n2', follower.take()[0]!.message);
      exchanges += 1;
      expect(exchanges).toBeLessThan(6);
    }
    expect(follower.durable.log).toEqual(leader.durable.log);
    expect(follower.terms()).toEqual([...leaderLog, 8]);
  });

  it('keeps what an older message does not mention', () => {
    const cut = (node: ScriptedNode): number[] => {
      node.start();
      node.receive('n2', append(1, [0, 0], [1, 1, 1]));
      node.receive('n2', append(1, [0, 0], [1]));
      node.receive('n2', append(1, [0, 0]));
      return node.terms();
    };
    const node = new ScriptedNode();
    expect(cut(node)).toEqual([1, 1, 1]);
    expect(node.takeAll('AppendEntriesReply').map(({ matchIndex }) => matchIndex)).toEqual([3, 1, 0]);
    expect(cut(new ScriptedNode({ bug: 'truncates-unconditionally' }))).toEqual([]);
  });

  it('deletes a conflicting entry and all that follow it', () => {
    const node = new ScriptedNode().with(3, [1, 2, 2, 2]).start();
    node.receive('n2', append(3, [1, 1], [3]));
    expect(node.terms()).toEqual([1, 3]);
    expect(node.marked('truncated-log')).toBe(1);
  });

  it('commits no further than the message proves', () => {
    const commits = (node: ScriptedNode): number => {
      node
        .with(2, [1, 1, 2, 2])
        .start()
        .receive('n2', append(3, [2, 1], [], 4));
      return node.volatile.commitIndex;
    };
    expect(commits(new ScriptedNode())).toBe(2);
    expect(commits(new ScriptedNode({ bug: 'commits-past-new-entries' }))).toBe(4);
  });

  it('applies in order, and never goes back', () => {
    const node = new ScriptedNode().start();
    node.receive('n2', append(1, [0, 0], [1, 1, 1], 2));
    expect(node.volatile).toMatchObject({ commitIndex: 2, lastApplied: 2 });
    expect(node.volatile.machine.data.get('x')).toBe(2);
    node.receive('n2', append(1, [0, 0], [1], 1));
    expect(node.volatile).toMatchObject({ commitIndex: 2, lastApplied: 2 });
  });
});

describe('Raft 5.4.2: committing entries of earlier terms', () => {
  it('an entry of an earlier term is not committed by counting: Figure 8 (c)', () => {
    const node = new ScriptedNode().with(3, [1, 2]).start().lead();
    node.acknowledge('n2', 2);
    node.acknowledge('n3', 2);
    expect(node.volatile.commitIndex).toBe(0);
    expect(node.marked('commit-blocked-by-old-term')).toBe(1);
    const wrong = new ScriptedNode({ bug: 'commits-old-term-entries' }).with(3, [1, 2]).start().lead();
    wrong.acknowledge('n2', 2);
    wrong.acknowledge('n3', 2);
    expect(wrong.volatile.commitIndex).toBe(2);
  });

  it('it is committed with the first own entry that follows it: Figure 8 (e)', () => {
    const node = new ScriptedNode().with(3, [1, 2]).start().lead();
    node.acknowledge('n2', 3);
    node.acknowledge('n3', 3);
    expect(node.volatile).toMatchObject({ commitIndex: 3, lastApplied: 3 });
  });
});

describe('Raft 5.5 and 5.6: crashes and timing', () => {
  it('after a restart a server has its log, and applies it again as the leader commits', () => {
    const node = new ScriptedNode().start();
    node.receive('n2', append(1, [0, 0], [1, 1], 2));
    node.crashAndRestart();
    expect(node.volatile).toMatchObject({ commitIndex: 0, lastApplied: 0, role: 'follower' });
    node.receive('n2', append(1, [2, 1], [], 2));
    expect(node.volatile.lastApplied).toBe(2);
    expect(node.volatile.machine.data.get('x')).toBe(2);
  });

  it('heartbeats come more often than the shortest time-out', () => {
    const { options } = new ScriptedNode();
    expect(ms(options.heartbeatMs)).toBeLessThan(ms(options.electionTimeoutMsMin));
  });
});

describe('a damaged disk', () => {
  it('a torn tail was never acknowledged and is dropped', () => {
    const node = new ScriptedNode().with(1, [1, 1, 0]).start('restart', [{ field: 'log', index: 2, kind: 'torn' }]);
    expect(node.halted).toBeNull();
    expect(node.terms()).toEqual([1, 1]);
  });

  it.each([
    { field: 'log', index: 1, kind: 'corrupt' },
    { field: 'log', index: 0, kind: 'unreadable' },
    { field: 'votedFor', kind: 'corrupt' },
    { field: 'currentTerm', kind: 'torn' },
    { field: 'snapshot', kind: 'misdirected' },
  ] as const)('$field $kind: the node stays down', (damage) => {
    const node = new ScriptedNode().with(1, [1, 1]).start('restart', [damage]);
    expect(node.halted).toContain(damage.kind);
    expect(node.timers.size).toBe(0);
  });

  it('of a torn step, the vote without its term: the term follows from the vote', () => {
    const node = new ScriptedNode();
    node.durable.currentTerm = 3;
    node.durable.votedFor = { term: 4, candidate: node.id };
    node.start('restart');
    expect(node.durable.currentTerm).toBe(4);
  });

  it('of a torn step, the term without its vote: the vote of the term before does not bind', () => {
    const node = new ScriptedNode();
    node.durable.currentTerm = 4;
    node.durable.votedFor = { term: 3, candidate: 'n2' as typeof node.id };
    node.start('restart').receive('n3', { type: 'RequestVote', term: 4, lastLogIndex: 0, lastLogTerm: 0 });
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(true);
  });
});
