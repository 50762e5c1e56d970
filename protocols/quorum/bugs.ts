import type { PlantedBug } from '../../engine/index.js';
import type { QuorumBug } from './shape.js';

export const quorumBugs: Readonly<Record<QuorumBug, PlantedBug>> = {
  'repairs-blindly': {
    summary:
      'Read repair overwrites what the replica has, instead of merging with it: a late repair brings back old versions.',
    property: 'Monotonic Replicas',
    source: 'own construction',
    scenario: 'quorum/bug-late-repair',
  },
  'drops-siblings': {
    summary: 'Of siblings a replica keeps only one.',
    property: 'Monotonic Replicas',
    source: 'own construction; Dynamo, 4.4 rule left out',
    scenario: 'quorum/siblings',
  },
  'forgets-hint-at-once': {
    summary: 'A hint is deleted when it is sent, and not when it has arrived.',
    property: 'No Lost Write',
    source: 'own construction; Dynamo, 4.6 rule left out',
    scenario: 'quorum/bug-lost-hint',
  },
  'keeps-counter': {
    summary:
      'A coordinator does not increase its counter: two versions have one clock, and one of them is taken for the other.',
    property: 'One Version Per Dot',
    source: 'own construction; Dynamo, 4.4 rule left out',
    scenario: 'quorum/siblings',
  },
  'values-beat-tombstones': {
    summary: 'In a merge a value wins over a tombstone, however old it is.',
    property: 'No Resurrection',
    source: 'own construction',
    scenario: 'quorum/deleted',
  },
  'counts-acknowledgements-not-replicas': {
    summary: 'An acknowledgement that the network has doubled counts twice in W.',
    property: 'Fresh Reads',
    source: 'own construction; as in Raft, akka-raft#45',
    scenario: 'quorum/bug-doubled-acknowledgement',
  },
  'forgets-context': {
    summary: 'A coordinator does not pass on the context of a put: what it was to replace stays beside it.',
    property: 'Siblings Are Concurrent',
    source: 'own construction; Dynamo, 4.4 rule left out',
    scenario: 'quorum/siblings',
  },
  'hashes-keys-only': {
    summary: 'The hash trees cover the keys and not their versions: replicas that differ look the same.',
    property: 'Convergence',
    source: 'own construction; Dynamo, 4.7 rule left out',
    scenario: 'quorum/anti-entropy',
  },
  'answers-with-first-reply': {
    summary: 'A read is answered with the first reply, whatever R is.',
    property: 'Fresh Reads',
    source: 'own construction; Dynamo, 4.5 rule left out',
    scenario: 'quorum/bug-first-reply',
  },
};
