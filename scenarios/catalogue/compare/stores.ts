import { capStores, type CapStore } from '../../cap/store.js';

/** What one operation costs where nothing fails, by the papers. */
export interface Cost {
  /** Between nodes, for a cluster of n. */
  readonly messages: (n: number) => number;
  /** Message delays in a row, from the client's question to its answer. */
  readonly delays: number;
}

export interface ComparedStore extends CapStore {
  readonly name: string;
  readonly read: Cost;
  readonly write: Cost;
  /** Why lost writes cannot be counted by unique appends, where they cannot. */
  readonly noAppends?: string;
  readonly promisesLinearizability: boolean;
  readonly promisesDurability: boolean;
}

/** How late copies are in the control. */
export const COPY_DELAY_MS = 50;

/** A round trip between whoever was asked and everybody else, and one to the client. */
const oneRound: Cost = { messages: (n) => 2 * (n - 1), delays: 4 };
const twoRounds: Cost = { messages: (n) => 4 * (n - 1), delays: 6 };
/** To propose, to acknowledge and to commit; the client is answered when enough have acknowledged. */
const threeLegs: Cost = { messages: (n) => 3 * (n - 1), delays: 4 };

interface Differing {
  readonly name?: string;
  readonly options?: object;
  readonly read?: Cost;
  readonly noAppends?: string;
  readonly promisesLinearizability?: boolean;
  readonly promisesDurability?: boolean;
}

function compared(protocol: string, configuration: string, cost: Cost, differing: Differing = {}): ComparedStore {
  const store = capStores.find((each) => each.protocol.name === protocol && each.configuration === configuration);
  if (store === undefined) throw new Error(`there is no store ${protocol}, ${configuration}`);
  const { options, ...others } = differing;
  return {
    ...store,
    name: protocol,
    read: cost,
    write: cost,
    promisesLinearizability: true,
    promisesDurability: true,
    ...others,
    options: (nodes) => ({ ...store.options(nodes), ...options }),
  };
}

/** Whoever serves the common key-value interface. The last one is the control: it must lose writes, or the count is worth nothing. */
export const comparedStores: readonly ComparedStore[] = [
  // Heartbeats as often as elsewhere.
  compared('raft', 'reads by ReadIndex', oneRound, { options: { heartbeatMs: 50 } }),
  compared('multi-paxos', 'majorities', oneRound),
  compared('viewstamped-replication', 'reads in the log', oneRound),
  compared('zab', 'reads by broadcast', threeLegs),
  compared('primary-backup', 'synchronous, with witnesses', oneRound),
  compared('quorum', 'R and W majorities', oneRound, {
    noAppends: 'no append: versions replace each other whole',
    promisesLinearizability: false,
  }),
  compared('abd', 'majorities', twoRounds, { noAppends: 'no append: registers have no consensus' }),
  // Copies, and their acknowledgements, for which nobody waits.
  compared(
    'primary-backup',
    'asynchronous, automatic failover',
    { ...oneRound, delays: 2 },
    {
      name: 'primary-backup, asynchronous',
      // With one successor, which the witnesses see to, what is lost are late copies and nothing else.
      options: { copyDelayMs: COPY_DELAY_MS, fencing: 'witnesses' },
      read: { messages: () => 0, delays: 2 },
      promisesLinearizability: false,
      promisesDurability: false,
    },
  ),
];
