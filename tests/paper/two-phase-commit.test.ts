import { describe, expect, it } from 'vitest';
import { ms, nodeId, type NodeId } from '../../engine/index.js';
import { twoPhaseCommit, type Transaction, type TwoPhaseCommit } from '../../protocols/two-phase-commit/protocol.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// Bernstein, Hadzilacos, Goodman 1987, sections 7.3 and 7.4, rule by rule. n1 coordinates.

type Options = TwoPhaseCommit['options'];
type Cluster = ScriptedCluster<TwoPhaseCommit>;

const MEMBERS = ['n1', 'n2', 'n3'];

function cluster(options: Partial<Options> = {}, script: Pick<Script<TwoPhaseCommit>, 'bugs' | 'draws'> = {}): Cluster {
  return new ScriptedCluster(twoPhaseCommit, MEMBERS, { options, ...script });
}

function begin(c: Cluster, ...no: string[]): Transaction {
  return c.do('n1', (node) => node.request('begin', { no: no.map(nodeId) as NodeId[] }));
}

function state(c: Cluster, id: string, txn: Transaction): string | undefined {
  const { durable, volatile } = c.node(id);
  return (volatile.unforced.get(txn) ?? durable.log.get(txn))?.state;
}

function states(c: Cluster, txn: Transaction): (string | undefined)[] {
  return MEMBERS.map((id) => state(c, id, txn));
}

function flowing(c: Cluster): string[] {
  return c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`);
}

/** Everybody has voted Yes, the coordinator has decided, and its Commits are on their way. */
function decided(c: Cluster): Transaction {
  const txn = begin(c);
  for (const to of ['n2', 'n3']) c.deliver({ type: 'VoteReq', to });
  for (const from of ['n2', 'n3']) c.deliver({ type: 'Yes', from });
  return txn;
}

function timeout(c: Cluster, id: string, txn: Transaction): void {
  c.now += ms(c.node(id).options.timeoutMs);
  c.do(id, (node) => node.fire('timeout', txn));
}

describe('the protocol without failures', () => {
  it('step 1: the coordinator asks all participants to vote, after writing its start record', () => {
    const c = cluster();
    const txn = begin(c);
    expect(flowing(c)).toEqual(['n1>n2 VoteReq', 'n1>n3 VoteReq']);
    expect(c.node('n1').durable.log.get(txn)).toEqual({ state: 'start', coordinator: 'n1' });
    expect(c.node('n1').answerTo(txn)).toBeUndefined();
  });

  it('step 2: a participant votes Yes with a forced yes record, and is uncertain then', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ to: 'n2' });
    expect(flowing(c)).toContain('n2>n1 Yes');
    expect(c.node('n2').durable.log.get(txn)).toEqual({ state: 'yes', coordinator: 'n1' });
    expect(c.node('n2').role()).toEqual({ name: 'uncertain' });
  });

  it('step 2: a participant that votes No decides Abort at once', () => {
    const c = cluster();
    const txn = begin(c, 'n2');
    c.deliver({ to: 'n2' });
    expect(flowing(c)).toContain('n2>n1 No');
    expect(state(c, 'n2', txn)).toBe('abort');
  });

  it('step 3: with all votes Yes the coordinator commits, and not before', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ type: 'VoteReq', to: 'n2' })
      .deliver({ type: 'VoteReq', to: 'n3' })
      .deliver({ type: 'Yes', from: 'n2' });
    expect(state(c, 'n1', txn)).toBe('start');
    c.deliver({ type: 'Yes', from: 'n3' });
    expect(c.node('n1').durable.log.get(txn)?.state).toBe('commit');
    expect(flowing(c)).toEqual(['n1>n2 Commit', 'n1>n3 Commit']);
    expect(c.node('n1').answerTo(txn)).toEqual({ ref: txn, kind: 'reply', value: 'commit' });
  });

  it('step 3: one No is enough to abort, which those learn who have not voted No', () => {
    const c = cluster();
    const txn = begin(c, 'n2');
    c.deliver({ to: 'n2' }).deliver({ type: 'No' });
    expect(flowing(c)).toEqual(['n1>n3 VoteReq', 'n1>n3 Abort']);
    expect(c.node('n1').answerTo(txn)?.value).toBe('abort');
  });

  it('step 3: a second No needs neither an Abort nor an acknowledgement', () => {
    const c = cluster();
    const txn = begin(c, 'n2', 'n3');
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).deliver({ type: 'No' });
    expect(c.node('n1').volatile.awaited.get(txn)).toEqual(['n3']);
    c.deliver({ type: 'No' });
    expect(c.node('n1').volatile.awaited.get(txn)).toEqual([]);
  });

  it('step 3: a coordinator that votes No itself bothers nobody', () => {
    const c = cluster();
    expect(c.node('n1').answerTo(begin(c, 'n1'))?.value).toBe('abort');
    expect(flowing(c)).toEqual([]);
  });

  it('step 4: who has voted Yes does as the coordinator says', () => {
    for (const no of [[], ['n3']]) {
      const c = cluster();
      const txn = begin(c, ...no);
      c.deliverAll();
      const decision = no.length === 0 ? 'commit' : 'abort';
      expect(states(c, txn)).toEqual([decision, decision, decision]);
      expect(c.end()).toEqual([]);
    }
  });

  it('votes fall by chance where the request does not say who votes No', () => {
    const c = cluster({ yesProbability: 0.75 }, { draws: { 'vote-no': [0.74] } });
    const yes = c.do('n1', (node) => node.request('begin', {}));
    c.deliverAll();
    expect(state(c, 'n2', yes)).toBe('commit');
    const d = cluster({ yesProbability: 0.75 }, { draws: { 'vote-no': [0.75] } });
    expect(d.node('n1').answerTo(d.do('n1', (node) => node.request('begin', {})))?.value).toBe('abort');
  });

  it('tells a client the outcome of a transaction while it remembers it', () => {
    const c = cluster();
    const txn = begin(c);
    const ask = (): unknown => c.node('n2').answerTo(c.do('n2', (node) => node.request('outcome', { txn })))?.value;
    expect(ask()).toBe('unknown');
    c.deliver({ to: 'n2' });
    expect(ask()).toBe('undecided');
    c.deliverAll();
    expect(ask()).toBe('commit');
  });

  it('runs transactions side by side', () => {
    const c = cluster();
    const first = begin(c);
    const second = c.do('n2', (node) => node.request('begin', { no: [nodeId('n3')] }));
    c.deliverAll();
    expect(states(c, first)).toEqual(['commit', 'commit', 'commit']);
    expect(states(c, second)).toEqual(['abort', 'abort', 'abort']);
    expect(c.violations).toEqual([]);
  });

  it('refuses to be alone', () => {
    const c = new ScriptedCluster(twoPhaseCommit, ['n1']);
    expect(c.node('n1').answerTo(c.do('n1', (node) => node.request('begin', {})))?.kind).toBe('fail');
  });
});

describe('time-out actions', () => {
  it('the coordinator aborts when votes are missing', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ to: 'n2' }).drop({ to: 'n3' }).deliver({ type: 'Yes' });
    timeout(c, 'n1', txn);
    c.deliverAll();
    expect(states(c, txn)).toEqual(['abort', 'abort', undefined]);
    expect(c.node('n1').answerTo(txn)?.value).toBe('abort');
    expect(c.end()).toEqual([]);
  });

  it('a vote that comes too late changes nothing', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).deliver({ from: 'n2' });
    timeout(c, 'n1', txn);
    c.deliverAll();
    expect(states(c, txn)).toEqual(['abort', 'abort', 'abort']);
  });

  it('an uncertain participant asks the coordinator, and is blocked while nobody answers', () => {
    const c = cluster();
    const txn = decided(c);
    c.crash('n1').deliver({ to: 'n2' }).drop({ to: 'n3' });
    timeout(c, 'n3', txn);
    expect(flowing(c)).toContain('n3>n1 DecisionReq');
    expect(c.node('n3').role()).toEqual({ name: 'uncertain' });
    timeout(c, 'n3', txn);
    timeout(c, 'n3', txn);
    expect(c.node('n3').role()).toEqual({ name: 'blocked' });
    expect(c.node('n3').marked('blocked')).toBe(1);
    expect(flowing(c)).not.toContain('n3>n2 DecisionReq');
    c.deliverAll();
    expect(state(c, 'n3', txn)).toBe('yes');
    c.do('n1', (node) => node.restart());
    c.deliverAll();
    expect(c.node('n3').role()).toEqual({ name: 'participant' });
    expect(states(c, txn)).toEqual(['commit', 'commit', 'commit']);
    expect(c.end()).toEqual([]);
  });
});

describe('the cooperative termination protocol', () => {
  const cooperative = { cooperative: true };

  it('a participant that has decided tells the uncertain one', () => {
    const c = cluster(cooperative);
    const txn = decided(c);
    c.crash('n1').deliver({ type: 'Commit', to: 'n2' }).drop({ to: 'n3' });
    timeout(c, 'n3', txn);
    c.deliverAll();
    expect(state(c, 'n3', txn)).toBe('commit');
    expect(c.node('n3').marked('blocked')).toBe(0);
    expect(c.violations).toEqual([]);
  });

  it('a participant that has not voted aborts, and must vote No from then on', () => {
    const c = cluster(cooperative);
    const txn = begin(c);
    c.deliver({ to: 'n2' });
    timeout(c, 'n2', txn);
    c.deliver({ type: 'DecisionReq', to: 'n3' });
    expect(c.node('n3').durable.log.get(txn)?.state).toBe('abort');
    c.crash('n3').do('n3', (node) => node.restart());
    c.deliver({ type: 'Abort', from: 'n3' }).deliver({ type: 'VoteReq', to: 'n3' });
    expect(flowing(c)).toContain('n3>n1 No');
    // An acknowledgement that reaches a coordinator before the No does is no vote.
    for (const type of ['Flush', 'Flush', 'Flushed', 'Flushed'] as const) c.deliver({ type });
    c.deliver({ type: 'Ack', from: 'n2' });
    expect(state(c, 'n1', txn)).toBe('start');
    c.deliverAll();
    expect(MEMBERS.map((id) => [c.node(id).marked('abort'), c.node(id).marked('commit')])).toEqual(
      MEMBERS.map(() => [1, 0]),
    );
    expect(c.violations).toEqual([]);
  });

  it('who has asked acknowledges only when no question of its own can be on its way any more', () => {
    const c = cluster(cooperative);
    const txn = decided(c);
    timeout(c, 'n3', txn); // Its questions to n1 and n2 are slow.
    c.deliver({ type: 'Commit', to: 'n3' });
    expect(flowing(c)).toContain('n3>n2 Flush');
    expect(flowing(c)).not.toContain('n3>n1 Ack');
    c.deliver({ type: 'Flush', to: 'n1' }).deliver({ type: 'Flushed', from: 'n1' });
    expect(flowing(c)).not.toContain('n3>n1 Ack');
    // A connection that was lost has taken the question with it.
    c.do('n3', (node) => node.step((inside) => twoPhaseCommit.onConnection!.reset!(inside, nodeId('n2'))));
    expect(flowing(c)).toContain('n3>n1 Ack');
  });

  it('the acknowledgement of a refusal is no vote, even when it is there before the No', () => {
    const c = cluster(cooperative);
    const txn = begin(c);
    c.deliver({ to: 'n2' });
    timeout(c, 'n2', txn);
    c.deliver({ type: 'DecisionReq', to: 'n3' });
    timeout(c, 'n3', txn);
    c.deliver({ type: 'Ack', from: 'n3' }).deliver({ type: 'Yes', from: 'n2' });
    expect(state(c, 'n1', txn)).toBe('start');
    c.deliverAll();
    expect(MEMBERS.map((id) => c.node(id).marked('commit'))).toEqual([0, 0, 0]);
    expect(c.violations).toEqual([]);
  });

  it('participants that are all uncertain cannot help each other: they block', () => {
    const c = cluster(cooperative);
    const txn = decided(c);
    c.crash('n1').drop({ to: 'n2' }).drop({ to: 'n3' });
    for (let i = 0; i < 2; i++) {
      for (const id of ['n2', 'n3']) timeout(c, id, txn);
      c.deliverAll();
    }
    expect(states(c, txn).slice(1)).toEqual(['yes', 'yes']);
    expect(c.node('n2').role()).toEqual({ name: 'blocked' });
    expect(c.node('n3').role()).toEqual({ name: 'blocked' });
  });

  it('a participant remembers until nobody can ask any more', () => {
    const c = cluster(cooperative);
    const txn = decided(c);
    c.deliver({ type: 'Commit', to: 'n2' }).drop({ type: 'Commit', to: 'n3' });
    timeout(c, 'n2', txn);
    c.deliver({ type: 'Ack' }).deliver({ type: 'Ack' });
    expect(flowing(c)).toEqual([]);
    expect(state(c, 'n2', txn)).toBe('commit');
    timeout(c, 'n1', txn);
    c.deliverAll();
    for (const id of ['n3', 'n2', 'n1']) {
      timeout(c, id, txn);
      c.deliverAll();
    }
    expect(states(c, txn)).toEqual([undefined, undefined, undefined]);
    expect(c.violations).toEqual([]);
  });
});

describe('recovery, by what the DT log holds', () => {
  it('start alone: the coordinator aborts', () => {
    const c = cluster();
    const txn = begin(c);
    c.deliver({ to: 'n2' }).deliver({ to: 'n3' }).crash('n1').drop().drop();
    c.do('n1', (node) => node.restart());
    c.deliverAll();
    expect(states(c, txn)).toEqual(['abort', 'abort', 'abort']);
    expect(c.end()).toEqual([]);
  });

  it('a decision: the coordinator tells it again, until all have acknowledged', () => {
    const c = cluster();
    const txn = decided(c);
    c.crash('n1').drop().drop();
    c.do('n1', (node) => node.restart());
    c.drop({ to: 'n3' }).deliverAll();
    expect(states(c, txn)).toEqual(['commit', 'commit', 'yes']);
    expect(c.node('n1').volatile.awaited.get(txn)).toEqual(['n3']);
    timeout(c, 'n1', txn);
    expect(flowing(c)).toEqual(['n1>n3 Commit']);
    c.deliverAll();
    timeout(c, 'n1', txn);
    expect(c.node('n1').durable.log.size).toBe(0);
  });

  it('yes alone: the participant is uncertain and asks at once', () => {
    const c = cluster();
    const txn = decided(c);
    c.crash('n2').drop({ to: 'n2' });
    c.do('n2', (node) => node.restart());
    expect(flowing(c)).toContain('n2>n1 DecisionReq');
    c.deliverAll();
    expect(states(c, txn)).toEqual(['commit', 'commit', 'commit']);
  });

  it('nothing: the participant has not voted, and the coordinator aborts by its time-out', () => {
    const c = cluster();
    const txn = begin(c);
    c.crash('n2').drop({ to: 'n2' }).deliverAll();
    c.do('n2', (node) => node.restart());
    timeout(c, 'n1', txn);
    c.deliverAll();
    expect(states(c, txn)).toEqual(['abort', undefined, 'abort']);
    // It acknowledges what it never knew of, so that the coordinator need not wait for it for ever.
    expect(c.node('n1').volatile.awaited.get(txn)).toEqual([]);
  });

  it('forgets what is over: no state is left, and what is asked again is acknowledged again', () => {
    const c = cluster();
    for (let i = 0; i < 20; i++) {
      const txn = begin(c, ...(i % 2 === 0 ? [] : ['n3']));
      c.deliverAll();
      for (const id of MEMBERS) timeout(c, id, txn);
    }
    for (const id of MEMBERS) {
      const { durable, volatile } = c.node(id);
      const sizes = [durable.log, volatile.unforced, volatile.awaited, volatile.asked].map((map) => map.size);
      expect(sizes, id).toEqual([0, 0, 0, 0]);
      expect(c.node(id).timers.size).toBe(0);
    }
    c.node('n2').deliver('n1', { type: 'Commit', txn: 'n1/request-1' as Transaction });
    expect(
      c
        .node('n2')
        .takeSent()
        .map(({ message }) => message.type),
    ).toEqual(['Ack']);
  });
});
