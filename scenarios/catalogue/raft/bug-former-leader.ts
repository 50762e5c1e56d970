import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { standingAfter } from '../store-course.js';

/** Own construction after the report: there the voter never timed out as the old leader went on being in touch with it. */
export const bugFormerLeader = defineScenario({
  protocol: raft,
  name: 'raft/bug-former-leader',
  summary:
    'One server of three is gone; the leader is cut off for a moment, steps down, and wants to be elected again.',
  teaches:
    'Who hears a leader refuses to vote, so that nobody disturbs it. But when that leader itself asks, it leads no more. With --bug ' +
    'refuses-former-leader the only other server, which is patient, waits for the very node that it refuses.',
  nodes: 3,
  options: { preVote: true, checkQuorum: true },
  nodeOptions: standingAfter(3, { n1: 150 }),
  until: '5s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '4500ms' },
  faults: [
    { do: 'crash', whom: 'n3', at: '800ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '1s', for: '400ms' },
  ],
  check: linearizableStore,
  progress: '2s',
});
