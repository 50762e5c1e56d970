import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';
import { linearizableWithAdministration } from './workload.js';

const admin = { client: 'c1', target: 'n1' };

/** Ongaro's example of July 2015: four servers, and two leaders that each change the membership by one. */
export const bugEarlyChange = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-early-change',
  summary:
    'A leader adds a server and is cut off with it; the next leader removes the first one; then the first one comes back.',
  teaches:
    'One server more in one configuration, one less in another, and their majorities need not meet: {n1 n4 n5} of five, {n2 n3} of ' +
    'three. A leader must first commit an entry of its own term, which shuts out whoever has an older configuration. With --bug ' +
    'changes-before-own-commit n2 skips that.',
  nodes: 5,
  options: { voters: ['n1', 'n2', 'n3', 'n4'] },
  nodeOptions: standingAfter(5, { n1: 150, n2: 400 }),
  until: '3s',
  script: [
    { at: '400ms', request: 'addServer', args: { server: 'n5' }, ...admin },
    { at: '1s', client: 'c2', request: 'removeServer', args: { server: 'n1' }, target: 'n2' },
  ],
  faults: [
    // n1, leader of term 1, has appended {n1 … n5} and reaches n5 only.
    {
      do: 'partition',
      name: 'first',
      shape: {
        groups: [
          ['n1', 'n5'],
          ['n2', 'n3', 'n4'],
        ],
      },
      when: { mark: 'appended-configuration', node: 'n1' },
    },
    // n2 leads term 2. It is asked to remove n1, and reaches n3 only.
    { do: 'link', from: 'n2', to: 'n4', types: ['AppendEntries'], rule: { loss: 1 }, at: '500ms' },
    // n1 stands with the votes of n4 and n5: three of its five.
    { do: 'crash', whom: 'n1', at: '1300ms', for: '10ms' },
    { do: 'heal', name: 'first', at: '1300ms' },
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n4', 'n5'],
          ['n2', 'n3'],
        ],
      },
      at: '1300ms',
    },
  ],
  check: linearizableWithAdministration,
});
