import { linearizable, formatVerdict, kv } from '../../checkers/index.js';
import type { Micros, RunResult } from '../../engine/index.js';
import { askedAcross, availability, type Availability } from './availability.js';
import { classOf, type CapClass } from './classify.js';
import { cutOf, CUTS, nodesFor, type CutName } from './cuts.js';
import { convergenceIn, lossesIn, type Losses } from './losses.js';
import { pacelcOf, type Pacelc } from './pacelc.js';
import {
  BOUNDS,
  CALM,
  CUT_AT,
  HEAL_AT,
  JUDGED,
  leaderBefore,
  probeConfig,
  readsAndAdds,
  READS_AND_WRITES,
  runCut,
  type Workload,
} from './probe.js';
import type { CapStore } from './store.js';

/** One cut, over all seeds. */
export interface CutReport {
  readonly cut: CutName;
  /** In words: who could talk to whom in the first seed's run. */
  readonly sides: string;
  /** By bound, of all nodes: the worst seed. */
  readonly all: readonly Availability[];
  /** Of the first and of the second side, within the first bound: the worst seed. */
  readonly bySide: readonly Availability[];
  /** Of each node in the first seed's run, within the first bound: who was on which side, `sides` says. */
  readonly byNode: readonly Availability[];
  readonly verdict: 'refuted' | 'not refuted' | 'undecided';
  /** Operations that were judged, all seeds together … */
  readonly operations: number;
  /** … and how many of them were asked while it lasted, about a key that was then written on the other side, too. */
  readonly contended: number;
  /** Of the first run that was refuted: the seed, and why. */
  readonly evidence: { readonly seed: string; readonly text: string } | null;
  /** Since the healing, the slowest seed; null when nodes still disagreed at the end. */
  readonly converged: Micros | null;
}

export interface CapReport {
  readonly store: string;
  readonly configuration: string;
  readonly class: CapClass;
  readonly pacelc: Pacelc;
  readonly noFault: Availability;
  readonly cuts: readonly CutReport[];
  /** Acknowledged elements that were gone in the end, all cuts and seeds together; null where they cannot be counted. */
  readonly losses: Losses | null;
  /** What was added, or why nothing can be counted. */
  readonly lossesBy: string;
  readonly seeds: readonly string[];
  readonly runs: number;
}

/** Measures one store: the worst over all cuts and seeds is what it is. */
export function measureCap(store: CapStore, seeds: readonly string[], progress: (done: number) => void): CapReport {
  const steps = CUTS.length + 1;
  const noFault: Availability[] = [];
  const losses: Losses[] = [];
  const adding = store.losses;
  let runs = 0;
  const cuts = CUTS.map((cut, i) => {
    const results = seeds.map((seed) => oneRun(store, cut, seed, READS_AND_WRITES));
    runs += results.length;
    for (const { result, nodes } of results)
      noFault.push(availability(result.history, CALM, BOUNDS[0], nodes, everyOf(nodes)));
    if (typeof adding !== 'string') {
      const counted: CapStore = { ...store, options: (nodes) => ({ ...store.options(nodes), ...adding.options }) };
      const oneCount = (seed: string): Losses =>
        lossesIn(oneRun(counted, cut, seed, readsAndAdds(adding)).result.history, adding);
      losses.push(...seeds.map(oneCount));
      runs += seeds.length;
    }
    progress((i + 1) / steps);
    return cutReport(cut, seeds, results);
  });
  const observed = cuts.map(({ all, verdict }) => ({ all, refuted: verdict === 'refuted' }));
  return {
    store: store.protocol.name,
    configuration: store.configuration,
    class: classOf(observed),
    pacelc: pacelcOf(store, seeds),
    noFault: worst(noFault),
    cuts,
    losses: losses.length === 0 ? null : sum(losses),
    lossesBy: typeof adding === 'string' ? adding : adding.by,
    seeds,
    runs,
  };
}

interface CutRun {
  readonly result: RunResult;
  readonly nodes: number;
  readonly sides: readonly (readonly number[])[];
  readonly oneWay: boolean;
}

function oneRun(store: CapStore, name: CutName, seed: string, workload: Workload): CutRun {
  const config = probeConfig(store, nodesFor(name), `${seed} ${name}`, workload);
  const cut = cutOf(name, leaderBefore(store, config));
  return { result: runCut(config, cut), nodes: cut.nodes, sides: cut.sides, oneWay: cut.oneWay };
}

function cutReport(cut: CutName, seeds: readonly string[], results: readonly CutRun[]): CutReport {
  const [first] = results;
  const verdicts = results.map(({ result }) => linearizable(result.history, kv, { evidence: false }).verdict);
  const refuted = verdicts.indexOf('violation');
  const evidence =
    refuted < 0
      ? null
      : {
          seed: seeds[refuted]!,
          text: formatVerdict(linearizable(results[refuted]!.result.history, kv, { evidence: true })),
        };
  const converged = results.map(({ result }) => convergenceIn(result.history, HEAL_AT));
  return {
    cut,
    sides: sentence(first!),
    all: BOUNDS.map((bound) =>
      worst(results.map(({ result, nodes }) => availability(result.history, JUDGED, bound, nodes, everyOf(nodes)))),
    ),
    bySide: [0, 1].map((side) =>
      worst(
        results.map(({ result, nodes, sides }) => availability(result.history, JUDGED, BOUNDS[0], nodes, sides[side]!)),
      ),
    ),
    byNode: everyOf(first!.nodes).map((node) =>
      availability(first!.result.history, JUDGED, BOUNDS[0], first!.nodes, [node]),
    ),
    verdict: refuted >= 0 ? 'refuted' : verdicts.includes('undecided') ? 'undecided' : 'not refuted',
    operations: results.reduce(
      (total, { result }) => total + result.history.filter(({ type }) => type === 'invoke').length,
      0,
    ),
    contended: results.reduce((total, run) => total + contended(run), 0),
    evidence,
    converged: converged.includes(null) ? null : Math.max(...converged.map((time) => time ?? 0)),
  };
}

function contended({ result, nodes, sides: [first, second] }: CutRun): number {
  const during = { from: CUT_AT, to: HEAL_AT };
  return (
    askedAcross(result.history, during, nodes, first!, second!) +
    askedAcross(result.history, during, nodes, second!, first!)
  );
}

function everyOf(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, i) => i);
}

function sentence({ sides, oneWay }: CutRun): string {
  const [first, second] = sides.map((side) => `{${side.map((node) => `n${node + 1}`).join(' ')}}`);
  return oneWay ? `${first} → ${second} cut` : `${first} | ${second}`;
}

/** Reads and writes apart: whatever was the least. */
export function worst(all: readonly Availability[]): Availability {
  const least = (kind: 'reads' | 'writes') =>
    all
      .map((one) => one[kind])
      .reduce((low, one) => (one.asked > 0 && (low.asked === 0 || one.ok < low.ok) ? one : low));
  return { reads: least('reads'), writes: least('writes') };
}

function sum(losses: readonly Losses[]): Losses {
  return losses.reduce((a, b) => ({ acknowledged: a.acknowledged + b.acknowledged, lost: a.lost + b.lost }));
}
