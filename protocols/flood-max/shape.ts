import type { ElectionStatus } from '../parts/election-properties.js';
import type { Numbering } from '../parts/identities.js';
import type { Rounds } from '../parts/rounds.js';
import type { TopologyName } from '../parts/topology.js';

export interface FloodMax {
  options: Numbering & {
    topology: TopologyName;
    /** Of a random topology: edges beside those of a tree, and which graph. */
    extraEdges: number;
    graph: number;
    /** What the nodes believe the diameter to be; null: what it is. An upper bound does as well, at a price. */
    diameter: number | null;
    /** `basic`: everybody speaks in every round. `optimised`: only who has learned of a larger UID in the last one. */
    variant: 'basic' | 'optimised';
    /** How long a round takes by each node's clock: more than any latency and any difference between two clocks. */
    roundMs: number;
  };
  durable: { identity: number | null };
  volatile: {
    status: ElectionStatus;
    leader: number | null;
    maxUid: number;
    /** Has `maxUid` risen in the last round? */
    newInfo: boolean;
    /** Positions of the neighbours among the members. */
    neighbours: readonly number[];
    diameter: number;
    /** How many rounds are over. */
    roundsDone: number;
    rounds: Rounds<number>;
  };
  messages: { Max: { round: number; uid: number } };
  timers: { round: void };
  bugs: 'one-round-short' | 'sends-own-only' | 'speaks-once';
}
