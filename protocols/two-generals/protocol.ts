import { defineProtocol, invariant, ms, type Node, type NodeId } from '../../engine/index.js';

export type Plan = 'attack' | 'retreat';

export interface TwoGenerals {
  options: {
    /** How many messengers carry each message, each by a way of its own. */
    messengers: number;
    /** How many times the last message is acknowledged: 0 is the order alone, 1 an answer to it, 2 an answer to the answer, … */
    acknowledgements: number;
    /** Who attacks at dawn: whoever has had the last message meant for him, or the first already. */
    rule: 'last-message' | 'first-message';
    dawnMs: number;
  };
  volatile: {
    /** Number of the last message received, the order being 0. An even number is B's to hear, an odd one A's. */
    heard: number | null;
    plan: Plan | null;
  };
  messages: { Messenger: { number: number } };
  timers: { dawn: void };
}

/** Both or neither. No finite protocol over messengers that may be caught can keep it: this is here to be broken. */
const coordinatedAttack = invariant<TwoGenerals>()({
  name: 'coordinated attack',
  says: 'Either both generals attack or neither does.',
  memory: () => new Map<NodeId, Plan>(),
  afterStep(plans, { id, volatile }) {
    if (volatile.plan !== null) plans.set(id, volatile.plan);
    const attacker = [...plans].find(([, plan]) => plan === 'attack');
    const other = [...plans].find(([, plan]) => plan === 'retreat');
    return attacker && other ? `${attacker[0]} attacks alone, ${other[0]} has retreated` : null;
  },
});

export const twoGenerals = defineProtocol<TwoGenerals>({
  name: 'two-generals',
  source: 'Akkoyunlu, Ekanadham, Huber 1975; Gray 1978',
  summary: 'Two generals can win only together, and no number of messengers makes both of them sure.',
  options: { messengers: 1, acknowledgements: 1, rule: 'last-message', dawnMs: 1000 },
  volatile: () => ({ heard: null, plan: null }),
  onStart(node) {
    node.setTimer('dawn', ms(node.options.dawnMs));
    if (isFirst(node)) dispatch(node, 0);
  },
  onMessage: {
    Messenger(node, { number }) {
      const { heard, plan } = node.volatile;
      if (plan !== null || (heard !== null && number <= heard)) return; // Too late, or heard from a faster messenger.
      node.volatile.heard = number;
      if (number < node.options.acknowledgements) dispatch(node, number + 1);
    },
  },
  onTimer: {
    dawn(node) {
      const needed = numberNeeded(node);
      node.volatile.plan = needed === null || (node.volatile.heard ?? -1) >= needed ? 'attack' : 'retreat';
      node.mark(node.volatile.plan, { heard: node.volatile.heard });
    },
  },
  roles: ['general-a', 'general-b', 'attack', 'retreat'],
  role: ({ id, members, volatile }) => ({ name: volatile.plan ?? (id === members[0] ? 'general-a' : 'general-b') }),
  invariants: [coordinatedAttack],
});

function dispatch(node: Node<TwoGenerals>, number: number): void {
  for (let i = 0; i < node.options.messengers; i++) node.broadcast({ type: 'Messenger', number });
}

/** What this general must have heard in order to attack; null where he attacks in any case. */
function numberNeeded(node: Node<TwoGenerals>): number | null {
  const { acknowledgements, rule } = node.options;
  const first = isFirst(node) ? 1 : 0;
  if (first > acknowledgements) return null; // The order is all there is, and he gave it.
  return rule === 'first-message' ? first : acknowledgements - ((acknowledgements - first) % 2);
}

function isFirst(node: Node<TwoGenerals>): boolean {
  return node.id === node.members[0];
}
