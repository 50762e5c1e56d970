import type { RunModel } from '../model/run-model.js';
import type { ClusterImage } from '../model/node-states.js';
import type { MessageLeg } from '../model/messages.js';
import type { Axis } from './axis.js';
import type { Player } from './player.js';
import { shapePoints } from './shapes.js';
import { distanceToSegment, GUTTER, legSegment, type Geometry, type Segment } from './space-time-geometry.js';
import type { Theme } from './theme.js';

/** What the pointer is on: an event, and the message's line if it is one. */
export interface Hit {
  readonly at: number;
  readonly leg: MessageLeg | null;
}

/** Everything that moves with the cursor or the pointer. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  player: Player,
  geometry: Geometry,
  theme: Theme,
  hover: Hit | null,
): void {
  drawLaneNames(context, model, player.image.value, geometry, theme);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, geometry.width - GUTTER, geometry.height);
  context.clip();
  drawChain(context, model, axis, geometry, theme, player.chain.value);
  if (hover !== null && hover.leg !== null) {
    const segment = legSegment(geometry, axis, hover.leg);
    if (segment !== undefined) strokeSegment(context, segment, theme['--ink'], 2.5);
  } else if (hover !== null) ring(context, model, axis, geometry, theme['--ink'], hover.at, 6);
  drawCursor(context, model, axis, player, geometry, theme);
  context.restore();
}

export function cursorCoordinate(model: RunModel, axis: Axis, player: Player): number {
  const cursor = player.cursor.value;
  return player.now.value === model.timeOf(cursor) ? axis.of(cursor) : axis.ofTime(player.now.value);
}

function drawCursor(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  player: Player,
  geometry: Geometry,
  theme: Theme,
): void {
  const x = geometry.x(cursorCoordinate(model, axis, player));
  context.fillStyle = theme['--accent'];
  context.fillRect(x - 1, 0, 2, geometry.height);
  context.beginPath();
  context.roundRect(x - 6, 1, 12, 9, 3);
  context.fill();
  if (!player.playing.value) ring(context, model, axis, geometry, theme['--accent'], player.cursor.value, 7);
}

function ring(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  colour: string,
  at: number,
  radius: number,
): void {
  const node = model.events[at]?.node;
  const y = node === null || node === undefined ? undefined : geometry.y(node);
  if (y === undefined) return;
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  context.arc(geometry.x(axis.of(at)), y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function strokeSegment(context: CanvasRenderingContext2D, segment: Segment, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(segment.x0, segment.y0);
  context.lineTo(segment.x1, segment.y1);
  context.stroke();
}

/** The way back from the cursor's event to what set it off: along messages and lanes. */
function drawChain(
  context: CanvasRenderingContext2D,
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  theme: Theme,
  chain: readonly number[],
): void {
  if (chain.length < 2) return;
  const segments: Segment[] = [];
  for (const [index, at] of chain.entries()) {
    const next = chain[index + 1];
    if (next === undefined) break;
    const leg = model.messages.endedBy.get(at);
    const along = leg !== undefined && leg.sentAt >= next ? legSegment(geometry, axis, leg) : undefined;
    const segment = along ?? between(model, axis, geometry, next, at);
    if (segment !== undefined) segments.push(segment);
  }
  context.lineCap = 'round';
  for (const segment of segments) strokeSegment(context, segment, theme['--panel'], 7);
  for (const segment of segments) strokeSegment(context, segment, theme['--accent'], 3.5);
  context.lineCap = 'butt';
  context.fillStyle = theme['--accent'];
  for (const at of chain) {
    const node = model.events[at]?.node ?? null;
    const y = node === null ? undefined : geometry.y(node);
    if (y === undefined) continue;
    context.beginPath();
    context.arc(geometry.x(axis.of(at)), y, 4.5, 0, 2 * Math.PI);
    context.fill();
  }
}

function between(model: RunModel, axis: Axis, geometry: Geometry, from: number, to: number): Segment | undefined {
  const y0 = geometry.y(model.events[from]?.node ?? '');
  const y1 = geometry.y(model.events[to]?.node ?? '');
  if (y0 === undefined || y1 === undefined) return undefined;
  return { x0: geometry.x(axis.of(from)), y0, x1: geometry.x(axis.of(to)), y1 };
}

function drawLaneNames(
  context: CanvasRenderingContext2D,
  model: RunModel,
  image: ClusterImage,
  geometry: Geometry,
  theme: Theme,
): void {
  context.textBaseline = 'middle';
  for (const lane of geometry.lanes) {
    const y = geometry.y(lane);
    if (y === undefined) continue;
    const node = image.get(lane);
    const down = node?.status === 'down' || node?.status === 'unstarted';
    context.font = `600 14px ${theme.sans}`;
    context.textAlign = 'left';
    context.fillStyle = down ? theme['--ink-2'] : theme['--ink'];
    context.fillText(fit(context, lane, GUTTER - 34), 26, y);
    if (node === undefined) continue;
    const style = node.role === null ? undefined : model.roles.get(node.role.name);
    context.save();
    context.translate(11, y);
    if (node.status === 'unstarted') drawHollow(context, theme);
    else drawGlyph(context, theme, style?.shape ?? 'circle', theme[style?.colour ?? '--follower'], down);
    context.restore();
  }
}

function drawHollow(context: CanvasRenderingContext2D, theme: Theme): void {
  context.strokeStyle = theme['--ink-3'];
  context.lineWidth = 1.5;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.arc(0, 0, 6, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

function drawGlyph(
  context: CanvasRenderingContext2D,
  theme: Theme,
  shape: Parameters<typeof shapePoints>[0],
  colour: string,
  down: boolean,
): void {
  context.beginPath();
  if (down) {
    context.strokeStyle = theme['--bad'];
    context.lineWidth = 2.5;
    context.moveTo(-5, -5);
    context.lineTo(5, 5);
    context.moveTo(5, -5);
    context.lineTo(-5, 5);
    context.stroke();
    return;
  }
  const points = shapePoints(shape, 6.5);
  if (points.length === 0) context.arc(0, 0, 6, 0, 2 * Math.PI);
  for (const [index, [x, y]] of points.entries()) {
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let shown = text;
  while (shown.length > 1 && context.measureText(`${shown}…`).width > width) shown = shown.slice(0, -1);
  return `${shown}…`;
}

/** What is under the pointer: an event on its lane first, else the nearest message line. */
export function hitTest(
  model: RunModel,
  axis: Axis,
  geometry: Geometry,
  x: number,
  y: number,
  stride: number,
): Hit | null {
  if (x < GUTTER || y < geometry.axisHeight) return null;
  const first = Math.max(0, axis.lastAt(geometry.coordinate(x - 7)));
  const last = Math.min(model.events.length - 1, axis.lastAt(geometry.coordinate(x + 7)));
  let best: Hit | null = null;
  let least = 8;
  for (let at = first; at <= Math.min(last, first + 4_000); at += 1) {
    const event = model.events[at];
    const lane = event?.node === null || event === undefined ? undefined : geometry.y(event.node);
    if (lane === undefined) continue;
    const distance = Math.hypot(geometry.x(axis.of(at)) - x, lane - y);
    if (distance < least) {
      least = distance;
      best = { at, leg: null };
    }
  }
  if (best !== null || stride > 1) return best;
  model.messages.overlapping(first, last + 1, (leg) => {
    const segment = legSegment(geometry, axis, leg);
    if (segment === undefined) return;
    const distance = distanceToSegment(segment, x, y);
    if (distance >= Math.min(6, least)) return;
    least = distance;
    const nearEnd =
      Math.abs(segment.x1 - x) + Math.abs(segment.y1 - y) < Math.abs(segment.x0 - x) + Math.abs(segment.y0 - y);
    best = { at: nearEnd && leg.endedAt < model.events.length ? leg.endedAt : leg.sentAt, leg };
  });
  return best;
}
