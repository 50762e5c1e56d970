import {
  defineProtocol,
  Simulation,
  TRUE_CLOCKS,
  type AnyProtocol,
  type Node,
  type NodeId,
  type RunResult,
  type SimulationConfig,
  type TraceEvent,
  type TraceKind,
} from '../../engine/index.js';

/* Tests of the engine want protocols of a few lines, each doing one thing, right or wrong; their shapes are not the point. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

export interface ProbeShape {
  options: Record<string, Loose>;
  durable: Record<string, Loose>;
  volatile: Record<string, Loose>;
  messages: Record<string, Record<string, Loose>>;
  timers: Record<string, Loose>;
  requests: Record<string, { args: Record<string, Loose>; result: Loose }>;
}

/** A node whose types let wrong things through. */
export interface ProbeNode extends Omit<Node<ProbeShape>, 'setTimer' | 'mark'> {
  setTimer(name: string, after: number, payload?: Loose, key?: string): void;
  mark(name: string, detail?: Loose): void;
}

/** A protocol made of whatever is given, right or wrong. */
export function probe(parts: {
  name?: string;
  transport?: 'datagram' | 'connection';
  options?: Record<string, unknown>;
  durable?: () => object;
  volatile?: () => object;
  onStart?: (node: ProbeNode, start: Loose) => unknown;
  onMessage?: Record<string, (node: ProbeNode, message: Loose, from: NodeId) => unknown>;
  onTimer?: Record<string, (node: ProbeNode, payload: Loose, key: string | undefined) => unknown>;
  onRequest?: Record<string, (node: ProbeNode, request: Loose) => unknown>;
  onDisk?: {
    synced(node: ProbeNode, token: Loose): unknown;
    failed(node: ProbeNode, token: Loose, error: string): unknown;
  };
  onConnection?: { reset?(node: ProbeNode, peer: NodeId): unknown; open?(node: ProbeNode, peer: NodeId): unknown };
  role?: (node: Loose) => Loose;
  recovered?: (node: Loose, world: Loose) => boolean;
  invariants?: readonly Loose[];
  bugs?: Record<string, Loose>;
}): AnyProtocol {
  const untyped: Loose = { name: 'probe', source: 'tests', summary: 'for tests', ...parts };
  return defineProtocol<ProbeShape>(untyped);
}

/** Defaults that leave nothing to chance: true clocks, every message takes a millisecond. */
export function quiet(config: Partial<SimulationConfig> & Pick<SimulationConfig, 'protocol'>): SimulationConfig {
  return {
    nodes: 3,
    seed: 'seed',
    until: 1_000_000,
    clocks: TRUE_CLOCKS,
    trace: 'events',
    ...config,
    network: { latency: { constant: 1_000 }, ...config.network },
  };
}

export function run(config: SimulationConfig): RunResult {
  return new Simulation(config).run();
}

export function runQuiet(config: Partial<SimulationConfig> & Pick<SimulationConfig, 'protocol'>): RunResult {
  return run(quiet(config));
}

export function eventsOf(result: RunResult, ...kinds: readonly TraceKind[]): TraceEvent[] {
  return [...result.trace!.events()].filter((event) => kinds.length === 0 || kinds.includes(event.kind));
}

/** One line an event, for comparing: `1000 n2 deliver Ping from n1`. */
export function told(event: TraceEvent): string {
  const parts = [event.time, event.node ?? '-', event.kind, event.name ?? '', event.peer ?? '', event.why ?? ''];
  return parts.filter((part) => part !== '').join(' ');
}

/** Details of the marks of this name, in order, with the node and the time. */
export function marks(result: RunResult, name: string): { node: string; time: number; detail: Loose }[] {
  return eventsOf(result, 'mark')
    .filter((event) => event.name === name)
    .map((event) => ({ node: event.node!, time: event.time, detail: event.body as Loose }));
}

export function details(result: RunResult, name: string): Loose[] {
  return marks(result, name).map(({ detail }) => detail);
}
