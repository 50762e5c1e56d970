import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';

export const bugDuplicatedVote = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-duplicated-vote',
  summary: 'The network is parted and delivers every vote twice: a candidate with two voters of five must not win.',
  teaches:
    'A majority is one of voters, not of messages. With --bug counts-votes-not-voters, n1 takes its own vote and the same ' +
    'vote of n2 twice for three of five, while the other side elects n3: two leaders in one term.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n3: 160 }),
  until: '1s',
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
      at: 0,
      for: '400ms',
    },
    { do: 'link', types: ['RequestVoteReply'], rule: { duplicate: 1 }, at: 0 },
  ],
});
