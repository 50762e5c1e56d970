import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { append, ScriptedNode } from './raft-scripted-node.js';

const asks = (term: number, lastLogIndex: number, lastLogTerm: number) =>
  ({ type: 'RequestVote', term, lastLogIndex, lastLogTerm }) as const;
const votes = (term: number, voteGranted = true) => ({ type: 'RequestVoteReply', term, voteGranted }) as const;

describe('Raft 5.1: terms', () => {
  it('a server that sees a higher term adopts it and follows', () => {
    for (const role of ['candidate', 'leader'] as const) {
      const node = new ScriptedNode().start();
      if (role === 'leader') node.lead();
      else node.fire('election');
      expect(node.volatile.role).toBe(role);
      node.receive('n4', votes(7, false));
      expect(node.volatile.role).toBe('follower');
      expect(node.durable.currentTerm).toBe(7);
      expect(node.marked('stepped-down')).toBe(1);
    }
  });

  it('a request of an older term is refused with the current term', () => {
    const node = new ScriptedNode().with(4, []).start();
    node.receive('n2', asks(3, 9, 3));
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ to: 'n2', term: 4, voteGranted: false });
    node.receive('n2', append(3, [0, 0]));
    expect(node.takeOne('AppendEntriesReply')).toMatchObject({ term: 4, success: false });
    expect(node.volatile.leader).toBeNull();
  });

  it('a reply of an older term counts for nothing', () => {
    const node = new ScriptedNode({ members: ['n1', 'n2', 'n3'] }).with(2, []).start();
    node.fire('election');
    node.receive('n2', votes(2));
    expect(node.volatile.role).toBe('candidate');
    node.receive('n2', votes(3));
    expect(node.volatile.role).toBe('leader');
  });
});

describe('Raft 5.2: leader election', () => {
  it('servers start as followers and wait for a time-out drawn from the range', () => {
    const node = new ScriptedNode().start();
    expect(node.volatile.role).toBe('follower');
    expect(node.timers.get('election')).toBe(ms(150));
    expect(node.sent).toEqual([]);
  });

  it('a follower that hears nothing raises its term, votes for itself and asks everybody', () => {
    const node = new ScriptedNode().with(2, [1, 2, 2]).start();
    node.fire('election');
    expect(node.durable).toMatchObject({ currentTerm: 3, votedFor: { term: 3, candidate: 'n1' } });
    expect(node.volatile.role).toBe('candidate');
    const sent = node.takeAll('RequestVote');
    expect(sent.map(({ to }) => to)).toEqual(['n2', 'n3', 'n4', 'n5']);
    expect(sent[0]).toMatchObject({ term: 3, lastLogIndex: 3, lastLogTerm: 2 });
    expect(node.timers.has('election')).toBe(true);
  });

  it('heartbeats put the time-out off', () => {
    const node = new ScriptedNode().start();
    node.receive('n2', append(1, [0, 0]));
    node.now = ms(140);
    node.receive('n2', append(1, [0, 0]));
    node.fire('election');
    expect(node.now).toBe(ms(150));
    expect(node.volatile.role).toBe('follower');
    expect(node.timers.get('election')).toBe(ms(140 + 150));
  });

  it('a request that is not granted does not put the time-out off', () => {
    const node = new ScriptedNode().with(1, [1]).start();
    node.now = ms(140);
    node.receive('n2', asks(5, 0, 0));
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(false);
    node.fire('election');
    expect(node.now).toBe(ms(150));
    expect(node.volatile.role).toBe('candidate');
  });

  it('a candidate wins with a majority of the voters of its term', () => {
    const node = new ScriptedNode().start();
    node.fire('election');
    node.receive('n2', votes(1));
    node.receive('n4', votes(1, false));
    expect(node.volatile.role).toBe('candidate');
    node.receive('n3', votes(1));
    expect(node.volatile.role).toBe('leader');
    expect(node.timers.has('election')).toBe(false);
    expect(node.timers.has('heartbeat')).toBe(true);
  });

  it('the same voter counts once', () => {
    const node = new ScriptedNode().start();
    node.fire('election');
    for (let i = 0; i < 3; i += 1) node.receive('n2', votes(1));
    expect(node.volatile.role).toBe('candidate');

    const wrong = new ScriptedNode({ bug: 'counts-votes-not-voters' }).start();
    wrong.fire('election');
    for (let i = 0; i < 2; i += 1) wrong.receive('n2', votes(1));
    expect(wrong.volatile.role).toBe('leader');
  });

  it('a new leader announces itself to everybody', () => {
    const node = new ScriptedNode().start().lead();
    const sent = node.takeAll('AppendEntries');
    expect(sent.map(({ to }) => to)).toEqual(['n2', 'n3', 'n4', 'n5']);
  });

  it('alone a server elects itself', () => {
    const node = new ScriptedNode({ members: ['n1'] }).start();
    node.fire('election');
    expect(node.volatile).toMatchObject({ role: 'leader', commitIndex: 1 });
  });

  it('a candidate follows whoever leads its term or a later one, and not an earlier one', () => {
    const node = new ScriptedNode().with(4, []).start();
    node.fire('election');
    node.receive('n2', append(4, [0, 0]));
    expect(node.volatile.role).toBe('candidate');
    node.receive('n3', append(5, [0, 0]));
    expect(node.volatile).toMatchObject({ role: 'follower', leader: 'n3' });
    // It has voted for itself in this term, and stays with that.
    node.take();
    node.receive('n4', asks(5, 0, 0));
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(false);
  });

  it('a split vote ends with another time-out in another term', () => {
    const node = new ScriptedNode().start();
    node.fire('election');
    node.receive('n2', votes(1));
    node.receive('n3', votes(1, false));
    node.fire('election');
    expect(node.durable.currentTerm).toBe(2);
    expect(node.volatile.votes).toEqual(['n1']);
  });

  it('one vote per term, first come first served; asked again, the same answer', () => {
    const node = new ScriptedNode().start();
    node.receive('n2', asks(1, 0, 0));
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ voteGranted: true, term: 1 });
    node.receive('n3', asks(1, 0, 0));
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(false);
    node.receive('n2', asks(1, 0, 0));
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(true);
    node.receive('n3', asks(2, 0, 0));
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ voteGranted: true, term: 2 });
  });

  it('a vote outlives a crash', () => {
    const votesTwice = (node: ScriptedNode): boolean => {
      node.start().receive('n2', asks(1, 0, 0));
      node.crashAndRestart();
      node.receive('n3', asks(1, 0, 0));
      return node.takeOne('RequestVoteReply').voteGranted;
    };
    expect(votesTwice(new ScriptedNode())).toBe(false);
    expect(votesTwice(new ScriptedNode({ bug: 'forgets-vote' }))).toBe(true);
  });

  it('learning who leads frees no vote', () => {
    const votesAgain = (node: ScriptedNode): boolean => {
      node.start().receive('n2', asks(1, 0, 0));
      node.receive('n2', append(1, [0, 0]));
      node.take();
      node.receive('n3', asks(1, 0, 0));
      return node.takeOne('RequestVoteReply').voteGranted;
    };
    expect(votesAgain(new ScriptedNode())).toBe(false);
    expect(votesAgain(new ScriptedNode({ bug: 'clears-vote-on-leader' }))).toBe(true);

    const stepsDown = (node: ScriptedNode): boolean => {
      node.start().fire('election');
      node.receive('n2', append(1, [0, 0]));
      node.take();
      node.receive('n3', asks(1, 0, 0));
      return node.takeOne('RequestVoteReply').voteGranted;
    };
    expect(stepsDown(new ScriptedNode())).toBe(false);
    expect(stepsDown(new ScriptedNode({ bug: 'clears-vote-on-step-down' }))).toBe(true);
  });
});

describe('Raft 5.4.1: the election restriction', () => {
  const granted = (own: number[], index: number, term: number, node = new ScriptedNode()): boolean => {
    node
      .with(5, own)
      .start()
      .receive('n2', asks(6, index, term));
    return node.takeOne('RequestVoteReply').voteGranted;
  };

  it.each([
    [[], 0, 0, true],
    [[1], 0, 0, false],
    [[1, 2], 2, 2, true],
    [[1, 2], 3, 2, true],
    [[1, 2, 2], 2, 2, false],
    [[1, 1, 1], 1, 2, true], // later term, shorter log
    [[1, 3], 5, 2, false], // longer log, earlier term
  ])('own terms %j, candidate ends with entry %i of term %i: %s', (own, index, term, expected) => {
    expect(granted(own, index, term)).toBe(expected);
  });

  it('each planted variant grants what the rule refuses', () => {
    expect(granted([1], 0, 0, new ScriptedNode({ bug: 'skips-log-check' }))).toBe(true);
    expect(granted([1, 3], 5, 2, new ScriptedNode({ bug: 'compares-length-only' }))).toBe(true);
    expect(granted([1, 2, 2], 2, 2, new ScriptedNode({ bug: 'refuses-only-if-both-higher' }))).toBe(true);
    expect(granted([1], 0, 0, new ScriptedNode({ bug: 'refuses-only-if-both-higher' }))).toBe(false);
  });
});

describe('thesis 9.6: pre-vote', () => {
  const options = { preVote: true };
  const wouldYou = (term: number, lastLogIndex: number, lastLogTerm: number) =>
    ({ type: 'PreVote', term, lastLogIndex, lastLogTerm }) as const;

  it('asks first, and raises its term only when a majority would vote for it', () => {
    const node = new ScriptedNode({ options }).with(2, []).start();
    node.fire('election');
    expect(node.volatile.role).toBe('pre-candidate');
    expect(node.durable).toMatchObject({ currentTerm: 2, votedFor: null });
    expect(node.takeAll('PreVote')).toHaveLength(4);
    node.receive('n2', { type: 'PreVoteReply', term: 3, voteGranted: true });
    node.receive('n2', { type: 'PreVoteReply', term: 3, voteGranted: true });
    expect(node.volatile.role).toBe('pre-candidate');
    node.receive('n3', { type: 'PreVoteReply', term: 3, voteGranted: true });
    expect(node.volatile.role).toBe('candidate');
    expect(node.durable.currentTerm).toBe(3);
    expect(node.takeAll('RequestVote')).toHaveLength(4);
  });

  it('says yes without promising anything', () => {
    const node = new ScriptedNode({ options }).with(2, []).start();
    for (const peer of ['n2', 'n3']) {
      node.receive(peer, wouldYou(3, 0, 0));
      expect(node.takeOne('PreVoteReply')).toMatchObject({ term: 3, voteGranted: true });
    }
    expect(node.durable).toMatchObject({ currentTerm: 2, votedFor: null });
  });

  it('says no while a leader is heard, to a stale log, and to an old term', () => {
    const node = new ScriptedNode({ options }).with(2, [2]).start();
    node.receive('n2', wouldYou(3, 0, 0));
    node.receive('n2', wouldYou(2, 1, 2));
    node.receive('n5', append(2, [1, 2]));
    node.receive('n2', wouldYou(3, 1, 2));
    expect(node.takeAll('PreVoteReply').map(({ voteGranted }) => voteGranted)).toEqual([false, false, false]);
    node.now += ms(150);
    node.receive('n2', wouldYou(3, 1, 2));
    expect(node.takeOne('PreVoteReply').voteGranted).toBe(true);
  });

  it('does not wait for a leader that now stands for election itself', () => {
    const node = new ScriptedNode({ options: { preVote: true, checkQuorum: true } }).start();
    node.receive('n2', append(1, [0, 0]));
    node.take();
    node.receive('n2', wouldYou(2, 0, 0));
    expect(node.takeOne('PreVoteReply').voteGranted).toBe(true);
    node.receive('n2', asks(2, 0, 0));
    expect(node.takeOne('RequestVoteReply').voteGranted).toBe(true);
  });

  it('learns of a higher term from a refusal', () => {
    const node = new ScriptedNode({ options }).start();
    node.fire('election');
    node.receive('n2', { type: 'PreVoteReply', term: 6, voteGranted: false });
    expect(node.durable.currentTerm).toBe(6);
    expect(node.volatile.role).toBe('follower');
  });
});

describe('thesis 6.2 and 4.2.3: check quorum', () => {
  const options = { checkQuorum: true };

  it('a leader that hears no majority for an election time-out steps down', () => {
    const node = new ScriptedNode({ options }).start().lead();
    for (let i = 0; i < 4; i += 1) {
      node.fire('heartbeat');
      node.acknowledge('n2', 0);
    }
    expect(node.volatile.role).toBe('leader');
    node.fire('heartbeat');
    expect(node.volatile).toMatchObject({ role: 'follower', leader: null });
    expect(node.marked('lost-quorum')).toBe(1);
  });

  it('a leader that hears a majority goes on', () => {
    const node = new ScriptedNode({ options }).start().lead();
    for (let i = 0; i < 20; i += 1) {
      node.fire('heartbeat');
      node.acknowledge('n2', 0);
      node.acknowledge('n3', 0);
    }
    expect(node.volatile.role).toBe('leader');
  });

  it('a follower that hears its leader ignores candidates and their terms', () => {
    const node = new ScriptedNode({ options }).start();
    node.receive('n2', append(1, [0, 0]));
    node.take();
    node.now += ms(149);
    node.receive('n3', asks(9, 5, 5));
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ term: 1, voteGranted: false });
    node.now += ms(1);
    node.receive('n3', asks(9, 5, 5));
    expect(node.takeOne('RequestVoteReply')).toMatchObject({ term: 9, voteGranted: true });
  });
});
