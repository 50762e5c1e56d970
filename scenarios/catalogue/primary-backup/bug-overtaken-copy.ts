import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';

/** The ninth update is that of y; it takes 30 ms to n2, and the tenth overtakes it. */
export const bugOvertakenCopy = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/bug-overtaken-copy',
  summary: 'One copy takes long on its way to a backup, and the next one overtakes it.',
  teaches:
    'Updates have numbers so that backups do what the primary did, in its order. With --bug applies-out-of-order n2 skips one, and its ' +
    'state is another one from then on.',
  nodes: 3,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((value) => write(`${40 * value}ms`, 'c1', 'n1', value)),
    { at: '500ms', client: 'c1', request: 'write', args: { key: 'y', value: 9 }, target: 'n1' },
    write('510ms', 'c2', 'n1', 10),
  ],
  faults: [{ do: 'link', from: 'n1', to: 'n2', types: ['Copy'], rule: { latency: '30ms' }, at: '495ms', for: '12ms' }],
});
