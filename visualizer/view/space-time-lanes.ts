import type { RunModel } from '../model/run-model.js';
import type { Axis } from './axis.js';
import { GUTTER, type Geometry } from './space-time-geometry.js';
import { axisLabel, roundStep } from './time-ticks.js';
import type { ColourName, Theme } from './theme.js';

/** Room that a tick's label takes, in pixels. */
const TICK_WIDTH = 96;

export function drawTicks(context: CanvasRenderingContext2D, axis: Axis, geometry: Geometry, theme: Theme): void {
  const from = axis.from.value;
  const to = axis.to.value;
  const step = roundStep(to - from, (geometry.width - GUTTER) / TICK_WIDTH, 1);
  context.font = `12px ${theme.sans}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.fillStyle = theme['--line'];
  for (let tick = Math.ceil(Math.max(0, from) / step) * step; tick <= Math.min(to, axis.end.value); tick += step) {
    const x = geometry.x(tick);
    context.fillStyle = theme['--line'];
    context.fillRect(x, geometry.axisHeight - 5, 1, geometry.height - geometry.axisHeight + 5);
    context.fillStyle = theme['--ink-2'];
    const label = axis.mode.value === 'time' ? axisLabel(tick, step) : `#${tick}`;
    // Whole at both ends, beside its line where there is no room around it.
    const half = context.measureText(label).width / 2;
    context.fillText(label, Math.min(Math.max(x, GUTTER + 18), geometry.width - half), geometry.axisHeight / 2);
  }
}

export function drawFaults(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, geometry.width - GUTTER, geometry.height);
  context.clip();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const [index, band] of model.faults.entries()) {
    if (band.endsAt < geometry.first || band.beginsAt > geometry.last) continue;
    const x0 = geometry.x(axis.of(band.beginsAt));
    const x1 = Math.max(x0 + 3, geometry.x(axis.of(band.endsAt)));
    const row = (model.faultRows[index] ?? 0) % geometry.faultRows;
    const y = geometry.faultTop + row * geometry.faultRow;
    context.fillStyle = theme['--fault'];
    context.globalAlpha = 0.09;
    if (band.groups.length > 0 || band.nodes.length === 0) {
      context.fillRect(x0, geometry.lanesTop, x1 - x0, model.nodes.length * geometry.laneHeight);
    } else {
      for (const node of band.nodes) {
        const middle = geometry.y(node);
        if (middle !== undefined) context.fillRect(x0, middle - geometry.laneHeight / 2, x1 - x0, geometry.laneHeight);
      }
    }
    context.globalAlpha = 0.2;
    context.fillRect(x0, y, x1 - x0, geometry.faultRow - 4);
    context.globalAlpha = 1;
    context.fillRect(x0, y, 3, geometry.faultRow - 4);
    labelInside(context, theme, band.says, x0 + 8, y + (geometry.faultRow - 4) / 2, x1 - 6);
  }
  context.restore();
}

/** Text that stays readable when its band begins left of the edge, and is left out where it does not fit. */
function labelInside(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  from: number,
  y: number,
  to: number,
): void {
  const left = Math.max(from, GUTTER + 6);
  const room = to - left;
  if (room < 24) return;
  context.font = `12px ${theme.sans}`;
  let shown = text;
  if (context.measureText(shown).width > room) {
    while (shown.length > 2 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -1);
    if (shown.length < 4) return;
    shown = `${shown}…`;
  }
  context.fillStyle = theme['--ink'];
  context.fillText(shown, left, y);
}

export function drawLanes(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  for (const node of model.nodes) {
    drawStatuses(context, model, axis, geometry, theme, node);
    drawRoles(context, model, axis, geometry, theme, node);
  }
  for (const client of model.clients) {
    const y = geometry.y(client);
    if (y === undefined) continue;
    context.fillStyle = theme['--line-2'];
    context.fillRect(GUTTER, y - 0.5, geometry.width - GUTTER, 1);
  }
  drawClientOperations(context, model, axis, geometry, theme);
}

function drawStatuses(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
  node: string,
): void {
  const y = geometry.y(node);
  if (y === undefined) return;
  for (const span of model.lanes.get(node)?.statuses ?? []) {
    if (span.to < geometry.first || span.from > geometry.last) continue;
    const x0 = Math.max(geometry.x(axis.of(span.from)), GUTTER - 4);
    const x1 = Math.min(geometry.x(axis.of(span.to)), geometry.width + 4);
    context.strokeStyle = span.status === 'up' ? theme['--ink-3'] : theme['--line-2'];
    context.lineWidth = 1.5;
    context.setLineDash(span.status === 'up' ? [] : span.status === 'paused' ? [8, 5] : [1.5, 6]);
    context.beginPath();
    context.moveTo(x0, y);
    context.lineTo(x1, y);
    context.stroke();
    context.setLineDash([]);
    if (span.status === 'down') drawCrash(context, theme, geometry.x(axis.of(span.from)), y);
  }
}

function drawCrash(context: CanvasRenderingContext2D, theme: Theme, x: number, y: number): void {
  context.strokeStyle = theme['--bad'];
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(x - 5, y - 5);
  context.lineTo(x + 5, y + 5);
  context.moveTo(x + 5, y - 5);
  context.lineTo(x - 5, y + 5);
  context.stroke();
}

function drawRoles(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
  node: string,
): void {
  const y = geometry.y(node);
  if (y === undefined) return;
  for (const span of model.lanes.get(node)?.roles ?? []) {
    if (span.to < geometry.first || span.from > geometry.last) continue;
    const style = model.roles.get(span.role.name);
    if (style === undefined || style.shape === 'circle') continue;
    const x0 = Math.max(geometry.x(axis.of(span.from)), GUTTER - 20);
    const x1 = Math.min(Math.max(x0 + 2, geometry.x(axis.of(span.to))), geometry.width + 20);
    const half = style.leads ? 8 : 5;
    context.fillStyle = theme[style.colour];
    context.globalAlpha = style.leads ? 0.9 : 0.75;
    context.beginPath();
    context.roundRect(x0, y - half, x1 - x0, half * 2, 4);
    context.fill();
    context.globalAlpha = 1;
  }
}

/** Words on lanes, drawn last so that no line crosses them. */
export function drawLaneWords(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const node of model.nodes) {
    const y = geometry.y(node);
    if (y === undefined) continue;
    for (const span of model.lanes.get(node)?.roles ?? []) {
      const style = model.roles.get(span.role.name);
      if (style?.leads !== true || span.to < geometry.first || span.from > geometry.last) continue;
      const term = span.role.term === undefined ? '' : `  term ${span.role.term}`;
      const left = Math.max(geometry.x(axis.of(span.from)), GUTTER);
      const room = Math.min(geometry.x(axis.of(span.to)), geometry.width) - left;
      context.font = `650 12px ${theme.sans}`;
      words(context, `${span.role.name}${term}`, left + 8, y, room - 10, theme[style.colour], theme['--on-role']);
    }
    for (const span of model.lanes.get(node)?.statuses ?? []) {
      if (span.to < geometry.first || span.from > geometry.last) continue;
      if (span.status !== 'down' && span.status !== 'paused') continue;
      const left = Math.max(geometry.x(axis.of(span.from)), GUTTER);
      const room = Math.min(geometry.x(axis.of(span.to)), geometry.width) - left;
      context.font = `12px ${theme.sans}`;
      words(context, span.status, left + 10, y, room - 12, theme['--panel'], theme['--ink-2']);
    }
  }
}

function words(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  room: number,
  ground: string,
  ink: string,
): void {
  const width = context.measureText(text).width;
  if (width + 8 > room) return;
  context.fillStyle = ground;
  context.fillRect(x - 4, y - 7, width + 8, 14);
  context.fillStyle = ink;
  context.fillText(text, x, y + 0.5);
}

export const OUTCOME_COLOURS: Readonly<Record<'ok' | 'fail' | 'unknown', ColourName>> = {
  ok: '--ok',
  fail: '--fail',
  unknown: '--unknown',
};

function drawClientOperations(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  for (const operation of model.operations) {
    if (operation.client === null || operation.endsAt < geometry.first || operation.beginsAt > geometry.last) continue;
    const y = geometry.y(operation.client);
    if (y === undefined) continue;
    // An operation that nobody answered ends on no lane; a short tail says that it went on.
    const x0 = geometry.x(axis.of(operation.beginsAt));
    const open = operation.outcome === 'unknown';
    const x1 = open ? x0 + 16 : geometry.x(axis.of(operation.endsAt));
    context.fillStyle = theme[model.marked.has(operation.invoke) ? '--bad' : OUTCOME_COLOURS[operation.outcome]];
    context.beginPath();
    context.roundRect(x0, y - 4, Math.max(3, x1 - x0), 8, 3);
    context.fill();
  }
}
