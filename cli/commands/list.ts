import type { Command } from 'commander';
import { consistencyLevels, historyFormats, isolationLevels, models } from '../../checkers/index.js';
import { UsageError } from '../../engine/index.js';
import { nearest } from '../../scenarios/nearest.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import type { Listing } from '../reports.js';
import { listScreen } from '../screens/list-screen.js';

const CONSISTENCY = [
  ...Object.entries(consistencyLevels).map(([name, { says }]) => ({ name, summary: says })),
  ...Object.entries(isolationLevels).map(([name, says]) => ({ name, summary: `transactions: ${says}` })),
];

export function addList(program: Command, { terminal }: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('list')
    .summary('scenarios, protocols and their planted bugs, models, formats')
    .description('Lists all there is to run and to check with.')
    .argument('[text]', 'only what has this in its name')
    .option('--json', 'print one JSON value')
    .action(async (text: string | undefined, flags: { readonly json?: boolean }) => {
      const { catalogue, protocols } = await import('../../scenarios/index.js');
      const wanted = (name: string): boolean => text === undefined || name.includes(text);
      // `list bug` means all planted bugs; any other text may also be a part of a bug's name.
      const bugWanted = (protocol: string, bug: string): boolean => text === 'bug' || wanted(protocol) || wanted(bug);
      const hasWanted = (name: string, bugs: object): boolean =>
        wanted(name) || Object.keys(bugs).some((bug) => bugWanted(name, bug));
      const listing: Listing = {
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
          .filter(({ name, bugs }) => hasWanted(name, bugs))
          .map(({ name, source, summary, bugs }) => ({
            name,
            source,
            summary,
            bugs: Object.entries(bugs)
              .filter(([bug]) => bugWanted(name, bug))
              .map(([bug, { property, source: origin, summary: what, scenario }]) => ({
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
      const judges = [...listing.models, ...CONSISTENCY].filter(({ name }) => wanted(name));
      if (listing.scenarios.length + listing.protocols.length + judges.length === 0) {
        const names = [...catalogue.map(({ name }) => name), ...protocols.flatMap(({ bugs }) => Object.keys(bugs))];
        throw new UsageError('nothing', `nothing has ${JSON.stringify(text)} in its name`, nearest(text ?? '', names));
      }
      if (flags.json === true) terminal.out(JSON.stringify(listing, null, 2));
      else terminal.out(listScreen(listing, text, terminal));
      done(EXIT.ok);
    });
}
