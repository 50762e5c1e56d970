import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';
import { nothingBehind, oneCourse, read, write } from './workload.js';

export const notLinearizable = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/not-linearizable',
  summary:
    'A write is slow to reach two of three replicas: one client reads the new value, and after that another one the old.',
  teaches:
    'R + W > N is not linearizability. While a write is on its way a read finds it or not, depending on whom it asks, and the ' +
    'first to see it does not wait until the others can. ABD does: its reads write back.',
  options: { ...nothingBehind, readRepair: true },
  until: '1500ms',
  script: [
    write('100ms', 'c1', 'n1', 1),
    write('300ms', 'c1', 'n1', 2),
    read('350ms', 'c2', 'n1'),
    read('400ms', 'c3', 'n2'),
  ],
  // The read repair that the first reader sets off comes no faster than the write.
  faults: [
    {
      ...{ do: 'link', from: 'n1', to: ['n2', 'n3'], types: ['Replicate', 'Repair'], rule: { hold: true } },
      ...{ at: '250ms', for: '300ms' },
    },
    { do: 'link', from: 'n1', to: 'n2', types: ['Fetched'], rule: { hold: true }, at: '380ms', for: '100ms' },
  ],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

/** The key's owners are n2, n3 and n5. One of them is on the side of the writer, two are on the side of the reader. */
const parted = {
  ...oneCourse,
  nodes: 5,
  until: '2500ms',
  script: [write('100ms', 'c1', 'n1', 1), write('600ms', 'c1', 'n1', 2), read('1s', 'c2', 'n2')],
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n4', 'n5'],
          ['n2', 'n3'],
        ],
      },
      at: '500ms',
      for: '1s',
    },
  ],
} satisfies Partial<ScenarioInput>;

export const sloppyQuorum = defineScenario({
  ...parted,
  protocol: quorum,
  name: 'quorum/sloppy-quorum',
  summary:
    'The network parts. Two nodes stand in for the two owners on the other side, whose own read quorum knows nothing of it.',
  teaches:
    'A sloppy quorum counts whoever is healthy. So a write succeeds on either side of a partition, and R + W > N promises nothing ' +
    'any longer: the quorums need not meet.',
  options: { sloppy: true },
  expects: { violation: 'Fresh Reads' },
});

export const strictQuorum = defineScenario({
  ...parted,
  protocol: quorum,
  name: 'quorum/strict-quorum',
  summary:
    'The same partition, with owners only in a quorum: the write is not acknowledged, and nobody reads anything stale.',
  teaches: 'Where only owners count, any two quorums meet in one of them; and one side of a partition has to wait.',
});

export const bugDoubledAcknowledgement = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/bug-doubled-acknowledgement',
  summary: 'A write reaches one replica of three, whose acknowledgement arrives twice.',
  teaches:
    'W counts replicas, and not acknowledgements. With --bug counts-acknowledgements-not-replicas the write counts as done, and ' +
    'two other replicas answer the next read.',
  nodes: 4,
  options: { ...nothingBehind, ring: ['n1', 'n2', 'n3'], hintedHandoff: false },
  until: '1s',
  network: {
    ...oneCourse.network,
    links: [
      { from: 'n1', to: 'n4', types: ['Replicated'], latency: { uniform: ['1ms', '3ms'] }, duplicate: 1 },
      { from: 'n1', to: 'n4', types: ['Fetched'], latency: '40ms' },
    ],
  },
  script: [write('100ms', 'c1', 'n4', 1), read('200ms', 'c2', 'n4')],
  faults: [
    { do: 'link', from: 'n4', to: ['n2', 'n3'], types: ['Replicate'], rule: { loss: 1 }, at: '50ms', for: '100ms' },
  ],
});

export const bugFirstReply = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/bug-first-reply',
  summary: 'A node that has missed a write coordinates the next read: it is the first to answer itself.',
  teaches:
    'One answer is not R answers. With --bug answers-with-first-reply the read ends before anybody has said that there is more.',
  options: { ...nothingBehind, hintedHandoff: false },
  until: '1s',
  script: [write('100ms', 'c1', 'n1', 1), write('300ms', 'c1', 'n1', 2), read('600ms', 'c2', 'n3')],
  faults: [{ do: 'partition', shape: { isolate: 'n3' }, at: '200ms', for: '300ms' }],
});

export const quorumCourses = [notLinearizable, sloppyQuorum, strictQuorum, bugDoubledAcknowledgement, bugFirstReply];
