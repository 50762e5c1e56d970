import { defineProtocol, ms, type Node } from '../../engine/index.js';
import { electionProperties } from '../parts/election-properties.js';
import { identityOf } from '../parts/identities.js';
import { arrive, endRound, newRounds, restOfRound } from '../parts/rounds.js';
import { adjacencyOf, diameterOf } from '../parts/topology.js';
import { bugs } from './bugs.js';
import type { FloodMax } from './shape.js';

type Process = Node<FloodMax>;

export const floodMax = defineProtocol<FloodMax>({
  name: 'flood-max',
  source: 'Lynch 1996, section 4.1',
  summary: 'Election on any synchronous network: the largest UID is flooded for as many rounds as the diameter.',
  options: {
    placement: 'random',
    identities: [],
    topology: 'grid',
    extraEdges: 4,
    graph: 1,
    diameter: null,
    variant: 'basic',
    roundMs: 20,
  },
  durable: () => ({ identity: null }),
  volatile: () => ({
    status: 'unknown',
    leader: null,
    maxUid: 0,
    newInfo: true,
    neighbours: [],
    diameter: 0,
    roundsDone: 0,
    rounds: newRounds(),
  }),

  onStart(node) {
    const { volatile, options, members } = node;
    node.durable.identity ??= identityOf(node);
    const { extraEdges, graph } = options;
    const adjacency = adjacencyOf({ kind: options.topology, extraEdges, graph }, members.length);
    volatile.neighbours = [...adjacency[members.indexOf(node.id)]!];
    volatile.diameter = options.diameter ?? diameterOf(adjacency);
    volatile.maxUid = node.durable.identity;
    volatile.rounds.startedAt = node.monotonic();
    if (volatile.diameter === 0) decide(node);
    else msgs(node);
  },

  onMessage: {
    Max(node, { round, uid }) {
      if (node.volatile.status !== 'unknown' || arrive(node.volatile.rounds, round, uid)) return;
      node.mark('too-late', { round, now: node.volatile.rounds.round });
    },
  },

  onTimer: {
    round(node) {
      const { volatile } = node;
      const before = volatile.maxUid;
      for (const uid of endRound(volatile.rounds)) volatile.maxUid = Math.max(volatile.maxUid, uid);
      volatile.newInfo = volatile.maxUid > before;
      volatile.roundsDone++;
      const last = node.bug('one-round-short') ? volatile.diameter - 1 : volatile.diameter;
      if (volatile.roundsDone >= last) decide(node);
      else msgs(node);
    },
  },

  roles: ['candidate', 'leader', 'non-leader'],
  role: ({ volatile: { status } }) => ({ name: status === 'unknown' ? 'candidate' : status }),
  invariants: electionProperties<FloodMax>('Lynch 1996, section 4.1'),
  bugs,
});

/** The message-generating function of a round, and the clock that ends it. */
function msgs(node: Process): void {
  const { volatile, options } = node;
  const { round } = volatile.rounds;
  node.setTimer('round', restOfRound(volatile.rounds, ms(options.roundMs), node.monotonic()));
  const silent = node.bug('speaks-once') ? round > 1 : !volatile.newInfo;
  if (options.variant === 'optimised' && silent) return;
  const uid = node.bug('sends-own-only') ? node.durable.identity! : volatile.maxUid;
  for (const neighbour of volatile.neighbours) node.send(node.members[neighbour]!, { type: 'Max', round, uid });
}

/** After as many rounds as the diameter everybody has heard of the largest UID, and needs no report. */
function decide(node: Process): void {
  const { volatile } = node;
  volatile.leader = volatile.maxUid;
  volatile.status = volatile.maxUid === node.durable.identity ? 'leader' : 'non-leader';
  if (volatile.status === 'leader') node.mark('elected', { uid: volatile.maxUid, round: volatile.roundsDone });
}
