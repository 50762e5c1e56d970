import { defineProtocol } from '../../engine/index.js';
import { absorb, BEAT_US } from '../workloads.js';

export interface Heartbeat {
  /** How often each node beats. */
  options: { rounds: number };
  volatile: { index: number; sum: number; beat: number };
  messages: { Beat: { from: number; counter: number } };
  timers: { beat: void };
}

/** Every node tells all others that it lives. */
export const heartbeat = defineProtocol<Heartbeat>({
  name: 'bench-heartbeat',
  source: 'bench/README.md',
  summary: 'Every node sends to all others at every beat of its timer.',
  options: { rounds: 1 },
  volatile: () => ({ index: 0, sum: 0, beat: 0 }),
  onStart(node) {
    node.volatile.index = node.members.indexOf(node.id);
    node.setTimer('beat', BEAT_US);
  },
  onMessage: {
    Beat(node, message) {
      const { volatile } = node;
      volatile.sum = absorb(volatile.sum, message.counter, message.from);
    },
  },
  onTimer: {
    beat(node) {
      const { volatile } = node;
      const counter = ++volatile.beat;
      // One object for each receiver and no broadcast, which could share one: the peers allocate each message too.
      for (const peer of node.peers) node.send(peer, { type: 'Beat', from: volatile.index, counter });
      if (counter < node.options.rounds) node.setTimer('beat', BEAT_US);
    },
  },
});
