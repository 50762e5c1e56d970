import type { ScenarioInput } from '../../schema.js';

type Clients = NonNullable<ScenarioInput['clients']>;
type Step = readonly [f: 'r' | 'append' | 'w', key: string, value: string | null];

export const read = (key: string): Step => ['r', key, null];
export const append = (key: string): Step => ['append', key, '$unique'];
export const write = (key: string): Step => ['w', key, '$unique'];

/** Clients that ask for one of these transactions again and again, each as likely as the others. */
export function clientsOf(transactions: readonly (readonly Step[])[], more: Partial<Clients> = {}): Clients {
  return {
    count: 6,
    operations: transactions.map((steps) => ({ request: 'txn', args: steps.map((step) => [...step]) })),
    think: { exponential: { mean: '10ms' } },
    timeout: '3s',
    ...more,
  };
}

/** All kinds of meetings: reads between writes, writes in both orders, and on what was read, in circles of two and three. */
export const mixed: readonly (readonly Step[])[] = [
  [read('x'), append('y'), read('z')],
  [read('y'), append('x')],
  [append('x'), append('y')],
  [append('y'), append('z'), append('x')],
  [read('x'), append('x')],
  [read('z'), append('y'), append('z')],
  [read('x'), read('y'), read('z')],
  [append('z'), read('x'), read('z')],
];

/** One reads x and writes y, the other the reverse: each alone keeps what holds of both. */
export const skewed: readonly (readonly Step[])[] = [
  [read('x'), read('y'), append('x')],
  [read('x'), read('y'), append('y')],
];

/** Two clients at the same time, each time for two items that nobody has made yet. */
export const phantoms: NonNullable<ScenarioInput['script']> = Array.from({ length: 10 }, (_, i) => {
  const [one, other] = [`a${i + 1}`, `b${i + 1}`];
  const at = `${10 + 60 * i}ms`;
  return [
    { at, client: `c${2 * i + 1}`, request: 'txn', args: [[...read(one)], [...read(other)], [...append(one)]] },
    { at, client: `c${2 * i + 2}`, request: 'txn', args: [[...read(one)], [...read(other)], [...append(other)]] },
  ];
}).flat();
