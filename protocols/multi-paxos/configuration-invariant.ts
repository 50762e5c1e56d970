import { invariant, type DeepReadonly, type NodeView } from '../../engine/index.js';
import { copyOfConfigurations } from './configuration.js';
import type { MultiPaxos, PlacedConfiguration } from './shape.js';

type View = NodeView<MultiPaxos>;

interface Memory {
  /** By `from`: all that a node was ever seen to know, the newest of them. */
  known: PlacedConfiguration[];
  /** Up to here somebody has known who votes. */
  horizon: number;
  /** By node: what was looked at last. */
  seen: Map<string, { readonly executed: number; readonly latest: number; readonly count: number }>;
  lastVoted: Map<string, number>;
}

const REMEMBERED_CONFIGURATIONS_MAX = 50;

export const slotConfiguration = invariant<MultiPaxos>()({
  name: 'Slot Configuration',
  says: 'Whoever has executed slot i − α knows the same configuration of slot i, and only its members vote there, not before.',
  source: 'Paxos Made Simple, section 3: instance i + α is executed by the servers that the state after i specifies',
  memory: (): Memory => ({ known: [], horizon: 0, seen: new Map(), lastVoted: new Map() }),
  afterStep(memory, node) {
    const { configurations } = node.volatile;
    const latest = configurations[configurations.length - 1];
    if (latest === undefined) return null;
    return differs(memory, node, latest) ?? votesOutside(memory, node);
  },
});

function differs(memory: Memory, view: View, { from: latest }: DeepReadonly<PlacedConfiguration>): string | null {
  const { id, volatile, options } = view;
  const { executed, configurations } = volatile;
  const before = memory.seen.get(id);
  const count = configurations.length;
  if (before?.executed === executed && before.latest === latest && before.count === count) return null;
  memory.seen.set(id, { executed, latest, count });
  const horizon = executed + options.alpha;
  for (const configuration of configurations) {
    if (note(memory, configuration) && configuration.from <= memory.horizon) {
      return `${id} learns now that ${show(configuration)} vote from slot ${configuration.from} on: others could ask for votes already`;
    }
  }
  memory.horizon = Math.max(memory.horizon, horizon);
  for (let place = memory.known.length - 1; place >= 0; place -= 1) {
    const known = memory.known[place]!;
    if (known.from > horizon) continue;
    if (known.from < configurations[0]!.from) break;
    const own = configurations.find(({ from }) => from === known.from);
    if (own !== undefined && sameMembers(own, known)) continue;
    return `${id} has executed up to slot ${executed} and does not know that ${show(known)} vote from slot ${known.from} on`;
  }
  return null;
}

/** @returns true where nobody knew of it. */
function note({ known }: Memory, configuration: DeepReadonly<PlacedConfiguration>): boolean {
  if (known.some(({ from }) => from === configuration.from)) return false;
  if (known.length === REMEMBERED_CONFIGURATIONS_MAX && configuration.from < known[0]!.from) return false;
  known.push(...copyOfConfigurations([configuration]));
  known.sort((a, b) => a.from - b.from);
  if (known.length > REMEMBERED_CONFIGURATIONS_MAX) known.shift();
  return true;
}

function sameMembers(a: DeepReadonly<PlacedConfiguration>, b: PlacedConfiguration): boolean {
  return a.members.length === b.members.length && a.members.every((member) => b.members.includes(member));
}

function votesOutside(memory: Memory, { id, volatile: { lastVoted } }: View): string | null {
  if (lastVoted === 0 || memory.lastVoted.get(id) === lastVoted) return null;
  memory.lastVoted.set(id, lastVoted);
  if (lastVoted > memory.horizon) {
    return `${id} votes in slot ${lastVoted}, and nobody knows yet who is to: not beyond slot ${memory.horizon}`;
  }
  let inForce: PlacedConfiguration | undefined;
  for (const configuration of memory.known) if (configuration.from <= lastVoted) inForce = configuration;
  if (inForce === undefined || inForce.members.includes(id)) return null;
  return `${id} votes in slot ${lastVoted}, which belongs to ${show(inForce)}`;
}

function show({ members }: DeepReadonly<PlacedConfiguration>): string {
  return members.join(', ');
}
