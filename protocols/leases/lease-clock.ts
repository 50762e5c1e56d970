import { ms, type Micros, type Node } from '../../engine/index.js';
import type { Leases } from './shape.js';

export type Site = Node<Leases>;

const MILLION = 1_000_000;

/** The clock that this node measures leases by. */
export function clock(node: Site): Micros {
  return node.options.clock === 'wall' ? node.wall() : node.monotonic();
}

/** How long whoever grants a lease must wait on its own clock, which may be fast, until the term is surely over. */
export function waitedOut(node: Site, termMs: number): Micros {
  return Math.ceil(ms(termMs) * (1 + drift(node)));
}

/** How long a holder may count on a lease by its own clock, which may be slow, and the term is surely not over. */
export function countedOn(node: Site, termMs: number): Micros {
  return Math.floor(ms(termMs) * (1 - drift(node)));
}

function drift(node: Site): number {
  return node.bug('ignores-drift') ? 0 : node.options.driftPpmMax / MILLION;
}
