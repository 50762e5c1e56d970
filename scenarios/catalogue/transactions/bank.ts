import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';

type Asked = readonly [f: 'r' | 'add', account: string, value: number | null];

const accounts = ['a', 'b', 'c', 'd'] as const;
const AMOUNT = 5;

function transfer(from: string, to: string): Asked[] {
  return [
    ['r', from, null],
    ['r', to, null],
    ['add', from, -AMOUNT],
    ['add', to, AMOUNT],
  ];
}

const audit = accounts.map((account): Asked => ['r', account, null]);
const transfers = accounts.flatMap((from) => accounts.filter((to) => to !== from).map((to) => transfer(from, to)));

/** Transfers between any two of four accounts that hold 40 together, and as many audits. */
const bankOf = (options: NonNullable<ScenarioInput['options']>) =>
  ({
    protocol: transactions,
    nodes: 1,
    options: { ...options, balances: { a: 10, b: 10, c: 10, d: 10 } },
    until: '6s',
    clients: {
      count: 6,
      operations: [
        ...transfers.map((steps) => ({ request: 'txn', args: steps.map((step) => [...step]) })),
        { request: 'txn', args: audit.map((step) => [...step]), weight: transfers.length },
      ],
      think: { exponential: { mean: '10ms' } },
      timeout: '3s',
      stop: '5s',
    },
    properties: [{ property: 'conservation', request: 'txn', accounts: [...accounts], total: 40 }],
  }) satisfies Partial<ScenarioInput> & { readonly protocol: typeof transactions };

export const bank = defineScenario({
  ...bankOf({ concurrency: 'snapshot' }),
  name: 'transactions/bank',
  summary: 'Money goes from account to account, and whoever reads all of them at once finds as much of it as ever.',
  teaches:
    'Conservation: a transfer reads two balances and writes two new ones. Snapshots keep the sum, and so do locks and validation ' +
    '(--set options.concurrency=locking, or =optimistic). With --bug forgets-first-committer two transfers start from the same ' +
    'balance, and money is made or lost for good; with --bug snapshot-per-statement it is only seen twice, on its way.',
  progress: '2s',
});

export const bankReadCommitted = defineScenario({
  ...bankOf({ level: 'read-committed' }),
  name: 'transactions/bank-read-committed',
  summary: 'The same bank under READ COMMITTED: what was read is out of date when it is written back.',
  teaches:
    'Every read was of something committed, and the sum is wrong all the same: lost updates (P4), and audits that see half of a ' +
    'transfer (A5A, read skew). Long read locks help: --set options.level=repeatable-read.',
  expects: { violation: 'conservation' },
});
