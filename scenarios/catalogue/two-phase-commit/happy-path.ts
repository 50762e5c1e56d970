import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';

export const happyPath = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/happy-path',
  summary: 'Transactions come and go, some are voted down, and nothing fails.',
  teaches:
    'One round of votes, one round of decisions: a transaction commits if every node votes Yes and aborts if one votes No. Nobody ' +
    'may change its mind after that.',
  nodes: 4,
  options: { yesProbability: 0.9, repairedAfterMs: 0 },
  until: '5s',
  clients: { count: 3, operations: [{ request: 'begin', args: {} }], stop: '4s' },
  properties: [{ name: 'nobody is blocked', property: 'always', holds: { not: { mark: 'blocked' } } }],
  progress: '1s',
});
