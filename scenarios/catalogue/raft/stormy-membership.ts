import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload, mostlyQuick } from '../key-value-workload.js';
import { linearizableWithAdministration } from './workload.js';

export const stormyMembership = defineScenario({
  protocol: raft,
  name: 'raft/stormy-membership',
  summary:
    'The storm of raft/stormy, while servers and learners are added and removed all the time, and leadership is handed on.',
  teaches:
    'A change of membership may meet any fault at any moment: the leader that began it crashes, its entry is overwritten, a new ' +
    'leader finds a joint configuration half done. There is one leader a term and one log all the same.',
  nodes: 7,
  standby: ['n7'],
  options: {
    voters: ['n1', 'n2', 'n3', 'n4', 'n5'],
    preVote: true,
    checkQuorum: true,
    entriesPerAppendMax: 4,
    pipelineMax: 3,
    snapshotAfter: 30,
  },
  until: '14s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: {
    ...mixedWorkload,
    operations: [
      { request: 'read', weight: 50 },
      { request: 'write', weight: 40 },
      { request: 'cas', weight: 10 },
      { request: 'addServer', weight: 5, args: { server: '$node' } },
      { request: 'addLearner', weight: 3, args: { server: '$node' } },
      { request: 'removeServer', weight: 3, args: { server: '$node' } },
      { request: 'changeMembers', weight: 2, args: { voters: ['$node', '$node', '$node', '$node'] } },
      { request: 'transferLeadership', weight: 1, args: { to: '$node' } },
    ],
    stop: '13500ms',
  },
  faults: [
    { do: 'start', whom: 'n7', at: '2s' },
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '900ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '900ms' },
    // Whoever has just appended a configuration.
    {
      do: 'partition',
      shape: { halves: true },
      when: { mark: 'appended-configuration', from: '1s' },
      for: '250ms',
      times: 12,
    },
    { do: 'crash', whom: 'subject', when: { mark: 'appended-configuration', from: '2s' }, for: '200ms', times: 6 },
  ],
  check: linearizableWithAdministration,
  // A cluster of two, where chance leads there, needs every message of an election.
  progress: '4s',
  swarm: {},
});
