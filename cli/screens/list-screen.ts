import type { Listing } from '../reports.js';
import type { Terminal } from '../terminal.js';
import { linesOf } from './layout.js';

const NAME_WIDTH_MAX = 44;

/** Scenarios that show a planted bug stand apart: they are for those who look for them. */
const isBugScenario = (name: string): boolean => name.includes('/bug-');

/** What there is to run: names alone at first, and all about those that were asked for. */
export function listScreen(listing: Listing, text: string | undefined, terminal: Terminal): string {
  const lines = text === undefined ? overview(listing, terminal) : details(listing, text, terminal);
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

type Scenarios = Listing['scenarios'];

function byProtocol(scenarios: Scenarios): [protocol: string, Scenarios][] {
  const groups = new Map<string, Scenarios[number][]>();
  for (const scenario of scenarios) groups.set(scenario.protocol, [...(groups.get(scenario.protocol) ?? []), scenario]);
  return [...groups];
}

/** One screen or two: what protocols there are, and what their scenarios are called. */
function overview(listing: Listing, terminal: Terminal): string[] {
  const { paint } = terminal;
  const wide = widthOf(terminal);
  const lines: string[] = [];
  const scenarios = listing.scenarios.filter(({ name }) => !isBugScenario(name));
  for (const [protocol, here] of byProtocol(scenarios)) {
    lines.push(...headline(protocol, listing, terminal), ...names(protocol, here, wide), '');
  }
  lines.push(
    `${paint('bold', 'Models')}${paint('dim', '   splitbrain check FILE --model NAME')}`,
    ...indented(listing.models.map(({ name }) => name).join(', '), wide),
    '',
    `${paint('bold', 'Consistency and isolation')}${paint('dim', '   splitbrain check FILE --consistency NAME')}`,
    ...indented(listing.consistency.map(({ name }) => name).join(', '), wide),
    '',
  );
  const planted = listing.protocols.reduce((sum, { bugs }) => sum + bugs.length, 0);
  const rows: [string, string][] = [
    ['splitbrain list raft', `what each of them shows (${scenarios.length} in all)`],
    ['splitbrain list bug', `published mistakes to switch on (${planted})`],
    ['splitbrain run raft/leader-crash', 'runs one'],
  ];
  const width = Math.max(...rows.map(([command]) => command.length));
  lines.push(...rows.map(([command, about]) => `  ${command.padEnd(width)}   ${paint('dim', about)}`));
  return lines;
}

/** A protocol's own scenarios without its name before each; those of another folder in full. */
function names(protocol: string, scenarios: Scenarios, wide: number): string[] {
  const prefix = `${protocol}/`;
  const short = scenarios.map(({ name }) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  return indented(`${prefix} ${short.join(', ')}`, wide);
}

function indented(text: string, wide: number): string[] {
  return linesOf(text, wide - 2).map((line) => `  ${line}`);
}

function details(listing: Listing, text: string, terminal: Terminal): string[] {
  const { paint } = terminal;
  const rows = (items: readonly (readonly [string, string])[]): string[] => table(items, terminal);
  const lines: string[] = [];
  const bugScenarios = listing.scenarios.filter(({ name }) => isBugScenario(name));
  for (const [protocol, here] of byProtocol(listing.scenarios.filter(({ name }) => !isBugScenario(name)))) {
    lines.push(...headline(protocol, listing, terminal), ...rows(here.map(({ name, summary }) => [name, summary])), '');
  }
  if (bugScenarios.length > 0) {
    lines.push(
      `${paint('bold', 'Scenarios that show a planted bug')}${paint('dim', '   splitbrain run NAME --bug BUG')}`,
      ...rows(bugScenarios.map(({ name, summary }) => [name, summary])),
      '',
    );
  }
  const planted = listing.protocols.flatMap(({ name, bugs }) => bugs.map((bug) => ({ ...bug, protocol: name })));
  if (planted.length > 0) {
    lines.push(
      `${paint('bold', 'Planted bugs')}${paint('dim', '   splitbrain fuzz SCENARIO --bug BUG')}`,
      ...rows(planted.map((bug) => [bug.name, `${bug.protocol}: ${bug.summary} → ${bug.property}`])),
      '',
    );
  }
  const judges = [...listing.models, ...listing.consistency].filter(({ name }) => name.includes(text));
  if (judges.length > 0) {
    lines.push(
      `${paint('bold', 'Models and levels')}${paint('dim', '   splitbrain check FILE --model NAME --consistency NAME')}`,
      ...rows(judges.map(({ name, summary }) => [name, summary])),
    );
  }
  return lines;
}

/** A protocol's name and what it is. */
function headline(protocol: string, { protocols }: Listing, { paint, columns }: Terminal): string[] {
  const summary = protocols.find(({ name }) => name === protocol)?.summary ?? '';
  const [first = '', ...rest] = linesOf(summary === '' ? protocol : `${protocol}   ${summary}`, widthOf({ columns }));
  const painted = `${paint('bold', protocol)}${paint('dim', first.slice(protocol.length))}`;
  return [painted, ...rest.map((line) => paint('dim', line))];
}

/** Names, and what there is to say about each beside them. */
function table(items: readonly (readonly [string, string])[], terminal: Terminal): string[] {
  const width = Math.min(NAME_WIDTH_MAX, Math.max(0, ...items.map(([name]) => name.length)));
  const room = Math.max(20, widthOf(terminal) - width - 4);
  return items.flatMap(([name, about]) =>
    linesOf(about, room).map((line, i) => `  ${(i === 0 ? name : '').padEnd(width)}  ${terminal.paint('dim', line)}`),
  );
}

function widthOf({ columns }: Pick<Terminal, 'columns'>): number {
  return Math.max(60, Math.min(columns, 140));
}
