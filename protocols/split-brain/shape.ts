import type { Micros, NodeId, RequestRef } from '../../engine/index.js';
import type { FencedStorage } from '../parts/fenced-storage.js';

type Adding = RequestRef<SplitBrain, 'add'>;

/** The last node is the shared storage, all others are the cluster. */
export interface SplitBrain {
  options: {
    /** Does only he lead for whom more than half have voted, and only as long as more than half answer him? */
    quorum: boolean;
    /** Does the storage refuse whoever comes with an epoch lower than one that it has seen? */
    fencing: boolean;
    heartbeatMs: number;
    /** Who hears no leader for this long, up to twice as long, wants to lead himself. */
    electionMs: number;
    /** With a quorum: a leader whom less than a majority has answered for this long leads no longer. */
    stepDownMs: number;
  };
  durable: {
    epoch: number;
    votedFor: NodeId | null;
    /** Of the storage. */
    storage: FencedStorage<number>;
  };
  volatile: {
    role: 'follower' | 'candidate' | 'leader';
    /** Whom this node takes for the leader. */
    leader: NodeId | null;
    votes: NodeId[];
    /** When each node last answered this leader, on its own clock. */
    answered: Map<NodeId, Micros>;
    /** What this leader has read from the storage, and every write since: all writes are made from this. */
    image: number | null;
  };
  messages: {
    Heartbeat: { epoch: number };
    HeartbeatOk: { epoch: number };
    RequestVote: { epoch: number };
    Vote: { epoch: number; granted: boolean };
    /** A new leader reads what there is. */
    Mount: { epoch: number };
    Mounted: { epoch: number; value: number };
    Write: { epoch: number; value: number; ref: Adding };
    Written: { value: number; ref: Adding };
    /** Refused: `epoch` is the highest that the storage has seen. */
    Fenced: { epoch: number; ref: Adding | null };
  };
  timers: { heartbeat: void; election: void };
  requests: {
    /** Adds one to the count in the storage; answers with the count. */
    add: { args: object; result: number };
  };
  bugs: 'half-is-enough' | 'votes-twice' | 'mounts-without-fencing';
}
