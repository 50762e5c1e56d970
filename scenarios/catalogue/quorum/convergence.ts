import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre } from '../key-value-workload.js';
import { blindWorkload, contextualWorkload, nothingBehind, oneCourse, read, write } from './workload.js';

export const hintedHandoff = defineScenario({
  protocol: quorum,
  name: 'quorum/hinted-handoff',
  summary:
    'A node is down for a while. Others stand in for it, and hand over what they have kept for it when it is back.',
  teaches:
    'A hint is a write that says whom it is for. Nobody compares anything here: hints alone bring the node up to date, as long as ' +
    'whoever keeps them does not get lost.',
  nodes: 5,
  options: { sloppy: true, r: 1, antiEntropyMs: 0, readRepair: false, settledAfterMs: 6_000 },
  until: '7s',
  network: dataCentre,
  clocks: 'true',
  clients: { ...blindWorkload, keys: 20, stop: '3s' },
  faults: [{ do: 'crash', whom: 'n3', at: '1s', for: '2s' }],
});

export const antiEntropy = defineScenario({
  protocol: quorum,
  name: 'quorum/anti-entropy',
  summary:
    'A node is cut off while others write, and nobody keeps hints: comparing hash trees finds what it has missed.',
  teaches:
    'Two replicas compare roots, then only the branches that differ, and exchange a few leaves. With --bug hashes-keys-only all ' +
    'trees look the same, and the replicas stay different for ever.',
  nodes: 5,
  options: { hintedHandoff: false, readRepair: false, antiEntropyMs: 300, settledAfterMs: 6_000 },
  until: '9s',
  network: dataCentre,
  clocks: 'true',
  clients: { ...blindWorkload, count: 6, keys: 12, stop: '4s' },
  faults: [{ do: 'partition', shape: { isolate: 'n3' }, at: '2s', for: '2s' }],
});

export const wipedDisk = defineScenario({
  protocol: quorum,
  name: 'quorum/wiped-disk',
  summary:
    'A node loses its disk. It comes back with nothing, under a new name for its versions, and gets all from the others.',
  teaches:
    'Permanent failures are what the hash trees are for. The node may not count on from 1 under its old name: versions that are ' +
    'still around have those numbers.',
  nodes: 5,
  options: { versions: 'dotted', antiEntropyMs: 300, settledAfterMs: 7_000 },
  until: '9s',
  network: dataCentre,
  clients: { ...contextualWorkload, keys: 6, stop: '6s' },
  faults: [{ do: 'crash', whom: 'n3', disk: 'wiped', at: '3s', for: '500ms' }],
});

export const twoWipedDisks = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/two-wiped-disks',
  summary: 'Two of three replicas have a write, and both lose their disks before the third has it.',
  teaches: 'W says how many disks must fail to lose an acknowledged write. More than that no protocol can mend.',
  options: { ...nothingBehind, hintedHandoff: false },
  until: '1s',
  script: [write('100ms', 'c1', 'n1', 1), write('300ms', 'c1', 'n1', 2)],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '200ms', for: '300ms' },
    { do: 'crash', whom: ['n1', 'n2'], disk: 'wiped', at: '400ms', for: '100ms' },
  ],
  expects: { violation: 'No Lost Write' },
});

export const bugLostHint = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/bug-lost-hint',
  summary: 'All owners of a key are cut off. Two other nodes stand in, and try at once to hand over what they keep.',
  teaches:
    'Until an owner has said that it has it, the hint is the only copy. With --bug forgets-hint-at-once an acknowledged write is ' +
    'gone with the first message that gets lost.',
  nodes: 5,
  options: { sloppy: true, r: 1, w: 1, antiEntropyMs: 0, settledAfterMs: 3_000 },
  until: '4s',
  script: [write('500ms', 'c1', 'n1', 1), read('3500ms', 'c2', 'n2')],
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n4'],
          ['n2', 'n3', 'n5'],
        ],
      },
      at: '300ms',
      for: '2s',
    },
  ],
});

export const bugLateRepair = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/bug-late-repair',
  summary:
    'A read finds a replica behind and sends it what it has found. Before that arrives, the replica has something newer.',
  teaches:
    'Repair is a merge like any other. With --bug repairs-blindly it puts the replica back to where the read was.',
  options: { antiEntropyMs: 0, handoffMs: 0, hintedHandoff: false },
  until: '1500ms',
  script: [
    write('200ms', 'c1', 'n1', 1),
    read('400ms', 'c1', 'n1'),
    write('600ms', 'c1', 'n1', 2),
    read('1200ms', 'c2', 'n3'),
  ],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '100ms', for: '200ms' },
    { do: 'link', from: 'n1', to: 'n3', types: ['Repair'], rule: { hold: true }, at: '350ms', for: '500ms' },
  ],
});

export const joinAndLeave = defineScenario({
  protocol: quorum,
  name: 'quorum/join-and-leave',
  summary: 'A fifth node joins the ring, and later another one leaves it: the keys that change hands are handed over.',
  teaches:
    'On a ring, whoever joins takes over about 1/(n + 1) of the keys, a little from everybody, and the rest stays where it is. ' +
    'See quorum/ring for the figures.',
  nodes: 5,
  options: {
    ...{ versions: 'dotted', ring: ['n1', 'n2', 'n3', 'n4'], antiEntropyMs: 300, handoffMs: 200 },
    settledAfterMs: 7_000,
  },
  until: '9s',
  network: dataCentre,
  clients: { ...contextualWorkload, keys: 20, stop: '6s' },
  script: [
    { at: '2s', client: 'c5', request: 'join', args: { node: 'n5' }, target: 'n1' },
    { at: '4s', client: 'c5', request: 'leave', args: { node: 'n2' }, target: 'n3' },
  ],
});

export const convergenceScenarios = [
  hintedHandoff,
  antiEntropy,
  wipedDisk,
  twoWipedDisks,
  joinAndLeave,
  bugLostHint,
  bugLateRepair,
];
