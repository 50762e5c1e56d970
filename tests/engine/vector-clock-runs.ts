import { defineProtocol, ms, seconds, Simulation, vectorClocks, type VectorClock } from '../../engine/index.js';

export { happenedBefore } from '../../engine/index.js';

interface Chatter {
  messages: { Say: { n: number }; Answer: { n: number } };
  timers: { talk: void };
  volatile: { n: number };
}

const chatter = defineProtocol<Chatter>({
  name: 'chatter',
  source: 'for tests',
  summary: 'Everybody talks to everybody',
  volatile: () => ({ n: 0 }),
  onStart: (node) => node.setTimer('talk', ms(100)),
  onTimer: {
    talk(node) {
      node.broadcast({ type: 'Say', n: node.volatile.n++ });
      node.setTimer('talk', ms(100));
    },
  },
  onMessage: {
    Say: (node, { n }, from) => node.send(from, { type: 'Answer', n }),
    Answer: () => undefined,
  },
});

/** Clocks of a run of three nodes that can all talk, or of which none can. */
export function runsOf(how: 'together' | 'apart'): {
  clocks: { node: string; clock: VectorClock }[];
  deliveries: { sent: VectorClock; delivered: VectorClock }[];
  causes: { cause: VectorClock; effect: VectorClock }[];
} {
  const apart = [{ do: 'partition' as const, shape: { groups: ['n1', 'n2', 'n3'] }, at: 0 }];
  const { trace } = new Simulation({
    protocol: chatter,
    nodes: 3,
    seed: '1',
    until: seconds(2),
    trace: 'events',
    network: { loss: 0.1, duplicate: 0.1 },
    faults: how === 'apart' ? apart : [],
  }).run();
  const clocks: { node: string; clock: VectorClock }[] = [];
  const byEvent = new Map<number, VectorClock>();
  const sends = new Map<number, VectorClock>();
  const deliveries: { sent: VectorClock; delivered: VectorClock }[] = [];
  const causes: { cause: VectorClock; effect: VectorClock }[] = [];
  for (const [event, clock] of vectorClocks(trace!.events())) {
    clocks.push({ node: event.node!, clock });
    byEvent.set(event.id, clock);
    if (event.kind === 'send') sends.set(event.msg!, clock);
    if (event.kind === 'deliver') deliveries.push({ sent: sends.get(event.msg!)!, delivered: clock });
    const cause = byEvent.get(event.cause);
    if (cause !== undefined) causes.push({ cause, effect: clock });
  }
  return { clocks, deliveries, causes };
}
