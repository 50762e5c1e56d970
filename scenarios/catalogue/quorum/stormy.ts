import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { mostlyQuick } from '../key-value-workload.js';
import { blindWorkload, contextualWorkload } from './workload.js';

/**
 * Faults for twelve seconds (those of a swarm end before the twenty-fourth), and then time to converge: with one message in
 * five lost, as some swarms have it, comparing replicas has to be tried again and again.
 */
const storm = {
  nodes: 5,
  until: '30s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '190ms' },
    { do: 'crash', whom: { random: 2 }, at: '700ms', for: '300ms', times: 8, every: '1300ms' },
    { do: 'partition', shape: { halves: true }, at: '1200ms', for: '600ms', times: 8, every: '1400ms' },
  ],
  progress: '2s',
} satisfies Partial<ScenarioInput>;

const inStorm = { antiEntropyMs: 200, handoffMs: 200, graceMs: 22_000, settledAfterMs: 24_000 };

export const stormy = defineScenario({
  ...storm,
  protocol: quorum,
  name: 'quorum/stormy',
  summary:
    'Nodes restart all the time, messages are late, doubled or lost, clients write and delete at once: nothing is lost.',
  teaches:
    'What an eventually consistent store does promise: quorums that meet show what was acknowledged, siblings are concurrent, ' +
    'no acknowledged write is lost, and when faults are over all replicas become the same. Fuzz it with --bug.',
  options: { ...inStorm, versions: 'dotted' },
  clients: { ...contextualWorkload, stop: '22s' },
  swarm: {},
});

export const alwaysWriteable = defineScenario({
  ...storm,
  protocol: quorum,
  name: 'quorum/always-writeable',
  summary:
    'The same storm with R = W = 1 and a sloppy quorum: whatever node is asked takes the write, and nothing is lost.',
  teaches:
    'Dynamo’s way: never refuse a write. One acknowledged copy, a hint perhaps, is enough for it to arrive everywhere in the end; what ' +
    'readers see in the meantime is another matter.',
  options: { ...inStorm, versions: 'dotted', sloppy: true, r: 1, w: 1 },
  clients: { ...contextualWorkload, stop: '22s' },
  swarm: {},
});

export const lastWriterWins = defineScenario({
  ...storm,
  protocol: quorum,
  name: 'quorum/last-writer-wins',
  summary:
    'The same storm with timestamps and perfect clocks: of two writes, one after the other, the later one stays.',
  teaches:
    'With clocks that are right, the last writer wins indeed. Of writes at the same time one stays; clients that write blindly ' +
    'asked for no more.',
  options: inStorm,
  clocks: 'true',
  clients: { ...blindWorkload, stop: '22s' },
  swarm: { families: ['crash', 'pause', 'partition', 'link'] },
});

export const storms = [alwaysWriteable, lastWriterWins, stormy];
