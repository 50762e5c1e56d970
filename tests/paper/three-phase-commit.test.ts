import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import {
  threePhaseCommit,
  type ThreePhaseCommit,
  type Transaction,
} from '../../protocols/three-phase-commit/protocol.js';
import { ScriptedCluster } from './scripted-cluster.js';

// Bernstein, Hadzilacos, Goodman 1987, section 7.5, rule by rule. n1 coordinates, all vote Yes unless they are named.

type Cluster = ScriptedCluster<ThreePhaseCommit>;

const MEMBERS = ['n1', 'n2', 'n3'];

const cluster = (): Cluster => new ScriptedCluster(threePhaseCommit, MEMBERS);
const begin = (c: Cluster, ...no: string[]): Transaction =>
  c.do('n1', (node) => node.request('begin', { no: no.map(nodeId) }));
const flowing = (c: Cluster): string[] => c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`);
const states = (c: Cluster, txn: Transaction) => MEMBERS.map((id) => c.node(id).durable.log.get(txn)?.state);

function all(c: Cluster, type: keyof ThreePhaseCommit['messages']): void {
  while (c.pending.some(({ message }) => message.type === type)) c.deliver({ type });
}

function timeout(c: Cluster, id: string, txn: Transaction): void {
  c.now += ms(50);
  c.do(id, (node) => node.fire('timeout', txn));
}

/** All have voted Yes; the first pre-commits are on their way. */
function voted(c: Cluster): Transaction {
  const txn = begin(c);
  all(c, 'VoteReq');
  all(c, 'Yes');
  return txn;
}

/** The coordinator is gone, with all that it had sent. */
function crash(c: Cluster, id: string): void {
  c.crash(id);
  c.pending = c.pending.filter(({ from }) => from !== id);
}

describe('the protocol without failures', () => {
  it('steps 1 to 3: when all have voted Yes, the coordinator sends PRE-COMMIT, and has not decided', () => {
    const c = cluster();
    const txn = voted(c);
    expect(flowing(c)).toEqual(['n1>n2 PreCommit', 'n1>n3 PreCommit']);
    expect(states(c, txn)).toEqual(['pre-commit', 'yes', 'yes']);
  });

  it('steps 4 and 5: committable ones acknowledge, and with the last acknowledgement the coordinator commits', () => {
    const c = cluster();
    const txn = voted(c);
    all(c, 'PreCommit');
    c.deliver({ type: 'Ack' });
    expect(c.node('n1').answerTo(txn)).toBeUndefined();
    c.deliver({ type: 'Ack' });
    expect(c.node('n1').answerTo(txn)?.value).toBe('commit');
    all(c, 'Commit');
    expect(states(c, txn)).toEqual(['commit', 'commit', 'commit']);
  });

  it('one No: all abort', () => {
    const c = cluster();
    const txn = begin(c, 'n3');
    all(c, 'VoteReq');
    c.deliver({ type: 'No' }).deliver({ type: 'Abort', to: 'n2' });
    expect(states(c, txn)).toEqual(['abort', 'abort', 'abort']);
  });

  it('a No of the coordinator never leaves it', () => {
    const c = cluster();
    expect(c.node('n1').answerTo(begin(c, 'n1'))?.value).toBe('abort');
    expect(flowing(c)).toEqual([]);
  });
});

describe('time-outs', () => {
  it('the coordinator aborts when votes are missing', () => {
    const c = cluster();
    const txn = begin(c);
    timeout(c, 'n1', txn);
    expect(states(c, txn)[0]).toBe('abort');
  });

  it('the coordinator commits without those that do not acknowledge PRE-COMMIT: they have failed', () => {
    const c = cluster();
    const txn = voted(c);
    timeout(c, 'n1', txn);
    expect(states(c, txn)[0]).toBe('commit');
  });

  it('a participant elects the first that is taken to be operational, and tells it', () => {
    const c = cluster();
    const txn = voted(c);
    crash(c, 'n1');
    timeout(c, 'n3', txn);
    expect(flowing(c)).toEqual(['n3>n2 UrElected']);
    c.deliver();
    expect(flowing(c)).toEqual(['n2>n3 StateReq']);
  });

  it('and the next one when that has failed too', () => {
    const c = cluster();
    const txn = voted(c);
    crash(c, 'n1');
    crash(c, 'n2');
    timeout(c, 'n3', txn);
    timeout(c, 'n3', txn);
    expect(c.node('n3').marked('new-coordinator')).toBe(1);
    expect(states(c, txn)[2]).toBe('abort'); // It is alone, and uncertain.
  });
});

describe('the termination protocol', () => {
  /** n2 takes over, with n2 and n3 in these states, and hears of n3's. */
  function takeOver(prepare: (c: Cluster, txn: Transaction) => void): { c: Cluster; txn: Transaction } {
    const c = cluster();
    const txn = voted(c);
    prepare(c, txn);
    crash(c, 'n1');
    timeout(c, 'n2', txn);
    c.deliver({ type: 'StateReq' }).deliver({ type: 'State' });
    return { c, txn };
  }

  it('TR1: somebody has aborted → abort', () => {
    const { c, txn } = takeOver(
      (cluster, id) => void cluster.node('n3').durable.log.set(id, { state: 'abort', decider: null }),
    );
    expect(states(c, txn)[1]).toBe('abort');
  });

  it('TR2: somebody has committed → commit', () => {
    const { c, txn } = takeOver((cluster) => {
      all(cluster, 'PreCommit');
      all(cluster, 'Ack');
      cluster.deliver({ type: 'Commit', to: 'n3' });
    });
    expect(states(c, txn)[1]).toBe('commit');
  });

  it('TR3: all are uncertain → abort', () => {
    const { c, txn } = takeOver(() => undefined);
    expect(states(c, txn)[1]).toBe('abort');
  });

  it('TR4: somebody is committable → PRE-COMMIT to the uncertain ones first, then commit', () => {
    const { c, txn } = takeOver((cluster) => cluster.deliver({ type: 'PreCommit', to: 'n3' }));
    // n2 itself was the uncertain one: nobody is left to be told.
    expect(states(c, txn)).toEqual(['pre-commit', 'commit', 'pre-commit']);
    const other = takeOver((cluster) => cluster.deliver({ type: 'PreCommit', to: 'n2' }));
    expect(flowing(other.c)).toContain('n2>n3 PreCommit');
    expect(states(other.c, other.txn)[1]).toBe('pre-commit');
    other.c.deliver({ type: 'PreCommit', to: 'n3' }).deliver({ type: 'Ack', from: 'n3' });
    expect(states(other.c, other.txn)[1]).toBe('commit');
  });

  it('who is asked for its state before it was asked to vote refuses', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ type: 'VoteReq', to: 'n2' });
    crash(c, 'n1');
    timeout(c, 'n2', txn);
    c.deliver({ type: 'StateReq' });
    expect(states(c, txn)[2]).toBe('abort');
  });
});

describe('recovery', () => {
  it('who has voted Yes and not decided asks, even if it is committable', () => {
    const c = cluster();
    const txn = voted(c);
    crash(c, 'n1');
    c.do('n1', (node) => node.restart());
    expect(flowing(c)).toEqual(['n1>n2 DecisionReq', 'n1>n3 DecisionReq']);
    expect(states(c, txn)[0]).toBe('pre-commit');
  });

  it('and takes no part in the termination protocol', () => {
    const c = cluster();
    const txn = voted(c);
    crash(c, 'n1');
    crash(c, 'n3');
    c.do('n3', (node) => node.restart());
    c.pending = [];
    timeout(c, 'n2', txn);
    c.deliver({ type: 'StateReq', to: 'n3' });
    expect(flowing(c)).toEqual([]);
  });

  it('who has decided tells it', () => {
    const c = cluster();
    const txn = voted(c);
    crash(c, 'n1');
    timeout(c, 'n2', txn);
    c.deliver({ type: 'StateReq' }).deliver({ type: 'State' });
    c.do('n1', (node) => node.restart());
    c.deliver({ type: 'DecisionReq', to: 'n2' }).deliver({ type: 'Abort', to: 'n1' });
    expect(states(c, txn)[0]).toBe('abort');
  });

  it('total failure: when all are back, they know what the last one knew', () => {
    const c = cluster();
    const txn = voted(c);
    c.deliver({ type: 'PreCommit', to: 'n3' });
    for (const id of MEMBERS) crash(c, id);
    c.pending = [];
    for (const id of MEMBERS) c.do(id, (node) => node.restart());
    c.deliverAll();
    expect(states(c, txn)).toEqual(['commit', 'commit', 'commit']);
  });

  it('and none of them decides before', () => {
    const c = cluster();
    const txn = voted(c);
    for (const id of MEMBERS) crash(c, id);
    c.pending = [];
    for (const id of ['n1', 'n2']) c.do(id, (node) => node.restart());
    c.deliverAll();
    expect(states(c, txn).slice(0, 2)).toEqual(['pre-commit', 'yes']);
  });
});

it('a decision is forgotten when all have acknowledged it, and a question about it can no longer be on its way', () => {
  const c = cluster();
  const txn = voted(c);
  c.deliverAll();
  timeout(c, 'n1', txn);
  // The last one to acknowledge was told at once; the other one reminds the decider.
  timeout(c, 'n2', txn);
  c.deliverAll();
  for (const id of MEMBERS) c.do(id, (node) => node.fire('forget', txn));
  expect(states(c, txn)).toEqual([undefined, undefined, undefined]);
  expect(c.violations).toEqual([]);
});

it('… also where the coordinator has learned it, after a crash, from one that had refused', () => {
  const c = cluster();
  const txn = begin(c, 'n2');
  all(c, 'VoteReq');
  crash(c, 'n1');
  // n3 asks n2, which has aborted and takes n1 for the decider. n1 asks all, and hears it of n2 first.
  timeout(c, 'n3', txn);
  c.deliverAll();
  c.do('n1', (node) => node.restart());
  c.deliver({ to: 'n2' });
  c.deliver({ from: 'n2', to: 'n1' });
  expect(c.node('n1').durable.log.get(txn)).toEqual({ state: 'abort', decider: 'n1' });
  c.deliverAll();
  for (let rounds = 0; rounds < 4; rounds += 1) {
    for (const id of MEMBERS) {
      const node = c.node(id);
      if (node.hasTimer('forget', txn)) c.do(id, () => node.fire('forget', txn));
      else if (node.hasTimer('timeout', txn)) timeout(c, id, txn);
    }
    c.deliverAll();
  }
  expect(states(c, txn)).toEqual([undefined, undefined, undefined]);
  expect(c.violations).toEqual([]);
});
