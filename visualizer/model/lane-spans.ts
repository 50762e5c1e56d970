import type { Role, TraceEvent } from '../../engine/index.js';
import { statusAfter, type NodeStatus } from './node-states.js';

export interface RoleSpan {
  readonly role: Role;
  readonly from: number;
  readonly to: number;
}

export interface StatusSpan {
  readonly status: NodeStatus;
  readonly from: number;
  readonly to: number;
}

/** What one node's lane shows besides messages. Positions of events, ascending. */
export interface LaneSpans {
  readonly roles: readonly RoleSpan[];
  readonly statuses: readonly StatusSpan[];
}

export function findLaneSpans(events: readonly TraceEvent[], nodes: readonly string[]): ReadonlyMap<string, LaneSpans> {
  const lanes = new Map(
    nodes.map((node) => [
      node,
      { roles: [] as RoleSpan[], statuses: [] as StatusSpan[], status: 'unstarted' as NodeStatus },
    ]),
  );
  const close = <Span extends { readonly to: number }>(spans: Span[], at: number): void => {
    const last = spans.at(-1);
    if (last !== undefined && last.to > at) spans[spans.length - 1] = { ...last, to: at };
  };
  for (const [at, event] of events.entries()) {
    const lane = event.node === null ? undefined : lanes.get(event.node);
    if (lane === undefined) continue;
    const status = statusAfter(lane.status, event);
    if (status !== lane.status) {
      close(lane.statuses, at);
      lane.statuses.push({ status, from: at, to: events.length });
      if (status === 'down') close(lane.roles, at);
      lane.status = status;
    }
    if (event.role !== undefined) {
      close(lane.roles, at);
      lane.roles.push({ role: event.role, from: at, to: events.length });
    }
  }
  return lanes;
}
