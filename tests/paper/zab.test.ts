import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { zab, type ZabBug } from '../../protocols/zab/protocol.js';
import { ScriptedNode } from './scripted-cluster.js';
import {
  established,
  flowing,
  follower,
  historyOf,
  notification,
  prospective,
  promised,
  settle,
  sync,
  syncNode,
  txn,
  vote,
  write,
  z,
  zxidsOf,
} from './zab-cluster.js';

// Junqueira, Reed, Serafini, Zab: High-performance broadcast for primary-backup systems, DSN 2011, by its steps.

describe('phase 1, discovery', () => {
  it('f.1.1: a follower says which epoch it has accepted last', () => {
    const node = follower({ durable: { acceptedEpoch: 4 } });
    expect(node.sentOfType('CEPOCH')).toEqual([
      { to: 'n3', message: { type: 'CEPOCH', acceptedEpoch: 4, session: node.volatile.session } },
    ]);
  });

  it('ℓ.1.1: with CEPOCH from a quorum, itself included, an epoch above them all', () => {
    const five = { members: ['n1', 'n2', 'n3', 'n4', 'n5'], durable: { acceptedEpoch: 2 } };
    const node = prospective(five, ['n2', 'n3']);
    node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 6, session: 3 });
    expect(node.sentOfType('NEWEPOCH')).toEqual([]);
    node.deliver('n3', { type: 'CEPOCH', acceptedEpoch: 1, session: 5 });
    expect(node.takeSent()).toEqual([
      { to: 'n2', message: { type: 'NEWEPOCH', epoch: 7, session: 3 } },
      { to: 'n3', message: { type: 'NEWEPOCH', epoch: 7, session: 5 } },
    ]);
    expect(node.durable.acceptedEpoch).toBe(7);
  });

  it('a CEPOCH that comes before its leader knows that it leads is not lost', () => {
    const node = new ScriptedNode(zab, { id: 'n1' }).start();
    node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 0, session: 2 });
    node.deliver('n2', notification(vote('n1'), 1, 'following')).fire('finalize');
    expect(node.sentOfType('NEWEPOCH').map(({ to }) => to)).toEqual(['n2']);
  });

  it('f.1.2: if f.p < e′, f.p ← e′ and ACK-E, but only when that is on the disk', () => {
    const node = follower({ durable: { acceptedEpoch: 1, currentEpoch: 1, history: historyOf(txn(1, 1)) } });
    node.takeSent();
    node.deliver('n3', { type: 'NEWEPOCH', epoch: 2, session: node.volatile.session });
    expect(node.durable.acceptedEpoch).toBe(2);
    expect(node.takeSent()).toEqual([]);
    expect(syncNode(node).takeSent()).toEqual([
      {
        to: 'n3',
        message: {
          type: 'ACK-E',
          currentEpoch: 1,
          lastZxid: z(1, 1),
          history: historyOf(txn(1, 1)),
          promise: true,
        },
      },
    ]);
  });

  it.each<[number, ZabBug[], string, boolean | undefined]>([
    [4, [], 'following', false],
    [4, ['accepts-epoch-again'], 'following', true],
    [3, [], 'looking', undefined],
  ])('f.1.2: epoch %i after 4 (%j): %s, and a promise: %s', (epoch, bugs, state, promise) => {
    const node = follower({ durable: { acceptedEpoch: 4 }, bugs });
    node.deliver('n3', { type: 'NEWEPOCH', epoch, session: node.volatile.session });
    syncNode(node);
    expect(node.volatile.state).toBe(state);
    expect(node.sentOfType('ACK-E')[0]?.message.promise).toBe(promise);
    expect(node.durable.acceptedEpoch).toBe(4);
  });

  it('a NEWEPOCH for an earlier connection is passed over', () => {
    const node = follower();
    node.deliver('n3', { type: 'NEWEPOCH', epoch: 1, session: node.volatile.session - 1 });
    expect([node.volatile.phase, node.durable.acceptedEpoch]).toEqual(['discovery', 0]);
  });

  it.each([
    ['f.a counts first', 2, z(2, 1), z(2, 1), true],
    ['then the zxid', 1, z(1, 3), z(1, 3), true],
    ['equal: its own', 1, z(1, 2), z(1, 2), false],
    ['older: its own', 1, z(1, 1), z(1, 2), false],
  ])('ℓ.1.2: the most recent history of a quorum becomes I_e′: %s', (_, currentEpoch, lastZxid, last, theirs) => {
    for (const synchronization of ['paper', 'zookeeper'] as const) {
      const durable = { acceptedEpoch: 1, currentEpoch: 1, history: historyOf(txn(1, 1), txn(1, 2)) };
      const node = prospective({ durable, options: { synchronization } });
      node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 1, session: 1 });
      syncNode(node);
      const history = synchronization === 'paper' ? historyOf({ ...txn(1, 1), zxid: lastZxid }) : null;
      node.deliver('n2', { type: 'ACK-E', currentEpoch, lastZxid, history, promise: true });
      // ZooKeeper's leader must have it itself, and gives up otherwise.
      if (theirs && synchronization === 'zookeeper') expect(node.marked('not-most-recent')).toBe(1);
      else expect(zxidsOf(node.durable.history).at(-1)).toBe(`${last.epoch}.${last.counter}`);
    }
  });

  it('ℓ.1.2: who makes no promise is not counted', () => {
    const node = prospective();
    node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 0, session: 1 });
    syncNode(node);
    node.deliver('n2', { type: 'ACK-E', currentEpoch: 0, lastZxid: z(0, 0), history: historyOf(), promise: false });
    expect(node.volatile.phase).toBe('discovery');
  });
});

describe('phase 2, synchronization', () => {
  it('f.2.1: first the history, then the epoch, then ACK-LD, each when the one before is on the disk', () => {
    const node = promised(1);
    node.deliver('n3', { type: 'NEWLEADER', epoch: 1, history: historyOf(txn(0, 1), txn(0, 2)) });
    expect([zxidsOf(node.durable.history), node.durable.currentEpoch]).toEqual([['0.1', '0.2'], 0]);
    const [first] = node.syncs.splice(0);
    node.step((api) => zab.onDisk!.synced(api, first));
    expect(node.durable.currentEpoch).toBe(1);
    expect(node.takeSent()).toEqual([]);
    expect(syncNode(node).takeSent()).toEqual([{ to: 'n3', message: { type: 'ACK-LD', epoch: 1, zxid: z(0, 2) } }]);
  });

  it('with acknowledges-unsynced ACK-LD leaves at once; with updates-epoch-first the epoch is there before the history', () => {
    const history = historyOf(txn(0, 1));
    const hasty = promised(1, { bugs: ['acknowledges-unsynced'] });
    hasty.deliver('n3', { type: 'NEWLEADER', epoch: 1, history });
    expect(hasty.sentOfType('ACK-LD')).toHaveLength(1);
    expect(zxidsOf(hasty.durable.history)).toEqual([]);
    const reversed = promised(1, { bugs: ['updates-epoch-first'] });
    reversed.deliver('n3', { type: 'NEWLEADER', epoch: 1, history });
    expect([zxidsOf(reversed.durable.history), reversed.durable.currentEpoch]).toEqual([[], 1]);
    for (const node of [hasty, reversed]) expect(zxidsOf(syncNode(node).durable.history)).toEqual(['0.1']);
  });

  it('f.2.1: a new iteration if f.p ≠ e′', () => {
    const node = promised(2);
    node.deliver('n3', { type: 'NEWLEADER', epoch: 1, history: historyOf() });
    expect(node.volatile.state).toBe('looking');
  });

  it('a crash between history and epoch does no harm: the old epoch goes with the new history', () => {
    const node = promised(1);
    node.deliver('n3', { type: 'NEWLEADER', epoch: 1, history: historyOf(txn(0, 1)) });
    node.crash().restart();
    expect(node.volatile.vote).toEqual(vote('n1', 0, z(0, 1)));
  });

  it('ℓ.2.2 and f.2.2: with ACK-LD from a quorum all of I_e′ is committed, and everybody delivers it', () => {
    const history = historyOf(txn(1, 1), txn(1, 2));
    const durable = { acceptedEpoch: 1, currentEpoch: 1, history };
    const node = prospective({ durable });
    node.deliver('n2', { type: 'CEPOCH', acceptedEpoch: 1, session: 1 });
    syncNode(node);
    node.deliver('n2', { type: 'ACK-E', currentEpoch: 1, lastZxid: z(1, 2), history, promise: true });
    syncNode(node);
    expect(node.role()).toEqual({ name: 'prospective', term: 2 });
    expect(node.volatile.delivered).toBe(0);
    node.takeSent();
    node.deliver('n2', { type: 'ACK-LD', epoch: 2, zxid: z(1, 2) });
    expect(node.role()).toEqual({ name: 'leader', term: 2 });
    expect(node.volatile.delivered).toBe(2);
    expect(node.takeSent()).toEqual([{ to: 'n2', message: { type: 'COMMIT-LD', zxid: z(1, 2) } }]);
  });
});

describe('phase 3, broadcast', () => {
  it('ℓ.3.1: proposes to all, in order, and has it committed by a quorum that has it on the disk', () => {
    const c = established();
    const refs = [write(c, 1), write(c, 2)];
    expect(flowing(c, 'PROPOSE')).toEqual(['n3>n1', 'n3>n2', 'n3>n1', 'n3>n2']);
    c.deliver({ to: 'n1' }).deliver({ to: 'n1' });
    expect(flowing(c, 'ACK')).toEqual([]);
    sync(c, 'n1');
    c.deliver({ type: 'ACK' });
    // Its own acknowledgement waits for its own disk.
    expect(c.node('n3').answerTo(refs[0]!)).toBeUndefined();
    sync(c, 'n3');
    expect(refs.map((ref) => c.node('n3').answerTo(ref)?.kind)).toEqual(['reply', undefined]);
    expect(flowing(c, 'COMMIT')).toEqual(['n3>n1', 'n3>n2']);
    settle(c);
    expect(c.node('n1').volatile.machine.data.get('x')).toBe(2);
    expect(c.end()).toEqual([]);
  });

  it('a follower delivers on COMMIT, after all that comes before', () => {
    const c = established();
    write(c, 1);
    write(c, 2);
    settle(c);
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).volatile.delivered)).toEqual([2, 2, 2]);
  });

  it.each<[ZabBug[], string | undefined]>([
    [[], undefined],
    [['counts-acks-not-ackers'], 'reply'],
  ])('ℓ.3.2: followers are counted, and not messages (%j)', (bugs, answer) => {
    const c = established({}, ['n1', 'n2', 'n3', 'n4', 'n5'], bugs);
    const ref = write(c, 1, 'n5');
    sync(c, 'n5');
    for (let times = 0; times < 2; times++) c.do('n5', (node) => node.deliver('n1', { type: 'ACK', zxid: z(1, 1) }));
    expect(c.node('n5').answerTo(ref)?.kind).toBe(answer);
  });

  /** n1 restarts, and has got as far as NEWLEADER. */
  function late(bugs: ZabBug[] = []) {
    const c = established({}, undefined, bugs);
    c.crash('n1');
    c.do('n1', (node) => node.restart());
    for (const [type, from] of [
      ['Notification', 'n1'],
      ['Notification', 'n1'],
      ['Notification', 'n2'],
      ['Notification', 'n3'],
      ['CEPOCH', 'n1'],
      ['NEWEPOCH', 'n3'],
    ] as const) {
      c.deliver({ type, from });
    }
    sync(c, 'n1');
    c.deliver({ type: 'ACK-E' });
    return c;
  }

  it('ℓ.3.3: a late follower is given all that was proposed, and is proposed to from then on', () => {
    const c = late();
    write(c, 1);
    expect(flowing(c, 'NEWLEADER')).toEqual(['n3>n1']);
    expect(flowing(c, 'PROPOSE')).toEqual(['n3>n2', 'n3>n1']);
    settle(c);
    expect(c.node('n1').volatile.delivered).toBe(1);
  });

  it('what a late follower misses with proposes-to-acknowledged, an invariant sees', () => {
    const c = late(['proposes-to-acknowledged']);
    write(c, 1);
    expect(flowing(c, 'PROPOSE')).toEqual(['n3>n2']);
    settle(c);
    write(c, 2);
    settle(c);
    expect(c.violations.join()).toContain('Local Primary Order: n1 delivers 1.2');
  });

  it('ℓ.3.4: COMMIT-LD tells a late follower what is committed, and not what it was given', () => {
    const node = promised(1);
    node.deliver('n3', { type: 'NEWLEADER', epoch: 1, history: historyOf(txn(0, 1), txn(0, 2)) });
    syncNode(node).deliver('n3', { type: 'COMMIT-LD', zxid: z(0, 1) });
    expect(node.volatile.delivered).toBe(1);
    const greedy = promised(1, { bugs: ['delivers-whole-history'] });
    greedy.deliver('n3', { type: 'NEWLEADER', epoch: 1, history: historyOf(txn(0, 1), txn(0, 2)) });
    syncNode(greedy).deliver('n3', { type: 'COMMIT-LD', zxid: z(0, 1) });
    expect(greedy.volatile.delivered).toBe(2);
  });

  it('ℓ.3.4: its ACK-LD acknowledges all that it was given', () => {
    const c = established({}, ['n1', 'n2', 'n3', 'n4', 'n5']);
    const ref = write(c, 1, 'n5');
    sync(c, 'n5');
    c.do('n5', (node) => node.deliver('n2', { type: 'ACK', zxid: z(1, 1) }));
    expect(c.node('n5').answerTo(ref)).toBeUndefined();
    c.do('n5', (node) => node.deliver('n1', { type: 'ACK-LD', epoch: 1, zxid: z(1, 1) }));
    expect(c.node('n5').answerTo(ref)?.kind).toBe('reply');
  });

  it('nobody but an established leader takes requests', () => {
    const c = established();
    const ref = write(c, 1, 'n1');
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'redirect', value: 'n3' });
    const node = prospective();
    expect(node.answerTo(node.request('write', { key: 'x', value: 1 }))).toMatchObject({
      kind: 'redirect',
      value: null,
    });
  });
});

describe('what a fault-free transaction costs', () => {
  const WRITES = 10;

  function run(nodes: number): RunResult {
    return new Simulation({
      protocol: zab,
      nodes,
      seed: '1',
      until: seconds(4),
      network: { latency: { constant: ms(10) } },
      clocks: { offsetMax: 0, driftPpmMax: 0 },
      script: Array.from({ length: WRITES }, (_, i) => ({
        at: ms(1007 + 200 * i),
        client: 'c1',
        request: 'write',
        args: { key: 'x', value: i },
        target: `n${nodes}`,
      })),
      trace: 'events',
    }).run();
  }

  const PHASES = ['CEPOCH', 'NEWEPOCH', 'ACK-E', 'NEWLEADER', 'ACK-LD', 'COMMIT-LD', 'PROPOSE', 'ACK', 'COMMIT'];

  it.each([3, 5, 7])('%i nodes: 3 (n − 1) messages each, and 6 (n − 1) once to establish the epoch', (n) => {
    const counts: Record<string, number> = {};
    for (const { kind, name } of run(n).trace!.events()) {
      if (kind === 'send' && PHASES.includes(name!)) counts[name!] = (counts[name!] ?? 0) + 1;
    }
    const once = Object.fromEntries(PHASES.slice(0, 6).map((type) => [type, n - 1]));
    const each = Object.fromEntries(PHASES.slice(6).map((type) => [type, WRITES * (n - 1)]));
    expect(counts).toEqual({ ...once, ...each });
  });

  it('two message delays to the commit at the leader, three at a follower; four from client to client', () => {
    const { history, trace } = run(5);
    const sent = (type: string) => [...trace!.events()].filter(({ kind, name }) => kind === 'send' && name === type);
    const heard = [...trace!.events()].filter(({ kind, name }) => kind === 'deliver' && name === 'COMMIT');
    expect(sent('COMMIT')[0]!.time - sent('PROPOSE')[0]!.time).toBe(ms(20));
    expect(heard[0]!.time - sent('PROPOSE')[0]!.time).toBe(ms(30));
    const invoked = history.filter(({ type }) => type === 'invoke');
    const answered = history.filter(({ type }) => type === 'ok');
    expect(answered).toHaveLength(WRITES);
    for (const [i, { time }] of answered.entries()) expect(time - invoked[i]!.time).toBe(ms(40));
  });
});
