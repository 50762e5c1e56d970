import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import { append, entries, ScriptedNode } from './raft-scripted-node.js';

const three = ['n1', 'n2', 'n3'];

/** A leader whose no-op is committed. */
function settledLeader(setup: ConstructorParameters<typeof ScriptedNode>[0] = {}): ScriptedNode {
  const node = new ScriptedNode({ members: three, ...setup }).start().lead();
  node.acknowledge('n2', 1);
  node.take();
  return node;
}

describe('Raft 8: clients', () => {
  it('followers send clients to the leader they know', () => {
    const node = new ScriptedNode().start();
    const first = node.request('write', { key: 'x', value: 1 });
    node.receive('n3', append(1, [0, 0]));
    const second = node.request('read', { key: 'x' });
    expect(node.redirects).toEqual([
      { ref: first, to: null },
      { ref: second, to: 'n3' },
    ]);
  });

  it('compare and set, append and read work as their names say', () => {
    const node = new ScriptedNode({ members: ['n1'] }).start();
    node.fire('election');
    node.request('cas', { key: 'x', from: null, to: 1 });
    node.request('cas', { key: 'x', from: null, to: 2 });
    node.request('append', { key: 'l', value: 3 });
    node.request('append', { key: 'l', value: 4 });
    node.request('read', { key: 'x' });
    node.request('read', { key: 'l' });
    node.request('read', { key: 'never' });
    expect(node.replies.map(({ result }) => result)).toEqual([true, false, null, null, 1, [3, 4], null]);
  });

  it('thesis 6.3: a retried command takes effect once and gets the first answer', () => {
    const node = new ScriptedNode({ members: ['n1'] }).start();
    node.fire('election');
    const session = { client: 'c1', sequence: 1 };
    node.request('cas', { key: 'x', from: null, to: 1 }, session);
    node.request('cas', { key: 'x', from: null, to: 1 }, session);
    node.request('append', { key: 'l', value: 1 }, { client: 'c1', sequence: 2 });
    node.request('append', { key: 'l', value: 1 }, { client: 'c1', sequence: 2 });
    node.request('cas', { key: 'x', from: 1, to: 9 }, session);
    node.request('read', { key: 'l' });
    expect(node.replies.map(({ result }) => result)).toEqual([true, true, null, null, [1]]);
    expect(node.volatile.machine.data.get('x')).toBe(1);
    expect(node.marked('retried-session-request')).toBe(3);
  });

  it('the longest silent session is forgotten above the limit', () => {
    const node = new ScriptedNode({ members: ['n1'], options: { sessionsMax: 2 } }).start();
    node.fire('election');
    for (const client of ['a', 'b', 'a', 'c']) {
      node.request('append', { key: 'l', value: 1 }, { client, sequence: node.durable.log.length });
    }
    expect([...node.volatile.machine.sessions.keys()].sort()).toEqual(['a', 'c']);
  });

  it('an entry that another replaced never takes effect: its client may ask elsewhere', () => {
    const node = settledLeader();
    const ref = node.request('write', { key: 'x', value: 1 });
    node.receive('n3', append(2, [1, 1], [2], 2));
    expect(node.redirects).toEqual([{ ref, to: 'n3' }]);
    expect(node.replies).toEqual([]);
  });

  it('an entry that a later leader commits is answered, though its node leads no more', () => {
    const node = settledLeader();
    const ref = node.request('write', { key: 'x', value: 1 });
    node.receive('n3', append(2, [2, 1], [2], 3));
    expect(node.replies).toEqual([{ ref, result: null }]);
  });

  it('a leader with too much uncommitted takes no more', () => {
    const node = settledLeader({ options: { pendingMax: 3 } });
    for (let value = 0; value < 5; value += 1) node.request('write', { key: 'x', value });
    expect(node.failures).toHaveLength(2);
    expect(node.durable.log).toHaveLength(4);
    for (let i = 0; i < 5; i += 1) node.request('read', { key: 'x' });
    expect(node.failures).toHaveLength(4);
  });
});

describe('thesis 6.4: reads without the log', () => {
  it('a read is served after a round of heartbeats that began when it came', () => {
    const node = settledLeader();
    const ref = node.request('read', { key: 'x' });
    const rounds = node.takeAll('AppendEntries').map(({ round }) => round);
    expect(rounds).toEqual([1, 1]);
    node.acknowledge('n2', 1, 0);
    expect(node.replies).toEqual([]);
    node.acknowledge('n2', 1, 1);
    expect(node.replies).toEqual([{ ref, result: null }]);
    expect(node.marked('read-index-served')).toBe(1);
  });

  it('reads that come while a round is under way share the next one', () => {
    const node = settledLeader();
    const first = node.request('read', { key: 'x' });
    const late = [node.request('read', { key: 'x' }), node.request('read', { key: 'x' })];
    expect(node.takeAll('AppendEntries').map(({ round }) => round)).toEqual([1, 1]);
    node.acknowledge('n2', 1, 1);
    expect(node.replies).toEqual([{ ref: first, result: null }]);
    expect(node.takeAll('AppendEntries').map(({ round }) => round)).toEqual([2, 2]);
    // What answers the round before says nothing about them.
    node.acknowledge('n3', 1, 1);
    expect(node.replies).toHaveLength(1);
    node.acknowledge('n3', 1, 2);
    expect(node.replies.slice(1)).toEqual(late.map((ref) => ({ ref, result: null })));
  });

  it('a round that is lost does not hold up who waits for the next: the next heartbeats are asked in its place', () => {
    const node = settledLeader();
    node.request('read', { key: 'x' });
    const late = node.request('read', { key: 'x' });
    node.takeAll('AppendEntries');
    node.fire('heartbeat');
    expect(node.takeAll('AppendEntries').map(({ round }) => round)).toEqual([1, 1]);
    node.acknowledge('n2', 1, 1);
    expect(node.takeAll('AppendEntries').map(({ round }) => round)).toEqual([2, 2]);
    node.acknowledge('n3', 1, 2);
    expect(node.replies.map(({ ref }) => ref)).toContain(late);
    expect(node.replies).toHaveLength(2);
  });

  it('a new leader serves none before an entry of its own term is committed', () => {
    const served = (node: ScriptedNode): number => {
      node.with(1, [1]).start().lead();
      node.request('read', { key: 'x' });
      node.acknowledge('n2', 1, 1);
      return node.replies.length;
    };
    const node = new ScriptedNode({ members: three });
    expect(served(node)).toBe(0);
    node.acknowledge('n2', 2, 1);
    expect(node.replies).toEqual([{ ref: 'r1', result: 1 }]);
    expect(served(new ScriptedNode({ members: three, bug: 'reads-before-own-term-commit' }))).toBe(1);
  });

  it('a refusal confirms leadership as well as a success does', () => {
    const node = settledLeader();
    node.request('read', { key: 'x' });
    node.refuse('n3', 1, null);
    expect(node.replies).toHaveLength(1);
  });

  it('reads of a leader that steps down are sent elsewhere', () => {
    const node = settledLeader();
    const ref = node.request('read', { key: 'x' });
    node.receive('n3', append(2, [1, 1]));
    expect(node.redirects).toEqual([{ ref, to: null }]);
    node.acknowledge('n2', 1, 1);
    expect(node.replies).toEqual([]);
  });

  it('planted bug and read mode that skip the round answer at once', () => {
    const wrong = settledLeader({ bug: 'reads-local' });
    wrong.request('read', { key: 'x' });
    expect(wrong.replies).toHaveLength(1);
    const local = new ScriptedNode({ options: { readMode: 'local' } }).start();
    local.request('read', { key: 'x' });
    expect(local.replies).toHaveLength(1);
  });
});

describe('thesis 6.4.1: the leader’s lease', () => {
  const options = { readMode: 'lease', leaseDriftMax: 0.25 } as const;
  // 150 ms · (1 − 0.25) / (1 + 0.25)
  const lease = ms(90);

  it('lasts from when the answered heartbeat was sent, shortened by what clocks may drift', () => {
    const node = settledLeader({ options });
    const sentAt = node.now;
    node.now += ms(20);
    node.acknowledge('n3', 1, 0, sentAt);
    node.now = sentAt + lease - 1;
    node.request('read', { key: 'x' });
    expect(node.marked('lease-read-served')).toBe(1);
    node.now += 1;
    node.request('read', { key: 'x' });
    expect(node.marked('lease-read-served')).toBe(1);
    expect(node.volatile.reads).toHaveLength(1);
  });

  it('is worth nothing before an own entry is committed', () => {
    const node = new ScriptedNode({ members: three, options }).with(1, [1]).start().lead();
    node.acknowledge('n2', 1);
    node.request('read', { key: 'x' });
    expect(node.replies).toEqual([]);
  });

  it('followers keep it: no vote until it has run out, also after a restart', () => {
    const node = new ScriptedNode({ members: three, options }).start();
    node.receive('n2', append(1, [0, 0]));
    node.crashAndRestart();
    const ask = { type: 'RequestVote', term: 2, lastLogIndex: 0, lastLogTerm: 0 } as const;
    node.receive('n3', ask);
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(false);
    node.now += ms(150);
    node.receive('n3', ask);
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(true);
  });
});

describe('Raft 7: log compaction', () => {
  const options = { snapshotAfter: 3 };

  function compacted(): ScriptedNode {
    const node = new ScriptedNode({ members: ['n1'], options }).start();
    node.fire('election');
    for (let value = 1; value <= 4; value += 1) {
      node.request('append', { key: 'l', value }, { client: 'c1', sequence: value });
    }
    return node;
  }

  it('the state takes the place of the entries that led to it; what it covers is cut in a later step', () => {
    const node = compacted();
    expect(node.durable.snapshot).toMatchObject({ lastIncludedIndex: 3, lastIncludedTerm: 1 });
    expect(node.durable.snapshot?.machine.data.get('l')).toEqual([1, 2]);
    expect(node.durable.log.map(({ index }) => index)).toEqual([4, 5]);
    expect(node.marked('compacted-log')).toBe(1);
  });

  it('after a restart the state machine begins with the snapshot, sessions included', () => {
    const node = compacted();
    node.crashAndRestart();
    expect(node.volatile).toMatchObject({ lastApplied: 3, commitIndex: 3 });
    expect(node.volatile.machine.data.get('l')).toEqual([1, 2]);
    expect(node.volatile.machine.sessions.get('c1')).toMatchObject({ sequence: 2 });
    node.volatile.machine.data.set('l', 'changed');
    expect(node.durable.snapshot?.machine.data.get('l')).toEqual([1, 2]);
  });

  it('a follower that lacks what was cut gets the snapshot, and then the entries that follow it', () => {
    const leader = new ScriptedNode({ members: three, options }).start().lead();
    for (let value = 1; value <= 4; value += 1) leader.request('append', { key: 'l', value });
    leader.acknowledge('n2', 5);
    leader.request('append', { key: 'l', value: 5 });
    leader.take();
    const follower = new ScriptedNode({ id: 'n3', members: three }).start();
    leader.fire('heartbeat');
    const types: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const request = leader.take().find(({ to }) => to === 'n3');
      if (request === undefined) break;
      types.push(request.message.type);
      follower.receive('n1', request.message);
      leader.receive('n3', follower.take()[0]!.message);
    }
    expect(types).toEqual(['AppendEntries', 'InstallSnapshot', 'AppendEntries']);
    expect(follower.volatile.machine.data.get('l')).toEqual([1, 2, 3, 4]);
    expect(follower.durable.snapshot?.lastIncludedIndex).toBe(5);
    expect(follower.durable.log.map(({ index }) => index)).toEqual([6]);
    expect(follower.marked('installed-snapshot')).toBe(1);
  });

  const snapshot = (lastIncludedIndex: number, lastIncludedTerm: number) =>
    ({
      type: 'InstallSnapshot',
      term: 4,
      snapshot: {
        lastIncludedIndex,
        lastIncludedTerm,
        configuration: {
          index: 0,
          configuration: { voters: ['n1', 'n2', 'n3'].map(nodeId), oldVoters: null, learners: [] },
        },
        machine: { data: new Map([['x', 3]]), sessions: new Map() },
      },
      round: 0,
      sentAt: 0,
    }) as const;

  it('Figure 13, 6: entries after a matching last entry are kept', () => {
    const node = new ScriptedNode().with(3, [1, 1, 2, 3, 3]).start();
    node.receive('n2', snapshot(3, 2));
    expect(node.volatile).toMatchObject({ lastApplied: 3, commitIndex: 3 });
    node.receive('n2', append(4, [5, 3], [4]));
    expect(node.durable.log.map(({ index }) => index)).toEqual([4, 5, 6]);
  });

  it('Figure 13, 7: a log with another entry there is discarded', () => {
    const node = new ScriptedNode().with(3, [1, 1, 3, 3]).start();
    node.receive('n2', snapshot(3, 2));
    node.receive('n2', append(4, [3, 2], [4]));
    expect(node.durable.log).toEqual(entries(4, [4]));
    expect(node.volatile.machine.data.get('x')).toBe(3);
  });

  it('a log that ends before the snapshot is replaced, and stays on the disk until the snapshot is there', () => {
    const node = new ScriptedNode().with(1, [1, 1]).start();
    node.receive('n2', snapshot(9, 2));
    expect(node.durable.log).toHaveLength(2);
    expect(node.takeOne('InstallSnapshotReply')).toMatchObject({ lastIncludedIndex: 9, term: 4 });
    node.crashAndRestart();
    expect(node.durable.log).toEqual([]);
    node.receive('n2', append(4, [9, 2], [4]));
    expect(node.durable.log.map(({ index }) => index)).toEqual([10]);
  });

  it('a snapshot of what is applied already changes nothing', () => {
    const node = new ScriptedNode().start();
    node.receive('n2', append(4, [0, 0], [1, 1, 2, 3], 4));
    node.take();
    node.receive('n2', snapshot(3, 2));
    expect(node.durable.snapshot).toBeNull();
    expect(node.volatile.lastApplied).toBe(4);
    expect(node.takeOne('InstallSnapshotReply').lastIncludedIndex).toBe(3);
  });

  it('a snapshot of an older term is refused', () => {
    const node = new ScriptedNode().with(5, [1]).start();
    node.receive('n2', snapshot(9, 2));
    expect(node.durable.snapshot).toBeNull();
    expect(node.takeOne('InstallSnapshotReply').term).toBe(5);
  });
});
