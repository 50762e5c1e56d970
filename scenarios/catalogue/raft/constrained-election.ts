import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { write } from '../store-course.js';

/** Omni-Paxos (Ng, Haridi, Carbone, EuroSys 2023): the constrained election. */
export const constrainedElection = defineScenario({
  protocol: raft,
  name: 'raft/constrained-election',
  summary:
    'The leader is gone, and the only node that reaches a majority has missed the latest entries: Raft elects nobody.',
  teaches:
    'Who wins must have all that is committed, and be connected to a majority. Here one node has the one and the others have the other. ' +
    'Neither pre-vote nor checkQuorum helps, with any of them switched off it is the same: this is a limit of Raft’s election. ' +
    'Protocols that elect first and fetch the log afterwards go on.',
  nodes: 5,
  options: { preVote: true, checkQuorum: true },
  nodeOptions: { n1: { electionTimeoutMsMin: 100, electionTimeoutMsMax: 120 } },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, start: '1600ms', stop: '5500ms' },
  script: [write('1100ms', 'c11', 'n1', 1), write('1200ms', 'c11', 'n1', 2)],
  faults: [
    // n3 misses what is written.
    { do: 'partition', name: 'behind', shape: { isolate: 'n3' }, at: '1s' },
    { do: 'heal', name: 'behind', at: '1500ms' },
    // n1, the leader, reaches nobody; n2, n4 and n5 reach n3 only.
    { do: 'partition', shape: { groups: [['n3', 'n2'], ['n3', 'n4'], ['n3', 'n5'], ['n1']] }, at: '1500ms' },
  ],
  check: linearizableStore,
  progress: '3500ms',
  expects: { violation: 'progress' },
});
