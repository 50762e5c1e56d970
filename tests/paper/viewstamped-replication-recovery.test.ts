import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import type { LogPart, Response } from '../../protocols/viewstamped-replication/shape.js';
import {
  cluster,
  cutOff,
  entry,
  FIVE,
  flowing,
  heartbeat,
  log,
  replica,
  THREE,
  timeOut,
  write,
  type Cluster,
  type Scripted,
} from './viewstamped-replication-cluster.js';

// Liskov, Cowling, Viewstamped Replication Revisited, 2012, sections 4.3, 5 and 6.3; Michael and others, DISC 2017.

/** What a RECOVERYRESPONSE says; with values from the primary. */
function response(v: number, values: number[] | null, crashes: Record<string, number> = {}): Response {
  const crashVector = new Map(Object.entries(crashes).map(([id, count]) => [nodeId(id), count]));
  if (values === null) return { v, state: null, crashVector };
  const entries = values.map((value, i) => entry(i + 1, value));
  return {
    v,
    state: { log: { after: 0, entries, checkpoint: emptyCheckpoint() }, n: entries.length, k: 0, viewStart: 0 },
    crashVector,
  };
}

function emptyCheckpoint(): NonNullable<LogPart['checkpoint']> {
  return { opNumber: 0, machine: { data: new Map(), sessions: new Map() } };
}

describe('section 4.3, recovery', () => {
  /** Has crashed, and waits for answers to its RECOVERY. */
  function recovering(id = 'n3', members = THREE, bugs: Parameters<typeof replica>[2] = []): Scripted {
    const node = replica(id, { crashVectors: false }, bugs, members);
    node.crash().restart();
    return node;
  }

  const answer = (node: Scripted, from: string, said: Response, x = node.volatile.nonce): void =>
    void node.deliver(from, { type: 'RecoveryResponse', e: 0, x, ...said });

  it('step 1: a replica that has crashed sends RECOVERY with a nonce to all others, and takes part in nothing', () => {
    const n3 = recovering();
    expect(n3.role()?.name).toBe('recovering');
    expect(n3.sentOfType('Recovery').map(({ to, message: { x } }) => [to, x])).toEqual([
      ['n1', n3.volatile.nonce],
      ['n2', n3.volatile.nonce],
    ]);
    n3.takeSent();
    n3.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 1), n: 1, k: 0 });
    n3.deliver('n2', { type: 'StartViewChange', e: 0, v: 1 });
    n3.deliver('n2', { type: 'Recovery', e: 0, x: 'other', crashVector: new Map() });
    n3.fire('election');
    expect(n3.takeSent()).toEqual([]);
  });

  it('step 1: the nonce is another one each time', () => {
    const n3 = recovering();
    const before = n3.volatile.nonce;
    n3.now += ms(10);
    n3.crash().restart();
    expect(n3.volatile.nonce).not.toBe(before);
  });

  it('step 2: answered where the status is normal; the primary sends its log, op-number and commit-number along', () => {
    const c = cluster(THREE, { crashVectors: false });
    write(c, 1);
    c.deliverAll();
    const ask = (id: string) =>
      c.node(id).deliver('n3', { type: 'Recovery', e: 0, x: 'x', crashVector: new Map() }).takeSent();
    expect(ask('n1')).toMatchObject([{ to: 'n3', message: { v: 0, x: 'x', state: { n: 1, k: 1 } } }]);
    expect(ask('n2')).toMatchObject([{ to: 'n3', message: { v: 0, x: 'x', state: null } }]);
    timeOut(c, 'n2');
    expect(ask('n2')).toEqual([]);
  });

  it('step 3: f + 1 answers to this very RECOVERY, from different replicas', () => {
    const n5 = recovering('n5', FIVE);
    answer(n5, 'n1', response(0, [1]));
    answer(n5, 'n1', response(0, [1]));
    answer(n5, 'n2', response(0, null));
    answer(n5, 'n3', response(0, null), 'another');
    expect(n5.role()?.name).toBe('recovering');
    answer(n5, 'n3', response(0, null));
    expect([n5.role()?.name, log(n5)]).toEqual(['backup', [[1, 1]]]);
    expect(n5.sentOfType('PrepareOk')).toEqual([{ to: 'n1', message: { type: 'PrepareOk', e: 0, v: 0, n: 1 } }]);
  });

  it('step 3: one of them from the primary of the latest view that they tell of', () => {
    const n5 = recovering('n5', FIVE);
    answer(n5, 'n1', response(0, [1, 2, 3]));
    answer(n5, 'n3', response(1, null));
    answer(n5, 'n4', response(0, null));
    expect(n5.role()?.name).toBe('recovering');
    answer(n5, 'n2', response(1, [4]));
    expect(n5.role()).toEqual({ name: 'backup', term: 1 });
    expect(log(n5)).toEqual([[1, 4]]);
  });

  it('a primary that has crashed is not primary of the same view again', () => {
    const c = cluster(THREE);
    write(c, 1);
    c.deliverAll();
    c.crash('n1');
    c.do('n1', (node) => node.restart());
    c.deliverAll();
    expect(c.node('n1').role()?.name).toBe('recovering');
    timeOut(c, 'n2');
    c.deliverAll();
    heartbeat(c, 'n1');
    c.deliverAll();
    expect(THREE.map((id) => c.node(id).role())).toEqual([
      { name: 'backup', term: 1 },
      { name: 'leader', term: 1 },
      { name: 'backup', term: 1 },
    ]);
    expect(log(c.node('n1'))).toEqual([[1, 1]]);
    expect(c.end()).toEqual([]);
  });

  it('what is lost on the way is asked again', () => {
    const c = cluster(THREE);
    c.crash('n3');
    c.do('n3', (node) => node.restart());
    c.pending = [];
    heartbeat(c, 'n3');
    c.deliverAll();
    expect(c.node('n3').role()?.name).toBe('backup');
  });
});

describe('crash vectors', () => {
  it('a replica learns from f + 1 others how often it had crashed, and tells with its RECOVERY', () => {
    const n5 = replica('n5', {}, [], FIVE);
    n5.crash().restart();
    expect(n5.sentOfType('Recovery')).toEqual([]);
    const reply = (from: string, count: number) =>
      n5.deliver(from, {
        type: 'CrashVectorReply',
        e: 0,
        x: n5.volatile.nonce,
        crashVector: new Map([[nodeId('n5'), count]]),
      });
    reply('n1', 2);
    reply('n1', 2);
    reply('n2', 0);
    expect(n5.sentOfType('Recovery')).toEqual([]);
    reply('n3', 1);
    expect(n5.sentOfType('Recovery').map(({ message }) => message.crashVector.get(nodeId('n5')))).toEqual([3, 3, 3, 3]);
  });

  const said = (crashes: Record<string, number>) => ({
    type: 'DoViewChange' as const,
    e: 0,
    v: 1,
    vNormal: 0,
    n: 0,
    k: 0,
    log: { after: 0, entries: [], checkpoint: emptyCheckpoint() },
    crashVector: response(0, null, crashes).crashVector,
  });

  it('a DOVIEWCHANGE from before a crash that is known of does not count, whoever knows of it', () => {
    for (const order of [
      ['n5', 'n3'],
      ['n3', 'n5'],
    ]) {
      const n2 = replica('n2', {}, [], FIVE);
      for (const from of order) n2.deliver(from, said(from === 'n3' ? { n5: 1 } : {}));
      expect(n2.volatile.status).toBe('view-change');
      expect(n2.marked('refused-stale-message')).toBe(1);
      n2.deliver('n4', said({}));
      expect(n2.volatile.status).toBe('normal');
    }
  });

  it('as published it counts', () => {
    const n2 = replica('n2', { crashVectors: false }, [], FIVE);
    n2.deliver('n5', said({}));
    n2.deliver('n3', said({ n5: 1 }));
    expect(n2.volatile.status).toBe('normal');
  });

  it('nor does a RECOVERYRESPONSE', () => {
    const n5 = replica('n5', {}, [], FIVE);
    n5.crash().restart();
    const { nonce: x } = n5.volatile;
    for (const from of ['n1', 'n2', 'n3'])
      n5.deliver(from, { type: 'CrashVectorReply', e: 0, x, crashVector: new Map() });
    n5.deliver('n1', { type: 'RecoveryResponse', e: 0, x, ...response(0, [1]) });
    n5.deliver('n2', { type: 'RecoveryResponse', e: 0, x, ...response(0, null, { n1: 1 }) });
    n5.deliver('n3', { type: 'RecoveryResponse', e: 0, x, ...response(0, null) });
    expect(n5.role()?.name).toBe('recovering');
    n5.deliver('n1', { type: 'RecoveryResponse', e: 0, x, ...response(0, [1], { n1: 1 }) });
    expect(n5.role()?.name).toBe('backup');
  });
});

describe('section 5.2, state transfer', () => {
  /** n1 and n2 have committed so many writes in view 0, of which n3 has heard nothing. */
  function withoutN3(writes: number, checkpointAfter = 200): Cluster {
    const c = cluster(THREE, { checkpointAfter });
    for (let value = 1; value <= writes; value++) {
      write(c, value);
      cutOff(c, 'n3');
      c.deliverAll();
    }
    return c;
  }

  it('in the same view it asks for what follows its op-number', () => {
    const c = withoutN3(2);
    heartbeat(c);
    c.deliverAll();
    heartbeat(c, 'n3');
    expect(c.pending.map(({ to, message }) => [to, message])).toEqual([['n1', { type: 'GetState', e: 0, v: 0, n: 0 }]]);
    c.deliverAll();
    expect(log(c.node('n3'))).toHaveLength(2);
    expect(c.node('n3').volatile.commitNumber).toBe(2);
  });

  it('another replica is asked the next time', () => {
    const n3 = replica('n3', {}, [], FIVE);
    n3.deliver('n1', { type: 'Commit', e: 0, v: 0, k: 3, sentAt: 0 });
    const asked = [1, 2, 3, 4].map(() => n3.fire('heartbeat').takeSent()[0]?.to);
    expect(asked).toEqual(['n1', 'n2', 'n4', 'n5']);
  });

  it('in a later view it asks for what follows its commit-number, and keeps what it has until the answer comes', () => {
    const n3 = replica('n3');
    n3.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 1), n: 1, k: 0 });
    n3.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(2, 2), n: 2, k: 1 });
    n3.takeSent();
    n3.deliver('n2', { type: 'Prepare', e: 0, v: 1, m: entry(3, 5), n: 3, k: 1 });
    expect(n3.takeSent()).toEqual([{ to: 'n2', message: { type: 'GetState', e: 0, v: 1, n: 1 } }]);
    expect(log(n3)).toHaveLength(2);
    expect(n3.volatile).toMatchObject({ viewNumber: 0, lastNormalView: 0 });
    const part = { after: 1, entries: [entry(2, 4), entry(3, 5)], checkpoint: null };
    n3.deliver('n2', { type: 'NewState', e: 0, v: 1, log: part, n: 3, k: 2 });
    expect(log(n3)).toEqual([
      [1, 1],
      [2, 4],
      [3, 5],
    ]);
    expect(n3.volatile).toMatchObject({ viewNumber: 1, lastNormalView: 1, commitNumber: 2 });
  });

  it('as published it cuts its log first', () => {
    const n3 = replica('n3', { truncatesEarly: true });
    n3.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 1), n: 1, k: 0 });
    n3.deliver('n2', { type: 'Prepare', e: 0, v: 1, m: entry(2, 5), n: 2, k: 0 });
    expect([log(n3), n3.marked('truncated-early')]).toEqual([[], 1]);
  });

  it('answered only where the status is normal, in this view or a later one', () => {
    const n2 = replica('n2');
    n2.deliver('n3', { type: 'GetState', e: 0, v: 1, n: 0 });
    expect(n2.takeSent()).toEqual([]);
    n2.deliver('n3', { type: 'GetState', e: 0, v: 0, n: 0 });
    expect(n2.takeSent()).toHaveLength(1);
    n2.deliver('n3', { type: 'StartViewChange', e: 0, v: 2 });
    n2.takeSent();
    n2.deliver('n3', { type: 'GetState', e: 0, v: 0, n: 0 });
    expect(n2.takeSent()).toEqual([]);
  });

  it('an old primary that hears of a later view leads no longer', () => {
    const n1 = replica('n1');
    n1.deliver('n2', { type: 'Commit', e: 0, v: 1, k: 0, sentAt: 0 });
    n1.takeSent();
    n1.fire('heartbeat');
    expect(n1.sentOfType('Commit')).toEqual([]);
    const ref = n1.request('read', { key: 'x' });
    expect(n1.answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n2' });
  });

  it('section 5.1: checkpoints cut the log, and who needs what is cut gets the checkpoint', () => {
    const c = withoutN3(7, 2);
    const { log: kept, checkpoint } = c.node('n1').volatile;
    expect([checkpoint.opNumber, kept[0]?.opNumber]).toEqual([6, 5]);
    heartbeat(c);
    c.deliverAll();
    heartbeat(c, 'n3');
    c.deliverAll();
    expect(c.node('n3').marked('installed-checkpoint')).toBe(1);
    expect(c.node('n3').volatile.machine.data.get('x')).toBe(7);
    expect(c.end()).toEqual([]);
  });

  it('section 5.3: a new primary that lacks what is cut gets the checkpoint with DOVIEWCHANGE', () => {
    const c = withoutN3(7, 2);
    c.crash('n1');
    timeOut(c, 'n3');
    c.deliverAll();
    timeOut(c, 'n3');
    c.deliverAll();
    expect(c.node('n3').role()).toEqual({ name: 'leader', term: 2 });
    expect(c.node('n3').volatile.machine.data.get('x')).toBe(7);
    expect(c.end()).toEqual([]);
  });
});

describe('section 6.3.1, fast reads', () => {
  function leased(members = THREE): Cluster {
    const c = cluster(members, { fastReads: true, leaseMs: 100, leaseDriftMax: 0 });
    c.now = ms(1000);
    heartbeat(c);
    c.deliverAll();
    return c;
  }

  const read = (c: Cluster, id = 'n1') => {
    const ref = c.do(id, (node) => node.request('read', { key: 'x' }));
    return c.node(id).answerTo(ref)?.kind;
  };

  it('a primary with f leases answers alone, without one it asks the others', () => {
    expect(read(leased())).toBe('reply');
    expect(read(cluster(THREE, { fastReads: true }))).toBeUndefined();
    const c = leased();
    c.now += ms(100);
    expect(read(c)).toBeUndefined();
    expect(flowing(c, 'Prepare')).toEqual(['n1>n2', 'n1>n3']);
  });

  it('a lease counts from when the heartbeat was sent, and shorter by what clocks may be off', () => {
    const c = cluster(THREE, { fastReads: true, leaseMs: 100, leaseDriftMax: 0.2 });
    heartbeat(c);
    c.now += ms(30);
    c.deliverAll();
    c.now += ms(36);
    expect(read(c)).toBe('reply');
    c.now += ms(1);
    expect(read(c)).toBeUndefined();
  });

  it('who has granted one sends no DOVIEWCHANGE until it is over', () => {
    const c = leased();
    c.do('n3', (node) => node.deliver('n2', { type: 'StartViewChange', e: 0, v: 1 }));
    expect(flowing(c, 'DoViewChange')).toEqual([]);
    c.now += ms(100);
    c.do('n3', (node) => node.fire('lease'));
    expect(flowing(c, 'DoViewChange')).toEqual(['n3>n2']);
  });

  it('nor does who has crashed and may have granted one', () => {
    const c = leased();
    c.crash('n3');
    c.do('n3', (node) => node.restart());
    c.deliverAll();
    c.do('n3', (node) => node.deliver('n2', { type: 'StartViewChange', e: 0, v: 1 }));
    expect([flowing(c, 'DoViewChange'), c.node('n3').marked('waits-for-lease')]).toEqual([[], 1]);
  });

  it('a new primary waits until it has executed what earlier views may have committed', () => {
    const n1 = replica('n1', { fastReads: true });
    n1.volatile.leases.set(nodeId('n2'), 1);
    n1.volatile.viewStart = 1;
    expect(n1.answerTo(n1.request('read', { key: 'x' }))).toBeUndefined();
  });
});
