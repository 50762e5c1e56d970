import { defineProtocol, ms } from '../../engine/index.js';
import { bugs } from './bugs.js';
import { answer, call, respond, timedOut, type Site } from './calls.js';
import { check, election, halt, newCoordinator, ready, settled } from './election.js';
import { invariants } from './invariants.js';
import { announce, announced, answered, challenged, electionByTextbook } from './textbook.js';
import { timeoutMsMin, type Bully, type Calls } from './shape.js';

export type { Bully } from './shape.js';

export const bully = defineProtocol<Bully>({
  name: 'bully',
  source: 'Garcia-Molina 1982',
  summary: 'Election by force: the highest node that answers in time halts all below it, and leads.',
  options: {
    variant: 'garcia-molina',
    callMs: 25,
    checkMs: 100,
    quorum: false,
    electsAtStart: true,
    repairedAfterMs: null,
  },
  durable: () => ({ lives: 0 }),
  volatile: () => ({ s: 'Down', c: null, h: null, up: [], calls: null, callsMade: 0, toHalt: [] }),

  /** Recovery(i): who comes back knows nothing, and calls an election. */
  onStart(node) {
    node.durable.lives++;
    watch(node);
    if (node.options.electsAtStart) callElection(node);
  },

  onRequest: {
    elect(node, { ref }) {
      callElection(node);
      node.reply(ref, true);
    },
  },

  onMessage: {
    AreYouThere: (node, { call }, from) => respond(node, from, call, true),
    AreYouNormal: (node, { call }, from) => respond(node, from, call, follows(node, from)),
    Halt(node, { call }, from) {
      halt(node, from);
      watch(node);
      respond(node, from, call, true);
    },
    NewCoordinator: (node, { call }, from) => respond(node, from, call, newCoordinator(node, from)),
    Ready: (node, { call }, from) => respond(node, from, call, ready(node, from)),
    Response: (node, { call, yes }, from) => proceed(node, answer(node, from, call, yes)),

    Election: (node, _, from) => challenged(node, from),
    Answer: answered,
    Coordinator: (node, _, from) => announced(node, from),
  },

  onTimer: {
    onTimeout: (node, { number }) => proceed(node, timedOut(node, number)),
    check,
    /** Timeout(i): is the coordinator there? And without one: is it time for an election? */
    timeout(node) {
      watch(node);
      const { s, c, calls } = node.volatile;
      if (calls !== null || c === node.id) return; // It is at work already, or has nobody above it.
      if (c === null || (s !== 'Normal' && s !== 'Reorganization')) return callElection(node);
      call(node, 'IsCoordinatorThere', 'AreYouThere', [c]);
    },
  },

  roles: ['leader', 'follower', 'recovering', 'election', 'reorganization'],
  role({ id, volatile: { s, c } }) {
    if (s === 'Normal') return { name: c === id ? 'leader' : 'follower' };
    return { name: s === 'Down' ? 'recovering' : s.toLowerCase() };
  },
  invariants,
  bugs,
});

/** Goes on where calls are over. */
function proceed(node: Site, over: Calls | null): void {
  if (over === null) return;
  if (over.phase === 'Election') return announce(node);
  if (over.phase === 'Announcement') return electionByTextbook(node);
  if (over.phase !== 'IsCoordinatorThere') return settled(node, over);
  if (over.yes.length === 0) callElection(node);
}

function callElection(node: Site): void {
  if (node.options.variant === 'textbook') electionByTextbook(node);
  else election(node);
}

/** The paper asks for Normal alone; who is normal under somebody else must be won back too. */
function follows({ volatile: { s, c } }: Site, coordinator: string): boolean {
  return s === 'Normal' && c === coordinator;
}

function watch(node: Site): void {
  const least = ms(timeoutMsMin(node));
  node.setTimer('timeout', node.random.integer('timeout', least, 2 * least));
}
