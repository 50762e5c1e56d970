import { ms, seconds, type SimulationConfig, type TraceEvent } from '../../../engine/index.js';
import type { Bench } from '../measure.js';
import type { ComparedStore } from './stores.js';

export interface MeasuredCost {
  /** Messages between nodes that the operation caused, directly or through other messages. */
  readonly messages: number;
  readonly delays: number;
}

const DELAY = ms(4);
const OPERATIONS = 5;
/** Time for a first leader, and between two operations for all that one of them causes. */
const FIRST_AT = seconds(2);
const APART = ms(500);

/** A client asks one thing after the other, every message takes as long, and nothing fails. */
export function operationCost(
  store: ComparedStore,
  nodes: number,
  request: 'read' | 'write',
  seed: string,
  bench: Bench,
): MeasuredCost {
  const ask = (at: number, what: string, args: object): NonNullable<SimulationConfig['script']>[number] => ({
    at,
    client: 'c1',
    request: what,
    args: { key: 'x', ...args },
  });
  const args = request === 'write' ? { value: '$unique' } : {};
  const { result } = bench.run({
    protocol: store.protocol,
    nodes,
    options: store.options(nodes),
    seed,
    network: { latency: { constant: DELAY } },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    script: [
      // Finds whom to ask.
      ask(FIRST_AT, 'write', { value: 0 }),
      ...Array.from({ length: OPERATIONS }, (_, i) => ask(FIRST_AT + (i + 1) * APART, request, args)),
    ],
    until: FIRST_AT + (OPERATIONS + 1) * APART,
    trace: 'events',
  });
  return costIn([...result.trace!.events()]);
}

function costIn(events: readonly TraceEvent[]): MeasuredCost {
  const isClient = (endpoint: string | null | undefined): boolean => endpoint?.startsWith('c') === true;
  /** Of each event, the invocation that led to it; 0 for none. */
  const roots: number[] = [0];
  const counted = new Map<number, { messages: number; asked: number; answered: number }>();
  for (const { id, kind, cause, node, peer, time } of events) {
    const root = kind === 'invoke' ? id : roots[cause]!;
    roots[id] = root;
    if (kind === 'invoke') counted.set(id, { messages: 0, asked: time, answered: Infinity });
    const operation = counted.get(root);
    if (operation === undefined) continue;
    // What a node says to itself is no message here.
    if (kind === 'send' && node !== peer && !isClient(node) && !isClient(peer)) operation.messages++;
    if (kind === 'ok') operation.answered = time;
  }
  const operations = [...counted.values()].slice(1);
  const mean = (of: (operation: (typeof operations)[number]) => number): number =>
    operations.reduce((sum, operation) => sum + of(operation), 0) / operations.length;
  return {
    messages: mean(({ messages }) => messages),
    delays: mean(({ asked, answered }) => (answered - asked) / DELAY),
  };
}
