import { defineProtocol, ms, type Node } from '../../engine/index.js';
import { electionProperties, type ElectionStatus } from '../parts/election-properties.js';
import { identityOf } from '../parts/identities.js';
import { arrive, endRound, newRounds, restOfRound } from '../parts/rounds.js';
import { successor } from '../parts/topology.js';
import { bugs } from './bugs.js';
import type { Incoming, Lcr } from './shape.js';

type Process = Node<Lcr>;

export const lcr = defineProtocol<Lcr>({
  name: 'lcr',
  source: 'Lynch 1996, section 3.3, after Le Lann 1977 and Chang, Roberts 1979',
  summary: 'Election on a synchronous ring: in each round the UIDs that are still in the race move on by one.',
  options: { placement: 'random', identities: [], roundMs: 20 },
  durable: () => ({ identity: null }),
  volatile: () => ({
    status: 'unknown',
    leader: null,
    send: null,
    report: null,
    learnedInRound: null,
    halted: false,
    rounds: newRounds(),
  }),

  onStart(node) {
    node.durable.identity ??= identityOf(node);
    node.volatile.rounds.startedAt = node.monotonic();
    node.volatile.send = node.durable.identity;
    msgs(node);
  },

  onMessage: {
    Uid: (node, { round, uid }) => receive(node, round, { kind: 'uid', uid }),
    Report: (node, { round, uid }) => receive(node, round, { kind: 'report', uid }),
  },

  onTimer: {
    round(node) {
      const { volatile } = node;
      const ended = volatile.rounds.round;
      volatile.send = null;
      volatile.report = null;
      for (const incoming of endRound(volatile.rounds)) trans(node, incoming, ended);
      msgs(node);
    },
  },

  roles: ['candidate', 'leader', 'non-leader'],
  role: ({ volatile: { status } }) => ({ name: status === 'unknown' ? 'candidate' : status }),
  invariants: electionProperties<Lcr>('Lynch 1996, section 3.3'),
  bugs,
});

/** The message-generating function of a round, and the clock that ends it. */
function msgs(node: Process): void {
  const { volatile } = node;
  const { round } = volatile.rounds;
  const next = successor(node.members, node.id);
  if (volatile.send !== null) node.send(next, { type: 'Uid', round, uid: volatile.send });
  if (volatile.report !== null) {
    node.send(next, { type: 'Report', round, uid: volatile.report });
    if (volatile.status === 'non-leader') volatile.halted = true; // It has passed on all that there ever was to say.
  }
  if (volatile.halted) return;
  node.setTimer('round', restOfRound(volatile.rounds, ms(node.options.roundMs), node.monotonic()));
}

/** The transition function. */
function trans(node: Process, { kind, uid }: Incoming, round: number): void {
  const { volatile } = node;
  const own = node.durable.identity!;
  if (kind === 'report') {
    if (uid === own)
      volatile.halted = true; // Everybody has heard.
    else if (volatile.leader === null) learn(node, 'non-leader', uid, round);
  } else if (uid === own) {
    if (volatile.leader !== null) return; // The network delivered it twice.
    learn(node, 'leader', uid, round);
    node.mark('elected', { uid, round });
  } else if (uid > own || node.bug('relays-smaller')) {
    volatile.send = uid;
  }
}

function learn(node: Process, status: ElectionStatus, leader: number, round: number): void {
  node.volatile.status = status;
  node.volatile.leader = leader;
  node.volatile.learnedInRound = round;
  if (status === 'non-leader' && node.bug('halts-before-relaying')) node.volatile.halted = true;
  else node.volatile.report = leader;
}

function receive(node: Process, round: number, incoming: Incoming): void {
  if (node.volatile.halted || arrive(node.volatile.rounds, round, incoming)) return;
  node.mark('too-late', { round, now: node.volatile.rounds.round });
}
