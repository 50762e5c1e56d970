import { ProtocolFault, UsageError } from './errors.js';

/** What a node answers was looked at as it was sent; what is no plain data here comes from the workload or the script. */
export function plainly<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asUsage(error);
  }
}

/** An argument that is no plain data is the fault of whoever wrote the workload, and none of the protocol's. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof ProtocolFault)) return error;
  return new UsageError('arguments', `an operation's arguments: ${error.message}`);
}
