import { twoGenerals } from '../../../protocols/two-generals/protocol.js';
import { defineScenario } from '../../scenario.js';

export const lastMessenger = defineScenario({
  protocol: twoGenerals,
  name: 'two-generals/last-messenger',
  summary: 'Every messenger arrives but the last one: one general attacks alone.',
  teaches:
    'Whoever sends the last message cannot know whether it arrives, and must do the same in either case. So there is always one ' +
    'messenger whose loss parts the generals. Give them more answers: it is always the last one that matters.',
  nodes: ['a', 'b'],
  options: { messengers: 1, acknowledgements: 3 },
  network: { latency: { uniform: ['1ms', '10ms'] } },
  // The order and two answers have arrived; the third answer is on its way.
  faults: [{ do: 'partition', shape: { isolate: 'a' }, when: { delivered: 'Messenger', nth: 3 } }],
  until: '2s',
  expects: { violation: 'coordinated attack' },
});
