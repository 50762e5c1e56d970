import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter } from './configurations.js';

/** For a while nobody hears n1, and n2 takes over; of what n2 and n3 say, n1 hears only how they answer it. */
export const bugStalePrimary = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/bug-stale-primary',
  summary:
    'Nobody hears the primary for a while, and another one takes over; then a client writes through the old one.',
  teaches:
    'Whoever has heard of a higher epoch refuses the lower one, and says so. With --bug ignores-epochs the backups tell the old primary ' +
    'that they have its update: they mean another one with the same number.',
  nodes: 3,
  nodeOptions: takingOverAfter(['n1', 'n2', 'n3'], { n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1500ms',
  script: [
    write('100ms', 'c1', 'n1', 1),
    ...[2, 3, 4].map((value) => write(`${440 + 30 * value}ms`, 'c2', 'n2', value)),
    write('700ms', 'c3', 'n1', 5),
  ],
  faults: [
    { do: 'link', from: 'n1', to: ['n2', 'n3'], rule: { loss: 1 }, at: '190ms', for: '200ms' },
    {
      ...{ do: 'link', from: ['n2', 'n3'], to: 'n1', rule: { loss: 1 }, at: '190ms' },
      types: ['Claim', 'Record', 'Heartbeat', 'Copy', 'State'],
    },
  ],
});
