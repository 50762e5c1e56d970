import { ms, type Fault, type SimulationConfig } from '../../engine/index.js';
import { raft, type RaftOptions } from '../../protocols/raft/protocol.js';
import type { RaftBug } from '../../protocols/raft/bugs.js';

/** A run that shows one planted bug, and in which the correct protocol does well. */
export interface Plan {
  readonly bug: RaftBug;
  /** What breaks; also what `bugs` says, unless noted. */
  readonly property: string;
  readonly nodes: number;
  readonly options?: Partial<RaftOptions>;
  /** Election time-outs in ms: who stands first. Others never do by themselves within the run. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  readonly script?: SimulationConfig['script'];
  readonly untilMs: number;
}

const NEVER = 60_000;

export function configOf(plan: Plan, bug: boolean, seed: string): SimulationConfig {
  const names = Array.from({ length: plan.nodes }, (_, i) => `n${i + 1}`);
  const timeouts = (name: string): Partial<RaftOptions> => {
    const timeout = plan.timeouts[name] ?? NEVER;
    return { electionTimeoutMsMin: timeout, electionTimeoutMsMax: timeout };
  };
  return {
    protocol: raft,
    nodes: plan.nodes,
    seed,
    until: ms(plan.untilMs),
    ...(bug ? { bug: plan.bug } : {}),
    ...(plan.options === undefined ? {} : { options: plan.options }),
    nodeOptions: Object.fromEntries(names.map((name) => [name, timeouts(name)])),
    network: { latency: { uniform: [ms(1), ms(5)] } },
    faults: plan.faults,
    ...(plan.script === undefined ? {} : { script: plan.script }),
  };
}

const write = (atMs: number, client: string, target: string, value: number) =>
  ({ at: ms(atMs), client, request: 'write', args: { key: 'x', value }, target }) as const;
const read = (atMs: number, client: string, target: string) =>
  ({ at: ms(atMs), client, request: 'read', args: { key: 'x' }, target }) as const;

/** n3 falls behind while n1 and n2 go on; then n1 is gone, and n3 asks n2 for its vote. */
const staleCandidate = {
  property: 'Leader Completeness',
  nodes: 3,
  timeouts: { n1: 150, n3: 300 },
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: ms(250), for: ms(350) },
    { do: 'crash', whom: 'n1', at: ms(600) },
  ],
  script: [write(300, 'c1', 'n1', 1), write(350, 'c1', 'n1', 2)],
  untilMs: 1_500,
} as const;

export const plans: readonly Plan[] = [
  {
    // Figure 8, (a) to (d): S1 is n1, S5 is n5.
    bug: 'commits-old-term-entries',
    property: 'Leader Completeness',
    nodes: 5,
    options: { entriesPerAppendMax: 1 },
    timeouts: { n1: 150, n5: 200 },
    faults: [
      // (a) n1 leads term 1 and replicates the write to n2 only.
      {
        do: 'partition',
        name: 'a',
        shape: {
          groups: [
            ['n1', 'n2'],
            ['n3', 'n4', 'n5'],
          ],
        },
        at: ms(250),
        for: ms(350),
      },
      // (b) n1 crashes; n5 leads term 2 with n3 and n4, accepts another entry (its no-op), and crashes alone with it.
      { do: 'crash', whom: 'n1', at: ms(350), for: ms(300) },
      { do: 'link', from: 'n5', types: ['AppendEntries'], rule: { loss: 1 }, at: ms(250), for: ms(400) },
      { do: 'crash', whom: 'n5', when: { mark: 'became-leader', node: 'n5' }, for: ms(700) },
      // (c) n1 leads term 3 and replicates the write to n3 or n4: a majority has it. n1 is cut off at once.
      {
        do: 'partition',
        shape: { isolate: 'n1' },
        when: { delivered: 'AppendEntriesReply', node: 'n1', peer: 'n3', nth: 2, from: ms(700) },
      },
      {
        do: 'partition',
        shape: { isolate: 'n1' },
        when: { delivered: 'AppendEntriesReply', node: 'n1', peer: 'n4', nth: 2, from: ms(700) },
      },
      // (d) n5 is back and leads term 4 with n3 and n4.
    ],
    script: [write(300, 'c1', 'n1', 1)],
    untilMs: 2_500,
  },
  {
    // n2's vote arrives twice at n1, which counts three of five; the other side elects n3 in the same term.
    bug: 'counts-votes-not-voters',
    property: 'Election Safety',
    nodes: 5,
    timeouts: { n1: 150, n3: 160 },
    faults: [
      {
        do: 'partition',
        shape: {
          groups: [
            ['n1', 'n2'],
            ['n3', 'n4', 'n5'],
          ],
        },
        at: 0,
        for: ms(400),
      },
      { do: 'link', types: ['RequestVoteReply'], rule: { duplicate: 1 }, at: 0 },
    ],
    untilMs: 1_000,
  },
  {
    // n2 votes for n1, restarts, and votes for n3 in the same term.
    bug: 'forgets-vote',
    property: 'Election Safety',
    nodes: 3,
    timeouts: { n1: 150, n3: 160 },
    faults: [
      { do: 'link', from: 'n1', to: 'n3', rule: { loss: 1 }, at: 0, for: ms(300) },
      { do: 'link', from: 'n1', to: 'n2', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: ms(300) },
      { do: 'crash', whom: 'n2', when: { mark: 'vote-granted', node: 'n2' }, for: ms(1) },
    ],
    untilMs: 1_000,
  },
  {
    // n1, n2 and n3 stand in term 1 and n2 wins. n1 learns it from a heartbeat, as n2's no-op got lost (with that in its log it
    // would refuse n3's shorter one); then n3's request for n1's vote arrives.
    bug: 'clears-vote-on-step-down',
    property: 'One Vote Per Term',
    nodes: 5,
    timeouts: { n1: 150, n2: 150, n3: 150 },
    faults: [
      { do: 'link', from: 'n1', rule: { latency: { constant: ms(30) } }, at: 0, for: ms(400) },
      { do: 'link', from: 'n3', types: ['RequestVote'], rule: { latency: { constant: ms(100) } }, at: 0, for: ms(200) },
      { do: 'link', from: 'n2', to: 'n1', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: ms(200) },
    ],
    untilMs: 1_000,
  },
  {
    // All vote for n1 and learn from a heartbeat that it leads (its no-op got lost); then n5's requests of the same term arrive.
    bug: 'clears-vote-on-leader',
    property: 'One Vote Per Term',
    nodes: 5,
    timeouts: { n1: 150, n5: 151 },
    faults: [
      { do: 'link', from: 'n5', types: ['RequestVote'], rule: { latency: { constant: ms(100) } }, at: 0, for: ms(250) },
      { do: 'partition', shape: { from: 'n1', to: 'n5' }, at: 0, for: ms(400) },
      { do: 'link', from: 'n1', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: ms(220) },
      {
        do: 'link',
        from: 'n1',
        types: ['AppendEntries'],
        rule: { loss: 1 },
        when: { delivered: 'AppendEntries', node: 'n2' },
        for: ms(150),
      },
      { do: 'link', from: 'n1', types: ['AppendEntries'], rule: { latency: { constant: ms(2) } }, at: 0 },
    ],
    untilMs: 1_000,
  },
  { bug: 'skips-log-check', ...staleCandidate },
  { bug: 'refuses-only-if-both-higher', ...staleCandidate },
  {
    // n1, cut off, goes on appending; n2 and n3 commit two entries of term 2; then n2 is gone, and n1's log is the longer.
    bug: 'compares-length-only',
    property: 'Leader Completeness',
    nodes: 3,
    timeouts: { n1: 150, n2: 300 },
    faults: [
      { do: 'partition', shape: { isolate: 'n1' }, at: ms(250), for: ms(750) },
      { do: 'crash', whom: 'n2', at: ms(1_000) },
    ],
    script: [
      ...[260, 270, 280, 290, 300].map((at, i) => write(at, `c${i + 1}`, 'n1', i + 1)),
      write(800, 'c6', 'n2', 9),
    ],
    untilMs: 2_500,
  },
  {
    // A heartbeat is overtaken by the entry that was sent after it, and cuts that off again; then the leader is gone.
    bug: 'truncates-unconditionally',
    property: 'Leader Completeness',
    nodes: 3,
    timeouts: { n1: 150, n2: 400 },
    faults: [
      { do: 'partition', shape: { isolate: 'n3' }, at: ms(200), for: ms(300) },
      { do: 'link', from: 'n1', to: 'n2', rule: { latency: { constant: ms(60) } }, at: ms(290), for: ms(25) },
      { do: 'partition', name: 'gone', shape: { isolate: 'n1' }, when: { mark: 'truncated-log', node: 'n2' } },
    ],
    script: [write(320, 'c1', 'n1', 1)],
    untilMs: 1_500,
  },
  {
    // n1 reaches n2 only, and credits n2's acknowledgements to those that it cannot reach; n3 leads without the write.
    bug: 'credits-wrong-follower',
    property: 'Leader Completeness',
    nodes: 5,
    timeouts: { n1: 150, n3: 400 },
    faults: [
      {
        do: 'partition',
        shape: {
          groups: [
            ['n1', 'n2'],
            ['n3', 'n4', 'n5'],
          ],
        },
        at: ms(250),
        for: ms(750),
      },
    ],
    script: [write(300, 'c1', 'n1', 1)],
    untilMs: 1_500,
  },
  {
    // n1, cut off, still thinks that it leads, and answers a read after n2 has acknowledged a write.
    bug: 'reads-local',
    property: 'linearizable',
    nodes: 3,
    timeouts: { n1: 150, n2: 300 },
    faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: ms(250), for: ms(550) }],
    script: [write(600, 'c1', 'n2', 1), read(700, 'c2', 'n1')],
    untilMs: 1_500,
  },
  {
    // n1 acknowledges a write and is gone before it tells anybody that it is committed; n2's first messages are lost.
    bug: 'reads-before-own-term-commit',
    property: 'linearizable',
    nodes: 3,
    timeouts: { n1: 150, n2: 300 },
    faults: [
      { do: 'crash', whom: 'n1', when: { delivered: 'AppendEntriesReply', node: 'n1', from: ms(240) } },
      { do: 'partition', shape: { isolate: 'n2' }, when: { mark: 'became-leader', node: 'n2' }, for: ms(8) },
    ],
    script: [write(232, 'c1', 'n1', 1), read(400, 'c2', 'n2')],
    untilMs: 1_500,
  },
  {
    // n1, cut off, has appended two entries; n2 and n3 commit others there; a heartbeat tells n1 how far.
    bug: 'commits-past-new-entries',
    property: 'State Machine Safety',
    nodes: 3,
    timeouts: { n1: 150, n2: 300 },
    faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: ms(250), for: ms(550) }],
    script: [write(300, 'c1', 'n1', 1), write(310, 'c2', 'n1', 2), write(700, 'c3', 'n2', 3)],
    untilMs: 1_500,
  },
];
