import { Digest, Simulation, type HistoryEvent } from '../../../engine/index.js';
import { splitBrain, type SplitBrain } from '../../../protocols/split-brain/protocol.js';
import { compare, defineExperiment, type ExperimentContext, type ExperimentReport } from '../../experiment.js';
import { simulationConfig } from '../../run.js';
import { HEALED_AT, partitioned, PARTITION_AT } from './course.js';

/** What became of the writes that were asked for while the network was cut. */
interface Outcome {
  readonly smallerSide: number;
  readonly largerSide: number;
  readonly lost: number;
  readonly refused: number;
  readonly leaders: number;
}

const WAYS = [
  { way: 'neither', quorum: false, fencing: false },
  { way: 'a quorum', quorum: true, fencing: false },
  { way: 'fencing', quorum: false, fencing: true },
  { way: 'a quorum and fencing', quorum: true, fencing: true },
] as const;

const SMALLER_SIDE: ReadonlySet<string> = new Set(['n1', 'n2']);

/** The same cut, four times: what each defence is worth alone, and both together. */
export const sideBySide = defineExperiment({
  name: 'split-brain/side-by-side',
  summary:
    'One and the same cut, met with nothing, with a quorum, with fencing, and with both: what becomes of the writes.',
  teaches:
    'Without either, both sides accept writes, and half of them are lost. A quorum stops the smaller side, but late. Fencing alone ' +
    'is worth little: epochs that nobody has voted for come up on both sides, and then do not tell the sides apart. Together: one ' +
    'new leader, and nothing lost.',
  protocol: splitBrain,
  source: 'runs of split-brain/no-quorum, quorum, and quorum-and-fencing',
  settings: { runs: { default: 100, summary: 'runs of each' } },
  run: sideBySideReport,
});

function sideBySideReport({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const runs = settings['runs']!;
  const digest = new Digest();
  let events = 0;
  const measured = WAYS.map(({ way, quorum, fencing }, i) => {
    const outcomes: Outcome[] = [];
    for (let run = 0; run < runs; run++) {
      const result = runOnce(`${seed} ${run}`, quorum, fencing);
      digest.text(result.digest);
      events += result.events;
      outcomes.push(result.outcome);
      progress((i + (run + 1) / runs) / WAYS.length);
    }
    return { way, outcomes };
  });
  const of = (way: string): readonly Outcome[] => measured.find((one) => one.way === way)!.outcomes;
  const share = (way: string, holds: (outcome: Outcome) => boolean): number => of(way).filter(holds).length / runs;
  const always = (name: string, way: string, holds: (outcome: Outcome) => boolean) =>
    compare(name, share(way, holds), 1, 0, 'of runs');
  return {
    tables: [
      {
        title: 'While the network was cut (two seconds, 10 clients): means over all runs',
        columns: [
          'met with',
          'accepted by two nodes’ side',
          'by three nodes’ side',
          'of these lost',
          'refused',
          'leaders made',
        ],
        rows: measured.map(({ way, outcomes }) => [
          way,
          ...(['smallerSide', 'largerSide', 'lost', 'refused', 'leaders'] as const).map((key) =>
            (outcomes.reduce((sum, outcome) => sum + outcome[key], 0) / runs).toFixed(1),
          ),
        ]),
      },
    ],
    comparisons: [
      always(
        'neither: both sides accept, and writes are lost',
        'neither',
        (o) => o.smallerSide > 0 && o.largerSide > 0 && o.lost > 0,
      ),
      always('a quorum: writes are lost all the same', 'a quorum', ({ lost }) => lost > 0),
      always('a quorum and fencing: nothing is lost', 'a quorum and fencing', ({ lost }) => lost === 0),
      always('a quorum and fencing: one new leader', 'a quorum and fencing', ({ leaders }) => leaders === 1),
    ],
    notes: [
      'Lost: acknowledged to a client, and overwritten by the other leader, which had not read it.',
      'With fencing alone the two leaders depose each other, until both come upon the same epoch.',
    ],
    digest: digest.toString(),
    runs: runs * WAYS.length,
    events,
  };
}

function runOnce(seed: string, quorum: boolean, fencing: boolean) {
  const scenario = partitioned(
    { name: 'split-brain/side-by-side', summary: 'one run', teaches: '' },
    { quorum, fencing },
  );
  const simulation = new Simulation({
    ...simulationConfig(scenario, { seed }),
    until: HEALED_AT,
    continueAfterViolation: true,
  });
  const { digest, events, history, marks } = simulation.run();
  const during = history.filter(({ time }) => time >= PARTITION_AT && time <= HEALED_AT);
  const { storage } = simulation.world.nodes.at(-1)!.durable as SplitBrain['durable'];
  const outcome: Outcome = {
    smallerSide: during.filter((event) => event.type === 'ok' && isOnSmallerSide(event)).length,
    largerSide: during.filter((event) => event.type === 'ok' && !isOnSmallerSide(event)).length,
    lost: storage.writes - storage.value,
    refused: during.filter(({ type }) => type === 'fail').length,
    // But for the one before the cut.
    leaders: (marks.get('became-leader') ?? 0) - 1,
  };
  return { digest, events, outcome };
}

function isOnSmallerSide({ node }: HistoryEvent): boolean {
  return node !== undefined && SMALLER_SIDE.has(node);
}
