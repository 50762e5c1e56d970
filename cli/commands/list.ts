import type { Command } from 'commander';
import { historyFormats, models } from '../../checkers/index.js';
import { catalogue, protocols } from '../../scenarios/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';

const CONSISTENCY = [{ name: 'linearizable', summary: 'every operation takes effect at one moment between its call and its return' }];

/** Scenarios that show a planted bug stand apart: they are for those who look for them. */
const isBugScenario = (name: string): boolean => name.includes('/bug-');

export function addList(program: Command, { terminal }: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('list')
    .summary('scenarios, protocols and their planted bugs, models, formats')
    .description('Lists all there is to run and to check with.')
    .argument('[text]', 'only what has this in its name')
    .option('--json', 'print one JSON value')
    .action((text: string | undefined, flags: { readonly json?: boolean }) => {
      const wanted = (name: string): boolean => text === undefined || name.includes(text);
      const listing = {
        scenarios: catalogue
          .filter(({ name }) => wanted(name))
          .map((entry) => ({
            name: entry.name,
            protocol: entry.protocol.name,
            summary: entry.summary,
            kind: entry.kind,
            expects: entry.kind === 'experiment' ? 'figures within their tolerance' : (entry.expects ?? 'ok'),
          })),
        protocols: protocols
          .filter(({ name }) => wanted(name))
          .map(({ name, source, summary, bugs }) => ({
            name,
            source,
            summary,
            bugs: Object.entries(bugs).map(([bug, { property, source: origin, summary: what, scenario }]) => ({
              name: bug,
              property,
              source: origin,
              summary: what,
              scenario,
            })),
          })),
        models: Object.values(models).map(({ name, summary }) => ({ name, summary })),
        consistency: CONSISTENCY,
        formats: Object.entries(historyFormats).map(([name, summary]) => ({ name, summary })),
      };
      if (flags.json === true) terminal.out(JSON.stringify(listing, null, 2));
      else print(listing, terminal);
      done(EXIT.ok);
    });
}

interface Listing {
  readonly scenarios: readonly { readonly name: string; readonly summary: string }[];
  readonly protocols: readonly {
    readonly name: string;
    readonly source: string;
    readonly bugs: readonly { readonly name: string; readonly property: string; readonly summary: string }[];
  }[];
  readonly models: readonly { readonly name: string; readonly summary: string }[];
}

function print(listing: Listing, terminal: CommandContext['terminal']): void {
  const { paint } = terminal;
  const rows = (items: readonly (readonly [string, string])[]): void => {
    const width = Math.max(0, ...items.map(([name]) => name.length));
    for (const [name, text] of items) terminal.out(`  ${name.padEnd(width)}  ${paint('dim', text)}`);
  };
  const plain = listing.scenarios.filter(({ name }) => !isBugScenario(name));
  const bugs = listing.scenarios.filter(({ name }) => isBugScenario(name));
  if (plain.length > 0) {
    terminal.out(paint('bold', 'Scenarios') + paint('dim', '   splitbrain run NAME'));
    rows(plain.map(({ name, summary }) => [name, summary]));
  }
  if (bugs.length > 0) {
    terminal.out(`\n${paint('bold', 'Scenarios that show a planted bug')}${paint('dim', '   splitbrain run NAME --bug BUG')}`);
    rows(bugs.map(({ name, summary }) => [name, summary]));
  }
  for (const { name, source, bugs: planted } of listing.protocols) {
    terminal.out(`\n${paint('bold', name)}   ${paint('dim', source)}`);
    rows(planted.map((bug) => [bug.name, `${bug.summary} → ${bug.property}`]));
  }
  if (listing.scenarios.length > 0 && listing.models.length > 0) {
    terminal.out(`\n${paint('bold', 'Models')}${paint('dim', '   splitbrain check FILE --model NAME')}`);
    rows(listing.models.map(({ name, summary }) => [name, summary]));
  }
}
