import { bully } from '../../../protocols/bully/protocol.js';
import { defineScenario, type Scenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';

const coordinatorCrash = defineScenario({
  protocol: bully,
  name: 'bully/coordinator-crash',
  summary: 'The coordinator crashes, and the next highest takes over.',
  teaches:
    'Whoever misses the coordinator asks all above it whether they are there. If nobody answers in time, it halts all below it, ' +
    'highest first, and only then tells them that it leads.',
  nodes: 5,
  options: { repairedAfterMs: 1000 },
  until: '4s',
  faults: [{ do: 'crash', whom: 'n5', at: '1s' }],
  properties: [
    {
      name: 'one coordinator in the end',
      property: 'eventuallyAlways',
      holds: {
        inside: { enter: { mark: 'became-coordinator' }, leave: { mark: 'stepped-down' }, min: 1, max: 1 },
      },
      within: '1s',
    },
  ],
});

const returningCoordinator = defineScenario({
  protocol: bully,
  name: 'bully/returning-coordinator',
  summary: 'The highest node comes back, and takes the lead from the one that had stood in for it.',
  teaches:
    'This is why it is called the bully. It halts everybody before it leads: at no moment do two nodes follow different ' +
    'coordinators. With --bug halts-nobody they do.',
  nodes: 5,
  options: { repairedAfterMs: 2500 },
  until: '6s',
  faults: [{ do: 'crash', whom: 'n5', at: '1s', for: '1500ms' }],
  properties: [
    {
      name: 'the highest leads again',
      property: 'eventually',
      holds: { mark: 'became-coordinator', node: 'n5' },
      within: '1s',
    },
  ],
});

const lowNodeRecovers = defineScenario({
  protocol: bully,
  name: 'bully/low-node-recovers',
  summary: 'The lowest node crashes and comes back: those above it lead already, so its own election ends at once.',
  teaches:
    'It cannot lead and nobody tells it who does. The coordinator finds it, by asking now and then whether all are normal; ' +
    'with --bug never-checks it stays outside for ever.',
  nodes: 5,
  options: { repairedAfterMs: 1500 },
  until: '6s',
  faults: [{ do: 'crash', whom: 'n1', at: '1s', for: '500ms' }],
});

const partition = [
  { do: 'partition', shape: { isolate: ['n4', 'n5'] }, at: '1s', for: '2s' },
] as const satisfies ScenarioInput['faults'];

const splitBrain = defineScenario({
  protocol: bully,
  name: 'bully/split-brain',
  summary: 'The network parts. Either side takes the other for dead, and has a coordinator of its own.',
  teaches:
    'No bug: the paper assumes that who does not answer in time has failed. A partition breaks the assumption, and with it the ' +
    'one property that matters. Compare bully/split-brain-quorum.',
  nodes: 5,
  until: '5s',
  faults: partition,
  expects: { violation: 'one coordinator' },
});

const splitBrainQuorum = defineScenario({
  protocol: bully,
  name: 'bully/split-brain-quorum',
  summary: 'The same partition, but only whom a majority follows may lead, and only for as long as it does.',
  teaches:
    'The side with two of five loses its coordinator, which steps down before the other side’s begins. The price: the smaller side ' +
    'has nobody, and every election waits until an earlier lease has surely run out.',
  nodes: 5,
  options: { quorum: true, repairedAfterMs: 3000 },
  until: '7s',
  faults: partition,
});

const slowNetwork = defineScenario({
  protocol: bully,
  name: 'bully/slow-network',
  summary: 'Nothing fails, but for a while answers take longer than the failure detector waits.',
  teaches:
    'To a detector that knows only time, slow is dead. All seem dead to all, several lead at once, and each believes to be right.',
  nodes: 5,
  until: '6s',
  faults: [{ do: 'link', rule: { latency: { uniform: ['20ms', '120ms'] } }, at: '1s', for: '3s' }],
  expects: { violation: 'one coordinator' },
});

const lateHalt = defineScenario({
  protocol: bully,
  name: 'bully/late-halt',
  summary: 'The highest node comes back while the one below it is halting the third, over a slow link.',
  teaches:
    'Halting from the highest down, the returned node silences its rival first: what the rival has under way can delay, and lead ' +
    'nobody astray. With --bug halts-lowest-first the rival’s late Halt takes a follower back, and its NewCoordinator is believed.',
  nodes: 3,
  network: {
    latency: '100us',
    links: [
      { from: 'n2', to: 'n1', latency: '10ms' },
      { from: 'n3', to: 'n2', latency: '10ms' },
    ],
  },
  options: { repairedAfterMs: 2000 },
  until: '5s',
  faults: [
    { do: 'crash', whom: 'n3', at: '1s' },
    { do: 'restart', whom: 'n3', when: { sent: 'Halt', node: 'n2', from: '1s' } },
  ],
});

const textbookReturns = defineScenario({
  protocol: bully,
  name: 'bully/textbook-returning-coordinator',
  summary:
    'As in bully/returning-coordinator, with the algorithm of the textbooks: it announces itself, and halts nobody.',
  teaches:
    'ELECTION, ANSWER, COORDINATOR are what textbooks kept of the paper. Until the announcement has reached everybody there are two ' +
    'coordinators, though nothing is slow and nothing is lost. The paper’s Halt is there for a reason.',
  nodes: 5,
  options: { variant: 'textbook' },
  until: '6s',
  faults: [{ do: 'crash', whom: 'n5', at: '1s', for: '1500ms' }],
  expects: { violation: 'one coordinator' },
});

const cascade = defineScenario({
  protocol: bully,
  name: 'bully/textbook-cascade',
  summary: 'The lowest node calls an election by the textbook: everybody above it calls one too.',
  teaches:
    'The worst case: (n − 1)² messages until all but the highest have been answered, and n − 2 to announce. n1 asks all others, ' +
    'n2 all but n1, and so on.',
  nodes: 6,
  options: { variant: 'textbook', electsAtStart: false, checkMs: 5000, repairedAfterMs: 10 },
  until: '4s',
  faults: [{ do: 'crash', whom: 'n6', at: '0ms' }],
  script: [{ at: '10ms', client: 'c1', request: 'elect', args: {}, target: 'n1' }],
});

const stormy = defineScenario({
  protocol: bully,
  name: 'bully/stormy',
  summary: 'Nodes crash and come back at all times, several at once; the network keeps its bounds.',
  teaches:
    'What the paper promises under what it assumes: never two coordinators, and a while after the last failure the highest node ' +
    'that is up leads all others.',
  nodes: 5,
  // A swarm's last fault ends here at the latest.
  options: { repairedAfterMs: 9600 },
  until: '12s',
  faults: [
    { do: 'crash', whom: { random: 2 }, at: '500ms', for: '330ms', times: 8, every: '510ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '90ms', times: 6, every: '770ms' },
  ],
  swarm: { families: ['crash'], disk: false },
});

export const bullyScenarios: readonly Scenario[] = [
  coordinatorCrash,
  returningCoordinator,
  lowNodeRecovers,
  splitBrain,
  splitBrainQuorum,
  slowNetwork,
  lateHalt,
  textbookReturns,
  cascade,
  stormy,
];
