import { twoGenerals } from '../../../protocols/two-generals/protocol.js';
import { defineScenario } from '../../scenario.js';

/**
 * What is expected here is what the generals hope for. Three answers by messengers of whom one in five is caught: one run in
 * ten ends with a lonely attack (0.8³ · 0.2), and is reported as the violation that it is.
 */
export const lossyMessengers = defineScenario({
  protocol: twoGenerals,
  name: 'two-generals/lossy-messengers',
  summary:
    'Two generals agree to attack, through messengers of whom one in five is caught. In some runs one attacks alone.',
  teaches:
    'Each answer makes somebody surer, and nobody sure. Run it with --seeds 100: about one run in ten breaks, and no number of ' +
    'answers (--set options.acknowledgements=9) brings that to nothing.',
  nodes: ['a', 'b'],
  options: { messengers: 1, acknowledgements: 3 },
  network: { latency: { uniform: ['1ms', '10ms'] }, loss: 0.2 },
  until: '2s',
});
