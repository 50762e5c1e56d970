import type { ShownOperation } from '../linearizability/verdict.js';
import { legible } from './legible.js';
import type { Painter } from './paint.js';

const MARGIN = '    ';
const OPERATIONS_SHOWN = 16;

/** Operations to draw, and the one that stands out. */
export interface Drawn {
  readonly part: readonly ShownOperation[];
  /** What returns after this place of the history runs on to the right. */
  readonly cut: number;
  /** By the `index` of its invocation; -1 for none. */
  readonly fitsNowhere: number;
  readonly why: string;
}

/**
 * Draws operations as bars over time, one a line, in the order of their calls. Places are in the order of what happened, not
 * to scale: what matters is which bar ends before which begins. A bar that never ends runs on to the right.
 */
export function drawBars(evidence: Drawn, paint: Painter, columnsMax: number): string[] {
  const shown = chosen(evidence);
  const names = shown.map((operation) => legible(operation.node ?? `p${operation.process}`));
  const nameWidth = Math.max(...names.map((name) => name.length));
  const inside = layout(shown, evidence.cut, (operation) => label(operation).length + 4);
  const fits = MARGIN.length + nameWidth + 1 + inside.width + 6 <= columnsMax;
  const places = fits ? inside : layout(shown, evidence.cut, () => 2);
  const lines = shown.map((operation, i) => {
    const bar = fits ? labelled(operation, places, i) : bare(operation, places, i);
    const at = operation.id === evidence.fitsNowhere;
    const text = `${MARGIN}${(names[i] as string).padEnd(nameWidth)} ${bar}`.trimEnd();
    return at ? `${paint.bad(text)}      ${evidence.why}` : text;
  });
  const hidden = evidence.part.length - shown.length;
  return hidden === 0 ? lines : [paint.dim(`${MARGIN}… ${hidden} more before these`), ...lines];
}

/** The last ones, and always the one that fits nowhere. */
function chosen(evidence: Drawn): readonly ShownOperation[] {
  const last = evidence.part.slice(-OPERATIONS_SHOWN);
  if (evidence.fitsNowhere === -1 || last.some((operation) => operation.id === evidence.fitsNowhere)) return last;
  return [...evidence.part.filter((operation) => operation.id === evidence.fitsNowhere), ...last.slice(1)];
}

interface Layout {
  readonly from: readonly number[];
  /** Infinity for what has not returned. */
  readonly to: readonly number[];
  readonly width: number;
}

/** Columns for calls and returns that keep their order and leave each bar room for what stands in it. */
function layout(shown: readonly ShownOperation[], cut: number, room: (operation: ShownOperation) => number): Layout {
  const from: number[] = [];
  const to: number[] = [];
  const events = shown.flatMap((operation, i) => [
    { at: operation.call, i, ends: false },
    ...(returnedBy(operation, cut) ? [{ at: operation.return as number, i, ends: true }] : []),
  ]);
  let column = -1;
  for (const { i, ends } of events.sort((a, b) => a.at - b.at)) {
    column++;
    if (ends) column = Math.max(column, (from[i] as number) + room(shown[i] as ShownOperation) + 1);
    (ends ? to : from)[i] = column;
  }
  for (const [i, operation] of shown.entries()) {
    if (returnedBy(operation, cut)) continue;
    to[i] = Infinity;
    column = Math.max(column, (from[i] as number) + room(operation) + 1);
  }
  return { from, to, width: column + 1 };
}

function returnedBy(operation: ShownOperation, cut: number): boolean {
  return operation.return !== null && operation.return <= cut;
}

function label(operation: ShownOperation): string {
  if (operation.outcome === 'unknown') return `${operation.text} ?`;
  if (operation.outcome === 'open') return operation.text;
  return operation.output !== undefined && operation.text.includes('→ ') ? operation.text : `${operation.text} ok`;
}

function labelled(operation: ShownOperation, places: Layout, i: number): string {
  const from = places.from[i] as number;
  const to = places.to[i] as number;
  const end = Math.min(to, places.width - 1);
  const text = ` ${label(operation)} `;
  const room = end - from - 1 - text.length;
  const left = Math.floor(room / 2);
  return `${' '.repeat(from)}|${'—'.repeat(left)}${text}${'—'.repeat(room - left)}${to === Infinity ? '…' : '|'}`;
}

function bare(operation: ShownOperation, places: Layout, i: number): string {
  const from = places.from[i] as number;
  const to = places.to[i] as number;
  const end = Math.min(to, places.width - 1);
  const bar = `${' '.repeat(from)}|${'—'.repeat(end - from - 1)}${to === Infinity ? '…' : '|'}`;
  return `${bar.padEnd(places.width)}  ${label(operation)}`;
}
