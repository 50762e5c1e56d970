import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { zab } from '../../protocols/zab/protocol.js';
import { finalize, cluster, established, follower, historyOf, notification, txn, vote, z } from './zab-cluster.js';
import { ScriptedNode } from './scripted-cluster.js';

// ZooKeeper's fast leader election: FastLeaderElection, lookForLeader.

function looking(id = 'n2') {
  const node = new ScriptedNode(zab, { id }).start();
  node.takeSent();
  return node;
}

describe('a node that looks for a leader', () => {
  it('votes for itself at first, with what its disk says, and tells all', () => {
    const node = new ScriptedNode(zab, {
      id: 'n2',
      durable: { acceptedEpoch: 4, currentEpoch: 3, history: historyOf(txn(3, 7)) },
    }).start('restart');
    const own = { type: 'Notification', vote: vote('n2', 3, z(3, 7)), electionEpoch: 1, state: 'looking' };
    expect(node.takeSent()).toEqual([
      { to: 'n1', message: own },
      { to: 'n3', message: own },
    ]);
  });

  it.each([
    ['the higher epoch, whatever the zxid', vote('n1', 2, z(1, 1)), vote('n3', 1, z(1, 9)), 'n1'],
    ['then the higher zxid', vote('n1', 1, z(1, 3)), vote('n3', 1, z(1, 2)), 'n1'],
    ['then the higher server', vote('n1', 1, z(1, 2)), vote('n3', 1, z(1, 2)), 'n3'],
  ])('takes over the better vote: %s', (_, a, b, best) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ]) {
      const node = looking();
      node.deliver(first!.leader, notification(first!)).deliver(second!.leader, notification(second!));
      expect(node.volatile.vote?.leader).toBe(best);
      expect(node.takeSent().at(-1)?.message).toMatchObject({ vote: { leader: best } });
    }
  });

  it('a worse vote is counted, and answered by nothing new', () => {
    const node = looking();
    node.deliver('n1', notification(vote('n1')));
    expect(node.takeSent()).toEqual([]);
    expect(node.volatile.recvset.size).toBe(2);
  });

  it('joins a later round and forgets the votes of its own; who is behind is told', () => {
    const node = looking();
    node.deliver('n1', notification(vote('n1')));
    node.deliver('n3', notification(vote('n1'), 5));
    expect(node.volatile.logicalclock).toBe(5);
    expect([...node.volatile.recvset.keys()]).toEqual(['n2', 'n3']);
    node.takeSent();
    node.deliver('n1', notification(vote('n3'), 4));
    expect(node.takeSent()).toEqual([{ to: 'n1', message: notification(vote('n2'), 5) }]);
    expect(node.volatile.vote?.leader).toBe('n2');
  });

  it('with a quorum waits a little for a better vote, which begins the wait anew', () => {
    const node = looking();
    node.deliver('n1', notification(vote('n2')));
    expect(node.hasTimer('finalize')).toBe(true);
    node.deliver('n3', notification(vote('n3')));
    expect([node.volatile.vote?.leader, node.hasTimer('finalize')]).toEqual(['n3', true]);
    node.fire('finalize');
    expect([node.volatile.state, node.volatile.leader]).toEqual(['following', 'n3']);
  });

  it('says its vote again, more and more seldom', () => {
    const node = looking();
    const waits = [1, 2, 3, 4, 5].map(() => {
      const { after } = node.timers.get('notification')!;
      node.fire('notification');
      return after;
    });
    expect(waits).toEqual([50, 100, 200, 400, 400].map((wait) => ms(wait)));
    expect(node.sentOfType('Notification')).toHaveLength(10);
  });

  it('joins a leader that a quorum follows and that says so itself, whatever their round', () => {
    const settled = (state: 'following' | 'leading') => notification(vote('n3', 1, z(1, 1)), 8, state);
    const five = { id: 'n1', members: ['n1', 'n2', 'n3', 'n4', 'n5'] };
    const node = new ScriptedNode(zab, five).start();
    node.deliver('n2', settled('following')).deliver('n4', settled('following')).deliver('n5', settled('following'));
    expect(node.volatile.state).toBe('looking');
    node.deliver('n3', settled('leading'));
    expect([node.volatile.state, node.volatile.leader]).toEqual(['following', 'n3']);
    const other = new ScriptedNode(zab, five).start();
    other.deliver('n3', settled('leading')).deliver('n2', settled('following'));
    expect(other.volatile.state).toBe('looking');
  });
});

describe('a node that has a leader', () => {
  it('tells whom it follows, or that it leads', () => {
    const c = established();
    for (const [id, state] of [
      ['n2', 'following'],
      ['n3', 'leading'],
    ] as const) {
      const node = c.node(id);
      node.deliver('n1', notification(vote('n1'), 7));
      expect(node.takeSent()[0]?.message).toMatchObject({ vote: { leader: 'n3' }, state });
    }
  });

  it('a leader that looks for another one is left; one that makes up its mind is waited for', () => {
    const node = follower();
    node.deliver('n3', notification(vote('n3', 9, z(9, 0))));
    expect(node.volatile.state).toBe('following');
    node.deliver('n3', notification(vote('n2', 9, z(9, 1)), 2));
    expect(node.volatile.state).toBe('looking');
  });

  it('follows no longer when it has heard nothing for syncLimit ticks', () => {
    const node = established().node('n1');
    node.now += ms(250);
    node.fire('tick');
    expect(node.volatile.state).toBe('following');
    node.now += ms(50);
    node.fire('tick');
    expect(node.volatile.state).toBe('looking');
  });

  it('leads no longer when it has heard no quorum for syncLimit ticks', () => {
    const node = established().node('n3');
    node.now += ms(250);
    node.fire('tick');
    expect(node.sentOfType('PING').map(({ to }) => to)).toEqual(['n1', 'n2']);
    node.now += ms(50);
    node.deliver('n1', { type: 'PING' }).fire('tick');
    expect(node.volatile.state).toBe('leading');
    node.now += ms(300);
    node.fire('tick');
    expect([node.volatile.state, node.marked('lost-quorum')]).toEqual(['looking', 1]);
  });

  it('of a reset connection learns that its leader, or a follower, is gone', () => {
    const c = established();
    c.do('n1', (node) => node.step((api) => zab.onConnection?.reset?.(api, c.node('n3').id)));
    expect(c.node('n1').volatile.state).toBe('looking');
    c.do('n3', (node) => node.step((api) => zab.onConnection?.reset?.(api, c.node('n1').id)));
    expect([...c.node('n3').volatile.learners.keys()]).toEqual(['n3', 'n2']);
  });
});

it('all elect the same, and of equals the highest', () => {
  const c = cluster({}, ['n1', 'n2', 'n3', 'n4', 'n5']);
  finalize(c);
  expect([...c.nodes.values()].map(({ volatile }) => volatile.leader)).toEqual(['n5', 'n5', 'n5', 'n5', 'n5']);
});
