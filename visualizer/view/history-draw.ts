import type { ProcessId } from '../../engine/index.js';
import { abbreviateOperation, describeOperation, type Operation } from '../model/operations.js';
import type { RunModel } from '../model/run-model.js';
import type { Axis } from './axis.js';
import { OUTCOME_COLOURS } from './space-time-lanes.js';
import { GUTTER } from './space-time-geometry.js';
import type { Theme } from './theme.js';

export const HISTORY_ROW = 32;
const BAR = 20;

export interface HistoryRow {
  readonly process: ProcessId;
  readonly client: string | null;
  readonly operations: readonly Operation[];
}

/** One row a process, those of one client together, in the order of their first operation. */
export function historyRows(operations: readonly Operation[]): readonly HistoryRow[] {
  const rows = new Map<ProcessId, { process: ProcessId; client: string | null; operations: Operation[] }>();
  for (const operation of operations) {
    const row = rows.get(operation.process);
    if (row === undefined)
      rows.set(operation.process, { process: operation.process, client: operation.client, operations: [operation] });
    else row.operations.push(operation);
  }
  const clients = [...new Set(operations.map((operation) => operation.client))].sort((a, b) =>
    (a ?? '') < (b ?? '') ? -1 : 1,
  );
  return [...rows.values()].sort((a, b) => clients.indexOf(a.client) - clients.indexOf(b.client));
}

export interface HistoryFrame {
  readonly width: number;
  readonly height: number;
  /** How far the rows are scrolled, in pixels. */
  readonly top: number;
  x(coordinate: number): number;
}

export function historyFrame(axis: Axis, width: number, height: number, top: number): HistoryFrame {
  const from = axis.from.value;
  const scale = (width - GUTTER - 10) / (axis.to.value - from);
  return { width, height, top, x: (coordinate) => GUTTER + (coordinate - from) * scale };
}

export function drawHistory(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  rows: readonly HistoryRow[],
  frame: HistoryFrame,
  theme: Theme,
): void {
  for (const [index, row] of rows.entries()) {
    const y = index * HISTORY_ROW + HISTORY_ROW / 2 - frame.top;
    if (y < -HISTORY_ROW || y > frame.height + HISTORY_ROW) continue;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    context.font = `600 13px ${theme.sans}`;
    context.fillStyle = theme['--ink'];
    const name = row.client === null ? `process ${row.process}` : row.client;
    context.fillText(name, 4, row.client === null ? y : y - 6);
    if (row.client !== null) {
      context.font = `11px ${theme.sans}`;
      context.fillStyle = theme['--ink-2'];
      context.fillText(`process ${row.process}`, 4, y + 8);
    }
    context.fillStyle = theme['--line'];
    context.fillRect(GUTTER, y + HISTORY_ROW / 2 - 1, frame.width - GUTTER, 1);
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, frame.width - GUTTER, frame.height);
    context.clip();
    drawRow(context, model, axis, row, frame, y, theme);
    context.restore();
  }
}

function drawRow(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  row: HistoryRow,
  frame: HistoryFrame,
  y: number,
  theme: Theme,
): void {
  let skippedTo = -Infinity;
  for (const [index, operation] of row.operations.entries()) {
    const x0 = frame.x(axis.of(operation.beginsAt));
    const x1 = Math.max(x0 + 2, operation.outcome === 'unknown' ? frame.width : frame.x(axis.of(operation.endsAt)));
    if (x1 < GUTTER || x0 > frame.width) continue;
    const marked = model.marked.has(operation.invoke);
    // Zoomed far out, bars closer than a pixel to the last are one.
    if (!marked && x1 < skippedTo + 1) continue;
    skippedTo = x1;
    const next = row.operations[index + 1];
    const room = next === undefined ? frame.width : frame.x(axis.of(next.beginsAt));
    drawOperation(context, operation, marked, x0, x1, room, y, theme);
  }
}

function drawOperation(
  context: CanvasRenderingContext2D,
  operation: Operation,
  marked: boolean,
  x0: number,
  x1: number,
  room: number,
  y: number,
  theme: Theme,
): void {
  const colour = theme[marked ? '--bad' : OUTCOME_COLOURS[operation.outcome]];
  const top = y - BAR / 2;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.globalAlpha = operation.outcome === 'fail' ? 0.1 : 0.24;
  context.fillRect(x0, top, x1 - x0, BAR);
  context.globalAlpha = 1;
  context.lineWidth = marked ? 2.5 : 1.5;
  context.setLineDash(operation.outcome === 'unknown' ? [6, 4] : []);
  context.beginPath();
  context.moveTo(x1, top);
  context.lineTo(x0, top);
  context.lineTo(x0, top + BAR);
  context.lineTo(x1, top + BAR);
  if (operation.outcome !== 'unknown') context.closePath();
  context.stroke();
  context.setLineDash([]);
  context.fillRect(x0 - 1, top - 1, 3, BAR + 2);
  if (operation.outcome !== 'unknown') context.fillRect(x1 - 2, top - 1, 3, BAR + 2);

  const sign = marked ? '✗ ' : operation.outcome === 'fail' ? '⊘ ' : operation.outcome === 'unknown' ? '? ' : '';
  context.font = `${marked ? '700' : '500'} 12.5px ${theme.sans}`;
  context.textAlign = 'left';
  const inside = Math.max(x0, GUTTER) + 7;
  const texts = [`${sign}${describeOperation(operation)}`, `${sign}${abbreviateOperation(operation)}`];
  const within = (text: string): boolean => x1 - inside > context.measureText(text).width + 4;
  const beside = (text: string): boolean => marked || room - x1 - 6 > context.measureText(text).width + 4;
  const text = texts.find((candidate) => within(candidate) || beside(candidate));
  if (text === undefined) return;
  const fits = within(text);
  const at = fits ? inside : x1 + 6;
  if (!fits) {
    context.lineWidth = 4;
    context.strokeStyle = theme['--panel'];
    context.strokeText(text, at, y);
  }
  context.fillStyle = theme['--ink'];
  context.fillText(text, at, y);
}

export function operationAt(
  rows: readonly HistoryRow[],
  axis: Axis,
  frame: HistoryFrame,
  x: number,
  y: number,
): Operation | undefined {
  const row = rows[Math.floor((y + frame.top) / HISTORY_ROW)];
  return row?.operations.findLast((operation) => {
    const x0 = frame.x(axis.of(operation.beginsAt));
    const x1 = operation.outcome === 'unknown' ? frame.width : frame.x(axis.of(operation.endsAt));
    return x >= x0 - 4 && x <= Math.max(x1, x0) + 4;
  });
}
