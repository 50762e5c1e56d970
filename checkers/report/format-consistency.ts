import type { ConsistencyResult, LevelVerdict } from '../consistency/consistency.js';
import type { Unjudged } from '../consistency/judge.js';
import type { LevelEvidence } from '../consistency/evidence.js';
import { consistencyLevels, type ConsistencyLevel } from '../consistency/levels.js';
import { drawBars } from './bars.js';
import { formatVerdict, type FormatOptions } from './format-verdict.js';
import { painter, type Painter } from './paint.js';
import { endedAfter } from './spent.js';

const COLUMNS_MAX = 120;
const NAME_WIDTH = 20;

const BROKEN_NAMED = 3;
const OTHER_OPERATIONS = 'judged on reads and writes of values that are written once, and this history has others';

/** What holds and what breaks, as a person reads it: the levels first where several were asked for, then the evidence. */
export function formatConsistency(result: ConsistencyResult, options: FormatOptions = {}): string {
  const paint = painter(options.colour === true);
  const counted = paint.dim(`${result.operations} operations, model ${result.model}`);
  const lines: string[] = [];
  const [only] = result.levels;
  if (result.levels.length > 1) {
    lines.push(
      `${mark(result.verdict, paint)} ${headline(result)}   ${counted}`,
      ...result.levels.filter(({ unjudged }) => unjudged !== 'operations').map((one) => row(one, paint)),
      ...ofOtherOperations(result, paint, options.columnsMax ?? COLUMNS_MAX),
      ...measured(result, paint),
    );
  } else if (only !== undefined && only.verdict !== 'violation') {
    const open = only.unjudged === undefined ? '' : ` undecided: ${whyOpen(only, only.unjudged)}`;
    lines.push(
      `${mark(only.verdict, paint)} ${only.level}${open}   ${counted}`,
      ...(isMeasured(only.level) ? measured(result, paint) : []),
    );
  }
  for (const one of result.levels) {
    if (one.verdict !== 'violation' || one.follows !== undefined) continue;
    if (one.level === 'linearizable' && result.linearizability !== undefined)
      lines.push(formatVerdict(result.linearizability, options));
    else lines.push(...violation(one, paint, counted, options.columnsMax ?? COLUMNS_MAX));
  }
  return lines.join('\n');
}

function isMeasured(level: ConsistencyLevel): boolean {
  return level === 'bounded-staleness' || level === 'eventual' || level === 'strong-eventual';
}

function mark(verdict: LevelVerdict['verdict'], paint: Painter): string {
  return verdict === 'ok' ? paint.good('✓') : verdict === 'violation' ? paint.bad('✗') : paint.unsure('?');
}

/** What is broken, of the weakest, and the strongest that holds. */
function headline({ verdict, strongest, levels }: ConsistencyResult): string {
  if (verdict === 'ok') return `holds: ${strongest.join(', ')}`;
  const broken = levels.filter((one) => one.verdict === 'violation' && one.follows === undefined);
  const named = broken.slice(0, BROKEN_NAMED).map(({ level }) => level);
  const more = broken.length > named.length ? ` and ${broken.length - named.length} more` : '';
  const what = verdict === 'violation' ? `not ${named.join(', ')}${more}` : 'undecided';
  if (strongest.length > 0) return `${what}; the strongest that holds: ${strongest.join(', ')}`;
  return `${what}; nothing ${levels.every((one) => one.verdict === 'violation') ? 'holds' : 'is known to hold'}`;
}

function whyOpen({ spent, longest }: LevelVerdict, unjudged: Unjudged): string {
  if (unjudged === 'operations') return `it is ${OTHER_OPERATIONS}`;
  if (unjudged === 'no-late-reads') return 'nobody can tell: nothing was read after the last write had ended';
  const order = longest && `; the longest order found has ${longest.operations} of ${longest.of} operations`;
  return `${endedAfter(unjudged, spent)}${order ?? ''}`;
}

/** The levels that cannot be judged for what the clients did, all at once. */
function ofOtherOperations({ levels }: ConsistencyResult, paint: Painter, columnsMax: number): string[] {
  const names = levels.filter(({ unjudged }) => unjudged === 'operations').map(({ level }) => level);
  if (names.length === 0) return [];
  const lines = [''];
  for (const [i, name] of names.entries()) {
    const text = `${name}${i === names.length - 1 ? '' : ', '}`;
    if (`    ${lines.at(-1)}${text}`.length > columnsMax) lines.push('');
    lines[lines.length - 1] += text;
  }
  const [first = '', ...rest] = lines.map((line) => line.trimEnd());
  return [
    `  ${mark('undecided', paint)} ${first}`,
    ...rest.map((line) => `    ${line}`),
    paint.dim(`    ${names.length === 1 ? 'is' : 'are'} ${OTHER_OPERATIONS}`),
  ];
}

function row(one: LevelVerdict, paint: Painter): string {
  const { level, verdict, follows, unjudged } = one;
  const why =
    unjudged !== undefined
      ? whyOpen(one, unjudged)
      : follows === undefined
        ? consistencyLevels[level].says
        : verdict === 'ok'
          ? `follows from ${follows}`
          : `falls with ${follows}`;
  return `  ${mark(verdict, paint)} ${level.padEnd(NAME_WIDTH)} ${paint.dim(why)}`;
}

function measured({ staleness, convergence }: ConsistencyResult, paint: Painter): string[] {
  const lines: string[] = [];
  if (staleness !== null) {
    const { staleReads, reads, versions, us } = staleness;
    const worst =
      staleReads === 0 ? '' : `, at most ${versions} version${versions === 1 ? '' : 's'} and ${ms(us)} (at the least)`;
    lines.push(paint.dim(`  ${staleReads} of ${reads} reads were behind${worst}`));
  }
  if (convergence !== null && convergence.keysRead > 0) {
    const { keysRead, keys, us } = convergence;
    lines.push(
      paint.dim(
        `  ${keysRead} of ${keys} keys were read after their last write; the last answer that was not the final one: ${us === 0 ? 'none' : `${ms(us)} after it`}`,
      ),
    );
  }
  return lines;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(3)} ms`;
}

function violation(one: LevelVerdict, paint: Painter, counted: string, columnsMax: number): string[] {
  const head = `${paint.bad('✗')} not ${one.level}   ${counted}`;
  const { evidence } = one;
  if (evidence === undefined) return [head];
  const drawn = { part: evidence.operations, cut: Infinity, fitsNowhere: -1, why: '' };
  return [head, ...drawBars(drawn, paint, columnsMax), ...because(evidence, paint)];
}

function because({ pattern, says, steps, operations, minimal }: LevelEvidence, paint: Painter): string[] {
  const size = paint.dim(
    `  ${operations.length} operation${operations.length === 1 ? '' : 's'}${minimal ? ', none of which can be left out' : ''}`,
  );
  if (steps.length === 0) return [`  ${paint.bad(pattern)}: ${says}`, size];
  const texts = new Map(operations.map((operation) => [operation.id, operation.text]));
  return [
    `  ${paint.bad(pattern)}: what must come before what goes round in a circle`,
    ...steps.map(
      (step) =>
        `    ${texts.get(step.from) ?? String(step.from)}  →  ${texts.get(step.to) ?? String(step.to)}   ${paint.dim(step.says)}`,
    ),
    size,
  ];
}
