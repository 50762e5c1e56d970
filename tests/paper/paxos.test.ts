import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type RunResult } from '../../engine/index.js';
import type { Ballot } from '../../protocols/parts/ballot.js';
import { paxos, type Paxos, type PaxosBug, type PaxosOptions } from '../../protocols/paxos/protocol.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

// Lamport, Paxos Made Simple, 2001, section by section.

const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5'];

function ballot(number: number, node: string): Ballot {
  return { number, node: nodeId(node) };
}

function acceptor(...bugs: PaxosBug[]): ScriptedNode<Paxos> {
  return new ScriptedNode(paxos, { id: 'n2', bugs }).start();
}

function cluster(members = ['n1', 'n2', 'n3'], options: Partial<PaxosOptions> = {}): ScriptedCluster<Paxos> {
  return new ScriptedCluster(paxos, members, { options: { cure: 'none', ...options } });
}

function sent(node: ScriptedNode<Paxos>): string[] {
  return node.takeSent().map(({ to, message }) => `${message.type}>${to}`);
}

describe('section 2.2, the acceptor', () => {
  it('Phase 1 (b): answers a higher number with a promise and the vote in the highest ballot below', () => {
    const node = acceptor();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), val: 'a' });
    node.takeSent();
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3') });
    expect(node.takeSent()).toEqual([
      { to: 'n3', message: { type: 'Phase1b', bal: ballot(2, 'n3'), maxVBal: ballot(1, 'n1'), maxVal: 'a' } },
    ]);
    expect(node.durable.acceptor).toEqual({ maxBal: ballot(2, 'n3'), maxVBal: ballot(1, 'n1'), maxVal: 'a' });
  });

  it('Phase 1 (b): tells a lower number to give up', () => {
    const node = acceptor();
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3') }).takeSent();
    node.deliver('n1', { type: 'Phase1a', bal: ballot(1, 'n1') });
    expect(node.takeSent()).toEqual([
      { to: 'n1', message: { type: 'Nack', bal: ballot(1, 'n1'), maxBal: ballot(2, 'n3') } },
    ]);
    expect(node.durable.acceptor.maxBal).toEqual(ballot(2, 'n3'));
  });

  it('of two equal numbers the later name has the higher ballot', () => {
    const node = acceptor();
    node.deliver('n3', { type: 'Phase1a', bal: ballot(1, 'n3') });
    node.deliver('n1', { type: 'Phase1a', bal: ballot(1, 'n1') });
    expect(sent(node)).toEqual(['Phase1b>n3', 'Nack>n1']);
  });

  it('Phase 2 (b), P1a: votes unless it has answered a Phase 1a of a higher number', () => {
    const node = acceptor();
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3') }).takeSent();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), val: 'a' });
    expect(sent(node)).toEqual(['Nack>n1']);
    node.deliver('n3', { type: 'Phase2a', bal: ballot(2, 'n3'), val: 'b' });
    expect(sent(node)).toEqual(['Phase2b>n1', 'Phase2b>n2', 'Phase2b>n3']);
    expect(node.durable.acceptor).toEqual({ maxBal: ballot(2, 'n3'), maxVBal: ballot(2, 'n3'), maxVal: 'b' });
  });

  it('Phase 2 (b): a vote in a ballot that it was never asked to promise is a promise too', () => {
    const node = acceptor();
    node.deliver('n3', { type: 'Phase2a', bal: ballot(5, 'n3'), val: 'b' }).takeSent();
    node.deliver('n1', { type: 'Phase1a', bal: ballot(4, 'n1') });
    expect(sent(node)).toEqual(['Nack>n1']);
  });

  it('P1: votes for the first value that it hears of', () => {
    const node = acceptor();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), val: 'a' });
    expect(node.durable.acceptor.maxVal).toBe('a');
  });

  it('section 2.5: what it has promised and voted outlives a crash', () => {
    const node = acceptor();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), val: 'a' });
    node.deliver('n3', { type: 'Phase1a', bal: ballot(2, 'n3') });
    node.crash().restart().takeSent();
    node.deliver('n1', { type: 'Phase2a', bal: ballot(1, 'n1'), val: 'a' });
    expect(sent(node)).toEqual(['Nack>n1']);
    node.deliver('n3', { type: 'Phase1a', bal: ballot(3, 'n3') });
    expect(node.sentOfType('Phase1b')[0]?.message).toMatchObject({ maxVBal: ballot(1, 'n1'), maxVal: 'a' });
  });

  it('does not go on with a damaged disk', () => {
    const node = acceptor()
      .crash()
      .restart([{ field: 'acceptor', kind: 'corrupt' }]);
    expect(node.haltedBecause).toContain('acceptor');
  });
});

describe('section 2.2, the proposer', () => {
  function proposer(...bugs: PaxosBug[]): ScriptedNode<Paxos> {
    const node = new ScriptedNode(paxos, { id: 'n1', members: FIVE, bugs, options: { cure: 'none' } }).start();
    node.request('propose', { value: 'own' });
    node.takeSent();
    return node;
  }

  function promise(node: ScriptedNode<Paxos>, from: string, vote: readonly [Ballot, string] | null = null): void {
    const [maxVBal, maxVal] = vote ?? [null, null];
    node.deliver(from, { type: 'Phase1b', bal: ballot(1, 'n1'), maxVBal, maxVal });
  }

  const proposed = (node: ScriptedNode<Paxos>) => node.sentOfType('Phase2a').map(({ message }) => message.val)[0];

  it('Phase 1 (a): sends a new number to a majority (here: to all, itself included), after noting it', () => {
    const node = new ScriptedNode(paxos, { id: 'n1', members: FIVE }).start();
    node.request('propose', { value: 'a' });
    expect(sent(node)).toEqual(FIVE.map((id) => `Phase1a>${id}`));
    expect(node.durable.lastTried).toBe(1);
  });

  it('Phase 2 (a): is free to propose its own value where no promise tells of a vote', () => {
    const node = proposer();
    promise(node, 'n1');
    promise(node, 'n2');
    expect(proposed(node)).toBeUndefined();
    promise(node, 'n3');
    expect(proposed(node)).toBe('own');
  });

  it('Phase 2 (a), P2c: takes the value of the highest-numbered vote among a majority, in whatever order they come', () => {
    const votes = [
      ['n2', [ballot(3, 'n2'), 'newest']],
      ['n3', [ballot(2, 'n5'), 'older']],
      ['n4', null],
    ] as const;
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [0, 2, 1],
    ]) {
      const node = proposer();
      for (const place of order) promise(node, votes[place]![0], votes[place]![1]);
      expect(proposed(node)).toBe('newest');
    }
  });

  it('the counterexample to adopting any value: the last promise tells of an older vote', () => {
    for (const [bugs, value] of [
      [[], 'newest'],
      [['adopts-last-promise'], 'older'],
    ] as const) {
      const node = proposer(...bugs);
      promise(node, 'n2', [ballot(3, 'n2'), 'newest']);
      promise(node, 'n1');
      promise(node, 'n3', [ballot(2, 'n5'), 'older']);
      expect(proposed(node)).toBe(value);
    }
  });

  it('counts acceptors and not messages', () => {
    const node = proposer();
    for (let times = 0; times < 5; times++) promise(node, 'n2');
    expect(proposed(node)).toBeUndefined();
  });

  it('does not count promises to an earlier ballot', () => {
    const node = proposer();
    node.fire('retry').takeSent();
    for (const from of ['n1', 'n2', 'n3']) promise(node, from);
    expect(proposed(node)).toBeUndefined();
  });

  it('abandons its ballot when it is told of a higher one, and tries above that', () => {
    const node = proposer();
    node.deliver('n2', { type: 'Nack', bal: ballot(1, 'n1'), maxBal: ballot(7, 'n2') });
    for (const from of ['n1', 'n3', 'n4']) promise(node, from);
    expect(node.sent).toEqual([]);
    node.fire('retry');
    expect(node.sentOfType('Phase1a')[0]?.message.bal).toEqual(ballot(8, 'n1'));
  });

  it('section 2.5: never uses a number twice, whatever crashes', () => {
    const node = proposer().crash().restart();
    node.request('propose', { value: 'other' });
    expect(node.sentOfType('Phase1a')[0]?.message.bal).toEqual(ballot(2, 'n1'));
  });
});

describe('section 2.1, choosing a value', () => {
  it('P2: a value that was chosen stays so, whoever proposes later', () => {
    const c = cluster(FIVE);
    c.do('n1', (node) => node.request('propose', { value: 'a' }));
    c.deliverAll();
    const late = c.do('n5', (node) => node.request('propose', { value: 'b' }));
    c.deliverAll();
    expect(c.node('n5').answerTo(late)?.value).toBe('a');
    expect(FIVE.map((id) => c.node(id).durable.outcome)).toEqual(FIVE.map(() => 'a'));
    expect(c.end()).toEqual([]);
  });

  it('a vote that did not make a majority may be overtaken: it was not chosen', () => {
    const c = cluster();
    c.do('n1', (node) => node.request('propose', { value: 'a' }));
    c.deliver({ type: 'Phase1a', to: 'n1' }).deliver({ type: 'Phase1a', to: 'n2' });
    c.deliver({ type: 'Phase1b', from: 'n1' }).deliver({ type: 'Phase1b', from: 'n2' });
    c.deliver({ type: 'Phase2a', to: 'n1' });
    c.pending = [];
    c.do('n3', (node) => node.request('propose', { value: 'b' }));
    for (const to of ['n2', 'n3']) c.deliver({ type: 'Phase1a', to });
    // n2 has promised 1.n1, and 1.n3 is higher.
    c.drop({ type: 'Phase1a', to: 'n1' }).deliverAll();
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).durable.outcome)).toEqual(['b', 'b', 'b']);
    expect(c.end()).toEqual([]);
  });

  it('a single acceptor that fails does not block the others', () => {
    const c = cluster();
    c.crash('n3');
    const ref = c.do('n1', (node) => node.request('propose', { value: 'a' }));
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)?.value).toBe('a');
  });
});

describe('section 2.3, learning a chosen value', () => {
  it('from the acceptors: from a majority that voted in one ballot', () => {
    const node = acceptor();
    node.deliver('n1', { type: 'Phase2b', bal: ballot(1, 'n1'), val: 'a' });
    node.deliver('n3', { type: 'Phase2b', bal: ballot(2, 'n3'), val: 'a' });
    expect(node.durable.outcome).toBeNull();
    node.deliver('n2', { type: 'Phase2b', bal: ballot(2, 'n3'), val: 'a' });
    expect(node.durable.outcome).toBe('a');
  });

  it('from a distinguished learner, to which alone the acceptors write', () => {
    const c = cluster(['n1', 'n2', 'n3'], { learners: 'distinguished' });
    c.do('n1', (node) => node.request('propose', { value: 'a' }));
    c.deliverAll();
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).durable.outcome)).toEqual(['a', 'a', 'a']);
  });
});

describe('section 2.4, progress', () => {
  it('two proposers overtake each other as long as one likes', () => {
    const c = cluster();
    const turns = ['n1', 'n3'];
    for (const id of turns) c.do(id, (node) => node.request('propose', { value: `of ${id}` }));
    // Each has its promises before the other asks for votes.
    for (let turn = 0; turn < 40; turn++) {
      const id = turns[turn % 2]!;
      if (turn > 1) c.do(id, (node) => node.fire('retry'));
      for (const type of ['Phase1a', 'Phase1b'] as const) {
        while (
          c.pending.some(({ from, to, message }) => message.type === type && (type === 'Phase1a' ? from : to) === id)
        ) {
          c.deliver(type === 'Phase1a' ? { type, from: id } : { type, to: id });
        }
      }
      const other = turns[(turn + 1) % 2]!;
      while (c.pending.some(({ from, message }) => message.type === 'Phase2a' && from === other)) {
        c.deliver({ type: 'Phase2a', from: other });
      }
      c.pending = c.pending.filter(({ message }) => message.type !== 'Nack');
    }
    expect(['n1', 'n2', 'n3'].map((id) => c.node(id).durable.acceptor.maxVBal)).toEqual([null, null, null]);
    expect(c.node('n2').durable.acceptor.maxBal!.number).toBe(39);
    expect(c.end()).toEqual([]);
  });

  it('the distinguished proposer is the first that is heard; others give it their values', () => {
    const node = new ScriptedNode(paxos, { id: 'n2', options: { cure: 'distinguished' } }).start();
    node.takeSent();
    node.request('propose', { value: 'a' });
    expect(node.takeSent()).toEqual([{ to: 'n1', message: { type: 'Forward', val: 'a' } }]);
    node.now = ms(150);
    node.fire('retry');
    expect(node.sentOfType('Phase1a')).toHaveLength(3);
  });

  it('the distinguished proposer proposes what it is given, and tells what was chosen already', () => {
    const c = cluster(['n1', 'n2', 'n3'], { cure: 'distinguished' });
    const ref = c.do('n3', (node) => node.request('propose', { value: 'a' }));
    c.deliverAll();
    expect(c.node('n3').answerTo(ref)?.value).toBe('a');
    c.do('n1', (node) => node.deliver('n2', { type: 'Forward', val: 'b' }));
    expect(c.pending).toEqual([{ from: 'n1', to: 'n2', message: { type: 'Learned', val: 'a' } }]);
  });
});

describe('what a fault-free decision costs', () => {
  function decide(nodes: number, learners: PaxosOptions['learners']): RunResult {
    return new Simulation({
      protocol: paxos,
      nodes,
      seed: '1',
      until: seconds(1),
      options: { learners },
      network: { latency: { constant: ms(10) } },
      clocks: { offsetMax: 0, driftPpmMax: 0 },
      script: [{ at: ms(100), client: 'c1', request: 'propose', args: { value: 'a' }, target: 'n1' }],
      trace: 'events',
    }).run();
  }

  function sentBetweenNodes(result: RunResult): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind, name, node, peer } of result.trace!.events()) {
      if (kind !== 'send' || node === peer || name!.includes(':')) continue;
      counts[name!] = (counts[name!] ?? 0) + 1;
    }
    return counts;
  }

  it.each([3, 5, 7])(
    '%i nodes: n − 1 messages in each of 1a, 1b and 2a; 2b goes from every acceptor to every learner',
    (n) => {
      expect(sentBetweenNodes(decide(n, 'all'))).toEqual({
        Phase1a: n - 1,
        Phase1b: n - 1,
        Phase2a: n - 1,
        Phase2b: n * (n - 1),
      });
    },
  );

  it.each([3, 5, 7])(
    '%i nodes with a distinguished learner: the sum instead of the product, at one more delay',
    (n) => {
      expect(sentBetweenNodes(decide(n, 'distinguished'))).toEqual({
        Phase1a: n - 1,
        Phase1b: n - 1,
        Phase2a: n - 1,
        Phase2b: n - 1,
        Learned: n - 1,
      });
    },
  );

  // Of three nodes two are a majority: one that votes has its own vote and, by then, the proposer's.
  it.each([
    ['all', 5, 4, 4],
    ['distinguished', 5, 4, 5],
    ['all', 3, 4, 3],
  ] as const)(
    'learners %s, %i nodes: delays until the proposer and the others learn',
    (learners, n, proposer, others) => {
      const learnedAt = new Map<string, number>();
      for (const { kind, name, node, time } of decide(n, learners).trace!.events()) {
        if (kind === 'mark' && name === 'learned') learnedAt.set(node!, (time - ms(110)) / ms(10));
      }
      expect(learnedAt.get('n1')).toBe(proposer);
      learnedAt.delete('n1');
      expect([...learnedAt.values()]).toEqual(Array.from({ length: n - 1 }, () => others));
    },
  );
});
