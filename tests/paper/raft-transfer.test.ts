import { describe, expect, it } from 'vitest';
import { append, ScriptedNode } from './raft-scripted-node.js';

const three = ['n1', 'n2', 'n3'];

function settledLeader(setup: ConstructorParameters<typeof ScriptedNode>[0] = {}): ScriptedNode {
  const node = new ScriptedNode({ members: three, ...setup }).start().lead();
  node.acknowledge('n2', 1);
  node.take();
  return node;
}

describe('thesis 3.10: leadership transfer', () => {
  it('the leader takes no more updates, brings the target up to date, and tells it to stand', () => {
    const node = settledLeader();
    const ref = node.request('transferLeadership', { to: 'n3' });
    const refused = node.request('write', { key: 'x', value: 1 });
    expect(node.redirects).toEqual([{ ref: refused, to: 'n3' }]);
    expect(node.takeAll('TimeoutNow')).toEqual([]);
    node.acknowledge('n3', 1);
    expect(node.takeAll('TimeoutNow')).toEqual([{ type: 'TimeoutNow', term: 1, to: 'n3' }]);
    node.acknowledge('n3', 1);
    expect(node.takeAll('TimeoutNow')).toEqual([]);
    node.receive('n3', append(2, [1, 1], [2]));
    expect(node.replies).toEqual([{ ref, result: true }]);
  });

  it('the target stands at once, without a pre-vote, and says on whose behalf', () => {
    const node = new ScriptedNode({ members: three, options: { preVote: true, checkQuorum: true } }).start();
    node.receive('n2', append(1, [0, 0], [1]));
    node.take();
    node.receive('n2', { type: 'TimeoutNow', term: 1 });
    expect(node.takeAll('RequestVote')).toMatchObject([
      { term: 2, mayDepose: true },
      { term: 2, mayDepose: true },
    ]);
  });

  it('4.2.3: whoever hears the leader votes all the same, as the leader itself has asked for it', () => {
    const node = new ScriptedNode({ members: three, options: { checkQuorum: true } }).start();
    node.receive('n2', append(1, [0, 0]));
    node.take();
    const request = { type: 'RequestVote', term: 2, lastLogIndex: 0, lastLogTerm: 0 } as const;
    node.receive('n3', request);
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ term: 1, voteGranted: false });
    node.receive('n3', { ...request, mayDepose: true });
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ term: 2, voteGranted: true });
  });

  it('after an election time-out it is given up, and the leader takes updates again', () => {
    const node = settledLeader();
    const ref = node.request('transferLeadership', { to: 'n3' });
    for (let i = 0; i < 4; i += 1) node.fire('heartbeat');
    expect(node.replies).toEqual([{ ref, result: false }]);
    node.request('write', { key: 'x', value: 1 });
    expect(node.durable.log).toHaveLength(2);
  });

  it('when another one leads in the end, or the old leader again, it has failed', () => {
    const node = settledLeader();
    const ref = node.request('transferLeadership', { to: 'n3' });
    node.receive('n2', append(2, [1, 1], [2]));
    expect(node.replies).toEqual([{ ref, result: false }]);
    const again = new ScriptedNode({ members: three }).start().lead();
    const second = again.request('transferLeadership', { to: 'n3' });
    again.receive('n2', { type: 'RequestVote', term: 2, lastLogIndex: 9, lastLogTerm: 1 });
    again.lead();
    expect(again.replies).toEqual([{ ref: second, result: false }]);
  });

  it('to itself it is done; to nobody who votes, or during another one, it is refused', () => {
    const node = settledLeader();
    const itself = node.request('transferLeadership', { to: 'n1' });
    const stranger = node.request('transferLeadership', { to: 'n4' });
    node.request('transferLeadership', { to: 'n2' });
    const second = node.request('transferLeadership', { to: 'n3' });
    expect(node.replies).toEqual([{ ref: itself, result: true }]);
    expect(node.failures.map(({ ref }) => ref)).toEqual([stranger, second]);
  });

  it('an old TimeoutNow, or one to whom is no member, is ignored', () => {
    const node = new ScriptedNode({ members: three }).start();
    node.receive('n2', append(3, [0, 0]));
    node.receive('n2', { type: 'TimeoutNow', term: 2 });
    expect(node.volatile.role).toBe('follower');
    const stranger = new ScriptedNode({ id: 'n4', options: { voters: three } }).start();
    stranger.receive('n2', { type: 'TimeoutNow', term: 2 });
    expect(stranger.volatile.role).toBe('follower');
  });

  it('6.4.1: from then on its lease is worth nothing, as the others may vote against it', () => {
    const node = settledLeader({ options: { readMode: 'lease' } });
    node.now += 1_000;
    node.acknowledge('n2', 1);
    node.request('read', { key: 'x' });
    expect(node.replies).toHaveLength(1);
    node.request('transferLeadership', { to: 'n2' });
    node.request('read', { key: 'x' });
    // Given up after a while: the order to stand may still be on its way.
    for (let i = 0; i < 5; i += 1) node.fire('heartbeat');
    node.acknowledge('n2', 1, 0);
    node.request('read', { key: 'x' });
    expect(node.replies.map(({ result }) => result)).toEqual([null, false]);
    expect(node.volatile.reads).toHaveLength(2);
  });
});
