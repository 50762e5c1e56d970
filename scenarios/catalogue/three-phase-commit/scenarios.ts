import { threePhaseCommit } from '../../../protocols/three-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneTransaction } from '../two-phase-commit/parts.js';

/** One transaction, coordinated by n1, for which everybody votes Yes. */
const one = {
  protocol: threePhaseCommit,
  nodes: 4,
  until: '4s',
  script: oneTransaction,
} as const;

export const happyPath = defineScenario({
  protocol: threePhaseCommit,
  name: 'three-phase-commit/happy-path',
  summary: 'Transactions come and go, some are voted down, and nothing fails.',
  teaches:
    'Between the votes and the decision there is one more round: everybody learns that all have voted Yes before anybody commits. It ' +
    'costs two more messages for each participant, and two more delays.',
  nodes: 4,
  options: { repairedAfterMs: 0 },
  until: '5s',
  clients: { count: 3, operations: [{ request: 'begin', args: {} }], stop: '4s' },
  progress: '1s',
});

export const coordinatorCrash = defineScenario({
  ...one,
  name: 'three-phase-commit/coordinator-crash',
  summary: 'The coordinator crashes when one participant has heard that the transaction commits, and stays away.',
  teaches:
    'The others elect a new coordinator, find out what everybody knows, and decide. Nobody waits for the old one: compare ' +
    'two-phase-commit/coordinator-crash.',
  faults: [{ do: 'crash', whom: 'n1', when: { delivered: 'Commit' } }],
});

export const uncertainTogether = defineScenario({
  ...one,
  name: 'three-phase-commit/uncertain-together',
  summary: 'The coordinator crashes with all votes in its hands: everybody else is uncertain, and they abort.',
  teaches:
    'Two-phase commit blocks here: the coordinator may have committed. In three phases it cannot have, as nobody was told to ' +
    'prepare for it. So those who are uncertain together may abort (rule TR3). With --bug skips-pre-commit it has, all the same.',
  faults: [{ do: 'crash', whom: 'n1', when: { delivered: 'Yes', nth: 3 } }],
});

export const cascadingCrash = defineScenario({
  ...one,
  name: 'three-phase-commit/cascading-crash',
  summary:
    'The coordinator crashes when one participant is committable; that one takes over, commits, and crashes too.',
  teaches:
    'Before the new coordinator commits it makes all that are uncertain committable (rule TR4). So whoever comes after it commits as ' +
    'well. With --bug commits-over-uncertain it does not, and those who are left abort.',
  network: { latency: '5ms', links: [{ from: 'n1', to: ['n3', 'n4'], types: ['PreCommit'], latency: '20ms' }] },
  faults: [
    { do: 'crash', whom: 'n1', when: { delivered: 'PreCommit', node: 'n2' } },
    { do: 'crash', whom: 'n2', when: { mark: 'commit', node: 'n2' } },
  ],
});

export const returningCoordinator = defineScenario({
  ...one,
  name: 'three-phase-commit/returning-coordinator',
  summary: 'The coordinator crashes before it has decided, the others decide without it, and it comes back.',
  teaches:
    'Its log does not tell it what happened meanwhile, so it asks. With --bug aborts-on-recovery it does what a coordinator of ' +
    'two-phase commit may do, and aborts what the others have committed.',
  options: { repairedAfterMs: 1500 },
  faults: [{ do: 'crash', whom: 'n1', when: { delivered: 'PreCommit' }, for: '1s' }],
});

export const totalFailure = defineScenario({
  ...one,
  name: 'three-phase-commit/total-failure',
  summary: 'All nodes crash one after the other, and come back one after the other.',
  teaches:
    'Nobody who comes back may decide alone: somebody may have gone on without it. Only when all are back is the one among them ' +
    'that failed last, and they know what it knew.',
  options: { repairedAfterMs: 2500 },
  faults: [
    { do: 'crash', whom: 'n1', when: { delivered: 'PreCommit' }, for: '1s' },
    { do: 'crash', whom: ['n3', 'n4'], when: { delivered: 'PreCommit' }, after: '3ms', for: '500ms' },
    { do: 'crash', whom: 'n2', when: { delivered: 'PreCommit' }, after: '40ms', for: '2s' },
  ],
});

export const partition = defineScenario({
  ...one,
  name: 'three-phase-commit/partition',
  summary: 'The network parts when one participant is committable. One side commits, and the other aborts.',
  teaches:
    'No bug: the third phase relies on it that who does not answer has failed. A cut network breaks that, and with it the one property that ' +
    'matters. Two-phase commit would have blocked, and been right.',
  faults: [{ do: 'partition', shape: { isolate: ['n3', 'n4'] }, when: { delivered: 'PreCommit', node: 'n2' } }],
  network: { links: [{ from: 'n1', to: 'n2', types: ['PreCommit'], latency: '1ms' }], latency: '5ms' },
  expects: { violation: 'AC1 agreement' },
});

export const slowNetwork = defineScenario({
  ...one,
  name: 'three-phase-commit/slow-link',
  summary: 'Nothing fails, but for a while one link is slower than the failure detector is patient.',
  teaches:
    'The coordinator takes two participants for failed and commits; they take the coordinator for failed and abort. A time-out is no failure ' +
    'detector, unless the network has bounds.',
  network: {
    latency: '5ms',
    links: [
      { from: 'n1', to: ['n3', 'n4'], types: ['PreCommit', 'Commit'], latency: '2s' },
      { from: ['n3', 'n4'], to: 'n2', latency: '2s' },
    ],
  },
  expects: { violation: 'AC1 agreement' },
});

export const stormy = defineScenario({
  protocol: threePhaseCommit,
  name: 'three-phase-commit/stormy',
  summary: 'Nodes crash and come back at all times, several at once; the network keeps its bounds.',
  teaches:
    'What the algorithm promises under what it assumes: one decision, and nobody that has not failed ever waits for long.',
  nodes: 5,
  // A swarm’s last fault ends here at the latest.
  options: { repairedAfterMs: 8000 },
  until: '11s',
  clients: { count: 3, operations: [{ request: 'begin', args: {} }], timeout: '500ms', stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '70ms', times: 30, every: '170ms' },
    { do: 'crash', whom: 'coordinator', at: '450ms', for: '300ms', times: 12, every: '530ms' },
    { do: 'crash', whom: 'all', when: { mark: 'new-coordinator', nth: 9 }, for: '200ms' },
  ],
  progress: '2s',
  swarm: { families: ['crash'] },
});
