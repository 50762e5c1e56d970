import { readOnly, type DeepReadonly, type NodeId } from '../../engine/index.js';
import { freshProgress } from './replication.js';
import type { Configuration, Entry, PlacedConfiguration, RaftNode } from './shape.js';

/*
 * Who belongs to the cluster. "Each server adopts C_new in its log as soon as it is appended" (thesis, 4.1; paper, section 6):
 * the latest configuration is in force whether or not it is committed, and the one before comes back where it is truncated.
 */

// -- What is in force --

export function latestConfiguration({ volatile }: RaftNode): DeepReadonly<PlacedConfiguration> {
  const configurations = readOnly(volatile.configurations);
  const latest = configurations[configurations.length - 1];
  if (latest === undefined) throw new Error('a node has a configuration from its start on');
  return latest;
}

export function configuration(node: RaftNode): DeepReadonly<Configuration> {
  return latestConfiguration(node).configuration;
}

/** Does this server count in one of the majorities that the configuration asks for? */
export function isVoter({ voters, oldVoters }: DeepReadonly<Configuration>, server: NodeId): boolean {
  return voters.includes(server) || (oldVoters !== null && oldVoters.includes(server));
}

/**
 * Thesis, 4.2.2: a server that its latest configuration has removed still stands for election until that configuration is
 * committed, as it may be needed until then. One that is only joining never does.
 */
export function mayStand({ id, volatile }: RaftNode): boolean {
  const { configurations, commitIndex } = volatile;
  for (let place = configurations.length - 1; place >= 0; place -= 1) {
    const { index, configuration } = configurations[place] as PlacedConfiguration;
    if (isVoter(configuration, id)) return true;
    if (index <= commitIndex) return false;
  }
  return false;
}

// -- How it changes --

/** At a start: what the snapshot says, or the options, and what the log says since. */
export function restoreConfigurations(node: RaftNode): void {
  const { durable, volatile } = node;
  volatile.configurations = [
    durable.snapshot === null ? initial(node) : copyOfPlacement(durable.snapshot.configuration),
  ];
  for (const entry of readOnly(durable).log) push(node, entry);
  configurationChanged(node);
}

/** Deviation: the first configuration stands in the options of all, and not in the first entry of one server's log (thesis, 4.4). */
function initial({ options, members }: RaftNode): PlacedConfiguration {
  const voters = options.voters.length === 0 ? [...members] : ([...options.voters] as NodeId[]);
  return { index: 0, configuration: { voters, oldVoters: null, learners: [] } };
}

export function noteAppended(node: RaftNode, entry: Entry): void {
  if (push(node, entry)) configurationChanged(node);
}

/** The entry at this index and all that follow are gone. */
export function noteTruncated(node: RaftNode, index: number): void {
  const { configurations } = node.volatile;
  let changed = false;
  while (configurations.length > 1 && latestConfiguration(node).index >= index) {
    configurations.pop();
    changed = true;
  }
  if (changed) configurationChanged(node);
}

/** What was in force at this index, as a snapshot keeps it; what came before is nobody's concern any more. */
export function configurationAt(node: RaftNode, index: number): PlacedConfiguration {
  const { configurations } = node.volatile;
  while (configurations.length > 1 && (configurations[1]?.index ?? Infinity) <= index) configurations.shift();
  return copyOfPlacement(configurations[0] as PlacedConfiguration);
}

/** A leader's snapshot has taken the place of the log up to this index. */
export function installConfiguration(
  node: RaftNode,
  placed: DeepReadonly<PlacedConfiguration>,
  lastIncludedIndex: number,
): void {
  const { volatile } = node;
  const later = volatile.configurations.filter(({ index }) => index > lastIncludedIndex);
  volatile.configurations = [copyOfPlacement(placed), ...later];
  configurationChanged(node);
}

function push({ volatile }: RaftNode, { index, command }: Entry): boolean {
  if (command.op !== 'configuration') return false;
  const { configurations } = volatile;
  if ((configurations[configurations.length - 1]?.index ?? 0) >= index) return false;
  configurations.push(copyOfPlacement({ index, configuration: command.configuration }));
  return true;
}

/** The log, the snapshot and the volatile state must not share memory. */
export function copyOfPlacement({ index, configuration }: DeepReadonly<PlacedConfiguration>): PlacedConfiguration {
  const { voters, oldVoters, learners } = configuration;
  return {
    index,
    configuration: {
      voters: [...voters],
      oldVoters: oldVoters === null ? null : [...oldVoters],
      learners: [...learners],
    },
  };
}

/** Whom this server speaks to as candidate or leader; and as leader, how far each of them is. */
export function configurationChanged(node: RaftNode): void {
  const { id, volatile } = node;
  const { voters, oldVoters, learners } = configuration(node);
  const catchingUp = Object.keys(volatile.change?.catchingUp ?? {});
  const everybody = new Set([...voters, ...(oldVoters ?? []), ...learners, ...catchingUp]);
  everybody.delete(id);
  volatile.others = [...everybody] as NodeId[];
  if (volatile.role !== 'leader') return;
  for (const other of volatile.others) volatile.progress[other] ??= freshProgress(node);
  for (const other of Object.keys(volatile.progress) as NodeId[]) {
    if (!everybody.has(other)) delete volatile.progress[other];
  }
}
