import { defineProtocol } from '../../engine/index.js';
import { BEAT_US } from '../workloads.js';

export interface Crowd {
  volatile: { beats: number };
  timers: { beat: void };
}

/** As small as a node that does something gets: one number, and a timer that runs. */
export const crowd = defineProtocol<Crowd>({
  name: 'bench-crowd',
  source: 'bench/README.md',
  summary: 'Nodes that wait for their timers.',
  volatile: () => ({ beats: 0 }),
  onStart(node) {
    node.setTimer('beat', BEAT_US);
  },
  onTimer: {
    beat(node) {
      node.volatile.beats++;
      node.setTimer('beat', BEAT_US);
    },
  },
});

export interface Flood {
  options: { messages: number };
  volatile: { sum: number };
  messages: { Beat: { from: number; counter: number } };
}

/** Every node sends so many messages to its neighbour as it starts. */
export const flood = defineProtocol<Flood>({
  name: 'bench-flood',
  source: 'bench/README.md',
  summary: 'Messages in flight.',
  options: { messages: 1 },
  volatile: () => ({ sum: 0 }),
  onStart(node) {
    const index = node.members.indexOf(node.id);
    const neighbour = node.members[(index + 1) % node.members.length]!;
    for (let counter = 1; counter <= node.options.messages; counter++) {
      node.send(neighbour, { type: 'Beat', from: index, counter });
    }
  },
  onMessage: {
    Beat(node, message) {
      node.volatile.sum += message.counter;
    },
  },
});
