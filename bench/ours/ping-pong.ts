import { defineProtocol } from '../../engine/index.js';
import { absorb } from '../workloads.js';

export interface PingPong {
  /** How many messages are delivered before the last one is not answered. */
  options: { rounds: number };
  volatile: { index: number; sum: number };
  messages: { Ping: { from: number; counter: number } };
}

/** Two nodes and one message between them. */
export const pingPong = defineProtocol<PingPong>({
  name: 'bench-ping-pong',
  source: 'bench/README.md',
  summary: 'One message bounces between two nodes.',
  options: { rounds: 1 },
  volatile: () => ({ index: 0, sum: 0 }),
  onStart(node) {
    node.volatile.index = node.members.indexOf(node.id);
    const second = node.members[1];
    if (node.volatile.index === 0 && second !== undefined) node.send(second, { type: 'Ping', from: 0, counter: 1 });
  },
  onMessage: {
    Ping(node, message, from) {
      const { volatile } = node;
      volatile.sum = absorb(volatile.sum, message.counter, message.from);
      if (message.counter < node.options.rounds) {
        node.send(from, { type: 'Ping', from: volatile.index, counter: message.counter + 1 });
      }
    },
  },
});
