// How long it takes to find each planted bug: in the scenario that is laid out for it, and, where that is asked for, in the
// protocol's storms with their swarms. `npm run bugs`, or `npm run bugs -- --seeds 10 --storm 100 --only raft`. Prints a Markdown table.
//
// Exit status: 0 every bug was found in its scenario, 1 one was not, 2 wrong use.

import { parseArgs } from 'node:util';
import { runSwarm } from '../../dist/fuzz/index.js';
import { catalogue, drawSwarm, protocols, runScenario, scenarioNamed } from '../../dist/scenarios/index.js';
import { campaign, seedsNeeded } from './campaign.js';

const STORMY = /^([^/]+)(?:\/.+)?\/stormy(-.+)?$/;
const { seeds, storm, only } = readOptions();
const missed = [];

line([
  'protocol',
  'bug',
  'breaks',
  'scenario',
  'found',
  'seeds',
  'ms',
  ...(storm > 0 ? ['storm', 'found', 'seeds', 's', 'mostly as'] : []),
]);
line(Array.from({ length: storm > 0 ? 12 : 7 }, () => '---'));
for (const protocol of protocols.filter(({ name }) => only.length === 0 || only.includes(name))) {
  for (const [bug, { property, scenario }] of Object.entries(protocol.bugs)) {
    const laidOut = campaign(seeds, (seed) => own(scenarioNamed(scenario), seed, bug, property));
    if (laidOut.found.length === 0) missed.push(`${protocol.name} ${bug}`);
    const cells = [protocol.name, `\`${bug}\``, property, `\`${scenario}\``, ...told(laidOut), cost(laidOut, 1)];
    if (storm > 0) cells.push(...inStorm(protocol.name, bug));
    line(cells);
  }
}
if (missed.length > 0) process.stderr.write(`bugs: not found: ${missed.join(', ')}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '10' },
        storm: { type: 'string', default: '0' },
        only: { type: 'string', multiple: true, default: [] },
      },
    });
    const numbers = [values.seeds, values.storm].map(Number);
    if (!numbers.every((number) => Number.isInteger(number) && number >= 0))
      throw new Error('seeds are a whole number');
    const unknown = values.only.find((name) => !protocols.some((protocol) => protocol.name === name));
    if (unknown !== undefined) throw new Error(`no such protocol: ${unknown}`);
    return { seeds: numbers[0], storm: numbers[1], only: values.only };
  } catch (error) {
    process.stderr.write(
      `bugs: ${error.message}\nusage: npm run bugs -- [--seeds N] [--storm N] [--only <protocol>]…\n`,
    );
    process.exit(2);
  }
}

/** What is broken in the scenario as it stands, with its bug: found is what breaks the property that the bug says. */
function own(scenario, seed, bug, property) {
  const { violations } = runScenario(scenario, { seed, bug, evidence: false });
  return violations.some((violation) => violation.property === property) ? property : null;
}

/** In a storm everything counts that breaks: without the bug nothing does. The first of the protocol's storms that finds it. */
function inStorm(protocol, bug) {
  const storms = catalogue.filter(({ name }) => STORMY.exec(name)?.[1] === protocol);
  for (const scenario of storms) {
    const stormy = campaign(storm, (seed) => {
      const { violations } = runSwarm(scenario, seed, drawSwarm(scenario, seed), { bug }, 'direct');
      return violations[0]?.property ?? null;
    });
    if (stormy.found.length > 0) return [`\`${scenario.name}\``, ...told(stormy), cost(stormy, 1000), mostly(stormy)];
  }
  return [storms.length === 0 ? 'no storm' : 'none', '–', '–', '–', '–'];
}

function told(run) {
  return [`${run.found.length} of ${run.count}`, seedsNeeded(run) ?? '–'];
}

/** Of processor time until it is found, at the median. */
function cost(run, unitMs) {
  const needed = seedsNeeded(run);
  if (needed === null) return '–';
  return ((needed * run.cpuMs) / run.count / unitMs).toFixed(unitMs === 1 ? 0 : 1);
}

function mostly({ properties, found }) {
  const counts = new Map();
  for (const at of found) counts.set(properties[at], (counts.get(properties[at]) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? '–';
}

function line(cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
