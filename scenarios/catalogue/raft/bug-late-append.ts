import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** A heartbeat is overtaken by the entry that was sent after it, and cuts that off again; then the leader is gone. */
export const bugLateAppend = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-late-append',
  summary: 'A heartbeat is overtaken by an entry that was sent after it, and arrives when the entry is already stored.',
  teaches:
    'A follower deletes entries only when they contradict what the leader sends, never because a message stops before them: ' +
    'the message may be old. With --bug truncates-unconditionally, n2 drops an entry that it has acknowledged.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 400 }),
  until: '1500ms',
  script: [write('320ms', 'c1', 'n1', 1)],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '200ms', for: '300ms' },
    { do: 'link', from: 'n1', to: 'n2', rule: { latency: '60ms' }, at: '290ms', for: '25ms' },
    { do: 'partition', name: 'gone', shape: { isolate: 'n1' }, when: { mark: 'truncated-log', node: 'n2' } },
  ],
});
