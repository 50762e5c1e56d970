import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import { twoPhaseCommit, type Decision, type TwoPhaseCommit } from '../../protocols/two-phase-commit/protocol.js';
import { ScriptedCluster } from './scripted-cluster.js';

// Mohan, Lindsay, Obermarck 1986: what presumed abort and presumed commit save, and what an inquiry is answered.

type Presume = TwoPhaseCommit['options']['presume'];

const MEMBERS = ['n1', 'n2', 'n3'];

function cluster(presume: Presume): ScriptedCluster<TwoPhaseCommit> {
  return new ScriptedCluster(twoPhaseCommit, MEMBERS, { options: { presume } });
}

/** Forced records and messages of one transaction, at the coordinator and at a participant that votes Yes. */
function cost(presume: Presume, decision: Decision): { forced: [number, number]; sent: [number, number] } {
  const c = cluster(presume);
  const forced = new Map<string, number>();
  const sent = new Map<string, number>();
  for (const id of MEMBERS) {
    const { log } = c.node(id).durable;
    const set = log.set.bind(log);
    log.set = (txn, record) => {
      forced.set(id, (forced.get(id) ?? 0) + 1);
      return set(txn, record);
    };
  }
  c.do('n1', (node) => node.request('begin', { no: decision === 'abort' ? [nodeId('n3')] : [] }));
  while (c.pending.length > 0) {
    const { from } = c.pending[0]!;
    sent.set(from, (sent.get(from) ?? 0) + 1);
    c.deliver();
  }
  return {
    forced: [forced.get('n1') ?? 0, forced.get('n2') ?? 0],
    sent: [sent.get('n1') ?? 0, sent.get('n2') ?? 0],
  };
}

describe('records forced and messages sent, at [the coordinator, a Yes voter]', () => {
  // Commit: two participants get VoteReq and Commit. Abort: n3 votes No, so that Abort goes to n2 alone.
  it.each([
    ['nothing', 'commit', { forced: [2, 2], sent: [4, 2] }],
    ['abort', 'commit', { forced: [1, 2], sent: [4, 2] }],
    ['commit', 'commit', { forced: [2, 1], sent: [4, 1] }],
    ['nothing', 'abort', { forced: [2, 2], sent: [3, 2] }],
    ['abort', 'abort', { forced: [0, 1], sent: [3, 1] }],
    ['commit', 'abort', { forced: [1, 2], sent: [3, 2] }],
  ] as const)('presumed %s, %s', (presume, decision, expected) => {
    expect(cost(presume, decision)).toEqual(expected);
  });
});

describe('an inquiry about a transaction that the coordinator does not know', () => {
  it.each([
    ['nothing', []],
    ['abort', ['Abort']],
    ['commit', ['Commit']],
  ] as const)('presumed %s', (presume, answer) => {
    const { coordinator, txn } = { coordinator: nodeId('n1'), txn: 'c1#1' as never };
    const c = cluster(presume);
    c.do('n1', (node) => node.deliver('n2', { type: 'DecisionReq', txn, coordinator }));
    expect(c.pending.map(({ message }) => message.type)).toEqual(answer);
  });
});

describe('what was saved is not missed', () => {
  it('presumed abort: a coordinator that lost all trace of a transaction has aborted it', () => {
    const c = cluster('abort');
    const txn = c.do('n1', (node) => node.request('begin', { no: [] }));
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).crash('n1').drop().drop();
    c.do('n1', (node) => node.restart());
    expect(c.pending).toEqual([]);
    for (const id of ['n2', 'n3']) c.do(id, (node) => node.fire('timeout', txn));
    c.deliverAll();
    for (const id of ['n2', 'n3']) expect(c.node(id).volatile.unforced.get(txn)?.state).toBe('abort');
    // Their lazy records are lost with a crash; the yes record is there, and the inquiry has the same answer.
    c.crash('n2').do('n2', (node) => node.restart());
    c.deliverAll();
    expect(c.node('n2').volatile.unforced.get(txn)?.state).toBe('abort');
    expect(c.violations).toEqual([]);
  });

  it('presumed commit: the collecting record makes a crashed coordinator abort, not presume', () => {
    const c = cluster('commit');
    const txn = c.do('n1', (node) => node.request('begin', { no: [] }));
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).crash('n1').drop().drop();
    c.do('n1', (node) => node.restart());
    c.deliver({ type: 'Abort', to: 'n2' }).drop({ type: 'Abort', to: 'n3' }).deliver({ type: 'Ack' });
    // n3 has not acknowledged, so the coordinator remembers, and tells it in the end.
    c.do('n1', (node) => node.fire('timeout', txn));
    c.deliverAll();
    for (const id of ['n2', 'n3']) expect(c.node(id).durable.log.get(txn)?.state).toBe('abort');
    expect(c.violations).toEqual([]);
  });

  it('presumed commit: nobody acknowledges a commit, and who missed it hears it by asking', () => {
    const c = cluster('commit');
    const txn = c.do('n1', (node) => node.request('begin', { no: [] }));
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).deliver({ type: 'Yes' }).deliver({ type: 'Yes' });
    c.deliver({ type: 'Commit', to: 'n2' }).drop({ type: 'Commit', to: 'n3' });
    expect(c.pending).toEqual([]);
    c.do('n1', (node) => node.fire('timeout', txn));
    expect(c.node('n1').durable.log.size).toBe(0);
    c.do('n3', (node) => node.fire('timeout', txn));
    c.deliverAll();
    expect(c.node('n3').volatile.unforced.get(txn)?.state).toBe('commit');
    expect(c.violations).toEqual([]);
  });

  it.each(['abort', 'commit'] as const)(
    'presumed %s: with cooperation an acknowledgement is a promise, and forced',
    (presume) => {
      const options = { presume, cooperative: true };
      const c = new ScriptedCluster(twoPhaseCommit, MEMBERS, { options });
      const txn = c.do('n1', (node) => node.request('begin', { no: presume === 'abort' ? [nodeId('n3')] : [] }));
      for (let i = 0; i < 2; i++) c.deliver({ type: 'VoteReq' });
      while (c.node('n2').marks.length === 0) c.deliver();
      expect(c.pending.map(({ message }) => message.type)).toContain('Ack');
      expect(c.node('n2').durable.log.get(txn)?.state).toBe(presume);
    },
  );
});
