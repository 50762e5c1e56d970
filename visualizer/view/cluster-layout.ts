/** The cluster view's own units; it scales to its panel. */
export const CLUSTER_WIDTH = 440;
export const CLUSTER_HEIGHT = 336;
const MIDDLE = { x: CLUSTER_WIDTH / 2, y: CLUSTER_HEIGHT / 2 - 8 };
const NODE_RADIUS_MAX = 31;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Nodes around the middle, the first at the top; clients at either side. */
export function placeAll(nodes: readonly string[], clients: readonly string[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const ring = nodes.length === 1 ? { x: 0, y: 0 } : { x: 132, y: 112 };
  const room = (2 * Math.PI * Math.max(ring.y, 60)) / Math.max(1, nodes.length);
  const radius = Math.max(8, Math.min(NODE_RADIUS_MAX, room / 3));
  for (const [index, node] of nodes.entries()) {
    const angle = (2 * Math.PI * index) / nodes.length - Math.PI / 2;
    places.set(node, { x: MIDDLE.x + ring.x * Math.cos(angle), y: MIDDLE.y + ring.y * Math.sin(angle), radius });
  }
  const sides = [clients.filter((_, index) => index % 2 === 0), clients.filter((_, index) => index % 2 === 1)];
  for (const [side, members] of sides.entries()) {
    for (const [index, client] of members.entries()) {
      const y = (CLUSTER_HEIGHT * (index + 0.5)) / members.length;
      const size = Math.max(5, Math.min(13, CLUSTER_HEIGHT / members.length / 2 - 1));
      // Off the middle line, where the ring is widest.
      places.set(client, { x: side === 0 ? 22 : CLUSTER_WIDTH - 22, y: members.length === 1 ? 42 : y, radius: size });
    }
  }
  return places;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The corners of the smallest convex area around some points (Andrew's monotone chain). */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      for (;;) {
        const a = chain.at(-2);
        const b = chain.at(-1);
        if (a === undefined || b === undefined) break;
        if ((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

/** A slightly bent way from one place to another, so that both directions can be told apart. */
export interface Route {
  at(share: number): Point;
  readonly path: string;
}

export function routeBetween(from: Place, to: Place): Route {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.max(1, Math.hypot(dx, dy));
  const ux = dx / length;
  const uy = dy / length;
  const a = { x: from.x + ux * (from.radius + 3), y: from.y + uy * (from.radius + 3) };
  const b = { x: to.x - ux * (to.radius + 3), y: to.y - uy * (to.radius + 3) };
  const bend = Math.min(16, length * 0.08);
  const control = { x: (a.x + b.x) / 2 - uy * bend, y: (a.y + b.y) / 2 + ux * bend };
  const fixed = (value: number): string => value.toFixed(1);
  return {
    path: `M${fixed(a.x)},${fixed(a.y)} Q${fixed(control.x)},${fixed(control.y)} ${fixed(b.x)},${fixed(b.y)}`,
    at(share) {
      const rest = 1 - share;
      return {
        x: rest * rest * a.x + 2 * rest * share * control.x + share * share * b.x,
        y: rest * rest * a.y + 2 * rest * share * control.y + share * share * b.y,
      };
    },
  };
}
