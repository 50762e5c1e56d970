import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';

/** n2's answer to n1's first question waits on the link; n1 restarts, and asks again after 2 was written. */
export const bugLateReply = defineScenario({
  protocol: abd,
  name: 'abd/bug-late-reply',
  summary:
    'A node asks, crashes and comes back; a reply to what it has asked before arrives when it asks something new.',
  teaches:
    'A majority’s answers count if they were given after the question. With --bug counts-replies-of-earlier-lives an old answer passes ' +
    'for a new one, and a read misses a write that was completed before it began.',
  nodes: 3,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [
    write('20ms', 'c1', 'n3', 1),
    read('120ms', 'c2', 'n1'),
    write('200ms', 'c1', 'n3', 2),
    read('360ms', 'c3', 'n1'),
  ],
  faults: [
    // n1 hears nobody while it asks for the first time, and what n2 has answered comes later.
    { do: 'link', from: 'n3', to: 'n1', rule: { loss: 1 }, at: '100ms' },
    { do: 'link', from: 'n2', to: 'n1', rule: { hold: true }, at: '100ms', for: '267ms' },
    { do: 'crash', whom: 'n1', at: '150ms', for: '190ms' },
    // The new question takes long.
    { do: 'link', from: 'n1', to: 'n2', types: ['Query'], rule: { hold: true }, at: '300ms', for: '100ms' },
  ],
});
