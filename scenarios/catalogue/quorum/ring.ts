import { ms, nodeId, seconds, type NodeId, type NodeView } from '../../../engine/index.js';
import { hashRing, nodesFrom, positionOf, sharesOf } from '../../../protocols/parts/hash-ring.js';
import { quorum, type Quorum } from '../../../protocols/quorum/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { percent, Z_9999 } from '../binomial.js';
import { Bench, exactly, Mean } from '../measure.js';

/** Nodes before one more joins. */
const SIZES = [2, 4, 8, 16, 32];
const VIRTUAL_NODES = 64;
const KEYS_A_RING = 1_000;
/** Nodes, and virtual nodes of each. */
const SHARES = [
  [8, 1],
  [8, 4],
  [8, 16],
  [8, 64],
  [8, 256],
  [32, 64],
] as const;
/** What happens in the protocol itself to a ring of n nodes: one joins it, or leaves it again. Keys, and replicas of each. */
const CHANGES = [
  { change: 'join', n: 4, keys: 400, replicas: 1 },
  { change: 'leave', n: 4, keys: 400, replicas: 1 },
  { change: 'join', n: 8, keys: 600, replicas: 1 },
  { change: 'leave', n: 8, keys: 600, replicas: 1 },
  { change: 'join', n: 8, keys: 600, replicas: 3 },
  { change: 'leave', n: 8, keys: 600, replicas: 3 },
] as const;
type Change = (typeof CHANGES)[number];

/** Names that no other trial uses, as names decide where a node's places are. */
function members(trial: string, n: number): NodeId[] {
  return Array.from({ length: n }, (_, i) => nodeId(`${trial}/${i + 1}`));
}

interface Moved {
  readonly n: number;
  /** Shares of the keys that change their node: when one joins a ring, and when hash mod n becomes hash mod (n + 1). */
  readonly ring: Mean;
  readonly modulo: Mean;
  /** Keys that moved, and not to whom joined. */
  stray: number;
}

function measureMoves(n: number, trials: number, seed: string): Moved {
  const moved: Moved = { n, ring: new Mean(), modulo: new Mean(), stray: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const name = `${seed} ${n} ${trial}`;
    const all = members(name, n + 1);
    const joining = all.at(-1)!;
    const before = hashRing(all.slice(0, -1), VIRTUAL_NODES);
    const after = hashRing(all, VIRTUAL_NODES);
    let ring = 0;
    let modulo = 0;
    for (let i = 0; i < KEYS_A_RING; i++) {
      const position = positionOf(`${name} key ${i}`);
      const now = nodesFrom(after, position, 1)[0]!;
      if (now !== nodesFrom(before, position, 1)[0]) {
        ring++;
        if (now !== joining) moved.stray++;
      }
      if (position % n !== position % (n + 1)) modulo++;
    }
    moved.ring.add(ring / KEYS_A_RING);
    moved.modulo.add(modulo / KEYS_A_RING);
  }
  return moved;
}

interface Spread {
  readonly n: number;
  readonly v: number;
  /** The squared coefficient of variation of the shares within a ring, over many rings. */
  readonly squared: Mean;
}

function measureShares(n: number, v: number, trials: number, seed: string): Spread {
  const squared = new Mean();
  for (let trial = 0; trial < trials; trial++) {
    const shares = sharesOf(hashRing(members(`${seed} ${n} ${v} ${trial}`, n), v));
    let sum = 0;
    for (const share of shares.values()) sum += (share * n - 1) * (share * n - 1);
    squared.add(sum / n);
  }
  return { n, v, squared };
}

interface Changed {
  readonly change: Change;
  /** Of all replicas of all keys, those that are at a node in the end that did not have to have them before. */
  readonly moved: number;
  /** What the two rings say that must have changed hands. */
  readonly expected: number;
  /** Keys that are not where the ring says, or are anywhere else too. */
  readonly misplaced: number;
  readonly messages: number;
}

/** The protocol itself: all keys are written, then the ring changes, and what belongs to others is handed over. */
function changeRing(bench: Bench, change: Change, seed: string): Changed {
  const { n, keys, replicas } = change;
  const all = Array.from({ length: n + 1 }, (_, i) => nodeId(`n${i + 1}`));
  const few = all.slice(0, -1);
  const [before, after] = change.change === 'join' ? [few, all] : [all, few];
  const keyNames = Array.from({ length: keys }, (_, i) => `key ${i}`);
  const { result, simulation } = bench.run({
    protocol: quorum,
    nodes: n + 1,
    seed,
    options: {
      ...{ n: replicas, r: 1, w: 1, ring: before, virtualNodes: VIRTUAL_NODES },
      ...{ antiEntropyMs: 0, handoffMs: 100, readRepair: false },
    },
    network: { latency: { uniform: [ms(1), ms(5)] } },
    until: seconds(4),
    script: [
      ...keyNames.map((key, i) => ({
        ...{ at: ms(i), client: `c${(i % 50) + 1}`, request: 'write', target: `n${(i % n) + 1}` },
        args: { key, value: i },
      })),
      { at: seconds(1), client: 'c51', request: change.change, args: { node: all.at(-1)! }, target: 'n1' },
    ],
    trace: 'events',
  });
  const [old, now] = [before, after].map((nodes) => hashRing(nodes, VIRTUAL_NODES));
  const has = (node: NodeId, key: string): boolean =>
    (simulation.node(node) as unknown as NodeView<Quorum>).durable.store.has(key);
  let [moved, expected, misplaced] = [0, 0, 0];
  for (const key of keyNames) {
    const [ownedBefore, owned] = [old!, now!].map((ring) => nodesFrom(ring, positionOf(key), replicas));
    expected += owned!.filter((node) => !ownedBefore!.includes(node)).length;
    moved += all.filter((node) => has(node, key) && !ownedBefore!.includes(node)).length;
    if (all.some((node) => has(node, key) !== owned!.includes(node))) misplaced++;
  }
  const messages = [...result.trace!.events()].filter(({ kind, name }) => kind === 'send' && name === 'Handoff').length;
  return { change, moved, expected, misplaced, messages };
}

function comparisonsOfMoves({ n, ring, modulo, stray }: Moved): Comparison[] {
  const near = (name: string, measured: Mean, expected: number): Comparison =>
    compare(name, measured.mean, expected, measured.margin(Z_9999), '');
  return [
    near(`ring, ${n} → ${n + 1} nodes: share of keys that move, 1/(n + 1)`, ring, 1 / (n + 1)),
    near(`mod n, ${n} → ${n + 1} nodes: share of keys that move, n/(n + 1)`, modulo, n / (n + 1)),
    exactly(`ring, ${n} → ${n + 1} nodes: keys that move from one old node to another`, stray, 0, 'keys'),
  ];
}

function predictedCv({ n, v }: Pick<Spread, 'n' | 'v'>): number {
  return Math.sqrt((n - 1) / (n * v + 1));
}

function comparisonOfShares(spread: Spread): Comparison {
  const { n, v, squared } = spread;
  const expected = predictedCv(spread);
  // The mean of squares is what is unbiased; the interval around it becomes one around the root.
  const margin = squared.margin(Z_9999);
  const from = Math.sqrt(Math.max(0, expected * expected - margin));
  const to = Math.sqrt(expected * expected + margin);
  const measured = Math.sqrt(squared.mean);
  const name = `n = ${n}, v = ${v}: coefficient of variation of the shares, √((n − 1)/(nv + 1))`;
  return { name, measured, expected, from, to, unit: '', holds: measured >= from && measured <= to };
}

/** Of one ring, whose nodes have the shares that they have: four deviations of a share, and of a count of keys. */
function comparisonsOfChange({ change, moved, expected, misplaced }: Changed): Comparison[] {
  const { n, keys, replicas } = change;
  const p = 1 / (n + 1);
  const ofShare = p * predictedCv({ n: n + 1, v: VIRTUAL_NODES });
  const deviation = Math.sqrt(ofShare * ofShare + (p * (1 - p)) / keys);
  const name = `protocol, ${showChange(change)}, N = ${replicas}`;
  return [
    compare(
      `${name}: share of all replicas that are handed over, 1/(n + 1)`,
      moved / (keys * replicas),
      p,
      Z_9999 * deviation,
      '',
    ),
    exactly(`${name}: replicas that are handed over are those that the rings say`, moved, expected, 'replicas'),
    exactly(`${name}: keys that are not where they should be, or elsewhere too`, misplaced, 0, 'keys'),
  ];
}

function showChange({ change, n }: Change): string {
  return change === 'join' ? `${n} → ${n + 1} nodes` : `${n + 1} → ${n} nodes`;
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const rings = settings['rings']!;
  const bench = new Bench();
  const moves = SIZES.map((n) => measureMoves(n, rings, seed));
  progress(0.4);
  const spreads = SHARES.map(([n, v]) => measureShares(n, v, rings, seed));
  progress(0.8);
  const changes = CHANGES.map((one) => changeRing(bench, one, seed));
  for (const { ring, modulo } of moves) bench.digest.text(`${ring.mean} ${modulo.mean}`);
  for (const { squared } of spreads) bench.digest.text(`${squared.mean}`);
  return {
    tables: [
      {
        title: 'Keys that move when one node joins',
        columns: ['n', 'ring', '1/(n + 1)', 'mod n', 'n/(n + 1)'],
        rows: moves.map(({ n, ring, modulo }) => [
          ...[n, percent(ring.mean), percent(1 / (n + 1))],
          ...[percent(modulo.mean), percent(n / (n + 1))],
        ]),
      },
      {
        title: 'How uneven the nodes’ shares of the ring are: coefficient of variation',
        columns: ['n', 'virtual nodes v', 'measured', '√((n − 1)/(nv + 1))'],
        rows: spreads.map((one) => [
          ...[one.n, one.v],
          ...[Math.sqrt(one.squared.mean).toFixed(4), predictedCv(one).toFixed(4)],
        ]),
      },
      {
        title: 'The protocol: a node joins or leaves, and what belongs to others is handed over',
        columns: ['nodes', 'N', 'keys', 'share handed over', '1/(n + 1)', 'messages with keys'],
        rows: changes.map(({ change, moved, messages }) => [
          ...[showChange(change), change.replicas, change.keys],
          ...[percent(moved / (change.keys * change.replicas)), percent(1 / (change.n + 1)), messages],
        ]),
      },
    ],
    comparisons: [
      ...moves.flatMap(comparisonsOfMoves),
      ...spreads.map(comparisonOfShares),
      ...changes.flatMap(comparisonsOfChange),
    ],
    notes: [
      `${rings} rings for each row, with names, and so places, of their own; ${VIRTUAL_NODES} virtual nodes where nothing else is said, ${KEYS_A_RING} keys a ring.`,
      'A figure must lie within 99.99 % of the mean over the rings, by their own variance.',
      'With v places of each of n nodes at random, a share has the distribution Beta(v, nv − v).',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const ring = defineExperiment({
  name: 'quorum/ring',
  summary: 'How many keys move when a node joins, and how even the shares are, measured against the formulas.',
  teaches:
    'On a ring only the share of whoever joins moves; with hash mod n nearly everything does. Virtual nodes make shares even, but only ' +
    'with the square root of their number.',
  protocol: quorum,
  source: 'Karger et al., STOC 1997; DeCandia et al., 2007, 4.2; shares of v random places of nv: Beta(v, nv − v)',
  settings: { rings: { default: 200, summary: 'Rings for each row of the tables' } },
  run,
});
