import type { PlantedBug } from '../../engine/index.js';
import type { Transactions } from './shape.js';

/** Each changes one line of the protocol. */
export const bugs: { readonly [K in Transactions['bugs']]: PlantedBug } = {
  'releases-read-locks-early': {
    summary: 'SERIALIZABLE releases each read lock right after its read, as READ COMMITTED does.',
    property: 'strict-serializable',
    source: 'Eswaran, Gray, Lorie and Traiger 1976: two-phase locking',
    scenario: 'transactions/two-phase-locking',
  },
  'releases-write-locks-early': {
    summary:
      'Write locks are released right after the write: another transaction writes on top of what is not committed.',
    property: 'read-uncommitted',
    source: 'Berenson et al. 1995: P0, dirty write; write locks are long at every level',
    scenario: 'transactions/read-uncommitted',
  },
  'upgrades-beside-readers': {
    summary: 'A reader that wants to write gets the exclusive lock while others still read.',
    property: 'no conflicting locks',
    source: 'Gray and Reuter 1993: conversion of locks',
    scenario: 'transactions/two-phase-locking',
  },
  'keeps-writes-of-victims': {
    summary: 'The victim of a deadlock loses its locks, and what it wrote stays.',
    property: 'undo is complete',
    source: 'Gray and Reuter 1993: an aborted transaction leaves no trace',
    scenario: 'transactions/deadlocks',
  },
  'sees-direct-deadlocks-only': {
    summary: 'Only two that wait for each other are noticed; of three in a circle, all wait for ever.',
    property: 'no deadlock lasts',
    source: 'Gray and Reuter 1993: circles of the waits-for graph may be of any length',
    scenario: 'transactions/deadlocks',
  },
  'snapshot-per-statement': {
    summary: 'Each step takes a snapshot of its own, which is too late for all but the first.',
    property: 'strong-snapshot-isolation',
    source: 'Berenson et al. 1995, section 4.2: the snapshot is of the time at which the transaction began',
    scenario: 'transactions/snapshot',
  },
  'forgets-first-committer': {
    summary: 'Nobody looks whether another transaction has written the same since the snapshot: updates are lost.',
    property: 'strong-snapshot-isolation',
    source: 'Berenson et al. 1995, section 4.2: first-committer-wins prevents lost updates',
    scenario: 'transactions/snapshot',
  },
  'vacuums-too-early': {
    summary: 'Old versions are thrown away at each commit, also those that a running transaction may still read.',
    property: 'snapshots stay',
    source: 'Reed 1978: a version is kept for as long as somebody may ask for it',
    scenario: 'transactions/snapshot',
  },
  'validates-without-read-set': {
    summary: 'Validation compares what was written, and forgets what was read.',
    property: 'strict-serializable',
    source: 'Kung and Robinson 1981: the read set against write sets',
    scenario: 'transactions/optimistic',
  },
  'starts-at-last-read': {
    summary: 'Validation looks back to the last step only: what was overwritten since an earlier read goes unnoticed.',
    property: 'strict-serializable',
    source: 'Kung and Robinson 1981: the start is taken at the beginning of the read phase',
    scenario: 'transactions/optimistic',
  },
  'replies-before-logging': {
    summary: 'Clients hear of a commit a while before it is on its way to the disk: a crash in between undoes it.',
    property: 'strict-serializable',
    source: 'Gray and Reuter 1993: the log is forced before a commit is told',
    scenario: 'transactions/crash',
  },
};
