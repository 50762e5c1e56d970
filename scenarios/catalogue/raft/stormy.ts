import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const stormy = defineScenario({
  protocol: raft,
  name: 'raft/stormy',
  summary:
    'Nodes restart all the time, leaders crash or are cut off, messages are late, doubled or lost: nothing wrong is answered.',
  teaches:
    'Safety does not depend on luck: whatever the network and the machines do, there is one leader a term and one log. Fuzz it ' +
    'with --bug: of all scenarios this one finds the most mistakes, and the correct protocol survives it.',
  nodes: 5,
  // An entry at a time: more ways to be interrupted.
  options: { entriesPerAppendMax: 1 },
  until: '11s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: { ...mixedWorkload, stop: '10500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '900ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '900ms' },
    // Whoever has just given its vote, or meant to.
    { do: 'crash', whom: 'subject', when: { mark: 'vote-granted', from: '1s' }, for: '2ms', times: 12 },
  ],
  check: linearizableStore,
  // A swarm's network may lose a fifth of all messages, to the end.
  progress: '2500ms',
  swarm: {},
});
