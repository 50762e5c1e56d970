import {
  Digest,
  ms,
  seconds,
  Simulation,
  type AnyProtocol,
  type Fault,
  type RunResult,
  type SimulationConfig,
  type TraceEvent,
} from '../../../engine/index.js';
import { threePhaseCommit } from '../../../protocols/three-phase-commit/protocol.js';
import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { compare, defineExperiment, type ExperimentContext, type ExperimentReport } from '../../experiment.js';

const PROTOCOLS = [
  { protocol: twoPhaseCommit, phases: 2, options: { timeoutMs: 50, cooperative: true } },
  { protocol: threePhaseCommit, phases: 3, options: { timeoutMs: 50 } },
] as const;
const PARTICIPANTS = [2, 3, 4, 8];
const BEGUN = ms(10);
/** One message delay. */
const DELAY = ms(1);
/** How long the coordinator stays away. */
const AWAY = seconds(3);

/** What the protocols themselves send; acknowledgements that serve forgetting alone are left out. */
const COUNTED: ReadonlySet<string> = new Set(['VoteReq', 'Yes', 'No', 'PreCommit', 'Ack', 'Commit', 'Abort']);

/** When the coordinator crashes, and for which protocol there is such a moment. */
const CRASHES = [
  { at: 'all votes are in', when: (n: number) => ({ delivered: 'Yes', nth: n }) },
  { at: 'one participant is committable', when: () => ({ delivered: 'PreCommit' }) },
  { at: 'one participant has committed', when: () => ({ delivered: 'Commit' }) },
] as const;

export const againstTwoPhaseCommit = defineExperiment({
  name: 'three-phase-commit/against-two-phase-commit',
  summary:
    'Messages and delays of a transaction in two and in three phases, and how long a crashed coordinator is waited for.',
  teaches:
    'The third phase costs 2n messages and two delays, in every transaction. It buys that nobody waits for a coordinator that has ' +
    'crashed: two-phase commit does when all are uncertain, however much they talk to one another.',
  protocol: threePhaseCommit,
  source: 'Bernstein, Hadzilacos, Goodman 1987, sections 7.4 and 7.5: 3n messages in 3 rounds, 5n in 5',
  settings: {},
  run: report,
});

type Run = (config: Omit<SimulationConfig, 'seed' | 'until'>) => {
  readonly result: RunResult;
  readonly events: readonly TraceEvent[];
};

function report({ seed, progress }: ExperimentContext): ExperimentReport {
  const total = { digest: new Digest(), runs: 0, events: 0 };
  const run: Run = (config) => {
    const result = new Simulation({ ...config, seed, until: BEGUN + AWAY + seconds(1), trace: 'events' }).run();
    total.digest.text(result.digest);
    total.runs++;
    total.events += result.events;
    const events = Array.from({ length: result.trace!.length }, (_, i) => result.trace!.event(i + 1));
    return { result, events };
  };
  const costs = measureCosts(run);
  progress(0.5);
  const waits = measureWaits(run);
  progress(1);
  const waited = (name: string, at: string): number =>
    waits.find((one) => one.name === name && one.at === at)!.waitedMs;
  return {
    tables: [
      {
        title: 'One transaction, nothing fails, all vote Yes',
        columns: ['protocol', 'participants n', 'messages', 'delays until all have decided'],
        rows: costs.map(({ name, n, messages, delays }) => [name, n, messages, delays]),
      },
      {
        title: `The coordinator crashes, for ${AWAY / 1_000_000} s; three participants, who give up on it after 50 to 100 ms`,
        columns: ['when', 'protocol', 'the last participant decides after', 'decision'],
        rows: waits.map(({ at, name, waitedMs, decision }) => [at, name, `${waitedMs.toFixed(0)} ms`, decision]),
      },
    ],
    comparisons: [
      ...costs.flatMap(({ name, n, phases, messages, delays }) => [
        compare(`${name}, n = ${n}: messages`, messages, (2 * phases - 1) * n, 0, ''),
        compare(`${name}, n = ${n}: delays`, delays, 2 * phases - 1, 0, ''),
      ]),
      compare('two phases, all uncertain: blocked', waited('two-phase-commit', CRASHES[0].at), AWAY / 1_000, 200, 'ms'),
      ...CRASHES.map(({ at }) =>
        compare(`three phases, ${at}: decided without it`, waited('three-phase-commit', at), 0, 500, 'ms'),
      ),
    ],
    notes: [
      'Messages: votes asked for and given, pre-commits and their acknowledgements, decisions. What only serves forgetting is left out.',
      'Two-phase commit with cooperative termination: as good as it gets, and blocked where all are uncertain.',
    ],
    digest: total.digest.toString(),
    runs: total.runs,
    events: total.events,
  };
}

function measureCosts(run: Run) {
  return PROTOCOLS.flatMap(({ protocol, phases, options }) =>
    PARTICIPANTS.map((n) => {
      const { events } = run(oneTransaction(protocol, options, n, []));
      const counted = ({ kind, name }: TraceEvent): boolean =>
        kind === 'send' && COUNTED.has(name ?? '') && (phases === 3 || name !== 'Ack');
      const delays = (lastDecision(events) - begunAt(events)) / DELAY;
      return { name: protocol.name, n, phases, messages: events.filter(counted).length, delays };
    }),
  );
}

function measureWaits(run: Run) {
  const n = 3;
  return CRASHES.flatMap(({ at, when }) =>
    PROTOCOLS.filter(({ phases }) => phases === 3 || at !== 'one participant is committable').map(
      ({ protocol, options }) => {
        const crash: Fault = { do: 'crash', whom: 'n1', when: when(n), for: AWAY };
        const { result, events } = run(oneTransaction(protocol, options, n, [crash]));
        const crashed = events.find(({ kind }) => kind === 'crash')!.time;
        const decided = events.filter(({ kind, name, node }) => kind === 'mark' && isDecision(name) && node !== 'n1');
        const waitedMs = Math.max(0, ...decided.map(({ time }) => time - crashed)) / 1_000;
        return { at, name: protocol.name, waitedMs, decision: result.marks.has('commit') ? 'commit' : 'abort' };
      },
    ),
  );
}

function oneTransaction(
  protocol: AnyProtocol,
  options: Readonly<Record<string, number | boolean>>,
  n: number,
  faults: readonly Fault[],
): Omit<SimulationConfig, 'seed' | 'until'> {
  const script = [{ at: BEGUN, client: 'c1', request: 'begin', args: { no: [] }, target: 'n1' }];
  return { protocol, options, nodes: n + 1, script, faults, network: { latency: { constant: DELAY } } };
}

function begunAt(events: readonly TraceEvent[]): number {
  return events.find(({ kind, name }) => kind === 'send' && name === 'VoteReq')!.time;
}

function lastDecision(events: readonly TraceEvent[]): number {
  return Math.max(...events.filter(({ kind, name }) => kind === 'mark' && isDecision(name)).map(({ time }) => time));
}

function isDecision(name: string | undefined): boolean {
  return name === 'commit' || name === 'abort';
}
