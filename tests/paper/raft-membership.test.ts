import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import type { Configuration, Entry, RaftOptions } from '../../protocols/raft/protocol.js';
import { append, entry, ScriptedNode } from './raft-scripted-node.js';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

function cluster(voters: readonly string[], setup: ConstructorParameters<typeof ScriptedNode>[0] = {}): ScriptedNode {
  const options: Partial<RaftOptions> = { ...setup.options, voters };
  return new ScriptedNode({ members: five, ...setup, options });
}

/** n1 leads these voters, and its no-op is committed. */
function leader(voters: readonly string[], setup: ConstructorParameters<typeof ScriptedNode>[0] = {}): ScriptedNode {
  const node = cluster(voters, setup).start();
  node.fire('election');
  const others = voters.filter((voter) => voter !== node.id);
  for (const from of others) node.receive(from, { type: 'RequestVoteReply', term: 1, voteGranted: true });
  for (const from of others) node.acknowledge(from, 1);
  expect(node.volatile).toMatchObject({ role: 'leader', commitIndex: 1 });
  node.take();
  return node;
}

const configurationEntry = (
  index: number,
  term: number,
  voters: readonly string[],
  oldVoters: readonly string[] | null = null,
): Entry => ({
  index,
  term,
  command: {
    op: 'configuration',
    configuration: {
      voters: voters.map(nodeId),
      oldVoters: oldVoters === null ? null : oldVoters.map(nodeId),
      learners: [],
    },
  },
  session: null,
});

const latest = (node: ScriptedNode): Configuration => node.volatile.configurations.at(-1)!.configuration;
const voteFor = (node: ScriptedNode, from: string): void =>
  node.receive(from, { type: 'RequestVoteReply', term: node.durable.currentTerm, voteGranted: true });

describe('thesis 4.1: configurations are entries of the log', () => {
  it('the latest is in force when it is appended, and the one before when it is truncated', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.receive('n2', { ...append(1, [0, 0]), entries: [entry(1, 1), configurationEntry(2, 1, ['n1', 'n2'])] });
    expect(latest(node).voters).toEqual(['n1', 'n2']);
    expect(node.volatile.commitIndex).toBe(0);
    node.receive('n3', append(2, [1, 1], [2]));
    expect(latest(node).voters).toEqual(['n1', 'n2', 'n3']);
  });

  it('a restart finds it in the log', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.receive('n2', { ...append(1, [0, 0]), entries: [configurationEntry(1, 1, ['n1', 'n2', 'n3', 'n4'])] });
    node.crashAndRestart();
    expect(latest(node).voters).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(node.volatile.others).toEqual(['n2', 'n3', 'n4']);
  });

  it('a snapshot has what was in force at its end, and whoever installs it takes that over', () => {
    const node = leader(['n1', 'n2', 'n3'], { options: { snapshotAfter: 2 } });
    node.request('removeServer', { server: 'n3' });
    node.acknowledge('n2', 2);
    const { snapshot } = node.durable;
    expect(snapshot).toMatchObject({
      lastIncludedIndex: 2,
      configuration: { index: 2, configuration: { voters: ['n1', 'n2'] } },
    });
    const joiner = cluster(['n1', 'n2', 'n3'], { id: 'n4' }).start();
    joiner.receive('n1', { type: 'InstallSnapshot', term: 1, snapshot: snapshot!, round: 0, sentAt: 0 });
    expect(latest(joiner).voters).toEqual(['n1', 'n2']);
    joiner.crashAndRestart();
    expect(latest(joiner).voters).toEqual(['n1', 'n2']);
  });
});

describe('thesis 4.1: one server at a time', () => {
  it('AddServer: the server catches up, the configuration is appended, and its own majority commits it', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const ref = node.request('addServer', { server: 'n4' });
    expect(node.durable.log).toHaveLength(1);
    node.refuse('n4', 1, null);
    node.acknowledge('n4', 1);
    expect(latest(node).voters).toEqual(['n1', 'n2', 'n3', 'n4']);
    node.acknowledge('n2', 2);
    expect(node.replies).toEqual([]);
    // Three of four.
    node.acknowledge('n4', 2);
    expect(node.replies).toEqual([{ ref, result: null }]);
  });

  it('RemoveServer: whoever is removed is not waited for, and hears no more', () => {
    const node = leader(['n1', 'n2', 'n3', 'n4']);
    const ref = node.request('removeServer', { server: 'n4' });
    expect(node.takeAll('AppendEntries').map(({ to }) => to)).toEqual(['n2', 'n3']);
    node.acknowledge('n2', 2);
    expect(node.replies).toEqual([{ ref, result: null }]);
  });

  it('the next change is not appended before this one is committed', () => {
    const node = leader(['n1', 'n2', 'n3', 'n4', 'n5']);
    node.request('removeServer', { server: 'n5' });
    const second = node.request('removeServer', { server: 'n4' });
    expect(node.durable.log).toHaveLength(2);
    node.acknowledge('n2', 2);
    node.acknowledge('n3', 2);
    expect(node.durable.log).toHaveLength(3);
    node.acknowledge('n2', 3);
    expect(node.replies.map(({ ref }) => ref)).toContain(second);
  });

  it('whoever asks for something else meanwhile is refused, and whoever asks for the same is answered with it', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const first = node.request('addServer', { server: 'n4' });
    const other = node.request('addServer', { server: 'n5' });
    const again = node.request('addServer', { server: 'n4' });
    expect(node.failures).toEqual([{ ref: other, reason: 'another change is under way' }]);
    node.acknowledge('n4', 1);
    const late = node.request('addServer', { server: 'n4' });
    node.acknowledge('n2', 2);
    node.acknowledge('n4', 2);
    const done = node.request('addServer', { server: 'n4' });
    expect(node.replies.map(({ ref }) => ref)).toEqual([late, done]);
    expect(node.replies.map(({ ref }) => ref)).not.toContain(first);
    expect(again).not.toBe(late);
  });

  it('the last voter stays, and followers send administrators to the leader', () => {
    const node = leader(['n1']);
    node.request('removeServer', { server: 'n1' });
    expect(node.failures.map(({ reason }) => reason)).toEqual(['no voter would be left']);
    const follower = cluster(['n1', 'n2', 'n3']).start();
    follower.receive('n2', append(1, [0, 0]));
    const ref = follower.request('changeMembers', { voters: ['n2'] });
    expect(follower.redirects).toEqual([{ ref, to: 'n2' }]);
  });

  it('Ongaro 2015: not before an entry of the leader’s own term is committed', () => {
    const appended = (node: ScriptedNode): number => {
      node.with(1, [1, 1]).start().lead();
      node.request('removeServer', { server: 'n5' });
      return node.durable.log.filter(({ command }) => command.op === 'configuration').length;
    };
    const node = cluster(five);
    expect(appended(node)).toBe(0);
    node.acknowledge('n2', 3);
    node.acknowledge('n3', 3);
    expect(latest(node).voters).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(appended(cluster(five, { bug: 'changes-before-own-commit' }))).toBe(1);
  });

  it('a cluster of one grows, and shrinks back to one', () => {
    const node = leader(['n1']);
    node.request('addServer', { server: 'n2' });
    node.acknowledge('n2', 1);
    expect(node.volatile.commitIndex).toBe(1);
    node.acknowledge('n2', 2);
    node.request('removeServer', { server: 'n2' });
    expect(node.volatile).toMatchObject({ commitIndex: 3, others: [], progress: {} });
    expect(node.replies).toHaveLength(2);
  });
});

describe('thesis 4.2.1: new servers catch up', () => {
  it('in rounds, until one is shorter than an election time-out', () => {
    const node = leader(['n1', 'n2', 'n3']);
    node.request('addServer', { server: 'n4' });
    node.request('write', { key: 'x', value: 1 });
    node.now += ms(200);
    node.acknowledge('n4', 1);
    expect(node.durable.log).toHaveLength(2);
    node.now += ms(100);
    node.acknowledge('n4', 2);
    expect(node.marks.find(({ name }) => name === 'caught-up')?.detail).toEqual({ server: 'n4', rounds: 2 });
    expect(latest(node).voters).toContain('n4');
  });

  it('not for ever', () => {
    const node = leader(['n1', 'n2', 'n3'], { options: { catchUpRoundsMax: 2 } });
    const ref = node.request('addServer', { server: 'n4' });
    for (const value of [1, 2]) {
      node.request('write', { key: 'x', value });
      node.now += ms(200);
      node.acknowledge('n4', value);
    }
    expect(node.failures).toEqual([{ ref, reason: 'n4 is too slow to catch up' }]);
    expect(node.volatile).toMatchObject({ change: null, others: ['n2', 'n3'] });
  });

  it('one that does not answer is given up after an election time-out', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const ref = node.request('addServer', { server: 'n4' });
    for (let i = 0; i < 5; i += 1) node.fire('heartbeat');
    expect(node.failures).toEqual([{ ref, reason: 'n4 does not answer' }]);
  });

  it('a learner commits nothing', () => {
    const node = leader(['n1', 'n2', 'n3']);
    node.request('addServer', { server: 'n4' });
    node.request('write', { key: 'x', value: 1 });
    node.now += ms(200);
    node.acknowledge('n4', 2);
    expect(node.volatile.commitIndex).toBe(1);
  });

  it('a leader that steps down before it has appended anything sends the administrator on', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const ref = node.request('addServer', { server: 'n4' });
    node.receive('n2', append(2, [1, 1]));
    expect(node.redirects).toEqual([{ ref, to: null }]);
    expect(node.volatile.others).toEqual(['n2', 'n3']);
  });
});

describe('thesis 4.2.2: removing the leader', () => {
  it('it manages a cluster that it is no part of, does not count itself, and steps down when that is committed', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const ref = node.request('removeServer', { server: 'n1' });
    node.acknowledge('n2', 2);
    // n1 and n2 are two of three in the old configuration; of the new one n2 is one of two.
    expect(node.volatile).toMatchObject({ role: 'leader', commitIndex: 1 });
    node.acknowledge('n3', 2);
    expect(node.replies).toEqual([{ ref, result: null }]);
    expect(node.volatile.role).toBe('follower');
    node.take();
    node.fire('election');
    expect(node.take()).toEqual([]);
  });

  it('whoever its latest configuration has removed stands until that is committed, and does not count its own vote', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.receive('n2', { ...append(1, [0, 0]), entries: [configurationEntry(1, 1, ['n2', 'n3'])] });
    node.take();
    node.fire('election');
    expect(node.takeAll('RequestVote').map(({ to }) => to)).toEqual(['n2', 'n3']);
    voteFor(node, 'n2');
    expect(node.volatile.role).toBe('candidate');
    voteFor(node, 'n3');
    expect(node.volatile.role).toBe('leader');
  });

  it('a server that has not joined yet never stands', () => {
    const node = cluster(['n1', 'n2', 'n3'], { id: 'n4' }).start();
    node.receive('n1', append(1, [0, 0], [1]));
    node.take();
    node.now += ms(1_000);
    node.fire('election');
    expect(node.take()).toEqual([]);
    expect(node.durable.currentTerm).toBe(1);
  });
});

describe('thesis 4.1 and 4.2.3: votes and servers that are no members', () => {
  it('votes are given, and entries taken, whether or not one knows the other as a member', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.receive('n5', { type: 'RequestVote', term: 1, lastLogIndex: 0, lastLogTerm: 0 });
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(true);
    node.receive('n5', append(1, [0, 0], [1]));
    expect(node.takeOne('AppendEntriesReply').success).toBe(true);
  });

  it('votes of others do not count', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.fire('election');
    voteFor(node, 'n4');
    voteFor(node, 'n5');
    expect(node.volatile.role).toBe('candidate');
  });
});

describe('paper, section 6: joint consensus', () => {
  /** C_old,new = {n1 n2 n3} and {n1 n4 n5} is in the log, and nowhere else. */
  function joint(setup: ConstructorParameters<typeof ScriptedNode>[0] = {}): { node: ScriptedNode; ref: string } {
    const node = leader(['n1', 'n2', 'n3'], setup);
    const ref = node.request('changeMembers', { voters: ['n1', 'n4', 'n5'] });
    node.acknowledge('n4', 1);
    expect(node.durable.log).toHaveLength(1);
    node.acknowledge('n5', 1);
    expect(latest(node)).toMatchObject({ voters: ['n1', 'n4', 'n5'], oldVoters: ['n1', 'n2', 'n3'] });
    node.take();
    return { node, ref };
  }

  it('C_old,new needs both majorities; then C_new is appended, and its own majority is enough', () => {
    const { node, ref } = joint();
    node.acknowledge('n4', 2);
    node.acknowledge('n5', 2);
    expect(node.volatile.commitIndex).toBe(1);
    node.acknowledge('n2', 2);
    expect(node.volatile.commitIndex).toBe(2);
    expect(latest(node)).toMatchObject({ voters: ['n1', 'n4', 'n5'], oldVoters: null });
    expect(node.replies).toEqual([]);
    node.acknowledge('n5', 3);
    expect(node.replies).toEqual([{ ref, result: null }]);
    expect(node.volatile.others).toEqual(['n4', 'n5']);
  });

  it('while it is joint, an election needs both majorities too', () => {
    const node = cluster(['n1', 'n2', 'n3']).start();
    node.receive('n2', {
      ...append(1, [0, 0]),
      entries: [configurationEntry(1, 1, ['n1', 'n4', 'n5'], ['n1', 'n2', 'n3'])],
    });
    node.fire('election');
    voteFor(node, 'n4');
    voteFor(node, 'n5');
    expect(node.volatile.role).toBe('candidate');
    voteFor(node, 'n3');
    expect(node.volatile.role).toBe('leader');
  });

  it('a new leader brings to its end what another has begun, once it is committed', () => {
    const joined = (node: ScriptedNode): readonly string[] | null => {
      node.start();
      node.receive('n2', {
        ...append(1, [0, 0]),
        entries: [configurationEntry(1, 1, ['n1', 'n4', 'n5'], ['n1', 'n2', 'n3'])],
      });
      node.fire('election');
      for (const voter of ['n4', 'n3']) voteFor(node, voter);
      return latest(node).oldVoters;
    };
    const node = cluster(['n1', 'n2', 'n3']);
    expect(joined(node)).toEqual(['n1', 'n2', 'n3']);
    node.acknowledge('n4', 2);
    node.acknowledge('n2', 2);
    expect(latest(node)).toMatchObject({ voters: ['n1', 'n4', 'n5'], oldVoters: null });
    expect(joined(cluster(['n1', 'n2', 'n3'], { bug: 'leaves-joint-early' }))).toBeNull();
  });

  it('a change that does not change anything is done', () => {
    const node = leader(['n1', 'n2', 'n3']);
    const ref = node.request('changeMembers', { voters: ['n3', 'n2', 'n1', 'n1'] });
    expect(node.replies).toEqual([{ ref, result: null }]);
    expect(node.durable.log).toHaveLength(1);
  });
});
