import { UsageError } from './errors.js';
import type { Interner } from './interner.js';
import type { AnyProtocol, PlantedBug } from './protocol.js';

/** A handler of any kind: a node, and up to two things about the event. */
export type AnyHandler = (node: unknown, first: unknown, second: unknown) => unknown;

export const REQUEST_PREFIX = 'request:';

/** A version of a protocol, prepared for running: handlers found by small integers. */
export class Runtime {
  /** By message type, `request:NAME` included. */
  readonly onMessage: (AnyHandler | undefined)[] = [];
  /** By timer name. */
  readonly onTimer: (AnyHandler | undefined)[] = [];
  /** Does the protocol drive its disk itself? Then nothing waits for syncs it did not ask for. */
  readonly drivesDisk: boolean;

  constructor(
    readonly protocol: AnyProtocol,
    types: Interner,
    timers: Interner,
  ) {
    for (const [type, handler] of handlers(protocol.onMessage)) this.onMessage[types.index(type)] = handler;
    for (const [name, handler] of handlers(protocol.onRequest)) {
      this.onMessage[types.index(REQUEST_PREFIX + name)] = handler;
    }
    for (const [name, handler] of handlers(protocol.onTimer)) this.onTimer[timers.index(name)] = handler;
    this.drivesDisk = protocol.onDisk !== undefined;
  }
}

function handlers(group: object): [string, AnyHandler][] {
  return Object.entries(group) as [string, AnyHandler][];
}

/** Checks a bug's name against what the protocol declares. */
export function checkBug(protocol: AnyProtocol, name: string | undefined): PlantedBug | undefined {
  if (name === undefined) return undefined;
  const bug = protocol.bugs[name];
  if (bug === undefined || !Object.hasOwn(protocol.bugs, name)) {
    const known = Object.keys(protocol.bugs);
    throw new UsageError(
      'unknown-bug',
      `${protocol.name} has no planted bug "${name}"`,
      known.length === 0 ? 'it has none' : `known: ${known.join(', ')}`,
    );
  }
  return bug;
}
