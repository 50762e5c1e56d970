import { Simulation, type AnyProtocol, type ClientsConfig, type SimulationConfig } from '../engine/index.js';
import { raft } from '../protocols/raft/protocol.js';
import type { BenchSuite, BenchTask } from './suites.js';

const NODES = 5;
const LONG_LOG = 10_000;

/** Five clients, together a hundred operations a second, half of them reads. */
const HUNDRED_PER_SECOND: ClientsConfig = {
  count: 5,
  rate: 100,
  keys: 5,
  operations: [
    { weight: 5, request: 'read' },
    { weight: 3, request: 'write' },
    { weight: 2, request: 'cas' },
  ],
};

type Load = Pick<SimulationConfig, 'clients' | 'speed' | 'trace' | 'options'>;

const RECORDED: Load = { speed: 'recorded', trace: 'states' };

/** Raft whose nodes begin with so many entries, as if they had run for long. */
function withLog(entries: number): AnyProtocol {
  return {
    ...raft,
    durable: () => ({
      ...raft.durable(),
      currentTerm: 1,
      log: Array.from({ length: entries }, (_, i) => ({
        index: i + 1,
        term: 1,
        command: { op: 'write' as const, key: `k${i % 5}`, value: i },
        session: null,
      })),
    }),
  };
}

function task(name: string, seconds: number, load: Load, protocol: AnyProtocol = raft): BenchTask {
  return {
    name,
    unit: 'virtual second',
    run() {
      const simulation = new Simulation({ protocol, nodes: NODES, seed: 'bench', until: seconds * 1_000_000, ...load });
      const { ending, endingMessage, history } = simulation.run();
      if (ending !== 'finished') throw new Error(`${name}: ${ending} ${endingMessage}`);
      const answered = history.filter(({ type }) => type === 'ok').length;
      if (load.clients !== undefined && answered < seconds * 50) throw new Error(`${name}: ${answered} answers`);
      return seconds;
    },
  };
}

/** A real protocol with its invariants, histories and the digest of every content: what a campaign runs all day. */
export const raftSuite: BenchSuite = {
  name: 'raft',
  says: 'five Raft nodes with all invariants; 100 operations a second or none',
  tasks: () => [
    task('direct, idle', 100, {}),
    task('direct, 100 operations/s', 50, { clients: HUNDRED_PER_SECOND }),
    task('recorded, idle', 50, RECORDED),
    task('recorded, 100 operations/s', 10, { ...RECORDED, clients: HUNDRED_PER_SECOND }),
    task(
      `recorded, 100 operations/s, a log of ${LONG_LOG.toLocaleString('en')} entries`,
      20,
      { ...RECORDED, clients: HUNDRED_PER_SECOND, options: { snapshotAfter: 10 * LONG_LOG } },
      withLog(LONG_LOG),
    ),
  ],
};
