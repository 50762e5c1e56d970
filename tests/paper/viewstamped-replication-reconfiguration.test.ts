import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import {
  cluster,
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
} from './viewstamped-replication-cluster.js';

// Liskov, Cowling, Viewstamped Replication Revisited, 2012, section 7.

const INITIAL = { configuration: THREE };

/** Five nodes, of which the first three are the group. */
function group(): Cluster {
  return cluster(FIVE, INITIAL);
}

function reconfigure(c: Cluster, configuration: string[], id = 'n1'): string {
  return c.do(id, (node) => node.request('reconfigure', { configuration }));
}

function statuses(c: Cluster): string[] {
  return FIVE.map((id) => `${c.node(id).volatile.epochNumber} ${c.node(id).volatile.status}`);
}

describe('section 7, reconfiguration', () => {
  it('who is not of the group waits, and takes part in nothing', () => {
    const n4 = replica('n4', INITIAL, [], FIVE);
    expect(n4.role()?.name).toBe('waiting');
    n4.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 1), n: 1, k: 0 });
    n4.fire('election').fire('heartbeat');
    expect([n4.takeSent(), log(n4)]).toEqual([[], []]);
  });

  it('7.1: the request is prepared like others, and the last of its epoch', () => {
    const c = group();
    reconfigure(c, FIVE);
    expect(flowing(c, 'Prepare')).toEqual(['n1>n2', 'n1>n3']);
    const late = write(c, 1);
    expect(c.node('n1').answerTo(late)).toMatchObject({ kind: 'redirect', value: null });
    expect(log(c.node('n1'))).toEqual([[1, 'reconfigure']]);
  });

  it('7.1: a group has somebody in it, and nobody twice', () => {
    const c = group();
    for (const wrong of [[], ['n1', 'n1', 'n2']]) {
      expect(c.node('n1').answerTo(reconfigure(c, wrong))).toMatchObject({ kind: 'fail', value: 'not a group' });
    }
  });

  it('7.1: committed, it begins the next epoch in view 0; old replicas hear COMMIT, all new ones STARTEPOCH', () => {
    const c = group();
    write(c, 7);
    c.deliverAll();
    const ref = reconfigure(c, FIVE);
    c.deliver({ type: 'Prepare', to: 'n2' }).deliver({ type: 'PrepareOk', from: 'n2' });
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    expect(c.node('n1').volatile).toMatchObject({ epochNumber: 1, viewNumber: 0, status: 'normal', epochStart: 2 });
    expect(flowing(c, 'Commit')).toEqual(['n1>n2', 'n1>n3']);
    expect(flowing(c, 'StartEpoch')).toEqual(['n1>n2', 'n1>n3', 'n1>n4', 'n1>n5']);
  });

  it('7.1.1: new replicas get what came before by state transfer, and then are in normal status', () => {
    const c = group();
    write(c, 7);
    c.deliverAll();
    reconfigure(c, FIVE);
    c.deliverAll();
    for (let i = 0; i < 6; i++) {
      for (const id of FIVE) heartbeat(c, id);
      c.deliverAll();
    }
    expect(statuses(c)).toEqual(FIVE.map(() => '1 normal'));
    expect(c.node('n5').volatile.machine.data.get('x')).toBe(7);
    write(c, 8);
    c.deliverAll();
    expect(log(c.node('n4')).at(-1)).toEqual([3, 8]);
    expect(c.end()).toEqual([]);
  });

  it('7.1.2: a replaced replica helps until f′ + 1 are up to date, and shuts down', () => {
    const c = group();
    write(c, 7);
    c.deliverAll();
    reconfigure(c, ['n3', 'n4', 'n5']);
    c.deliver({ type: 'Prepare', to: 'n2' }).deliver({ type: 'PrepareOk', from: 'n2' });
    expect(c.node('n1').volatile.status).toBe('transitioning');
    const started = (from: string) => c.do('n1', (node) => node.deliver(from, { type: 'EpochStarted', e: 1 }));
    started('n3');
    started('n3');
    expect(c.node('n1').volatile.status).toBe('transitioning');
    started('n4');
    expect(c.node('n1').volatile.status).toBe('shut-down');
    const ref = c.do('n1', (node) => node.request('read', { key: 'x' }));
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'redirect', value: 'n3' });
  });

  it('7.1.2: it tells of the epoch again and again', () => {
    const c = group();
    reconfigure(c, ['n3', 'n4', 'n5']);
    c.deliver({ type: 'Prepare', to: 'n2' }).deliver({ type: 'PrepareOk', from: 'n2' });
    c.pending = [];
    heartbeat(c);
    expect(flowing(c, 'StartEpoch')).toEqual(['n1>n3', 'n1>n4', 'n1>n5']);
    c.do('n1', (node) => node.deliver('n4', { type: 'EpochStarted', e: 1 }));
    c.pending = [];
    heartbeat(c);
    expect(flowing(c, 'StartEpoch')).toEqual(['n1>n3', 'n1>n5']);
  });

  it('all replicas but one replaced: nothing is lost', () => {
    const c = group();
    write(c, 7);
    c.deliverAll();
    reconfigure(c, ['n3', 'n4', 'n5']);
    for (let i = 0; i < 6; i++) {
      c.deliverAll();
      for (const id of FIVE) heartbeat(c, id);
    }
    c.deliverAll();
    expect(statuses(c)).toEqual(['1 shut-down', '1 shut-down', '1 normal', '1 normal', '1 normal']);
    const ref = c.do('n3', (node) => node.request('read', { key: 'x' }));
    c.deliverAll();
    expect(c.node('n3').answerTo(ref)?.value).toBe(7);
    expect(c.end()).toEqual([]);
  });

  it('7.2: who speaks from an earlier epoch is told of the later one, also a replica that recovers', () => {
    const c = group();
    reconfigure(c, ['n3', 'n4', 'n5']);
    for (let i = 0; i < 6; i++) {
      c.deliverAll();
      for (const id of FIVE) heartbeat(c, id);
    }
    c.deliverAll();
    c.crash('n3');
    c.do('n3', (node) => node.restart());
    c.deliverAll();
    expect(c.node('n3').volatile).toMatchObject({ epochNumber: 1, status: 'recovering' });
    timeOut(c, 'n4');
    c.deliverAll();
    heartbeat(c, 'n3');
    c.deliverAll();
    expect(c.node('n3').volatile).toMatchObject({ epochNumber: 1, viewNumber: 1, status: 'normal' });
    expect(c.end()).toEqual([]);
  });

  it('7.2: messages of another epoch do nothing', () => {
    const n2 = replica('n2');
    n2.deliver('n1', { type: 'Prepare', e: 1, v: 0, m: entry(1, 1), n: 1, k: 1 });
    n2.deliver('n3', { type: 'StartViewChange', e: 1, v: 5 });
    expect([log(n2), n2.volatile.viewNumber, n2.takeSent()]).toEqual([[], 0, []]);
  });

  it('what is told of the old epoch ends with its last request, whatever has been committed since', () => {
    const n2 = replica('n2');
    const configuration = THREE.map(nodeId);
    const end = { opNumber: 1, command: { op: 'reconfigure' as const, configuration }, session: null, ref: 'r' };
    n2.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: end, n: 1, k: 1 });
    n2.deliver('n1', { type: 'Prepare', e: 1, v: 0, m: entry(2, 2), n: 2, k: 2 });
    expect(n2.volatile).toMatchObject({ epochNumber: 1, commitNumber: 2 });
    n2.deliver('n1', { type: 'StartViewChange', e: 1, v: 1 });
    n2.takeSent();
    n2.deliver('n3', { type: 'GetState', e: 1, v: 0, n: 0 });
    expect(n2.takeSent()).toMatchObject([
      { to: 'n3', message: { type: 'NewState', v: 0, n: 1, k: 1, log: { entries: [{ opNumber: 1 }] } } },
    ]);
  });

  it('who has the log of the view in which the old epoch ended needs nothing from anybody', () => {
    const configuration = FIVE.map(nodeId);
    const end = { opNumber: 1, command: { op: 'reconfigure' as const, configuration }, session: null, ref: 'r' };
    const told = (v: number) => {
      const n2 = replica('n2', INITIAL, [], FIVE);
      n2.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: end, n: 1, k: 0 });
      n2.deliver('n1', {
        type: 'StartEpoch',
        e: 1,
        v,
        n: 1,
        oldConfiguration: THREE.map(nodeId),
        newConfiguration: configuration,
      });
      return n2.volatile.status;
    };
    expect(told(0)).toBe('normal');
    // In a later view something else may stand there.
    expect(told(3)).toBe('transitioning');
  });

  it('who has recovered, and may have been of the next epoch before, recovers there as well', () => {
    const configuration = FIVE.map(nodeId);
    const end = { opNumber: 1, command: { op: 'reconfigure' as const, configuration }, session: null, ref: 'r' };
    const checkpoint = { opNumber: 0, machine: { data: new Map(), sessions: new Map() } };
    const recovered = (viewStart: number) => {
      const n3 = replica('n3', { ...INITIAL, crashVectors: false }, [], FIVE);
      n3.crash().restart();
      const { nonce: x } = n3.volatile;
      const state = { log: { after: 0, entries: [end], checkpoint }, n: 1, k: 0, viewStart };
      n3.deliver('n1', { type: 'RecoveryResponse', e: 0, x, v: 0, state, crashVector: new Map() });
      n3.deliver('n2', { type: 'RecoveryResponse', e: 0, x, v: 0, state: null, crashVector: new Map() });
      expect(n3.volatile.status).toBe('normal');
      n3.takeSent();
      n3.deliver('n1', { type: 'Commit', e: 0, v: 0, k: 1, sentAt: 0 });
      return n3;
    };
    // The primary has got the reconfiguration in its own view: had it been committed, the primary would know.
    expect(recovered(0).volatile).toMatchObject({ epochNumber: 1, status: 'normal' });
    const n3 = recovered(1);
    expect(n3.volatile).toMatchObject({ epochNumber: 1, status: 'recovering' });
    expect(n3.sentOfType('Recovery').map(({ to }) => to)).toEqual(['n1', 'n2', 'n4', 'n5']);
  });
});
