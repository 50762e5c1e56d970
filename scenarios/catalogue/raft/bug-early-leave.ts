import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';
import { linearizableWithAdministration } from './workload.js';

const sides = {
  groups: [
    ['n1', 'n4', 'n5'],
    ['n2', 'n3'],
  ],
};

/** Two of three servers change places, and the leader is elected anew while both halves must still agree. */
export const bugEarlyLeave = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-early-leave',
  summary:
    'From {n1 n2 n3} to {n1 n4 n5}: C_old,new is not committed yet when n1 restarts, wins again, and is cut off with n4 and n5.',
  teaches:
    'As long as C_old,new is not committed, the old servers may know nothing of it and elect a leader among themselves. So a new ' +
    'leader that finds it in its log must commit it by both majorities first. With --bug leaves-joint-early n1 goes on with C_new.',
  nodes: 5,
  options: { voters: ['n1', 'n2', 'n3'] },
  nodeOptions: standingAfter(5, { n1: 150, n2: 500 }),
  until: '2500ms',
  script: [{ at: '400ms', client: 'c1', request: 'changeMembers', args: { voters: ['n1', 'n4', 'n5'] }, target: 'n1' }],
  faults: [
    // C_old,new reaches n4 and n5 only.
    { do: 'partition', shape: sides, when: { mark: 'appended-configuration', node: 'n1' }, for: '60ms' },
    { do: 'crash', whom: 'n1', when: { mark: 'appended-configuration', node: 'n1' }, after: '40ms', for: '10ms' },
    // n1 stands again and gets the vote of n2 or n3 as well; then they are parted for good.
    { do: 'partition', shape: sides, when: { mark: 'became-leader', node: 'n1', nth: 2 } },
  ],
  check: linearizableWithAdministration,
});
