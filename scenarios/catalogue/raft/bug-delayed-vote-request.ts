import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';

/** All vote for n1 and learn from a heartbeat that it leads (its no-op got lost); then n5's requests of the same term arrive. */
export const bugDelayedVoteRequest = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-delayed-vote-request',
  summary: 'Everybody has a leader, when a candidate’s requests for votes arrive that were long on their way.',
  teaches:
    'A vote binds for the whole term, also when the election seems over: messages may be late. With --bug ' +
    'clears-vote-on-leader, the followers vote again, and n5 becomes a second leader of the term.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n5: 151 }),
  until: '1s',
  faults: [
    { do: 'link', from: 'n5', types: ['RequestVote'], rule: { latency: '100ms' }, at: 0, for: '250ms' },
    { do: 'partition', shape: { from: 'n1', to: 'n5' }, at: 0, for: '400ms' },
    { do: 'link', from: 'n1', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: '220ms' },
    {
      do: 'link',
      from: 'n1',
      types: ['AppendEntries'],
      rule: { loss: 1 },
      when: { delivered: 'AppendEntries', node: 'n2' },
      for: '150ms',
    },
    { do: 'link', from: 'n1', types: ['AppendEntries'], rule: { latency: '2ms' }, at: 0 },
  ],
});
