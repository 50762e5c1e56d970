import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { damagedDisks } from '../damaged-disks.js';

export const stormyDisks = defineScenario({
  ...damagedDisks,
  protocol: raft,
  name: 'raft/stormy-disks',
  teaches:
    'A torn end of the log was promised to nobody and is dropped. Anything else that is damaged may have been: such a node stays ' +
    'down rather than go on with a hole in its memory, and a majority of whole disks carries on.',
  until: '14s',
  clients: { ...damagedDisks.clients, stop: '13500ms' },
  // With two of five damaged, all that are left must agree, and a swarm's network may lose a fifth of what they say to each other.
  progress: '5s',
  options: { entriesPerAppendMax: 4, pipelineMax: 2, snapshotAfter: 30, preVote: true, checkQuorum: true },
});
