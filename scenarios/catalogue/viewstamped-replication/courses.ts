import type { ScenarioInput } from '../../schema.js';
import { standingAfter, write } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

/** Three view changes, in each of which somebody hears of a later view and never gets its state. */
export const threeViewChanges = {
  ...oneCourse,
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 200, n2: 200 }),
  until: '2500ms',
  script: [write('300ms', 'c1', 'n1', 1)],
  faults: [
    // View 0: n1 and n2 prepare the write, and n1 does not learn that n2 has.
    cutOff('n1', 'n3', ['Prepare']),
    cutOff('n2', 'n1', ['PrepareOk']),
    // Whoever asks for state is never heard.
    cutOff(['n1', 'n2', 'n3'], ['n1', 'n2', 'n3'], ['GetState']),
    // View 1: n2 and n3 commit it; n3 is not told that it is committed.
    { do: 'partition', shape: { isolate: 'n1' }, at: '320ms', for: '380ms' },
    cutOff('n2', 'n3', ['Commit'], { at: '320ms', lasts: '280ms' }),
    // n1 is back and hears of view 1. Then of nothing, and starts view changes, until n2 is primary again, in view 4.
    { do: 'partition', shape: { isolate: 'n3' }, at: '600ms', for: '900ms' },
    cutOff('n2', 'n1', ['DoViewChange', 'StartView']),
    cutOff('n2', 'n1', ['Commit'], { at: '800ms', lasts: '650ms' }),
    // n3 is back and hears of view 4. Then n2 is gone, and n1 and n3 change to view 5.
    { do: 'partition', shape: { isolate: 'n2' }, at: '1700ms' },
  ],
} as const satisfies Partial<ScenarioInput>;

/** n4 and n5 crash one after the other, each after having said something for view 1, and recover in view 0. */
export const repliesFromBefore = {
  ...oneCourse,
  nodes: 5,
  nodeOptions: standingAfter(5, { n2: 500 }),
  until: '1500ms',
  script: [write('850ms', 'c1', 'n1', 1)],
  faults: [
    // n2 does not hear the primary, and asks for view 1. The primary does not hear of it.
    cutOff('n1', 'n2', null),
    cutOff(['n2', 'n3', 'n4', 'n5'], 'n1', ['StartViewChange']),
    // n4 joins at once, crashes, and recovers in view 0, which is all that n1, n3 and n5 know of.
    cutOff('n2', 'n4', ['StartViewChange'], { at: '540ms' }),
    cutOff(['n2', 'n4'], 'n5', ['StartViewChange'], { lasts: '700ms', rule: { hold: true } }),
    cutOff(['n2', 'n4'], 'n3', ['StartViewChange'], { lasts: '900ms', rule: { hold: true } }),
    { do: 'crash', whom: 'n4', at: '550ms', for: '5ms' },
    // n5 hears both of them and sends DOVIEWCHANGE, which is late; it crashes, and recovers in view 0, as n4 has.
    cutOff('n5', 'n2', ['DoViewChange'], { lasts: '950ms', rule: { hold: true } }),
    cutOff('n2', 'n5', ['StartViewChange'], { at: '720ms' }),
    cutOff(['n3', 'n5'], ['n3', 'n4', 'n5'], ['StartViewChange']),
    { do: 'crash', whom: 'n5', at: '750ms', for: '5ms' },
    // The write is committed in view 0 by n1, n4 and n5. Then n3, which has not got it, joins view 1.
    cutOff('n1', 'n3', null, { at: '800ms' }),
  ],
} as const satisfies Partial<ScenarioInput>;
