import type { PlantedBug } from '../../engine/index.js';

export type RaftBug =
  | 'commits-old-term-entries'
  | 'counts-votes-not-voters'
  | 'forgets-vote'
  | 'clears-vote-on-step-down'
  | 'clears-vote-on-leader'
  | 'skips-log-check'
  | 'compares-length-only'
  | 'refuses-only-if-both-higher'
  | 'truncates-unconditionally'
  | 'credits-wrong-follower'
  | 'reads-local'
  | 'reads-before-own-term-commit'
  | 'commits-past-new-entries'
  | 'changes-before-own-commit'
  | 'leaves-joint-early'
  | 'counts-learners'
  | 'refuses-former-leader'
  | 'keeps-conflicting-entry'
  | 'refuses-newer-snapshot'
  | 'keeps-old-vote'
  | 'truncates-corrupt-tail';

/** Published mistakes, each the smallest change at the place of the rule: search the sources for its name. */
export const raftBugs: { readonly [Name in RaftBug]: PlantedBug } = {
  'commits-old-term-entries': {
    summary: 'The leader commits whatever a majority stores, also entries of earlier terms.',
    property: 'Leader Completeness',
    source: 'Raft paper, section 5.4.2 and Figure 8',
    scenario: 'raft/bug-figure-8',
  },
  'counts-votes-not-voters': {
    summary: 'A candidate counts replies that grant a vote, and not who sent them: a duplicated reply counts twice.',
    property: 'Election Safety',
    source: 'akka-raft issue 45; the npm package liferaft 1.4',
    scenario: 'raft/bug-duplicated-vote',
  },
  'forgets-vote': {
    summary: 'The vote is kept in memory only: after a restart a node votes again in the same term.',
    property: 'Election Safety',
    source: 'akka-raft issue 62',
    scenario: 'raft/bug-forgotten-vote',
  },
  'clears-vote-on-step-down': {
    summary: 'A candidate that learns of its term’s leader forgets that it voted for itself.',
    property: 'One Vote Per Term',
    source: 'akka-raft issue 56; CCF issue 5891',
    scenario: 'raft/bug-cleared-vote',
  },
  'clears-vote-on-leader': {
    summary:
      'A follower that learns of its term’s leader forgets whom it voted for: a late request makes a second leader.',
    property: 'One Vote Per Term',
    source: 'camunda issue 5356',
    scenario: 'raft/bug-delayed-vote-request',
  },
  'skips-log-check': {
    summary: 'Votes are granted without looking at the candidate’s log.',
    property: 'Leader Completeness',
    source: 'liferaft issue 8',
    scenario: 'raft/bug-stale-candidate',
  },
  'compares-length-only': {
    summary: 'Votes go to any log that is at least as long, whatever its last term.',
    property: 'Leader Completeness',
    source: 'Raft paper, section 5.4.1; a variant of liferaft issue 8',
    scenario: 'raft/bug-long-stale-log',
  },
  'refuses-only-if-both-higher': {
    summary: 'A vote is refused only if the voter’s last term and its last index are both higher.',
    property: 'Leader Completeness',
    source: 'Raft paper, section 5.4.1; a variant of liferaft issue 8',
    scenario: 'raft/bug-stale-candidate',
  },
  'truncates-unconditionally': {
    summary:
      'A follower cuts its log after prevLogIndex before it appends: a late AppendEntries removes newer entries.',
    property: 'Leader Completeness',
    source: 'Raft paper, Figure 2, AppendEntries RPC, receiver 3',
    scenario: 'raft/bug-late-append',
  },
  'credits-wrong-follower': {
    summary: 'An acknowledgement is credited to whomever the leader wrote to last, and not to who sent it.',
    property: 'Leader Completeness',
    source: 'the Python Raft demo of Maelstrom (a loop variable bound late)',
    scenario: 'raft/bug-minority-commit',
  },
  'reads-local': {
    summary: 'The leader answers reads from its own state, without asking whether it still leads.',
    property: 'linearizable',
    source: 'Raft paper, section 8',
    scenario: 'raft/bug-stale-read',
  },
  'reads-before-own-term-commit': {
    summary: 'A new leader serves reads before an entry of its own term has committed.',
    property: 'linearizable',
    source: 'etcd issue 7331',
    scenario: 'raft/bug-early-read-index',
  },
  'commits-past-new-entries': {
    summary: 'A follower commits up to min(leaderCommit, its last index), also what the message said nothing about.',
    property: 'State Machine Safety',
    source: 'Raft paper, Figure 2, AppendEntries RPC, receiver 5',
    scenario: 'raft/bug-divergent-suffix',
  },
  'changes-before-own-commit': {
    summary: 'A leader appends a new configuration before an entry of its own term is committed.',
    property: 'Leader Completeness',
    source: 'Ongaro, raft-dev mailing list, July 2015: “bug in single-server membership changes”',
    scenario: 'raft/bug-early-change',
  },
  'leaves-joint-early': {
    summary: 'A new leader that finds a joint configuration in its log appends C_new at once, before it is committed.',
    property: 'Leader Completeness',
    source: 'camunda issue 60086',
    scenario: 'raft/bug-early-leave',
  },
  'counts-learners': {
    summary: 'A leader counts whoever has an entry, also those that have no vote.',
    property: 'Leader Completeness',
    source: 'Ongaro, Consensus: Bridging Theory and Practice, section 4.2.1: “not yet counted towards majorities”',
    scenario: 'raft/bug-counted-learner',
  },
  'refuses-former-leader': {
    summary:
      'A node that has heard a leader refuses pre-votes also to that very leader, which has stepped down and asks.',
    property: 'progress',
    source: 'hashicorp/raft issue 606, fixed by pull request 605',
    scenario: 'raft/bug-former-leader',
  },
  'keeps-conflicting-entry': {
    summary:
      'A follower that installs a snapshot keeps what its log has at the snapshot’s end, and compares with that.',
    property: 'progress',
    source: 'hashicorp/raft issue 697',
    scenario: 'raft/bug-conflicting-snapshot',
  },
  'refuses-newer-snapshot': {
    summary: 'A follower refuses a snapshot that ends after its log.',
    property: 'progress',
    source: 'camunda pull request 4451',
    scenario: 'raft/bug-newer-snapshot',
  },
  'keeps-old-vote': {
    summary: 'A vote binds in later terms too: once everybody has voted for itself, nobody is ever elected.',
    property: 'progress',
    source: 'the npm package skiff-algorithm 0.8',
    scenario: 'raft/bug-old-vote',
  },
  'truncates-corrupt-tail': {
    summary: 'A node whose log is corrupt cuts it off there and goes on, whether or not that was committed.',
    property: 'Leader Completeness',
    source: 'Alagappan et al., Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018',
    scenario: 'raft/bug-corrupt-tail',
  },
};
