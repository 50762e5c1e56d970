import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugClearedVote } from './bug-cleared-vote.js';
import { bugConflictingSnapshot } from './bug-conflicting-snapshot.js';
import { bugCorruptTail } from './bug-corrupt-tail.js';
import { bugCountedLearner } from './bug-counted-learner.js';
import { bugDelayedVoteRequest } from './bug-delayed-vote-request.js';
import { bugDivergentSuffix } from './bug-divergent-suffix.js';
import { bugDuplicatedVote } from './bug-duplicated-vote.js';
import { bugEarlyChange } from './bug-early-change.js';
import { bugEarlyLeave } from './bug-early-leave.js';
import { bugEarlyReadIndex } from './bug-early-read-index.js';
import { bugFigure8 } from './bug-figure-8.js';
import { bugForgottenVote } from './bug-forgotten-vote.js';
import { bugFormerLeader } from './bug-former-leader.js';
import { bugLateAppend } from './bug-late-append.js';
import { bugLongStaleLog } from './bug-long-stale-log.js';
import { bugMinorityCommit } from './bug-minority-commit.js';
import { bugNewerSnapshot } from './bug-newer-snapshot.js';
import { bugOldVote } from './bug-old-vote.js';
import { bugStaleCandidate } from './bug-stale-candidate.js';
import { bugStaleRead } from './bug-stale-read.js';
import { chainedPreVote } from './chained-pre-vote.js';
import { chained } from './chained.js';
import { clockSkewLeaseBroken } from './clock-skew-lease-broken.js';
import { clockSkewLease } from './clock-skew-lease.js';
import { constrainedElection } from './constrained-election.js';
import { deafLeader } from './deaf-leader.js';
import { electionTimes } from './election-times.js';
import { flappingLink } from './flapping-link.js';
import { happyPath } from './happy-path.js';
import { jointConsensus } from './joint-consensus.js';
import { leaderCrash } from './leader-crash.js';
import { learnerIsNoReserve } from './learner-is-no-reserve.js';
import { learner } from './learner.js';
import { leadershipTransfer } from './leadership-transfer.js';
import { logCompaction } from './log-compaction.js';
import { lyingDisk } from './lying-disk.js';
import { majorityPartition } from './majority-partition.js';
import { membershipChange } from './membership-change.js';
import { minorityPartition } from './minority-partition.js';
import { pausedLeader } from './paused-leader.js';
import { preVote } from './pre-vote.js';
import { quorumLossStuck } from './quorum-loss-stuck.js';
import { quorumLoss } from './quorum-loss.js';
import { removedServer } from './removed-server.js';
import { restartAll } from './restart-all.js';
import { rollingUpgrade } from './rolling-upgrade.js';
import { slowLeader } from './slow-leader.js';
import { stormyDisks } from './stormy-disks.js';
import { stormyMembership } from './stormy-membership.js';
import { stormy } from './stormy.js';
import { unsyncedDiskCareless } from './unsynced-disk-careless.js';
import { unsyncedDisk } from './unsynced-disk.js';

/** In the order in which a newcomer might want them. */
export const raftScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  leaderCrash,
  minorityPartition,
  majorityPartition,
  pausedLeader,
  slowLeader,
  deafLeader,
  flappingLink,
  preVote,
  quorumLoss,
  quorumLossStuck,
  constrainedElection,
  chained,
  chainedPreVote,
  restartAll,
  unsyncedDisk,
  unsyncedDiskCareless,
  lyingDisk,
  logCompaction,
  rollingUpgrade,
  membershipChange,
  jointConsensus,
  removedServer,
  learner,
  learnerIsNoReserve,
  leadershipTransfer,
  clockSkewLease,
  clockSkewLeaseBroken,
  stormy,
  stormyDisks,
  stormyMembership,
  electionTimes,
  bugFigure8,
  bugDuplicatedVote,
  bugForgottenVote,
  bugClearedVote,
  bugDelayedVoteRequest,
  bugStaleCandidate,
  bugLongStaleLog,
  bugLateAppend,
  bugMinorityCommit,
  bugStaleRead,
  bugEarlyReadIndex,
  bugDivergentSuffix,
  bugEarlyChange,
  bugEarlyLeave,
  bugCountedLearner,
  bugFormerLeader,
  bugConflictingSnapshot,
  bugNewerSnapshot,
  bugOldVote,
  bugCorruptTail,
];
