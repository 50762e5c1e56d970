import { defineProtocol, ms, type Node } from '../../engine/index.js';
import { electionProperties } from '../parts/election-properties.js';
import { identityOf } from '../parts/identities.js';
import { successor } from '../parts/topology.js';
import { bugs } from './bugs.js';
import type { ChangRoberts } from './shape.js';

type Process = Node<ChangRoberts>;

export const changRoberts = defineProtocol<ChangRoberts>({
  name: 'chang-roberts',
  source: 'Chang, Roberts 1979',
  summary: 'Election on a ring: each passes on the numbers larger than its own, so that only the largest comes back.',
  options: { placement: 'random', identities: [], starters: [], startWithinMs: 0 },
  durable: () => ({ identity: null }),
  volatile: () => ({ status: 'unknown', participating: false, leader: null }),

  onStart(node) {
    node.durable.identity ??= identityOf(node);
    const { starters, startWithinMs } = node.options;
    if (starters.length > 0 && !starters.includes(node.id)) return;
    if (startWithinMs === 0) return begin(node);
    node.setTimer('start', node.random.integer('start', 0, ms(startWithinMs)));
  },

  onTimer: { start: begin },

  onMessage: {
    Election(node, { number }) {
      const own = node.durable.identity!;
      if (number === own) return elected(node);
      if (beats(node, number, own) || node.bug('forwards-smaller')) {
        node.volatile.participating = true;
        return pass(node, 'Election', number);
      }
      // A smaller number ends here. Who had not begun stands in for it with its own, which is larger.
      if (!node.bug('sleeper-swallows')) begin(node);
    },
    Elected(node, { number }) {
      if (number === node.durable.identity) return; // Everybody has heard.
      node.volatile.status = 'non-leader';
      node.volatile.leader = number;
      node.volatile.participating = false;
      pass(node, 'Elected', number);
    },
  },

  roles: ['leader', 'participant', 'bystander'],
  role: ({ volatile: { status, participating } }) => ({
    name: status === 'leader' ? 'leader' : participating ? 'participant' : 'bystander',
  }),
  invariants: electionProperties<ChangRoberts>('Chang, Roberts 1979'),
  bugs,
});

/** Sends its own number, unless it has done so, or passed on a larger one, or knows how it ended. */
function begin(node: Process): void {
  if (node.volatile.participating || node.volatile.leader !== null) return;
  node.volatile.participating = true;
  pass(node, 'Election', node.durable.identity!);
}

/** Its own number has been all the way round: nobody has a larger one. */
function elected(node: Process): void {
  if (node.volatile.status === 'leader') return; // The network delivered it twice.
  node.volatile.status = 'leader';
  node.volatile.leader = node.durable.identity;
  node.volatile.participating = false;
  node.mark('elected', { number: node.durable.identity });
  pass(node, 'Elected', node.durable.identity!);
}

function beats(node: Process, number: number, own: number): boolean {
  return node.bug('prefers-smaller') ? number < own : number > own;
}

function pass(node: Process, type: 'Election' | 'Elected', number: number): void {
  node.send(successor(node.members, node.id), { type, number });
}
