/** Ways to part a cluster, each a case of its own: what a store can do depends on which side has the majority, and the leader. */
export const CUTS = ['majority and minority', 'leader in the minority', 'halves', 'one-way', 'bridge'] as const;
export type CutName = (typeof CUTS)[number];

/** Who can talk to whom while it lasts. Nodes by index. */
export interface Cut {
  readonly name: CutName;
  readonly nodes: number;
  /** Sides; who is in both is the bridge. Of a one-way cut nothing gets from the first to the second. */
  readonly sides: readonly (readonly number[])[];
  readonly oneWay: boolean;
}

const NODES = 5;

/** @param leader who led just before the cut, or -1 where all nodes are alike. */
export function cutOf(name: CutName, leader: number): Cut {
  const nodes = nodesFor(name);
  const all = Array.from({ length: nodes }, (_, i) => i);
  const others = all.filter((node) => node !== leader);
  const without = (side: readonly number[]): number[] => all.filter((node) => !side.includes(node));
  const few = Math.floor((nodes - 1) / 2);
  const minority = others.slice(0, few);
  const withLeader = (leader < 0 ? others : [leader, ...others]).slice(0, few);
  switch (name) {
    case 'majority and minority':
      return { name, nodes, sides: [without(minority), minority], oneWay: false };
    case 'leader in the minority':
      return { name, nodes, sides: [without(withLeader), withLeader], oneWay: false };
    case 'halves':
      return { name, nodes, sides: [all.slice(0, nodes / 2), all.slice(nodes / 2)], oneWay: false };
    case 'one-way':
      // The few, among which is the leader, do not hear the many: whoever leads is heard, and no longer hears.
      return { name, nodes, sides: [without(withLeader), withLeader], oneWay: true };
    case 'bridge': {
      const bridge = others.at(-1)!;
      const rest = all.filter((node) => node !== bridge);
      const half = rest.length / 2;
      return {
        name,
        nodes,
        sides: [
          [...rest.slice(0, half), bridge],
          [...rest.slice(half), bridge],
        ],
        oneWay: false,
      };
    }
  }
}

export function nodesFor(name: CutName): number {
  return name === 'halves' ? 4 : NODES;
}
