// All protocols at a glance: scenarios, invariants, planted bugs with the seeds that it takes to find each in the scenario that is
// laid out for it, what the long campaigns said, and messages where nothing fails, measured and predicted.
// `npm run --silent table`, or `… -- --seeds 20 --soak <what npm run soak printed> --json`. Prints a Markdown table.
//
// Exit status: 0 every bug was found and every count is as predicted, 1 not so, 2 wrong use.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catalogue, protocols, runScenario, scenarioNamed } from '../../dist/scenarios/index.js';
import { campaign, seedsNeeded } from './campaign.js';

const options = readOptions();
const soaked = options.soak.flatMap(readSoak);
const [counts] = scenarioNamed('compare/messages').run({ seed: '1', settings: {}, progress: () => undefined }).tables;
const chosen = protocols.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
const rows = chosen.map(rowOf);

process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${rows.reduce(addRow, head())}\n`);
const missed = rows.flatMap(({ protocol, bugs }) =>
  bugs.filter(({ seeds }) => seeds === null).map(({ bug }) => `${protocol} ${bug}`),
);
const wrong = rows.flatMap(({ messages }) => messages.filter(({ measured, predicted }) => measured !== predicted));
if (missed.length > 0) process.stderr.write(`table: not found: ${missed.join(', ')}\n`);
process.exitCode = missed.length > 0 || wrong.length > 0 ? 1 : 0;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '10' },
        soak: { type: 'string', multiple: true, default: [] },
        only: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
    });
    const seeds = Number(values.seeds);
    if (!Number.isInteger(seeds) || seeds < 1) throw new Error('seeds are a whole number');
    const unknown = values.only.find((name) => !protocols.some((protocol) => protocol.name === name));
    if (unknown !== undefined) throw new Error(`no such protocol: ${unknown}`);
    return { ...values, seeds };
  } catch (error) {
    process.stderr.write(
      `table: ${error.message}\nusage: npm run --silent table -- [--seeds N] [--soak <file>]… [--only <protocol>]… [--json]\n`,
    );
    process.exit(2);
  }
}

/** The rows that `npm run soak` has printed into this file. */
function readSoak(file) {
  const lines = [...readFileSync(file, 'utf8').matchAll(/^(\S+\/stormy\S*) +(\d+) +(\d+) +(\d+) /gm)];
  return lines.map(([, scenario, runs, failures, undecided]) => ({
    scenario,
    runs: Number(runs),
    failures: Number(failures),
    undecided: Number(undecided),
  }));
}

function rowOf({ name, invariants, bugs }) {
  return {
    protocol: name,
    scenarios: catalogue.filter((entry) => entry.name.startsWith(`${name}/`)).length,
    invariants: invariants.length,
    bugs: Object.entries(bugs).map(([bug, { property, scenario }]) => {
      const run = campaign(options.seeds, (seed) => findIn(scenario, seed, bug, property));
      return { bug, scenario, found: run.found.length, of: run.count, seeds: seedsNeeded(run) };
    }),
    // Of a campaign that is there twice the last one counts.
    soak: soaked.filter(
      ({ scenario }, i) =>
        scenario.startsWith(`${name}/`) && !soaked.slice(i + 1).some((later) => later.scenario === scenario),
    ),
    messages: counts.rows
      .filter(([protocol]) => protocol === name)
      .map(([, what, measured, predicted, formula, source]) => ({ what, measured, predicted, formula, source })),
  };
}

function findIn(scenario, seed, bug, property) {
  const { violations } = runScenario(scenarioNamed(scenario), { seed, bug, evidence: false });
  return violations.some((violation) => violation.property === property) ? property : null;
}

function head() {
  const titles = [
    'protocol',
    'scenarios',
    'invariants',
    'bugs: median seeds to find',
    'campaigns',
    'messages, n = 5: measured / predicted',
  ];
  return [titles, titles.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function addRow(text, { protocol, scenarios, invariants, bugs, soak, messages }) {
  const cells = [
    ...[protocol, scenarios, invariants],
    [bugs.length, ...bugs.map(({ bug, seeds }) => `\`${bug}\` ${seeds ?? 'not found'}`)].join('; '),
    soak.map(({ scenario, runs, failures }) => `\`${scenario}\` ${failures} of ${runs} failed`).join('; ') || '–',
    messages
      .map(({ what, measured, predicted, formula }) => `${what}: ${measured} / ${predicted} = ${formula}`)
      .join('; '),
  ];
  return `${text}\n| ${cells.join(' | ')} |`;
}
