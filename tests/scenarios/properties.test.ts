import { describe, expect, it } from 'vitest';
import { crashesAtWork } from '../../scenarios/catalogue/message-queue/workload.js';
import { defineProtocol, type RequestRef } from '../../engine/index.js';
import {
  defineScenario,
  runScenario,
  scenarioNamed,
  type Scenario,
  type ScenarioInput,
} from '../../scenarios/index.js';

type Properties = NonNullable<ScenarioInput['properties']>;

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is an experiment`);
  return found;
}

/** Without invariants, so that none ends the run before a property is broken. */
function changed(name: string, change: Partial<ScenarioInput>): Scenario {
  const { input, protocol } = named(name);
  return defineScenario({ ...input, ...change, protocol: { ...protocol, invariants: [] } });
}

/** What a scenario lets happen. */
function courseOf(name: string): Partial<ScenarioInput> {
  const { nodes, nodeOptions, network, script, faults } = named(name).input;
  return {
    nodes,
    ...(nodeOptions && { nodeOptions }),
    ...(network && { network }),
    ...(script && { script }),
    ...(faults && { faults }),
  };
}

const SEEDS = ['1', '2', '3'];

it('faults that are added so late that a property has no time leave the verdict to the others', () => {
  const faults = [{ do: 'crash', whom: 'leader', at: 9_900_000 }] as const;
  const run = runScenario(named('raft/leader-crash'), { seed: '1', faults });
  expect(run.properties.map(({ verdict }) => verdict)).toContain('undecided');
  expect(run.verdict).toBe('ok');
});

describe('properties of the catalogue', () => {
  const planted: readonly [string, string, Partial<ScenarioInput>, string?][] = [
    [
      'raft/leader-crash',
      'a leader follows',
      {
        faults: [
          { do: 'crash', whom: { random: 2, of: { not: 'leader' } }, at: '2s' },
          { do: 'crash', whom: 'leader', at: '2s' },
        ],
      },
    ],
    [
      'raft/leader-crash',
      'one leader a term',
      {
        faults: [...named('raft/bug-forgotten-vote').input.faults!],
        nodes: named('raft/bug-forgotten-vote').input.nodes,
      },
      'forgets-vote',
    ],
    ['bully/returning-coordinator', 'the highest leads again', { faults: [{ do: 'crash', whom: 'n5', at: '1s' }] }],
    [
      'message-queue/happy-path',
      'exactly once',
      {
        faults: named('message-queue/careless-consumer').input.faults!,
        options: { consumer: 'careless', promise: 'at-least-once' },
      },
    ],
    [
      'message-queue/happy-path',
      'exactly once',
      {
        faults: crashesAtWork,
        options: { delivery: 'at-most-once', consumer: 'careless', promise: 'at-most-once' },
      },
    ],
    ['bully/coordinator-crash', 'one coordinator in the end', { faults: [{ do: 'crash', whom: 'all', at: '1s' }] }],
    [
      'leases/happy-path',
      'mutual exclusion',
      { faults: [{ do: 'pause', whom: 'subject', when: { mark: 'checked-lease' }, for: '3s' }] },
    ],
    [
      'zab/leader-crash',
      'one leader a term',
      {
        faults: [
          { do: 'crash', whom: 'n5', at: '1s' },
          { do: 'crash', whom: { not: 'n5' }, disk: 'wiped', at: '1s', for: '100ms' },
        ],
      },
    ],
    [
      'zab/two-leaders',
      'total order',
      { options: { ...named('zab/two-leaders').input.options, synchronization: 'zookeeper' } },
      'keeps-uncommitted',
    ],
    [
      'zab/two-leaders',
      'primary order',
      { ...courseOf('zab/bug-missed-proposal'), options: { marksDeliveries: true } },
      'proposes-to-acknowledged',
    ],
    ['multi-paxos/happy-path', 'total order', courseOf('multi-paxos/bug-own-vote'), 'learns-any-vote'],
    ['paxos/happy-path', 'uniform agreement', { faults: [{ do: 'partition', shape: { isolate: 'n2' }, at: 0 }] }],
    [
      'two-phase-commit/happy-path',
      'nobody is blocked',
      { faults: [{ do: 'crash', whom: 'n1', at: '1s', for: '2s' }] },
    ],
  ];

  it.each(planted)('%s: %s', (name, property, change, bug) => {
    for (const seed of SEEDS) {
      const run = runScenario(named(name), { seed });
      expect(run.verdict, `${name} ${seed}: ${run.undecided ?? run.violations[0]?.message ?? ''}`).toBe('ok');
      expect(run.properties).toContainEqual(expect.objectContaining({ property, verdict: 'ok' }));
    }
    const broken = SEEDS.map((seed) => {
      const { properties } = runScenario(changed(name, change), { seed, ...(bug === undefined ? {} : { bug }) });
      return properties.find((found) => found.property === property)?.verdict;
    });
    expect(broken).toContain('violation');
  });
});

/** Marks what it is asked to mark. */
interface Marker {
  options: object;
  durable: object;
  volatile: object;
  messages: object;
  timers: object;
  requests: {
    note: { args: { name: string; detail: Record<string, number | string> }; result: null };
    audit: { args: object; result: Record<string, number> };
  };
}

const marker = defineProtocol<Marker>({
  name: 'marker',
  summary: 'marks what it is asked to mark',
  source: 'for this test',
  options: {},
  durable: () => ({}),
  volatile: () => ({}),
  onMessage: {},
  onTimer: {},
  onRequest: {
    note(node, { ref, args }) {
      node.mark(args.name, args.detail);
      node.reply(ref, null);
    },
    audit(node, { ref }) {
      node.reply(ref as RequestRef<Marker, 'audit'>, { a: 60, b: 40 });
    },
  },
});

/** What the nodes mark, one event every 100 ms: node, name, detail. */
type Note = readonly [node: string, name: string, detail?: Record<string, number | string>];

function judged(notes: readonly Note[], property: Properties[number], more: Partial<ScenarioInput> = {}) {
  const scenario = defineScenario({
    protocol: marker,
    name: 'marker/told',
    summary: 'Marks as told.',
    nodes: 3,
    network: { latency: '1ms' },
    until: '2s',
    script: notes.map(([target, name, detail], i) => ({
      at: `${100 * (i + 1)}ms`,
      client: `c${i + 1}`,
      request: 'note',
      args: { name, detail: detail ?? {} },
      target,
    })),
    properties: [property],
    ...more,
  });
  const run = runScenario(scenario, { seed: '1' });
  expect(run.verdict).toBe(run.properties[0]!.verdict);
  return { verdict: run.properties[0]!.verdict, says: run.properties[0]!.says };
}

describe('each property that a scenario may name', () => {
  const deliver = { mark: 'deliver' };
  const both = { broadcast: { mark: 'send' }, deliver, message: 'm' } as const;
  const sent: Note = ['n1', 'send', { m: 'x' }];
  const got = (node: string, m: string): Note => [node, 'deliver', { m }];
  const swapped = [got('n1', 'x'), got('n1', 'y'), got('n2', 'y'), got('n2', 'x')];

  it.each<[Properties[number], readonly Note[], readonly Note[]]>([
    [
      { property: 'total order', deliver, message: 'm' },
      [...swapped.slice(0, 2), got('n2', 'x'), got('n2', 'y')],
      swapped,
    ],
    [{ property: 'uniform total order', deliver, message: 'm' }, [got('n1', 'x')], swapped],
    [
      { property: 'agreement', deliver, message: 'm', complete: true },
      ['n1', 'n2', 'n3'].map((n) => got(n, 'x')),
      [got('n1', 'x')],
    ],
    [{ property: 'validity', ...both, complete: true }, [sent, got('n1', 'x')], [sent, got('n2', 'x')]],
    [{ property: 'integrity', ...both }, [sent, got('n1', 'x')], [sent, got('n1', 'x'), got('n1', 'x')]],
    [
      { property: 'FIFO order', ...both },
      [sent, ['n1', 'send', { m: 'y' }], got('n2', 'x'), got('n2', 'y')],
      [sent, ['n1', 'send', { m: 'y' }], got('n2', 'y')],
    ],
    [
      { property: 'causal order', ...both },
      [sent, got('n2', 'x'), ['n2', 'send', { m: 'y' }], got('n3', 'x'), got('n3', 'y')],
      [sent, got('n2', 'x'), ['n2', 'send', { m: 'y' }], got('n3', 'y')],
    ],
    [
      { property: 'one leader a term', leads: { mark: 'lead' }, term: 't' },
      [
        ['n1', 'lead', { t: 1 }],
        ['n2', 'lead', { t: 2 }],
      ],
      [
        ['n1', 'lead', { t: 1 }],
        ['n2', 'lead', { t: 1 }],
      ],
    ],
    [
      { property: 'mutual exclusion', enter: { mark: 'in' }, leave: { mark: 'out' }, lock: 'l' },
      [
        ['n1', 'in', { l: 'a' }],
        ['n2', 'in', { l: 'b' }],
        ['n1', 'out', { l: 'a' }],
        ['n2', 'in', { l: 'a' }],
      ],
      [
        ['n1', 'in', { l: 'a' }],
        ['n2', 'in', { l: 'a' }],
      ],
    ],
    [
      { property: 'exactly once', sent: { mark: 'send' }, delivered: deliver, message: 'm', complete: true },
      [sent, got('n2', 'x')],
      [sent],
    ],
    [
      { property: 'at most once', sent: { mark: 'send' }, delivered: deliver, message: 'm' },
      [sent, got('n2', 'x')],
      [sent, got('n2', 'x'), got('n3', 'x')],
    ],
    [
      { property: 'always', holds: { not: { mark: 'alarm', detail: { level: 2 } } } },
      [['n1', 'alarm', { level: 1 }]],
      [['n1', 'alarm', { level: 2 }]],
    ],
    [
      { property: 'eventually', holds: { mark: 'ready', node: 'n2' }, within: '1s' },
      [['n2', 'ready']],
      [['n1', 'ready']],
    ],
    [
      { property: 'eventuallyAlways', holds: { not: { mark: 'retry' } }, within: '250ms' },
      [
        ['n1', 'retry'],
        ['n1', 'done'],
      ],
      [
        ['n1', 'done'],
        ['n1', 'done'],
        ['n1', 'retry'],
      ],
    ],
    [
      {
        property: 'leadsTo',
        when: { event: 'invoke', name: 'note', node: 'c2' },
        then: { mark: 'b' },
        within: '500ms',
      },
      [
        ['n1', 'a'],
        ['n1', 'b'],
      ],
      [
        ['n1', 'b'],
        ['n1', 'a'],
      ],
    ],
  ])('%j', (property, fine, broken) => {
    expect(judged(fine, property)).toEqual({ verdict: 'ok' });
    const found = judged(broken, property);
    expect(found.verdict).toBe('violation');
    expect(found.says).toMatch(/\w+ \w+/);
  });

  it('conservation: what a request reads of all accounts', () => {
    const audit = { script: [{ at: '100ms', client: 'c1', request: 'audit', args: {} }] };
    expect(judged([], { property: 'conservation', request: 'audit', total: 100 }, audit).verdict).toBe('ok');
    expect(judged([], { property: 'conservation', request: 'audit', total: 90 }, audit).verdict).toBe('violation');
  });

  it('is undecided where the run ends before the time is up, and says so', () => {
    const late: Properties[number] = { property: 'eventually', holds: { mark: 'ready' }, within: '3s' };
    expect(judged([], late)).toEqual({ verdict: 'undecided', says: 'the trace ends at 2.000 s, before 3.000 s' });
  });

  it('who crashes is inside no more', () => {
    const lock: Properties[number] = { property: 'mutual exclusion', enter: { mark: 'in' }, leave: { mark: 'out' } };
    const notes: readonly Note[] = [
      ['n1', 'in'],
      ['n2', 'in'],
    ];
    expect(judged(notes, lock).verdict).toBe('violation');
    expect(judged(notes, lock, { faults: [{ do: 'crash', whom: 'n1', at: '150ms' }] }).verdict).toBe('ok');
  });
});
