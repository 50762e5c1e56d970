import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const happyPath = defineScenario({
  protocol: abd,
  name: 'abd/happy-path',
  summary: 'Nothing goes wrong: clients read and write through any node, and there is no leader.',
  teaches:
    'Each operation asks a majority twice: for the highest tag, and to hold it. Any two majorities share a node, and that is all ' +
    'that is needed.',
  nodes: 3,
  until: '4s',
  network: dataCentre,
  clients: { ...readersAndWriters, stop: '3500ms' },
  check: linearizableStore,
  progress: '1s',
});
