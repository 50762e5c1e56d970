import { ms } from '../../engine/index.js';
import { probe, type ProbeNode } from './probe.js';

/** A protocol whose n2 does `action` at 5 ms. */
export const doing = (action: (node: ProbeNode) => unknown, more: Parameters<typeof probe>[0] = {}) =>
  probe({
    durable: () => ({ log: [] }),
    volatile: () => ({ list: [], map: new Map() }),
    onStart: (node) => (node.id === 'n2' ? node.setTimer('act', ms(5)) : undefined),
    onMessage: { Item: () => undefined },
    ...more,
    onTimer: { act: action, ...more.onTimer },
  });
