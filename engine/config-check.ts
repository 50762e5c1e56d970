import type { ClientsConfig, SimulationConfig } from './config.js';
import { checkDistribution } from './distribution-check.js';
import { UsageError } from './errors.js';
import type { Fault } from './fault.js';
import type { LinkRule } from './links.js';
import { checkBug } from './runtime.js';

/** Words that mean something else where whoever is struck is named. */
const RESERVED = new Set(['all', 'clients', 'subject', 'peer']);

/**
 * Is the configuration one that can be run? What needs more than a look at it (a selector, an option of the protocol) is
 * checked where it is used.
 *
 * @throws UsageError that names the value and what was expected.
 */
export function checkConfig(config: SimulationConfig): void {
  const count = typeof config.nodes === 'number' ? config.nodes : config.nodes.length;
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError('nodes', `a system of ${String(config.nodes)} nodes (a whole number from 1 was expected)`);
  }
  checkTime(config.until, 'until', 'a run until');
  if (typeof config.seed !== 'string') {
    throw new UsageError('seed', `the seed ${String(config.seed)} (a text was expected)`);
  }
  if (typeof config.nodes !== 'number') config.nodes.forEach(checkName);
  checkNamed(config, config.standby ?? [], 'standby');
  checkNamed(config, Object.keys(config.nodeOptions ?? {}), 'nodeOptions');
  for (const [zone, members] of Object.entries(config.zones ?? {})) checkNamed(config, members, `zone ${zone}`);
  checkRule(config.network ?? {}, 'network');
  config.network?.links?.forEach((rule, i) => checkRule(rule, `network.links[${i}]`));
  checkProbability(config.disk?.torn, 'disk.torn');
  checkProbability(config.disk?.lyingSync, 'disk.lyingSync');
  if (config.clients !== undefined) checkClients(config.clients);
  config.script?.forEach(({ at }, i) => checkTime(at, 'script', `operation ${i + 1} of the script at`));
  config.faults?.forEach(checkFault);
  checkBug(config.protocol, config.bug);
}

function checkName(name: string): void {
  // Names of choices are made of them; clients are c1, c2, …
  if (!/^[A-Za-z][\w.-]*$/.test(name) || /^c\d+$/.test(name) || RESERVED.has(name)) {
    throw new UsageError(
      'node-name',
      `a node named ${JSON.stringify(name)}`,
      `a letter, then letters, digits, ".", "_" or "-"; not c1, c2, … nor ${[...RESERVED].join(', ')}`,
    );
  }
}

function checkNamed({ nodes }: SimulationConfig, names: readonly string[], where: string): void {
  for (const name of names) {
    const number = /^n([1-9]\d*)$/.exec(name)?.[1];
    const known = typeof nodes === 'number' ? number !== undefined && Number(number) <= nodes : nodes.includes(name);
    if (!known) throw new UsageError('unknown-node', `${where} names ${JSON.stringify(name)}, which is no node`);
  }
}

function checkRule(rule: LinkRule, where: string): void {
  checkProbability(rule.loss, `${where}.loss`);
  checkProbability(rule.duplicate, `${where}.duplicate`);
  checkProbability(rule.corrupt, `${where}.corrupt`);
  if (rule.latency !== undefined) checkDistribution(rule.latency);
  if (rule.bandwidth !== undefined && !(rule.bandwidth >= 0 && rule.bandwidth < Infinity)) {
    throw new UsageError(
      'bandwidth',
      `${where}.bandwidth is ${rule.bandwidth} (bytes per second were expected, 0 for unlimited)`,
    );
  }
}

function checkProbability(value: number | undefined, where: string): void {
  if (value === undefined || (value >= 0 && value <= 1)) return;
  throw new UsageError('probability', `${where} is ${value} (a probability from 0 to 1 was expected)`);
}

function checkClients({ count, operations, rate, keys }: ClientsConfig): void {
  if (!(Number.isInteger(count) && count >= (operations.length > 0 ? 1 : 0))) {
    throw new UsageError('clients', `${count} clients (a whole number from 1 was expected)`);
  }
  if (rate !== undefined && !(rate > 0 && rate < Infinity)) {
    throw new UsageError('rate', `clients.rate is ${rate} (operations per second above 0 were expected)`);
  }
  if (keys !== undefined && !(Number.isInteger(keys) && keys >= 1)) {
    throw new UsageError('keys', `clients.keys is ${keys} (a whole number from 1 was expected)`);
  }
  const weights = operations.map(({ weight }) => weight ?? 1);
  if (operations.length > 0 && !(weights.every((weight) => weight >= 0) && weights.some((weight) => weight > 0))) {
    throw new UsageError(
      'weights',
      `the operations' weights are ${weights.join(', ')} (none below 0, one above were expected)`,
    );
  }
}

function checkFault(fault: Fault, i: number): void {
  const what = `fault ${i + 1} (${fault.do})`;
  for (const part of ['at', 'after', 'for', 'every'] as const) {
    const time = fault[part];
    if (time !== undefined) checkTime(time, 'fault-plan', `${what}, "${part}":`);
  }
  const { times, when } = fault;
  if (times !== undefined && !(Number.isInteger(times) && times >= 1)) {
    throw new UsageError('fault-plan', `${what} happens ${times} times (a whole number from 1 was expected)`);
  }
  if ((times ?? 1) > 1 && when === undefined && fault.every === undefined) {
    throw new UsageError('fault-plan', `${what} happens ${times} times, but "every" is missing`);
  }
  if (when !== undefined && when.mark === undefined && when.sent === undefined && when.delivered === undefined) {
    throw new UsageError('fault-plan', `${what} waits for nothing: "when" needs one of mark, sent, delivered`);
  }
  if (fault.do === 'link') checkRule(fault.rule, `${what}.rule`);
  if (fault.do === 'slow') checkDistribution(fault.processing);
  if (fault.do === 'disk' && fault.syncLatency !== undefined) checkDistribution(fault.syncLatency);
}

function checkTime(time: number, code: string, what: string): void {
  if (Number.isSafeInteger(time) && time >= 0) return;
  throw new UsageError(code, `${what} ${time} µs (a whole number ≥ 0 was expected)`);
}
