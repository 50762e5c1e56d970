import type { Evidence, KeyVerdict, LinearizabilityResult } from '../linearizability/verdict.js';
import { showValue } from '../values.js';
import { drawBars } from './bars.js';
import { painter, type Painter } from './paint.js';
import { endedAfter } from './spent.js';

export interface FormatOptions {
  /** With ANSI colours. */
  readonly colour?: boolean;
  /** How wide a drawing may be, in characters. */
  readonly columnsMax?: number;
}

const KEYS_SHOWN = 5;
const COLUMNS_MAX = 120;

/** The verdict as a person reads it, several lines without a line end at the last: the evidence first. */
export function formatVerdict(result: LinearizabilityResult, options: FormatOptions = {}): string {
  const paint = painter(options.colour === true);
  const counted = `${result.operations} operations, model ${result.model}`;
  if (result.verdict === 'ok') {
    const keys = result.keys.length === 1 ? '' : `, ${result.keys.length} keys`;
    return `${paint.good('✓')} linearizable   ${paint.dim(counted + keys)}`;
  }
  if (result.verdict === 'undecided') return undecided(result, paint, counted);
  const violated = result.keys.filter((key) => key.verdict === 'violation');
  const parts = violated
    .slice(0, KEYS_SHOWN)
    .map((key) => violation(key, paint, counted, options.columnsMax ?? COLUMNS_MAX));
  if (violated.length > KEYS_SHOWN) parts.push(`  and ${violated.length - KEYS_SHOWN} more keys`);
  return parts.join('\n');
}

function undecided(result: LinearizabilityResult, paint: Painter, counted: string): string {
  const open = result.keys.filter((key) => key.verdict === 'undecided');
  const lines = open.slice(0, KEYS_SHOWN).map((key) => {
    return `    ${named(key)}the first ${key.returnedBefore ?? 0} of ${key.operations} operations to return can be ordered; the rest is open${standing(key)}`;
  });
  const head = `${paint.unsure('?')} undecided: ${endedAfter(result.exhausted ?? 'steps', result)}   ${paint.dim(counted)}`;
  return [head, ...lines].join('\n');
}

/** What may hold where the frontier stood. */
function standing({ frontier }: KeyVerdict): string {
  const first = frontier?.shown[0];
  if (frontier === undefined || first === undefined) return '';
  const { configurations } = frontier;
  const more = configurations === 1 ? '' : `, or one of ${configurations - 1} others`;
  return `; the state there may be ${first.state}${more}`;
}

function named(key: KeyVerdict): string {
  return key.key === undefined ? '' : `key ${showValue(key.key)}: `;
}

function violation(key: KeyVerdict, paint: Painter, counted: string, columnsMax: number): string {
  const where = key.key === undefined ? '' : ` (key ${showValue(key.key)})`;
  const head = `${paint.bad('✗')} not linearizable${where}   ${paint.dim(counted)}`;
  if (key.evidence === undefined) return head;
  const { evidence } = key;
  return [
    head,
    ...drawBars(evidence, paint, columnsMax),
    ...longest(evidence, paint),
    footing(key, evidence, paint),
  ].join('\n');
}

const ORDER_SHOWN = 8;

function longest(evidence: Evidence, paint: Painter): string[] {
  const best = evidence.longest[0];
  if (best === undefined) return [];
  const texts = new Map([...evidence.part, ...evidence.free].map((operation) => [operation.id, operation.text]));
  const names = best.order.map((id) => texts.get(id) ?? String(id));
  const shown =
    names.length > ORDER_SHOWN ? [`… ${names.length - ORDER_SHOWN} more`, ...names.slice(-ORDER_SHOWN)] : names;
  const more = evidence.longest.length - 1;
  const others = more === 0 ? '' : `   (and ${more} more such order${more === 1 ? '' : 's'})`;
  const order = shown.length === 0 ? 'nothing' : shown.join(', ');
  return [paint.dim(`  the longest order that fits: ${order}; then the state is ${best.state}${others}`)];
}

function footing(key: KeyVerdict, evidence: Evidence, paint: Painter): string {
  const size = evidence.part.length;
  const free = evidence.free.length === 0 ? '' : `, and ${evidence.free.length} as if never answered`;
  const kept = size === key.operations ? `all ${size} operations` : `${size} of ${key.operations} operations${free}`;
  const rest = evidence.minimal ? 'already not linearizable without the others' : 'perhaps not the smallest such part';
  return paint.dim(`  ${kept}${size === key.operations ? '' : `: ${rest}`}`);
}
