import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre } from '../key-value-workload.js';
import { nothingBehind, oneCourse, read, registerWorkload, regularStore, write } from './workload.js';

export const happyPath = defineScenario({
  protocol: quorum,
  name: 'quorum/happy-path',
  summary: 'Five nodes, three of which keep each key: any node takes a request, two answers of three are enough.',
  teaches:
    'There is no leader. Whoever is asked sends a write to the three nodes that the ring names, and answers when two have it; a ' +
    'read asks the same three, takes the latest of two answers, and repairs who was behind.',
  nodes: 5,
  options: { settledAfterMs: 4_000 },
  until: '5s',
  network: dataCentre,
  clocks: 'true',
  clients: { ...registerWorkload, stop: '4s' },
  check: regularStore,
  progress: '1s',
});

export const levels = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/levels',
  summary:
    'One of three replicas is down. Requests that want ONE or a QUORUM of answers are served, those that want ALL are not.',
  teaches: 'Each request says how many replicas it waits for, and so what it gives up: freshness, or an answer.',
  options: nothingBehind,
  until: '2500ms',
  script: [
    write('100ms', 'c1', 'n1', 1, 'ALL'),
    write('400ms', 'c1', 'n1', 2, 'ONE'),
    read('500ms', 'c1', 'n2', 'QUORUM'),
    write('600ms', 'c1', 'n2', 3, 'QUORUM'),
    read('700ms', 'c1', 'n1', 'ONE'),
    read('800ms', 'c1', 'n1', 'ALL'),
  ],
  faults: [{ do: 'crash', whom: 'n3', at: '300ms', for: '2s' }],
});
