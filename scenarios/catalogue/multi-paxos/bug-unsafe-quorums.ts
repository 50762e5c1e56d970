import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore } from '../key-value-workload.js';
import { standingAfter, write } from '../store-course.js';

/** n1 and n2 on one side, the rest on the other: each side has enough promises and enough votes. */
export const bugUnsafeQuorums = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/bug-unsafe-quorums',
  summary: 'Two promises and two votes of five are said to be enough: nodes refuse to start.',
  teaches:
    'q1 + q2 must exceed the number of nodes, or a new leader may hear from none of those that have chosen. The correct protocol ' +
    'halts with that; with --bug accepts-unsafe-quorums both sides of a partition choose for the same slot.',
  nodes: 5,
  options: { q1: 2, q2: 2, checkQuorum: false },
  nodeOptions: standingAfter(5, { n1: 150, n3: 300 }),
  until: '1s',
  network: { latency: { uniform: ['1ms', '5ms'] } },
  script: [write('300ms', 'c1', 'n1', 1), write('700ms', 'c2', 'n3', 2)],
  faults: [{ do: 'partition', shape: { isolate: ['n1', 'n2'] }, at: '200ms' }],
  check: linearizableStore,
});
