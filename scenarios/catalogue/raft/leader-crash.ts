import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const leaderCrash = defineScenario({
  protocol: raft,
  name: 'raft/leader-crash',
  summary: 'The leader crashes and comes back, a minority is cut off, messages get lost: clients notice only a pause.',
  teaches:
    'A majority is enough: as long as one is up and connected, the log goes on, and nothing acknowledged is lost.',
  nodes: 5,
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.02 },
  clients: { ...mixedWorkload, stop: '9s' },
  faults: [
    { do: 'crash', whom: 'leader', at: '2s', for: '2s' },
    { do: 'partition', shape: { isolate: { random: 2, of: { not: 'leader' } } }, at: '5s', for: '1500ms' },
    { do: 'link', rule: { loss: 0.2 }, at: '7s', for: '500ms' },
  ],
  check: linearizableStore,
  properties: [
    { property: 'one leader a term', leads: { mark: 'became-leader' }, term: 'term' },
    {
      name: 'a leader follows',
      property: 'leadsTo',
      when: { inside: { enter: { mark: 'became-leader' }, leave: { mark: 'stepped-down' }, max: 0 } },
      then: { mark: 'became-leader' },
      within: '1500ms',
    },
  ],
  progress: '1500ms',
  swarm: {},
});
