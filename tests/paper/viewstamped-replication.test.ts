import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { viewstampedReplication } from '../../protocols/viewstamped-replication/protocol.js';
import type { Report } from '../../protocols/viewstamped-replication/shape.js';
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
} from './viewstamped-replication-cluster.js';

// Liskov, Cowling, Viewstamped Replication Revisited, 2012, sections 4.1 and 4.2.

describe('section 4, primaries', () => {
  it('are chosen round-robin, beginning with replica 1 in view 0', () => {
    const c = cluster();
    expect(THREE.map((id) => c.node(id).role())).toEqual([
      { name: 'leader', term: 0 },
      { name: 'backup', term: 0 },
      { name: 'backup', term: 0 },
    ]);
    timeOut(c, 'n3');
    c.deliverAll();
    expect(THREE.map((id) => c.node(id).role()?.name)).toEqual(['backup', 'leader', 'backup']);
    expect(c.end()).toEqual([]);
  });
});

describe('section 4.1, normal operation', () => {
  it('step 3: the primary gives the request the next op-number, enters it into its log and sends PREPARE', () => {
    const n1 = replica('n1');
    n1.request('write', { key: 'x', value: 7 });
    n1.request('write', { key: 'x', value: 8 });
    expect(log(n1)).toEqual([
      [1, 7],
      [2, 8],
    ]);
    const sent = n1.sentOfType('Prepare').map(({ to, message: { v, n, k } }) => ({ to, v, n, k }));
    expect(sent).toEqual([
      { to: 'n2', v: 0, n: 1, k: 0 },
      { to: 'n3', v: 0, n: 1, k: 0 },
      { to: 'n2', v: 0, n: 2, k: 0 },
      { to: 'n3', v: 0, n: 2, k: 0 },
    ]);
  });

  it('step 4: a backup waits until it has all earlier requests, and answers PREPAREOK for all of them', () => {
    const n2 = replica('n2');
    n2.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(2, 8), n: 2, k: 0 });
    expect([log(n2), n2.takeSent()]).toEqual([[], []]);
    n2.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 7), n: 1, k: 0 });
    expect(log(n2)).toEqual([
      [1, 7],
      [2, 8],
    ]);
    expect(n2.takeSent()).toEqual([{ to: 'n1', message: { type: 'PrepareOk', e: 0, v: 0, n: 2 } }]);
  });

  it('step 4: what does not come by itself is asked for', () => {
    const n2 = replica('n2');
    n2.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(2, 8), n: 2, k: 0 });
    n2.fire('heartbeat');
    expect(n2.takeSent()).toEqual([{ to: 'n1', message: { type: 'GetState', e: 0, v: 0, n: 0 } }]);
  });

  it('step 5: with PREPAREOK from f different backups it is committed, executed and answered, and all before it', () => {
    const n1 = replica('n1', {}, [], FIVE);
    const refs = [1, 2].map((value) => n1.request('write', { key: 'x', value }));
    n1.deliver('n2', { type: 'PrepareOk', e: 0, v: 0, n: 2 });
    n1.deliver('n2', { type: 'PrepareOk', e: 0, v: 0, n: 2 });
    expect(n1.volatile.commitNumber).toBe(0);
    n1.deliver('n3', { type: 'PrepareOk', e: 0, v: 0, n: 2 });
    expect(n1.volatile.commitNumber).toBe(2);
    expect(refs.map((ref) => n1.answerTo(ref)?.kind)).toEqual(['reply', 'reply']);
  });

  it('step 5: PREPAREOK of another view does not count', () => {
    const n1 = replica('n1');
    n1.request('write', { key: 'x', value: 1 });
    n1.deliver('n2', { type: 'PrepareOk', e: 0, v: 3, n: 1 });
    expect(n1.volatile.commitNumber).toBe(0);
  });

  it('steps 6 and 7: backups learn of the commit from the next PREPARE or from COMMIT, and execute', () => {
    const c = cluster();
    write(c, 1);
    c.deliverAll();
    expect(c.node('n2').volatile.commitNumber).toBe(0);
    write(c, 2);
    c.deliver({ type: 'Prepare', to: 'n2' });
    expect(c.node('n2').volatile.machine.data.get('x')).toBe(1);
    c.deliverAll();
    heartbeat(c);
    c.deliverAll();
    expect(c.node('n3').volatile.machine.data.get('x')).toBe(2);
    expect(c.end()).toEqual([]);
  });

  it('a primary that gets no PREPAREOK sends PREPARE again', () => {
    const c = cluster();
    write(c, 1);
    c.pending = [];
    heartbeat(c);
    expect(flowing(c, 'Prepare')).toEqual([]);
    heartbeat(c);
    expect(flowing(c, 'Prepare')).toEqual(['n1>n2', 'n1>n3']);
    c.deliverAll();
    expect(c.node('n1').volatile.commitNumber).toBe(1);
  });

  it('backups send clients to the primary', () => {
    const n2 = replica('n2');
    const ref = n2.request('read', { key: 'x' });
    expect(n2.answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n1' });
  });

  it('more than so many requests at once are refused', () => {
    const n1 = replica('n1', { windowMax: 1 });
    n1.request('write', { key: 'x', value: 1 });
    expect(n1.answerTo(n1.request('write', { key: 'x', value: 2 }))).toMatchObject({ kind: 'fail' });
  });
});

describe('section 4.1, the client-table', () => {
  const session = (sequence: number) => ({ client: 'c1', sequence });
  const append = (c: Cluster, sequence: number, id = 'n1') =>
    c.do(id, (node) => node.request('append', { key: 'l', value: sequence }, session(sequence)));

  it('a repeated request that is under way is done once, and whoever asked last is answered', () => {
    const c = cluster();
    const [first, second] = [append(c, 1), append(c, 1)];
    expect(log(c.node('n1'))).toHaveLength(1);
    c.deliverAll();
    expect(c.node('n1').answerTo(second)?.kind).toBe('reply');
    expect(c.node('n1').answerTo(first)).toBeUndefined();
  });

  it('for one that is done the result is sent again; one that is older than the latest is dropped', () => {
    const c = cluster();
    append(c, 1);
    c.deliverAll();
    append(c, 2);
    c.deliverAll();
    const again = append(c, 2);
    expect(c.node('n1').answerTo(again)?.kind).toBe('reply');
    expect(c.node('n1').answerTo(append(c, 1))).toBeUndefined();
    expect(c.node('n1').volatile.machine.data.get('l')).toEqual([1, 2]);
  });

  it('backups keep it too, so that a new primary knows what is done and what is in its log', () => {
    const c = cluster();
    append(c, 1);
    c.deliverAll();
    append(c, 2);
    c.deliver({ type: 'Prepare', to: 'n2' });
    cutOff(c, 'n1');
    c.crash('n1');
    timeOut(c, 'n2');
    c.deliver({ type: 'StartViewChange', to: 'n3' });
    c.deliver({ type: 'StartViewChange', to: 'n2' }).deliver({ type: 'DoViewChange' });
    expect(c.node('n2').role()?.name).toBe('leader');
    const ref = append(c, 2, 'n2');
    expect(log(c.node('n2'))).toHaveLength(2);
    c.deliverAll();
    expect(c.node('n2').answerTo(ref)?.kind).toBe('reply');
    expect(c.node('n2').volatile.machine.data.get('l')).toEqual([1, 2]);
    expect(c.end()).toEqual([]);
  });
});

describe('section 4.2, view changes', () => {
  it('step 1: who hears no primary advances its view-number and tells all others', () => {
    const c = cluster();
    timeOut(c, 'n3');
    expect(c.node('n3').volatile).toMatchObject({ viewNumber: 1, status: 'view-change', lastNormalView: 0 });
    expect(flowing(c, 'StartViewChange')).toEqual(['n3>n1', 'n3>n2']);
  });

  it('step 1: so does who hears STARTVIEWCHANGE or DOVIEWCHANGE of a larger view', () => {
    const c = cluster(FIVE);
    timeOut(c, 'n3');
    c.deliver({ type: 'StartViewChange', to: 'n4' });
    expect(c.node('n4').volatile).toMatchObject({ viewNumber: 1, status: 'view-change' });
    expect(flowing(c, 'StartViewChange').filter((link) => link.startsWith('n4'))).toHaveLength(4);
    const n5 = replica('n5', {}, [], FIVE);
    n5.deliver('n3', { type: 'DoViewChange', e: 0, v: 4, ...report(0, []) });
    expect(n5.volatile).toMatchObject({ viewNumber: 4, status: 'view-change' });
  });

  it('step 1: a primary that is alive is not suspected', () => {
    const c = cluster();
    c.now += ms(200);
    heartbeat(c);
    c.deliverAll();
    c.do('n2', (node) => node.fire('election'));
    expect(c.node('n2').volatile).toMatchObject({ viewNumber: 0, status: 'normal' });
  });

  it('step 2: upon STARTVIEWCHANGE from f others, not before and not twice, DOVIEWCHANGE goes to the new primary', () => {
    const n3 = replica('n3', {}, [], FIVE);
    for (const from of ['n4', 'n4']) n3.deliver(from, { type: 'StartViewChange', e: 0, v: 1 });
    expect(n3.sentOfType('DoViewChange')).toEqual([]);
    for (const from of ['n5', 'n1']) n3.deliver(from, { type: 'StartViewChange', e: 0, v: 1 });
    const sent = n3
      .sentOfType('DoViewChange')
      .map(({ to, message: { v, vNormal, n, k } }) => ({ to, v, vNormal, n, k }));
    expect(sent).toEqual([{ to: 'n2', v: 1, vNormal: 0, n: 0, k: 0 }]);
  });

  function report(vNormal: number, values: number[], k = 0): Report {
    const entries = values.map((value, i) => entry(i + 1, value));
    const checkpoint = { opNumber: 0, machine: { data: new Map(), sessions: new Map() } };
    return { vNormal, n: entries.length, k, log: { after: 0, entries, checkpoint }, crashVector: new Map() };
  }

  it('step 3: with f + 1, the log of the largest v′ counts, then the longest, whatever order they come in', () => {
    const told: [string, Report][] = [
      ['n3', report(0, [1, 2, 3])],
      ['n4', report(2, [1, 4], 1)],
      ['n5', report(2, [1])],
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      // n2 is primary of view 7, and still in view 0. Of six replicas four are needed.
      const n2 = replica('n2', {}, [], ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
      for (const i of order) {
        expect(n2.sentOfType('StartView')).toEqual([]);
        const [from, said] = told[i]!;
        n2.deliver(from, { type: 'DoViewChange', e: 0, v: 7, ...said });
      }
      expect(n2.role()).toEqual({ name: 'leader', term: 7 });
      expect(log(n2)).toEqual([
        [1, 1],
        [2, 4],
      ]);
      expect(n2.volatile).toMatchObject({ lastNormalView: 7, commitNumber: 1 });
      expect(n2.sentOfType('StartView').map(({ to, message: { n, k } }) => [to, n, k])).toEqual(
        ['n1', 'n3', 'n4', 'n5', 'n6'].map((to) => [to, 2, 1]),
      );
    }
  });

  it('step 3: one that says it twice counts once', () => {
    const n2 = replica('n2', {}, [], FIVE);
    for (const from of ['n3', 'n3', 'n3']) n2.deliver(from, { type: 'DoViewChange', e: 0, v: 1, ...report(0, []) });
    expect(n2.volatile.status).toBe('view-change');
  });

  it('steps 4 and 5: the others take the log over, answer PREPAREOK for what is not committed, and it is', () => {
    const c = cluster();
    write(c, 1);
    c.deliver({ type: 'Prepare', to: 'n2' });
    cutOff(c, 'n1');
    c.crash('n1');
    timeOut(c, 'n2');
    c.deliver({ type: 'StartViewChange', to: 'n3' });
    c.deliver({ type: 'StartViewChange', to: 'n2' })
      .deliver({ type: 'DoViewChange' })
      .deliver({ type: 'StartView', to: 'n3' });
    expect(log(c.node('n3'))).toEqual([[1, 1]]);
    expect(flowing(c, 'PrepareOk')).toEqual(['n3>n2']);
    c.deliver({ type: 'PrepareOk' });
    expect(c.node('n2').volatile.commitNumber).toBe(1);
    expect(c.end()).toEqual([]);
  });

  it('what never got to f + 1 may be replaced: another request gets its op-number', () => {
    const c = cluster();
    write(c, 1);
    cutOff(c, 'n1');
    timeOut(c, 'n2');
    cutOff(c, 'n1');
    for (let i = 0; i < 4; i++) {
      if (c.pending.length > 0) c.deliver();
      cutOff(c, 'n1');
    }
    write(c, 2, 'n2');
    cutOff(c, 'n1');
    c.deliverAll();
    expect(c.node('n2').volatile.commitNumber).toBe(1);
    // n1 hears of view 1, and gives up what it had.
    heartbeat(c, 'n2');
    c.deliverAll();
    expect(THREE.map((id) => log(c.node(id)))).toEqual(THREE.map(() => [[1, 2]]));
    expect(c.end()).toEqual([]);
  });

  it('messages of older views are ignored', () => {
    const c = cluster();
    timeOut(c, 'n2');
    c.deliverAll();
    const n3 = c.node('n3');
    n3.deliver('n1', { type: 'Prepare', e: 0, v: 0, m: entry(1, 9), n: 1, k: 0 });
    n3.deliver('n1', { type: 'Commit', e: 0, v: 0, k: 1, sentAt: 0 });
    n3.deliver('n1', { type: 'StartViewChange', e: 0, v: 0 });
    expect([log(n3), n3.sent, n3.volatile.viewNumber]).toEqual([[], [], 1]);
  });

  it('one that comes to nothing is followed by the next, with the next primary', () => {
    const c = cluster(FIVE);
    c.crash('n1');
    c.crash('n2');
    timeOut(c, 'n3');
    c.deliverAll();
    expect(c.node('n3').volatile).toMatchObject({ viewNumber: 1, status: 'view-change' });
    timeOut(c, 'n4');
    c.deliverAll();
    expect(FIVE.slice(2).map((id) => c.node(id).role())).toEqual([
      { name: 'leader', term: 2 },
      { name: 'backup', term: 2 },
      { name: 'backup', term: 2 },
    ]);
  });
});

describe('what a fault-free request costs', () => {
  const REQUESTS = 10;

  function run(nodes: number): RunResult {
    return new Simulation({
      protocol: viewstampedReplication,
      nodes,
      seed: '1',
      until: seconds(3),
      network: { latency: { constant: ms(10) } },
      clocks: { offsetMax: 0, driftPpmMax: 0 },
      script: Array.from({ length: REQUESTS }, (_, i) => ({
        at: ms(107 + 200 * i),
        client: 'c1',
        request: 'write',
        args: { key: 'x', value: i },
        target: 'n1',
      })),
      trace: 'events',
    }).run();
  }

  it.each([3, 5, 7])('%i nodes: n − 1 PREPARE and n − 1 PREPAREOK a request, and COMMIT when it is quiet', (n) => {
    const counts: Record<string, number> = {};
    for (const { kind, name, node } of run(n).trace!.events()) {
      if (kind === 'send' && node!.startsWith('n') && !name!.startsWith('reply'))
        counts[name!] = (counts[name!] ?? 0) + 1;
    }
    const heartbeats = 3000 / 50 - 1;
    expect(counts).toMatchObject({ Prepare: REQUESTS * (n - 1), PrepareOk: REQUESTS * (n - 1) });
    expect(Object.keys(counts).toSorted()).toEqual(['Commit', 'Prepare', 'PrepareOk']);
    expect(Math.abs(counts['Commit']! / (n - 1) - heartbeats)).toBeLessThanOrEqual(1);
  });

  it('two message delays from PREPARE to the commit; four from client to client', () => {
    const { history } = run(5);
    const times = history.filter(({ type }) => type === 'ok').map(({ time, index }) => time - history[index - 1]!.time);
    expect(times).toEqual(Array.from({ length: REQUESTS }, () => ms(40)));
  });

  it('a view change with one replica down: (n − 1)² STARTVIEWCHANGE, n − 2 DOVIEWCHANGE, n − 1 STARTVIEW', () => {
    const c = cluster(FIVE);
    c.crash('n1');
    timeOut(c, 'n2');
    const counts: Record<string, number> = {};
    while (c.pending.length > 0) {
      const { type } = c.pending[0]!.message;
      counts[type] = (counts[type] ?? 0) + 1;
      c.deliver();
    }
    expect(counts).toEqual({ StartViewChange: 4 * 4, DoViewChange: 3, StartView: 4 });
  });

  it('three message delays from the time-out to the new primary, and one more to its backups', () => {
    const result = new Simulation({
      protocol: viewstampedReplication,
      nodes: 5,
      seed: '1',
      until: seconds(1),
      network: { latency: { constant: ms(10) } },
      options: { electionTimeoutMsMin: 900, electionTimeoutMsMax: 900 },
      nodeOptions: { n2: { electionTimeoutMsMin: 300, electionTimeoutMsMax: 300 } },
      faults: [{ do: 'crash', whom: 'n1', at: ms(200) }],
      trace: 'events',
    }).run();
    const events = [...result.trace!.events()];
    const timedOut = events.find(({ name }) => name === 'started-view-change')!.time;
    const started = events.find(({ name }) => name === 'started-view')!.time;
    const told = events.filter(({ kind, name }) => kind === 'deliver' && name === 'StartView').map(({ time }) => time);
    expect([started - timedOut, ...told.map((time) => time - timedOut)]).toEqual([30, 40, 40, 40].map(ms));
  });
});
