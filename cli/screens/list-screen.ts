import type { Listing } from '../reports.js';
import type { Terminal } from '../terminal.js';
import { linesOf } from './layout.js';

const NAME_WIDTH_MAX = 44;

/** Scenarios that show a planted bug stand apart: they are for those who look for them. */
const isBugScenario = (name: string): boolean => name.includes('/bug-');

/** What there is to run; planted bugs and the scenarios that show them only where they were asked for. */
export function listScreen(listing: Listing, text: string | undefined, terminal: Terminal): string {
  const { paint } = terminal;
  const wide = Math.max(60, Math.min(terminal.columns, 140));
  const all = text !== undefined;
  const rows = (items: readonly (readonly [string, string])[]): string[] => {
    const width = Math.min(NAME_WIDTH_MAX, Math.max(0, ...items.map(([name]) => name.length)));
    const room = Math.max(20, wide - width - 4);
    return items.flatMap(([name, about]) => {
      // One line each in the long list; all of it where somebody asked for these.
      const told = all ? linesOf(about, room) : [fitted(about, room)];
      return told.map((line, i) => `  ${(i === 0 ? name : '').padEnd(width)}  ${paint('dim', line)}`);
    });
  };
  const lines: string[] = [];
  const scenarios = listing.scenarios.filter(({ name }) => !isBugScenario(name));
  const bugScenarios = listing.scenarios.filter(({ name }) => isBugScenario(name));
  const groups = new Set(scenarios.map(({ protocol }) => protocol));
  for (const group of groups) {
    const here = scenarios.filter(({ protocol }) => protocol === group);
    const source = listing.protocols.find(({ name }) => name === group)?.summary ?? '';
    lines.push(
      ...linesOf(source === '' ? group : `${group}   ${source}`, wide).map((line, i) =>
        i > 0 ? paint('dim', line) : `${paint('bold', group)}${paint('dim', line.slice(group.length))}`,
      ),
      ...rows(here.map(({ name, summary }) => [name, summary])),
      '',
    );
  }
  const planted = listing.protocols.flatMap(({ name, bugs }) => bugs.map((bug) => ({ ...bug, protocol: name })));
  if (all && bugScenarios.length > 0) {
    lines.push(
      `${paint('bold', 'Scenarios that show a planted bug')}${paint('dim', '   splitbrain run NAME --bug BUG')}`,
    );
    lines.push(...rows(bugScenarios.map(({ name, summary }) => [name, summary])), '');
  }
  if (all && planted.length > 0) {
    lines.push(`${paint('bold', 'Planted bugs')}${paint('dim', '   splitbrain fuzz SCENARIO --bug BUG')}`);
    lines.push(...rows(planted.map((bug) => [bug.name, `${bug.protocol}: ${bug.summary} → ${bug.property}`])), '');
  }
  if (!all) {
    lines.push(`${paint('bold', 'Models')}${paint('dim', '   splitbrain check FILE --model NAME')}`);
    lines.push(...rows(listing.models.map(({ name, summary }) => [name, summary])), '');
    const count = `${planted.length} planted bugs, and ${bugScenarios.length} scenarios that show them`;
    lines.push(
      `${count}: splitbrain list bug`,
      'Whole summaries:  splitbrain list raft',
      'Run one:  splitbrain run raft/leader-crash --seed 42',
    );
  }
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(20, width - 1)).trimEnd()}…`;
}
