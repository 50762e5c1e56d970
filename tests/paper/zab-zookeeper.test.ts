import { describe, expect, it } from 'vitest';
import type { Message } from '../../engine/index.js';
import { zab, type Zab } from '../../protocols/zab/protocol.js';
import type { History } from '../../protocols/zab/history.js';
import { emptyKeyValueMachine } from '../../protocols/parts/key-value.js';
import {
  established,
  flowing,
  follower,
  historyOf,
  prospective,
  promised,
  settle,
  sync,
  syncNode,
  txn,
  write,
  z,
  zxidsOf,
  type ZabCluster,
} from './zab-cluster.js';

// ZooKeeper's practice: LearnerHandler.syncFollower, Learner.syncWithLeader, sync.

const machine = emptyKeyValueMachine();

describe('how a follower is brought up to date', () => {
  /** 1.1 and 1.2 are cut off; 1.3 is kept behind the snapshot, which is of 1.4. */
  const compacted: History = {
    snapshot: { zxid: z(1, 4), index: 4, machine },
    first: 3,
    txns: [txn(1, 3), txn(1, 4), txn(3, 1), txn(3, 2)],
  };
  const whole = historyOf(txn(1, 1), txn(1, 2), txn(3, 1));

  function sentTo(lastZxid: ReturnType<typeof z>, history: History): Message<Zab>[] {
    const durable = { acceptedEpoch: 3, currentEpoch: 3, history };
    const node = prospective({ durable, options: { synchronization: 'zookeeper' } });
    node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 3, session: 1 });
    syncNode(node).takeSent();
    node.deliver('n2', { type: 'ACK-E', currentEpoch: 1, lastZxid, history: null, promise: true });
    return node.takeSent().map(({ message }) => message);
  }
  const newLeader = { type: 'NEWLEADER', epoch: 4, history: null };

  it.each([
    ['who has everything gets nothing', z(3, 1), whole, []],
    ['DIFF: what it lacks', z(1, 1), whole, [{ type: 'DIFF', txns: [txn(1, 2), txn(3, 1)] }]],
    ['DIFF: all, to one that has nothing', z(0, 0), whole, [{ type: 'DIFF', txns: whole.txns }]],
    [
      'TRUNC, then DIFF: it has what this history has not',
      z(1, 5),
      whole,
      [
        { type: 'TRUNC', zxid: z(1, 2) },
        { type: 'DIFF', txns: [txn(3, 1)] },
      ],
    ],
    ['TRUNC alone: too much at the end', z(3, 4), whole, [{ type: 'TRUNC', zxid: z(3, 1) }]],
    [
      'DIFF from behind the snapshot, which covers the rest',
      z(1, 4),
      compacted,
      [{ type: 'DIFF', txns: [txn(3, 1), txn(3, 2)] }],
    ],
    ['SNAP: what it lacks is cut off', z(1, 1), compacted, [{ type: 'SNAP', history: compacted }]],
    ['SNAP: nobody knows whether it has what is cut off', z(0, 7), compacted, [{ type: 'SNAP', history: compacted }]],
  ])('%s', (_, lastZxid, history, expected) => {
    expect(sentTo(lastZxid, history)).toEqual([...expected, newLeader]);
  });

  it('a follower does as it is told, and acknowledges all of it at once', () => {
    const durable = { history: historyOf(txn(1, 1), txn(1, 2), txn(1, 3)) };
    const node = promised(4, { durable, options: { synchronization: 'zookeeper' } });
    node.deliver('n3', { type: 'TRUNC', zxid: z(1, 2) });
    node.deliver('n3', { type: 'DIFF', txns: [txn(3, 1), txn(3, 2)] });
    expect(zxidsOf(node.durable.history)).toEqual(['1.1', '1.2', '3.1', '3.2']);
    node.deliver('n3', { type: 'NEWLEADER', epoch: 4, history: null });
    expect(syncNode(node).sentOfType('ACK-LD')[0]?.message.zxid).toEqual(z(3, 2));
  });

  it('a snapshot brings its state with it', () => {
    const node = promised(4, { options: { synchronization: 'zookeeper' } });
    node.deliver('n3', { type: 'SNAP', history: compacted });
    expect(node.volatile.delivered).toBe(4);
    expect(zxidsOf(node.durable.history)).toEqual(['1.3', '1.4', '3.1', '3.2']);
  });

  it.each([
    [[], z(1, 2)],
    [['keeps-uncommitted'], z(0, 0)],
  ] as const)('ACK-E tells the end of the log, not of what is applied (%j)', (bugs, lastZxid) => {
    const durable = { history: historyOf(txn(1, 1), txn(1, 2)) };
    const node = follower({ durable, options: { synchronization: 'zookeeper' }, bugs: [...bugs] });
    node.deliver('n3', { type: 'NEWEPOCH', epoch: 4, session: node.volatile.session });
    expect(syncNode(node).sentOfType('ACK-E')[0]?.message).toMatchObject({ lastZxid, history: null });
  });
});

describe('compaction', () => {
  function compacted() {
    const c = established({ snapshotAfter: 2 });
    for (let value = 1; value <= 5; value++) {
      write(c, value);
      settle(c);
    }
    return c;
  }

  it('a snapshot takes the place of what is delivered, but for the last few', () => {
    for (const { durable, volatile } of compacted().nodes.values()) {
      expect(volatile.delivered).toBe(5);
      expect(durable.history.snapshot).toMatchObject({ index: 4, zxid: z(1, 4) });
      expect(zxidsOf(durable.history)).toEqual(['1.3', '1.4', '1.5']);
    }
  });

  it('a restart begins with the snapshot, and knows no more to be committed', () => {
    const c = compacted();
    c.crash('n1');
    c.do('n1', (node) => node.restart());
    expect(c.node('n1').volatile.delivered).toBe(4);
    expect(c.node('n1').volatile.machine.data.get('x')).toBe(4);
    settle(c);
    expect(c.node('n1').volatile.delivered).toBe(5);
    expect(c.end()).toEqual([]);
  });

  it('does not go on with a damaged disk, nor with one that refuses', () => {
    const node = established()
      .node('n1')
      .crash()
      .restart([{ field: 'history', kind: 'corrupt' }]);
    expect(node.haltedBecause).toContain('history');
    const other = established().node('n1');
    other.step((api) => zab.onDisk!.failed(api, null, 'full'));
    expect(other.haltedBecause).toContain('full');
  });
});

describe('clients', () => {
  const read = (c: ZabCluster, id: string) => c.do(id, (node) => node.request('read', { key: 'x' }));

  it('reads are broadcast like writes, unless the scenario says otherwise', () => {
    const c = established();
    write(c, 5);
    const ref = read(c, 'n3');
    expect(c.node('n3').answerTo(ref)).toBeUndefined();
    settle(c);
    expect(c.node('n3').answerTo(ref)?.value).toBe(5);
    expect(c.node('n3').volatile.delivered).toBe(2);
  });

  it('local reads answer at once, with what the node has', () => {
    const c = established({ reads: 'local' });
    const written = write(c, 5);
    sync(c, 'n3');
    c.deliver({ type: 'PROPOSE', to: 'n2' });
    sync(c, 'n2');
    c.deliver({ type: 'ACK' });
    expect(c.node('n3').answerTo(written)?.kind).toBe('reply');
    expect(c.node('n1').answerTo(read(c, 'n1'))?.value).toBeNull();
  });

  it('a sync is answered behind all that was proposed before', () => {
    const c = established({ reads: 'sync' });
    write(c, 5);
    const refs = ['n1', 'n3'].map((id) => [id, read(c, id)] as const);
    c.deliver({ type: 'SYNC' });
    expect(flowing(c, 'SYNC')).toEqual([]);
    settle(c);
    expect(refs.map(([id, ref]) => c.node(id).answerTo(ref)?.value)).toEqual([5, 5]);
    const idle = read(c, 'n1');
    c.deliver({ type: 'SYNC', to: 'n3' }).deliver({ type: 'SYNC', to: 'n1' });
    expect(c.node('n1').answerTo(idle)?.value).toBe(5);
  });

  it('a retried command takes effect once', () => {
    const c = established();
    const session = { client: 'c1', sequence: 1 };
    const refs = [1, 2].map(() => c.do('n3', (node) => node.request('append', { key: 'l', value: 4 }, session)));
    settle(c);
    expect(refs.map((ref) => c.node('n3').answerTo(ref)?.kind)).toEqual(['reply', 'reply']);
    expect(c.node('n3').volatile.machine.data.get('l')).toEqual([4]);
  });

  it('a leader with too much under way refuses', () => {
    const c = established({ outstandingMax: 1 });
    write(c, 1);
    expect(c.node('n3').answerTo(write(c, 2))).toMatchObject({ kind: 'fail', value: 'overloaded' });
  });
});
