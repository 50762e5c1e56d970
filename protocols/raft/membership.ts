import { ms, type DeepReadonly, type NodeId, type Request } from '../../engine/index.js';
import { configuration, configurationChanged, isVoter, latestConfiguration } from './configuration.js';
import { becomeFollower } from './election.js';
import { lastLogIndex, termAt } from './log.js';
import { appendToOwnLog, replicateTo, replicateToAll } from './replication.js';
import type { CatchUp, Configuration, MembershipRequest, PendingChange, Raft, RaftNode } from './shape.js';

/*
 * A change goes through up to three stages: new servers catch up without a vote; then the new configuration is appended, alone
 * (one server added or removed: any two majorities overlap) or as C_old,new; and where it was joint, C_new follows as
 * soon as C_old,new is committed.
 */

// -- What an administrator asks --

/** Thesis, Figure 4.1, AddServer RPC. Who was a learner gets its vote. */
export function onAddServer(node: RaftNode, { ref, args }: Request<Raft, 'addServer'>): void {
  const { voters, learners } = configuration(node);
  const server = args.server as NodeId;
  beginChange(node, { ref, voters: withServer(voters, server), learners: without(learners, server), joint: false });
}

/** Thesis, 4.2.1: non-voting members. Here they may stay so, as in etcd; no majority changes, so nobody need catch up before. */
export function onAddLearner(node: RaftNode, { ref, args }: Request<Raft, 'addLearner'>): void {
  const { voters, oldVoters, learners } = configuration(node);
  const server = args.server as NodeId;
  if (isVoter({ voters, oldVoters, learners }, server)) return node.fail(ref, `${server} is a voter`);
  beginChange(node, { ref, voters: [...voters], learners: withServer(learners, server), joint: false });
}

/** Thesis, Figure 4.1, RemoveServer RPC: a voter or a learner. */
export function onRemoveServer(node: RaftNode, { ref, args }: Request<Raft, 'removeServer'>): void {
  const { voters, learners } = configuration(node);
  const server = args.server as NodeId;
  beginChange(node, { ref, voters: without(voters, server), learners: without(learners, server), joint: false });
}

/** Paper, section 6: to any other set of servers at once, by joint consensus. Learners among them get their vote. */
export function onChangeMembers(node: RaftNode, { ref, args }: Request<Raft, 'changeMembers'>): void {
  const voters = [...new Set(args.voters as readonly NodeId[])];
  const learners = configuration(node).learners.filter((learner) => !voters.includes(learner));
  beginChange(node, { ref, voters, learners, joint: true });
}

function withServer(servers: readonly NodeId[], server: NodeId): NodeId[] {
  return servers.includes(server) ? [...servers] : [...servers, server];
}

function without(servers: readonly NodeId[], server: NodeId): NodeId[] {
  return servers.filter((other) => other !== server);
}

type Wanted = Pick<PendingChange, 'ref' | 'voters' | 'learners' | 'joint'>;

/** Deviation: one change at a time, and whoever comes meanwhile is refused; the thesis has it wait. */
function beginChange(node: RaftNode, wanted: Wanted): void {
  const { volatile } = node;
  const { ref, voters, learners } = wanted;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.leader);
  if (volatile.transfer !== null) return node.redirect(ref, volatile.transfer.to);
  if (voters.length === 0) return node.fail(ref, 'no voter would be left');
  const latest = latestConfiguration(node);
  if (volatile.change !== null || latest.configuration.oldVoters !== null) return joinChange(node, wanted);
  if (isSameSet(voters, latest.configuration.voters) && isSameSet(learners, latest.configuration.learners)) {
    return answerOnceCommitted(node, ref, latest.index);
  }
  const catchingUp: Record<NodeId, CatchUp> = {};
  for (const voter of voters) if (!isVoter(latest.configuration, voter)) catchingUp[voter] = newRound(node, 1);
  volatile.change = { ...wanted, catchingUp, stage: 'catching-up' };
  configurationChanged(node);
  for (const server of Object.keys(catchingUp) as NodeId[]) {
    node.mark('began-catch-up', { server });
    replicateTo(node, server);
    // A learner may have caught up long since.
    noteCatchUp(node, server, volatile.progress[server]?.matchIndex ?? 0);
  }
  proceedWithChange(node);
}

/** Who asks again for what is under way is answered with it. */
function joinChange(node: RaftNode, { ref, voters, learners }: Wanted): void {
  const { change } = node.volatile;
  if (change !== null && isSameSet(change.voters, voters) && isSameSet(change.learners, learners)) change.ref = ref;
  else node.fail(ref, 'another change is under way');
}

function answerOnceCommitted(node: RaftNode, ref: MembershipRequest, index: number): void {
  const { durable, volatile } = node;
  if (index <= volatile.commitIndex) node.reply(ref, null);
  else volatile.updates.set(index, { ref, term: termAt(durable, index) ?? 0 });
}

function isSameSet(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((server) => b.includes(server));
}

// -- New servers catch up --

function newRound(node: RaftNode, round: number): CatchUp {
  return { round, upTo: lastLogIndex(node.durable), beganAt: node.monotonic(), caughtUp: false };
}

/**
 * Thesis, 4.2.1: in rounds, each up to where the log ended as it began; what came meanwhile is for the next. Deviation: the
 * server counts as caught up after the first round that was shorter than an election time-out, not after a fixed number.
 */
export function noteCatchUp(node: RaftNode, learner: NodeId, matchIndex: number): void {
  const { volatile, options } = node;
  const { change } = volatile;
  const catchUp = change?.catchingUp[learner];
  if (change === null || catchUp === undefined || catchUp.caughtUp || matchIndex < catchUp.upTo) return;
  if (node.monotonic() - catchUp.beganAt < ms(options.electionTimeoutMsMin)) {
    catchUp.caughtUp = true;
    node.mark('caught-up', { server: learner, rounds: catchUp.round });
    proceedWithChange(node);
  } else if (catchUp.round < options.catchUpRoundsMax) {
    change.catchingUp[learner] = newRound(node, catchUp.round + 1);
  } else {
    abandonChange(node, `${learner} is too slow to catch up`);
  }
}

/** Thesis, 4.2.1: a server that is not there, or makes no progress, must not hold up the cluster. */
export function giveUpSilentLearners(node: RaftNode): void {
  const { change, progress } = node.volatile;
  if (change?.stage !== 'catching-up') return;
  const since = node.monotonic() - ms(node.options.electionTimeoutMsMax);
  for (const learner of Object.keys(change.catchingUp) as NodeId[]) {
    if ((progress[learner]?.heardAt ?? since) < since) return abandonChange(node, `${learner} does not answer`);
  }
}

function abandonChange(node: RaftNode, reason: string): void {
  const { change } = node.volatile;
  if (change === null) return;
  node.mark('abandoned-change', reason);
  node.volatile.change = null;
  configurationChanged(node);
  node.fail(change.ref, reason);
}

/** A leader that steps down leaves its change where it is. Before anything was appended, another leader may be asked. */
export function forgetChange(node: RaftNode): void {
  const { volatile } = node;
  const { change } = volatile;
  if (change === null) return;
  volatile.change = null;
  configurationChanged(node);
  if (change.stage === 'catching-up') node.redirect(change.ref, volatile.leader);
}

// -- The new configuration --

/** Appends the new configuration, once everybody is caught up and the last one is committed. */
export function proceedWithChange(node: RaftNode): void {
  const { volatile } = node;
  const { change } = volatile;
  if (change?.stage !== 'catching-up' || !mayAppendConfiguration(node)) return;
  const { catchingUp } = change;
  for (const server of Object.keys(catchingUp) as NodeId[]) if (catchingUp[server]?.caughtUp !== true) return;
  const wanted = { voters: [...change.voters], learners: [...change.learners] };
  if (change.joint) {
    change.stage = 'joint';
    appendConfiguration(node, { ...wanted, oldVoters: [...configuration(node).voters] }, null);
  } else {
    const { ref } = change;
    volatile.change = null;
    appendConfiguration(node, { ...wanted, oldVoters: null }, ref);
  }
}

/**
 * Thesis, 4.1: not while the latest configuration is uncommitted. Ongaro, raft-dev, July 2015: nor before an entry of the
 * leader's own term is committed, as only then no configuration of an earlier leader can come back.
 */
function mayAppendConfiguration(node: RaftNode): boolean {
  const { commitIndex, termStartIndex } = node.volatile;
  if (latestConfiguration(node).index > commitIndex) return false;
  return commitIndex >= termStartIndex || node.bug('changes-before-own-commit');
}

function appendConfiguration(node: RaftNode, added: Configuration, ref: MembershipRequest | null): void {
  const { durable, volatile } = node;
  const index = lastLogIndex(durable) + 1;
  if (ref !== null) volatile.updates.set(index, { ref, term: durable.currentTerm });
  node.mark('appended-configuration', {
    index,
    voters: [...added.voters],
    oldVoters: added.oldVoters === null ? null : [...added.oldVoters],
    learners: [...added.learners],
  });
  appendToOwnLog(node, { op: 'configuration', configuration: added }, null);
  replicateToAll(node);
}

/**
 * The commit index of a leader has risen. Paper, section 6: when C_old,new is committed the leader appends C_new; when C_new
 * is, a leader that is not in it steps down.
 */
export function noteConfigurationCommitted(node: RaftNode): void {
  const { volatile } = node;
  const latest = latestConfiguration(node);
  if (volatile.role !== 'leader' || latest.index > volatile.commitIndex) return;
  if (latest.configuration.oldVoters !== null) {
    leaveJoint(node, latest.configuration);
  } else if (!isVoter(latest.configuration, node.id)) {
    node.mark('removed-itself', { term: node.durable.currentTerm });
    becomeFollower(node);
  } else {
    proceedWithChange(node);
  }
}

/** The planted bug: a leader of a new term does not wait for C_old,new to be committed. */
export function leaveJointEarly(node: RaftNode): void {
  if (node.bug('leaves-joint-early') && configuration(node).oldVoters !== null) leaveJoint(node, configuration(node));
}

/** Also what an earlier leader has begun is brought to its end. */
function leaveJoint(node: RaftNode, { voters, learners }: DeepReadonly<Configuration>): void {
  const { volatile } = node;
  const ref = volatile.change?.stage === 'joint' ? volatile.change.ref : null;
  volatile.change = null;
  appendConfiguration(node, { voters: [...voters], oldVoters: null, learners: [...learners] }, ref);
}
