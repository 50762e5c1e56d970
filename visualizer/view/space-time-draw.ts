import type { RunModel } from '../model/run-model.js';
import type { MessageLeg } from '../model/messages.js';
import type { Axis } from './axis.js';
import { drawFaults, drawLanes, drawLaneWords, drawTicks } from './space-time-lanes.js';
import { GUTTER, legSegment, type Geometry } from './space-time-geometry.js';
import { messageColourName, type ColourName, type Theme } from './theme.js';

/** More lines than this cannot be told apart; beyond it every k-th message is drawn, and the page says so. */
const LINES_MAX = 4_000;
const LOST_MAX = 1_500;
/** In a longer stretch the ticks of timers would be one dark band. */
const TICKS_EVENTS_MAX = 6_000;
/** Flags closer than this, in pixels, are drawn as one. */
const FLAG_WIDTH = 10;

/** What was drawn of how much. */
export interface Drawn {
  /** 1: every message; k: every k-th. */
  readonly stride: number;
  readonly messages: number;
}

/** Everything that does not move while the cursor does. */
export function drawSpaceTime(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): Drawn {
  drawTicks(context, axis, geometry, theme);
  drawFaults(context, model, axis, geometry, theme);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, geometry.width - GUTTER, geometry.height);
  context.clip();
  drawLanes(context, model, axis, geometry, theme);
  const drawn = drawMessages(context, model, axis, geometry, theme);
  drawPoints(context, model, axis, geometry, theme);
  drawLaneWords(context, model, axis, geometry, theme);
  context.restore();
  return drawn;
}

function drawMessages(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): Drawn {
  const legs: MessageLeg[] = [];
  let lost = 0;
  model.messages.overlapping(geometry.first - 1, geometry.last + 1, (leg) => {
    legs.push(leg);
    if (leg.outcome === 'lost') lost += 1;
  });
  const stride = Math.ceil(legs.length / LINES_MAX);
  const lostStride = Math.ceil(lost / LOST_MAX);
  const byColour = new Map<ColourName, MessageLeg[]>();
  const lostLegs: MessageLeg[] = [];
  for (const [index, leg] of legs.entries()) {
    if (leg.outcome === 'lost') {
      if (index % lostStride === 0) lostLegs.push(leg);
    } else if (index % stride === 0) {
      const colour = messageColourName(model.messages.types, leg.type);
      const group = byColour.get(colour);
      if (group === undefined) byColour.set(colour, [leg]);
      else group.push(leg);
    }
  }
  const few = legs.length < 260;
  context.lineWidth = few ? 1.4 : 1;
  context.globalAlpha = few ? 0.9 : legs.length < 1_200 ? 0.6 : 0.34;
  for (const [colour, group] of byColour) drawLegs(context, axis, geometry, group, theme[colour], few);
  context.globalAlpha = few ? 0.95 : 0.7;
  drawLost(context, axis, geometry, lostLegs, theme, few);
  context.globalAlpha = 1;
  if (legs.length < 48) drawLegNames(context, axis, geometry, legs, theme);
  return { stride, messages: legs.length };
}

function drawLegs(
  context: CanvasRenderingContext2D,
  axis: Axis,
  geometry: Geometry,
  legs: readonly MessageLeg[],
  colour: string,
  heads: boolean,
): void {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.beginPath();
  for (const leg of legs) {
    const segment = leg.outcome === 'delivered' ? legSegment(geometry, axis, leg) : undefined;
    if (segment === undefined) continue;
    context.moveTo(segment.x0, segment.y0);
    context.lineTo(segment.x1, segment.y1);
  }
  context.stroke();
  context.setLineDash([2, 4]);
  context.beginPath();
  for (const leg of legs) {
    const segment = leg.outcome === 'open' ? legSegment(geometry, axis, leg) : undefined;
    if (segment === undefined) continue;
    context.moveTo(segment.x0, segment.y0);
    context.lineTo(segment.x1, segment.y1);
  }
  context.stroke();
  context.setLineDash([]);
  if (!heads) return;
  context.beginPath();
  for (const leg of legs) {
    const segment = leg.outcome === 'delivered' ? legSegment(geometry, axis, leg) : undefined;
    if (segment === undefined) continue;
    const angle = Math.atan2(segment.y1 - segment.y0, segment.x1 - segment.x0);
    context.moveTo(segment.x1, segment.y1);
    context.lineTo(segment.x1 - 8 * Math.cos(angle - 0.36), segment.y1 - 8 * Math.sin(angle - 0.36));
    context.lineTo(segment.x1 - 8 * Math.cos(angle + 0.36), segment.y1 - 8 * Math.sin(angle + 0.36));
  }
  context.fill();
}

function drawLost(
  context: CanvasRenderingContext2D,
  axis: Axis,
  geometry: Geometry,
  legs: readonly MessageLeg[],
  theme: Theme,
  few: boolean,
): void {
  const size = few ? 4 : 2.6;
  const segments = legs.map((leg) => legSegment(geometry, axis, leg)).filter((segment) => segment !== undefined);
  context.strokeStyle = theme['--ink-3'];
  context.setLineDash([3, 3]);
  context.beginPath();
  for (const { x0, y0, x1, y1 } of segments) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = theme['--bad'];
  context.lineWidth = few ? 2 : 1.4;
  context.beginPath();
  for (const { x1, y1 } of segments) {
    context.moveTo(x1 - size, y1 - size);
    context.lineTo(x1 + size, y1 + size);
    context.moveTo(x1 + size, y1 - size);
    context.lineTo(x1 - size, y1 + size);
  }
  context.stroke();
}

/** Names along the lines, where there is room for them. */
function drawLegNames(
  context: CanvasRenderingContext2D,
  axis: Axis,
  geometry: Geometry,
  legs: readonly MessageLeg[],
  theme: Theme,
): void {
  context.font = `12px ${theme.sans}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const leg of legs) {
    const segment = legSegment(geometry, axis, leg);
    if (segment === undefined) continue;
    const length = Math.hypot(segment.x1 - segment.x0, segment.y1 - segment.y0);
    const width = context.measureText(leg.type).width;
    if (length < width + 40) continue;
    const middle = {
      x: segment.x0 + (segment.x1 - segment.x0) * 0.42,
      y: segment.y0 + (segment.y1 - segment.y0) * 0.42,
    };
    context.save();
    context.translate(middle.x, middle.y);
    context.rotate(Math.atan2(segment.y1 - segment.y0, segment.x1 - segment.x0));
    context.lineWidth = 4;
    context.strokeStyle = theme['--panel'];
    context.strokeText(leg.type, 0, 0);
    context.fillStyle = theme['--ink'];
    context.fillText(leg.type, 0, 0);
    context.restore();
  }
}

/** Timers as ticks, marks as flags, violations as signals across all lanes. At most one of a kind a pixel and lane. */
function drawPoints(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  const taken = new Set<string>();
  context.font = `12px ${theme.sans}`;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  const crowded = geometry.last - geometry.first > TICKS_EVENTS_MAX;
  const labelled = geometry.last - geometry.first < 900;
  const flags: { readonly x: number; readonly y: number; readonly name: string }[] = [];
  for (let at = geometry.first; at <= geometry.last; at += 1) {
    const event = model.events[at];
    if (event === undefined || event.node === null) continue;
    if (event.kind !== 'mark' && (event.kind !== 'timer' || crowded)) continue;
    const y = geometry.y(event.node);
    if (y === undefined) continue;
    const x = geometry.x(axis.of(at));
    const place = `${event.kind}${Math.round(event.kind === 'mark' ? x / FLAG_WIDTH : x)}/${y}`;
    if (taken.has(place)) continue;
    taken.add(place);
    if (event.kind === 'timer') {
      context.fillStyle = theme['--ink-2'];
      context.fillRect(x - 0.75, y - 9, 1.5, 9);
    } else flags.push({ x, y, name: event.name ?? '' });
  }
  for (const flag of flags) drawFlag(context, theme, flag.x, flag.y);
  if (labelled) nameFlags(context, theme, flags);
  drawViolations(context, model, axis, geometry, theme);
}

function drawFlag(context: CanvasRenderingContext2D, theme: Theme, x: number, y: number): void {
  context.fillStyle = theme['--accent'];
  context.fillRect(x - 0.75, y - 18, 1.5, 18);
  context.beginPath();
  context.moveTo(x, y - 18);
  context.lineTo(x + 9, y - 14.5);
  context.lineTo(x, y - 11);
  context.fill();
}

/** A flag's name where it meets neither the next flag nor the last name on its lane. */
function nameFlags(
  context: CanvasRenderingContext2D,
  theme: Theme,
  flags: readonly { readonly x: number; readonly y: number; readonly name: string }[],
): void {
  const ends = new Map<number, number>();
  for (const [index, flag] of flags.entries()) {
    if (flag.x < (ends.get(flag.y) ?? -Infinity)) continue;
    const next = flags.slice(index + 1, index + 40).find((other) => other.y === flag.y && other.x > flag.x + 2);
    const width = context.measureText(flag.name).width;
    if (next !== undefined && next.x < flag.x + width + 16) continue;
    ends.set(flag.y, flag.x + width + 16);
    context.lineWidth = 4;
    context.strokeStyle = theme['--panel'];
    context.strokeText(flag.name, flag.x + 12, flag.y - 10);
    context.fillStyle = theme['--ink'];
    context.fillText(flag.name, flag.x + 12, flag.y - 10);
  }
}

function drawViolations(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
): void {
  for (const item of model.story) {
    if (item.kind !== 'violation' || item.at < geometry.first || item.at > geometry.last) continue;
    const x = geometry.x(axis.of(item.at));
    context.strokeStyle = theme['--bad'];
    context.fillStyle = theme['--bad'];
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, geometry.axisHeight);
    context.lineTo(x, geometry.height - 4);
    context.stroke();
    context.beginPath();
    context.moveTo(x, geometry.axisHeight - 4);
    context.lineTo(x + 7, geometry.axisHeight - 17);
    context.lineTo(x - 7, geometry.axisHeight - 17);
    context.fill();
  }
}
