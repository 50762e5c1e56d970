import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { oneCourse, read, write } from './workload.js';

/** A value is written everywhere, and deleted while one replica is cut off for two seconds. */
const deletedMeanwhile = {
  ...oneCourse,
  until: '5s',
  script: [
    write('100ms', 'c1', 'n1', 'secret', 'ALL'),
    write('500ms', 'c1', 'n1', null),
    read('1s', 'c2', 'n2'),
    read('4500ms', 'c2', 'n2'),
  ],
  faults: [{ do: 'partition', shape: { isolate: 'n3' }, at: '300ms', for: '2s' }],
} satisfies Partial<ScenarioInput>;

const comparing = {
  hintedHandoff: false,
  readRepair: false,
  antiEntropyMs: 200,
  handoffMs: 100,
  settledAfterMs: 4_000,
};

export const deleted = defineScenario({
  ...deletedMeanwhile,
  protocol: quorum,
  name: 'quorum/deleted',
  summary:
    'A value is deleted while one replica is cut off: it still has the value when it comes back, and learns of the delete.',
  teaches:
    'A delete is a write: it leaves a tombstone, which replaces the value wherever the two meet. With --bug values-beat-tombstones ' +
    'the value wins, and is back.',
  options: { ...comparing, graceMs: 60_000 },
});

export const shortGrace = defineScenario({
  ...deletedMeanwhile,
  protocol: quorum,
  name: 'quorum/short-grace',
  summary:
    'The same delete, but tombstones are forgotten after half a second, and the replica is away for two: the value is back.',
  teaches:
    'A tombstone that is gone cannot tell anybody. The grace must be longer than any replica may be away, or the replica must not ' +
    'come back with its disk.',
  options: { ...comparing, graceMs: 500 },
  expects: { violation: 'No Resurrection' },
});

export const longGrace = defineScenario({
  ...deletedMeanwhile,
  protocol: quorum,
  name: 'quorum/long-grace',
  summary:
    'The same again, with a grace that is longer than the replica is away: the tombstones are forgotten, and nothing is left.',
  teaches: 'Once everybody has heard of the delete, nobody needs to remember it.',
  options: { ...comparing, graceMs: 3_200 },
});

export const deleteScenarios = [deleted, shortGrace, longGrace];
