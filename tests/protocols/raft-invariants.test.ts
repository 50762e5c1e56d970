import { describe, expect, it } from 'vitest';
import { nodeId, type Invariant, type NodeView, type World } from '../../engine/index.js';
import {
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  oneVotePerTerm,
  raftInvariants,
  REMEMBERED_ENTRIES_MAX,
  stateMachineSafety,
} from '../../protocols/raft/invariants.js';
import { raft, type Entry, type Raft, type RaftDurable, type RaftVolatile } from '../../protocols/raft/protocol.js';
import { entries, entry } from '../paper/raft-scripted-node.js';

/** A cluster of bare states: a test changes them as a (wrong) protocol would, and shows each change to the invariant. */
class States {
  readonly views = new Map<string, NodeView<Raft>>();
  private readonly memory: unknown;

  constructor(private readonly invariant: Invariant<Raft>) {
    this.memory = invariant.memory();
  }

  private get world(): World<Raft> {
    return { now: 0, nodes: [...this.views.values()], node: (id) => this.views.get(id) };
  }

  /** A step of this node: what it changes, and what the invariant says to it. */
  step(
    id: string,
    change: { durable?: Partial<RaftDurable>; volatile?: Partial<RaftVolatile>; synced?: Partial<RaftDurable> },
  ): string | null {
    const before = this.views.get(id);
    const durable = { ...(before?.durable ?? raft.durable()), ...change.durable };
    const view = {
      id: nodeId(id),
      members: [],
      options: raft.options,
      durable,
      synced: change.synced === undefined ? durable : { ...durable, ...change.synced },
      volatile: { ...(before?.volatile ?? raft.volatile()), ...change.volatile },
      up: true,
    } as NodeView<Raft>;
    this.views.set(id, view);
    return this.invariant.afterStep(this.memory, view, this.world) ?? null;
  }

  end(): string | null {
    return this.invariant.atEnd?.(this.memory, this.world) ?? null;
  }
}

const leads = (currentTerm: number, log: Entry[] = [], commitIndex = 0) =>
  ({ durable: { currentTerm, log }, volatile: { role: 'leader', commitIndex } }) as const;
const follows = (currentTerm: number) => ({ durable: { currentTerm }, volatile: { role: 'follower' } }) as const;
const hasLog = (log: Entry[]) => ({ durable: { log } });
const votes = (term: number, candidate: string) =>
  ({ durable: { currentTerm: term, votedFor: { term, candidate: nodeId(candidate) } } }) as const;
const snapshotTo = (lastIncludedIndex: number, lastIncludedTerm: number): Pick<RaftDurable, 'snapshot'> => ({
  snapshot: {
    lastIncludedIndex,
    lastIncludedTerm,
    configuration: { index: 0, configuration: { voters: [nodeId('n1')], oldVoters: null, learners: [] } },
    machine: { data: new Map(), sessions: new Map() },
  },
});

describe('Election Safety', () => {
  it('two leaders of one term', () => {
    const states = new States(electionSafety);
    expect(states.step('n1', leads(3))).toBeNull();
    expect(states.step('n1', leads(3))).toBeNull();
    expect(states.step('n2', leads(4))).toBeNull();
    expect(states.step('n1', follows(3))).toBeNull();
    expect(states.step('n2', leads(3))).toBe('n1 and n2 both lead term 3');
  });
});

describe('One Vote Per Term', () => {
  it('two votes of one node in a term, at once or with the first one cleared between', () => {
    const states = new States(oneVotePerTerm);
    expect(states.step('n1', votes(2, 'n2'))).toBeNull();
    expect(states.step('n2', votes(2, 'n3'))).toBeNull();
    expect(states.step('n1', votes(3, 'n3'))).toBeNull();
    expect(states.step('n1', votes(3, 'n2'))).toBe('n1 voted for n3 and then for n2 in term 3');

    const cleared = new States(oneVotePerTerm);
    cleared.step('n1', votes(3, 'n3'));
    expect(cleared.step('n1', { durable: { votedFor: null }, volatile: { leader: nodeId('n3') } })).toBeNull();
    expect(cleared.step('n1', votes(3, 'n2'))).toContain('n1 voted for n3 and then for n2');
  });

  it('no alarm for a vote that a crash took before it was synced', () => {
    const states = new States(oneVotePerTerm);
    states.step('n1', votes(2, 'n2'));
    states.step('n1', votes(3, 'n3'));
    expect(states.step('n1', votes(2, 'n2'))).toBeNull();
    expect(states.step('n1', votes(3, 'n2'))).toBeNull();
  });
});

describe('Leader Append-Only', () => {
  it('a leader that cuts or overwrites its log', () => {
    const states = new States(leaderAppendOnly);
    expect(states.step('n1', leads(3, entries(1, [1, 3])))).toBeNull();
    expect(states.step('n1', leads(3, entries(1, [1, 3, 3])))).toBeNull();
    expect(states.step('n1', leads(3, entries(1, [1, 3])))).toContain('n1, leader of term 3, cut its log from 3 to 2');

    const other = new States(leaderAppendOnly);
    other.step('n1', leads(3, entries(1, [1, 2])));
    expect(other.step('n1', leads(3, entries(1, [1, 3, 3])))).toContain(
      'entry of term 3 in the place of entry 2 of term 2',
    );
  });

  it('no alarm for a follower, another term, or a snapshot', () => {
    const states = new States(leaderAppendOnly);
    states.step('n1', leads(3, entries(1, [1, 3])));
    expect(states.step('n1', { durable: { log: entries(3, [3]), ...snapshotTo(2, 3) } })).toBeNull();
    states.step('n1', follows(4));
    expect(states.step('n1', hasLog([]))).toBeNull();
    expect(states.step('n1', leads(5, entries(3, [5])))).toBeNull();
  });
});

describe('Log Matching', () => {
  it('one index and term, two commands', () => {
    const states = new States(logMatching);
    expect(states.step('n1', hasLog(entries(1, [1, 1])))).toBeNull();
    const other: Entry = { ...entry(2, 1), command: { op: 'write', key: 'x', value: 99 } };
    expect(states.step('n2', hasLog([entry(1, 1), other]))).toBe(
      'entry 2 of term 1 is write x = 2 at n1 and write x = 99 at n2',
    );
  });

  it('one index and term, two sessions', () => {
    const states = new States(logMatching);
    states.step('n1', hasLog([{ ...entry(1, 1), session: { client: 'c', sequence: 1 } }]));
    expect(states.step('n2', hasLog([{ ...entry(1, 1), session: { client: 'c', sequence: 2 } }]))).toContain(
      'entry 1 of term 1',
    );
  });

  it('the same entry after different ones', () => {
    const states = new States(logMatching);
    states.step('n1', hasLog(entries(1, [1, 2, 3])));
    expect(states.step('n2', hasLog(entries(1, [1, 1, 3])))).toBe(
      'entry 3 of term 3 follows an entry of term 2 at n1 and one of term 1 at n2',
    );
  });

  it('a difference behind an entry that changed under the same length', () => {
    const states = new States(logMatching);
    states.step('n1', hasLog(entries(1, [1, 2, 2])));
    states.step('n2', hasLog(entries(1, [1, 1, 1])));
    const other: Entry = { ...entry(2, 2), command: { op: 'noop' } };
    expect(states.step('n2', hasLog([entry(1, 1), other, entry(3, 2)]))).toContain('entry 2 of term 2');
  });

  it('a gap, and at the end a change in the middle of a log', () => {
    const states = new States(logMatching);
    expect(states.step('n1', hasLog([entry(1, 1), entry(3, 1)]))).toBe('n1 keeps entry 3 in the place of entry 2');

    const middle = new States(logMatching);
    middle.step('n1', hasLog(entries(1, [1, 1, 1])));
    const other: Entry = { ...entry(2, 1), command: { op: 'noop' } };
    expect(middle.step('n1', hasLog([entry(1, 1), other, entry(3, 1)]))).toBeNull();
    expect(middle.end()).toContain('entry 2 of term 1');
  });

  it('no alarm for logs that agree, are cut, or begin after a snapshot', () => {
    const states = new States(logMatching);
    states.step('n1', hasLog(entries(1, [1, 1, 2])));
    expect(states.step('n2', hasLog(entries(1, [1, 1])))).toBeNull();
    expect(states.step('n2', hasLog(entries(1, [1, 1, 2])))).toBeNull();
    expect(states.step('n1', { durable: { log: entries(3, [2, 2]), ...snapshotTo(2, 1) } })).toBeNull();
    expect(states.step('n3', { durable: { log: entries(4, [2]), ...snapshotTo(3, 2) } })).toBeNull();
    expect(states.end()).toBeNull();
  });
});

it('a node that has halted raises no alarm at the end: its disk may be damaged', () => {
  const states = new States(logMatching);
  states.step('n1', hasLog(entries(1, [1, 1])));
  const damaged = [entry(1, 1), { ...entry(2, 1), command: { op: 'noop' } as const }];
  const entryChangesIn = (up: boolean): string | null => {
    states.step('n2', hasLog([...entries(1, [1, 1])]));
    states.views.set('n2', { ...states.views.get('n2')!, durable: { ...raft.durable(), log: damaged }, up });
    return states.end();
  };
  expect(entryChangesIn(false)).toBeNull();
  expect(entryChangesIn(true)).toContain('entry 2 of term 1');
});

describe('Leader Completeness', () => {
  it('a later leader without a committed entry', () => {
    const states = new States(leaderCompleteness);
    expect(states.step('n1', leads(2, entries(1, [1, 2]), 2))).toBeNull();
    expect(states.step('n2', leads(3, entries(1, [1, 2, 3]), 0))).toBeNull();
    expect(states.step('n3', leads(4, entries(1, [1])))).toBe(
      'n3 leads term 4 without entry 2 of term 2, which n1 committed in term 2: its log ends at 1',
    );
  });

  it('a later leader with another entry in its place', () => {
    const states = new States(leaderCompleteness);
    states.step('n1', leads(2, entries(1, [1, 2]), 2));
    expect(states.step('n3', leads(4, entries(1, [1, 3])))).toContain('there it has one of term 3');
  });

  it('an entry that an old leader commits though a later one lacks it', () => {
    const states = new States(leaderCompleteness);
    states.step('n1', leads(2, entries(1, [1, 2])));
    states.step('n2', leads(3, entries(1, [1, 3])));
    expect(states.step('n1', leads(2, entries(1, [1, 2]), 2))).toContain('n2 leads term 3 without entry 2 of term 2');
  });

  it('no alarm for what lies in a snapshot, or was committed later', () => {
    const states = new States(leaderCompleteness);
    states.step('n1', leads(2, entries(1, [1, 2]), 2));
    expect(states.step('n2', { ...leads(3), durable: { currentTerm: 3, log: [], ...snapshotTo(5, 2) } })).toBeNull();
    expect(states.step('n3', { durable: { currentTerm: 2, log: [] }, volatile: { role: 'leader' } })).toBeNull();
  });

  it('no alarm for what a crash took of a leader alone before it was synced; but for what somebody else has', () => {
    for (const elsewhere of [false, true]) {
      const states = new States(leaderCompleteness);
      if (elsewhere) states.step('n2', hasLog(entries(1, [1, 2])));
      states.step('n1', { ...leads(2, entries(1, [1, 2]), 2), synced: hasLog(entries(1, [1])).durable });
      const lacking = states.step('n3', leads(3, entries(1, [1, 3])));
      if (elsewhere) expect(lacking).toContain('n3 leads term 3 without entry 2 of term 2');
      else expect(lacking).toBeNull();
    }
  });
});

describe('State Machine Safety', () => {
  const applies = (log: Entry[], lastApplied: number) => ({ durable: { log }, volatile: { lastApplied } });

  it('different entries applied at one index', () => {
    const states = new States(stateMachineSafety);
    expect(states.step('n1', applies(entries(1, [1, 1]), 2))).toBeNull();
    expect(states.step('n2', applies(entries(1, [1, 2]), 1))).toBeNull();
    expect(states.step('n2', applies(entries(1, [1, 2]), 2))).toBe(
      'at index 2 n1 applied write x = 2 of term 1 and n2 applied write x = 2 of term 2',
    );
  });

  it('a snapshot that ends with another entry', () => {
    const states = new States(stateMachineSafety);
    states.step('n1', applies(entries(1, [1, 1]), 2));
    expect(states.step('n2', { durable: { log: [], ...snapshotTo(2, 2) }, volatile: { lastApplied: 2 } })).toContain(
      'at index 2',
    );
  });

  it('no alarm for what a crash took of a leader alone before it was synced; but for what was synced', () => {
    for (const onDisk of [1, 2]) {
      const states = new States(stateMachineSafety);
      states.step('n1', { ...applies(entries(1, [1, 1]), 2), synced: { log: entries(1, [1, 1]).slice(0, onDisk) } });
      const difference =
        states.step('n1', applies(entries(1, [1, 2]), 0)) ?? states.step('n1', applies(entries(1, [1, 2]), 2));
      if (onDisk === 2) expect(difference).toContain('at index 2');
      else expect(difference).toBeNull();
    }
  });

  it('no alarm for a node that applies everything again after a restart', () => {
    const states = new States(stateMachineSafety);
    states.step('n1', applies(entries(1, [1, 1]), 2));
    expect(states.step('n1', { volatile: { lastApplied: 0 } })).toBeNull();
    expect(states.step('n1', { volatile: { lastApplied: 2 } })).toBeNull();
  });
});

it('what invariants remember is bounded: the newest entries', () => {
  const states = new States(stateMachineSafety);
  const log: Entry[] = [];
  for (let index = 1; index <= REMEMBERED_ENTRIES_MAX + 10; index += 1) log.push(entry(index, 1));
  const noopAt = (index: number) =>
    log.map((entry) => (entry.index === index ? { ...entry, command: { op: 'noop' } as const } : entry));
  states.step('n1', { durable: { log }, volatile: { lastApplied: log.length } });
  expect(states.step('n2', { durable: { log: noopAt(3) }, volatile: { lastApplied: 5 } })).toBeNull();
  states.step('n3', {
    durable: { log: [], ...snapshotTo(log.length - 1, 1) },
    volatile: { lastApplied: log.length - 1 },
  });
  expect(states.step('n3', { durable: { log: noopAt(log.length) }, volatile: { lastApplied: log.length } })).toContain(
    'noop',
  );
});

it('every invariant is one of the protocol’s and names its source', () => {
  expect(raftInvariants).toHaveLength(6);
  for (const { source, says } of raftInvariants) expect([source, says]).not.toContain('');
});
