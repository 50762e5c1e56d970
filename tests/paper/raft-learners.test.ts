import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import type { RaftBug } from '../../protocols/raft/bugs.js';
import type { Configuration } from '../../protocols/raft/protocol.js';
import { append, ScriptedNode } from './raft-scripted-node.js';

const members = ['n1', 'n2', 'n3', 'n4', 'n5'];
const voters = ['n1', 'n2', 'n3'];
const latest = (node: ScriptedNode): Configuration => node.volatile.configurations.at(-1)!.configuration;
const voteFor = (node: ScriptedNode, from: string): void =>
  node.receive(from, { type: 'RequestVoteReply', term: node.durable.currentTerm, voteGranted: true });

/** n1 leads n2 and n3, and n4 is a learner: its configuration is entry 2, and is committed. */
function leader(setup: { bug?: RaftBug; snapshotAfter?: number } = {}): ScriptedNode {
  const { bug, snapshotAfter = 200 } = setup;
  const node = new ScriptedNode({ members, options: { voters, snapshotAfter }, ...(bug && { bug }) }).start();
  node.fire('election');
  voteFor(node, 'n2');
  for (const from of ['n2', 'n3']) node.acknowledge(from, 1);
  node.request('addLearner', { server: 'n4' });
  node.acknowledge('n2', 2);
  expect(node.volatile).toMatchObject({ role: 'leader', commitIndex: 2 });
  node.take();
  return node;
}

describe('thesis 4.2.1: non-voting members', () => {
  it('AddServer’s first half alone: appended at once, and committed by the voters', () => {
    const node = new ScriptedNode({ members, options: { voters } }).start();
    node.fire('election');
    voteFor(node, 'n2');
    node.acknowledge('n2', 1);
    const ref = node.request('addLearner', { server: 'n4' });
    expect(latest(node)).toEqual({ voters, oldVoters: null, learners: ['n4'] });
    node.acknowledge('n4', 2);
    expect(node.replies).toEqual([]);
    node.acknowledge('n2', 2);
    expect(node.replies).toEqual([{ ref, result: null }]);
  });

  it('a learner is sent entries and heartbeats like anybody', () => {
    const node = leader();
    // Sent what it lacks as soon as it is heard of, as it has no log yet.
    node.refuse('n4', 1, null);
    expect(node.takeAll('AppendEntries').map(({ to, entries }) => [to, entries.length])).toEqual([['n4', 2]]);
    node.fire('heartbeat');
    expect(node.takeAll('AppendEntries').map(({ to }) => to)).toEqual(['n2', 'n3', 'n4']);
  });

  it('and counts in no majority', () => {
    const committed = (bug?: RaftBug): number => {
      const node = leader(bug && { bug });
      node.request('write', { key: 'x', value: 1 });
      node.acknowledge('n4', 3);
      return node.volatile.commitIndex;
    };
    expect(committed()).toBe(2);
    expect(committed('counts-learners')).toBe(3);
  });

  it('is not asked for its vote, and what it says does not elect', () => {
    const node = leader();
    node.receive('n2', append(5, [2, 1]));
    node.fire('election');
    expect(node.takeAll('RequestVote').map(({ to }) => to)).toEqual(['n2', 'n3']);
    voteFor(node, 'n4');
    expect(node.volatile.role).toBe('candidate');
    voteFor(node, 'n3');
    expect(node.volatile.role).toBe('leader');
  });

  it('never stands for election, but votes where it is asked: it may be a voter by now and not know', () => {
    const other = leader();
    other.refuse('n4', 1, null);
    const { entries } = other.takeOne('AppendEntries');
    const node = new ScriptedNode({ id: 'n4', members, options: { voters } }).start();
    node.receive('n1', { ...append(1, [0, 0]), entries });
    expect(latest(node).learners).toEqual(['n4']);
    node.fire('election');
    expect(node.volatile.role).toBe('follower');
    node.take();
    node.receive('n2', { type: 'RequestVote', term: 2, lastLogIndex: 3, lastLogTerm: 1 });
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ voteGranted: true });
  });

  it('AddServer makes it a voter: at once where it has caught up already', () => {
    const node = leader();
    node.acknowledge('n4', 2);
    const ref = node.request('addServer', { server: 'n4' });
    expect(latest(node)).toEqual({ voters: [...voters, 'n4'], oldVoters: null, learners: [] });
    node.acknowledge('n2', 3);
    expect(node.replies.map((reply) => reply.ref)).not.toContain(ref);
    node.acknowledge('n4', 3);
    expect(node.replies).toContainEqual({ ref, result: null });
  });

  it('… and waits for one that has not', () => {
    const node = leader();
    node.request('addServer', { server: 'n4' });
    expect(latest(node).learners).toEqual(['n4']);
    node.acknowledge('n4', 2);
    expect(latest(node).learners).toEqual([]);
  });

  it('RemoveServer sends it nothing any more', () => {
    const node = leader();
    node.request('removeServer', { server: 'n4' });
    expect(latest(node)).toEqual({ voters, oldVoters: null, learners: [] });
    node.take();
    node.fire('heartbeat');
    expect(node.takeAll('AppendEntries').map(({ to }) => to)).toEqual(['n2', 'n3']);
  });

  it('a voter is not made a learner, and a server that is one already stays it', () => {
    const node = leader();
    const voter = node.request('addLearner', { server: 'n2' });
    expect(node.failures).toEqual([{ ref: voter, reason: 'n2 is a voter' }]);
    const again = node.request('addLearner', { server: 'n4' });
    expect(node.replies).toContainEqual({ ref: again, result: null });
    expect(node.durable.log).toHaveLength(2);
  });

  it('a joint change keeps the learners, but for those that get a vote', () => {
    const node = leader();
    node.request('addLearner', { server: 'n5' });
    node.acknowledge('n2', 3);
    node.acknowledge('n4', 3);
    node.request('changeMembers', { voters: ['n1', 'n2', 'n4'] });
    expect(latest(node)).toEqual({ voters: ['n1', 'n2', 'n4'], oldVoters: voters, learners: ['n5'] });
    node.acknowledge('n2', 4);
    node.acknowledge('n3', 4);
    expect(latest(node)).toEqual({ voters: ['n1', 'n2', 'n4'], oldVoters: null, learners: ['n5'] });
  });

  it('a snapshot names them', () => {
    const node = leader({ snapshotAfter: 2 });
    expect(node.durable.snapshot?.configuration.configuration.learners).toEqual([nodeId('n4')]);
  });
});
