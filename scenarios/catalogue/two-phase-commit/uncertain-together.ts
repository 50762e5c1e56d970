import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneTransaction } from './parts.js';

export const uncertainTogether = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/uncertain-together',
  summary: 'Two participants that have voted Yes are cut off together, before either has heard the decision.',
  teaches:
    'Asking one another helps only if somebody knows. Two that are both uncertain can merely wait together: two-phase commit ' +
    'blocks, whatever is done about it.',
  nodes: 4,
  options: { cooperative: true, repairedAfterMs: 2500 },
  until: '5s',
  script: oneTransaction,
  faults: [{ do: 'partition', shape: { isolate: ['n3', 'n4'] }, when: { delivered: 'Yes', nth: 3 }, for: '2s' }],
});
