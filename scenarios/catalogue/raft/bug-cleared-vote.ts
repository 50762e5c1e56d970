import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';

/**
 * n1, n2 and n3 stand in term 1 and n2 wins. n1 learns it from a heartbeat, as n2's no-op got lost (with that in its log it
 * would refuse n3's shorter one); then n3's request for n1's vote arrives.
 */
export const bugClearedVote = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-cleared-vote',
  summary: 'A candidate that has lost is asked for its vote, late, by another candidate of the same term.',
  teaches:
    'Who stands for election has voted: for itself. That stays true for the whole term, also after it has lost. With ' +
    '--bug clears-vote-on-step-down, n1 votes a second time.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n2: 150, n3: 150 }),
  until: '1s',
  faults: [
    { do: 'link', from: 'n1', rule: { latency: '30ms' }, at: 0, for: '400ms' },
    { do: 'link', from: 'n3', types: ['RequestVote'], rule: { latency: '100ms' }, at: 0, for: '200ms' },
    { do: 'link', from: 'n2', to: 'n1', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: '200ms' },
  ],
});
