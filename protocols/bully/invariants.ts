import { formatDuration, invariant, ms, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { timeoutMsMin, type Bully } from './shape.js';

type View = NodeView<Bully>;

/** Five times the longest that nobody need be impatient. */
const SETTLING = 5;

/**
 * Assertion 1. With the quorum only coordinators are compared: on the smaller side of a partition followers learn late that
 * theirs leads no longer, and nobody leads them meanwhile.
 */
const oneCoordinator = invariant<Bully>()({
  name: 'one coordinator',
  says: 'Any two nodes that are Normal or in Reorganization have the same coordinator.',
  source: 'Garcia-Molina 1982, Assertion 1',
  memory: () => null,
  afterStep(_, node, world) {
    if (!counts(node)) return null;
    const { c } = node.volatile;
    for (const other of world.nodes) {
      if (other.id === node.id || !other.up || !counts(other) || other.volatile.c === c) continue;
      return `${node.id} (${node.volatile.s}) follows ${c}, while ${other.id} (${other.volatile.s}) follows ${other.volatile.c}`;
    }
    return null;
  },
});

function counts({ id, options, volatile: { s, c } }: View): boolean {
  return options.quorum ? s === 'Normal' && c === id : s === 'Normal' || s === 'Reorganization';
}

const everybodySettles = atRest('everybody settles', {
  says: 'Some time after the last failure every node that is up is Normal, with a coordinator that is up.',
  source: 'Garcia-Molina 1982, Assertion 2',
  broken(view, world) {
    const { s, c } = view.volatile;
    if (s !== 'Normal') return `${view.id} is in ${s}`;
    return c !== null && world.node(c)?.up === true ? null : `${view.id} follows ${c}, which is down`;
  },
});

const highestLeads = atRest('the highest leads', {
  says: 'Some time after the last failure the coordinator is the highest node that is up.',
  source: 'Garcia-Molina 1982, section III: the node with the highest number',
  broken(view, world) {
    const highest = view.members.findLast((id) => world.node(id)?.up === true);
    const { c } = view.volatile;
    return c === null || c === highest ? null : `${view.id} follows ${c}, while ${highest} is up`;
  },
});

interface AtRest {
  readonly says: string;
  readonly source: string;
  /** What is wrong with a node that is up. */
  broken(view: View, world: World<Bully>): string | null;
}

/** Judged when the run is over, where the scenario says since when nothing failed, and time was left since then. */
function atRest(name: string, { says, source, broken }: AtRest): Invariant<Bully> {
  return invariant<Bully>()({
    name,
    says,
    source,
    memory: () => null,
    afterStep: () => null,
    atEnd(_, world) {
      const up = world.nodes.filter((node) => node.up);
      const first = up[0];
      if (first === undefined || first.options.repairedAfterMs === null) return null;
      const since = ms(first.options.repairedAfterMs);
      if (world.now < since + SETTLING * ms(timeoutMsMin(first))) return null;
      if (first.options.quorum && 2 * up.length <= first.members.length) return null; // Nobody may lead.
      const told = up.map((node) => broken(node, world)).find((sentence) => sentence !== null);
      return told === undefined ? null : `${told}, though nothing has failed since ${formatDuration(since)}`;
    },
  });
}

export const invariants: readonly Invariant<Bully>[] = [oneCoordinator, everybodySettles, highestLeads];
