import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneTransaction } from './parts.js';

export const lateQuestion = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/late-question',
  summary: 'A participant asks the others for the decision, and one of its questions takes three seconds.',
  teaches:
    'Whoever has forgotten a commit looks as if it had never voted, and who has not voted may abort. So all must be sure that nobody will ask any ' +
    'more, questions on their way included. With --bug acknowledges-with-question-open one arrives too late, and is answered Abort.',
  nodes: 3,
  options: { cooperative: true, repairedAfterMs: 4000 },
  network: {
    latency: '5ms',
    links: [
      { from: 'n1', to: 'n3', types: ['Commit'], latency: '300ms' },
      { from: 'n3', to: 'n2', types: ['DecisionReq'], latency: '3s' },
    ],
  },
  until: '6s',
  script: oneTransaction,
});
