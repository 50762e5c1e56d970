import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const bugUnpromised = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-unpromised',
  summary:
    'n1 has a command chosen by the new acceptors n4, n5 and n6, and is cut off; n2 finds out about them, and leads on.',
  teaches:
    'Promises of the old acceptors say nothing of what the new ones have chosen. With --bug skips-new-promises n2 asks these for ' +
    'their votes at once, and another command takes the slot.',
  nodes: 6,
  options: { ...oneCourse.options, configuration: ['n1', 'n2', 'n3'], alpha: 3 },
  nodeOptions: standingAfter(6, { n1: 150, n2: 300 }),
  until: '2s',
  script: [
    administer('300ms', ['n4', 'n5', 'n6'], 'n1'),
    write('345ms', 'c1', 'n1', 1),
    ...[600, 630, 660, 690, 720, 750, 780, 810, 840, 870].map((at) => write(`${at}ms`, `c${at}`, 'n2', at)),
  ],
  faults: [
    // n3 votes for the change, and does not hear what became of it. n2 hears nothing.
    { do: 'link', from: 'n1', to: 'n3', types: ['Heartbeat', 'Learn'], rule: { loss: 1 }, at: '290ms' },
    { do: 'link', from: 'n1', to: 'n2', rule: { loss: 1 }, at: '290ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '450ms' },
  ],
  check: linearizableWithAdministration,
});
