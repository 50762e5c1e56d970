import { UsageError } from '../../engine/index.js';
import type { Experiment } from '../experiment.js';
import { nearest } from '../nearest.js';
import type { Scenario } from '../scenario.js';
import { abdScenarios } from './abd/index.js';
import { compareExperiments } from './compare/index.js';
import { electionScenarios } from './elections/index.js';
import { leasesScenarios } from './leases/index.js';
import { messageQueueScenarios } from './message-queue/index.js';
import { multiPaxosScenarios } from './multi-paxos/index.js';
import { paxosScenarios } from './paxos/index.js';
import { primaryBackupScenarios } from './primary-backup/index.js';
import { quorumScenarios } from './quorum/index.js';
import { raftScenarios } from './raft/index.js';
import { splitBrainScenarios } from './split-brain/index.js';
import { threePhaseCommitScenarios } from './three-phase-commit/index.js';
import { transactionsScenarios } from './transactions/index.js';
import { twoGeneralsScenarios } from './two-generals/index.js';
import { twoPhaseCommitScenarios } from './two-phase-commit/index.js';
import { viewstampedReplicationScenarios } from './viewstamped-replication/index.js';
import { zabScenarios } from './zab/index.js';

/** Everything that `splitbrain run` knows by name. */
export const catalogue: readonly (Scenario | Experiment)[] = [
  ...raftScenarios,
  ...paxosScenarios,
  ...multiPaxosScenarios,
  ...primaryBackupScenarios,
  ...abdScenarios,
  ...quorumScenarios,
  ...viewstampedReplicationScenarios,
  ...zabScenarios,
  ...twoPhaseCommitScenarios,
  ...threePhaseCommitScenarios,
  ...transactionsScenarios,
  ...messageQueueScenarios,
  ...twoGeneralsScenarios,
  ...leasesScenarios,
  ...splitBrainScenarios,
  ...electionScenarios,
  ...compareExperiments,
];

/** @throws UsageError that suggests the nearest name. */
export function scenarioNamed(name: string): Scenario | Experiment {
  const found = catalogue.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = catalogue.map((entry) => entry.name);
  throw new UsageError('unknown-scenario', `there is no scenario ${JSON.stringify(name)}`, nearest(name, names));
}
