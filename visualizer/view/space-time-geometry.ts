import type { RunModel } from '../model/run-model.js';
import type { MessageLeg } from '../model/messages.js';
import type { Axis } from './axis.js';

export const GUTTER = 84;
const AXIS_HEIGHT = 26;
const FAULT_ROW = 22;
const FAULT_ROWS_MAX = 4;
export const LANE_MIN = 30;

/** Where things are on the diagram, in CSS pixels. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly axisHeight: number;
  readonly faultTop: number;
  readonly faultRow: number;
  readonly faultRows: number;
  readonly lanesTop: number;
  readonly laneHeight: number;
  readonly lanes: readonly string[];
  /** First and last event positions that can show, one beyond either edge. */
  readonly first: number;
  readonly last: number;
  x(coordinate: number): number;
  coordinate(x: number): number;
  /** The middle of a lane; `undefined` for a place without one. */
  y(lane: string): number | undefined;
}

export function lanesHeight(model: RunModel, laneHeight: number): number {
  return topOf(model) + (model.nodes.length + model.clients.length) * laneHeight + 6;
}

function topOf(model: RunModel): number {
  const rows = Math.min(FAULT_ROWS_MAX, 1 + Math.max(-1, ...model.faultRows));
  return AXIS_HEIGHT + rows * FAULT_ROW + 4;
}

export function geometryOf(model: RunModel, axis: Axis, width: number, height: number): Geometry {
  const lanes = [...model.nodes, ...model.clients];
  const places = new Map(lanes.map((lane, index) => [lane, index]));
  const lanesTop = topOf(model);
  const laneHeight = Math.max(LANE_MIN, (height - lanesTop - 6) / Math.max(1, lanes.length));
  const from = axis.from.value;
  const scale = (width - GUTTER - 10) / (axis.to.value - from);
  return {
    width,
    height,
    axisHeight: AXIS_HEIGHT,
    faultTop: AXIS_HEIGHT + 2,
    faultRow: FAULT_ROW,
    faultRows: FAULT_ROWS_MAX,
    lanesTop,
    laneHeight,
    lanes,
    first: Math.max(0, axis.lastAt(from)),
    last: Math.min(model.events.length - 1, axis.lastAt(axis.to.value) + 1),
    x: (coordinate) => GUTTER + (coordinate - from) * scale,
    coordinate: (x) => from + (x - GUTTER) / scale,
    y(lane) {
      const index = places.get(lane);
      return index === undefined ? undefined : lanesTop + (index + 0.5) * laneHeight;
    },
  };
}

export interface Segment {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The line of a message: to its receiver, or to the place where it was judged lost. */
export function legSegment(geometry: Geometry, axis: Axis, leg: MessageLeg): Segment | undefined {
  const y0 = geometry.y(leg.from);
  const y1 = geometry.y(leg.to);
  if (y0 === undefined || y1 === undefined) return undefined;
  const x0 = geometry.x(axis.of(leg.sentAt));
  const x1 = geometry.x(axis.of(leg.endedAt));
  if (leg.outcome === 'delivered') return { x0, y0, x1, y1 };
  const distance = y1 - y0;
  if (leg.outcome === 'open') return { x0, y0, x1, y1: y0 + distance * 0.6 };
  if (leg.lostAt === 'sending') {
    const reach = Math.sign(distance) * Math.min(Math.abs(distance) * 0.4, geometry.laneHeight * 0.38);
    return { x0, y0, x1: Math.max(x1, x0 + 5), y1: y0 + reach };
  }
  return { x0, y0, x1, y1: y1 - Math.sign(distance) * Math.min(Math.abs(distance) * 0.3, 9) };
}

export function distanceToSegment(segment: Segment, x: number, y: number): number {
  const dx = segment.x1 - segment.x0;
  const dy = segment.y1 - segment.y0;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - segment.x0) * dx + (y - segment.y0) * dy) / length));
  return Math.hypot(x - segment.x0 - t * dx, y - segment.y0 - t * dy);
}
