/**
 * What the user gave is wrong: a configuration, a file, a selector. The command shows the message, where it stands and the
 * hint, and never a stack.
 */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Protocol code did what no protocol may do: a finding about the protocol, not a crash of ours. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
  constructor(
    /** The property that it breaks, such as `plain-data` or `no-exceptions`. */
    readonly property: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a handler meets when it kept a part of a state beyond its step, where states are drafts. */
export const OUTLIVED = 'a part of a state that an earlier step kept: copy what outlives a step, e.g. { ...entry }';

/** Was it thrown by a draft after the end of its step? */
export function isOutlived(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes('proxy that has been revoked');
}

/** What protocol code threw, as a finding that names it; our own errors stay what they are. */
export function asProtocolFault(error: unknown, what: string): unknown {
  const ours = [InternalError, UsageError, ReplayMismatch, ProtocolFault].some((kind) => error instanceof kind);
  if (ours) return error;
  if (isOutlived(error)) return new ProtocolFault('no-exceptions', `${what} used ${OUTLIVED}`);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ProtocolFault('no-exceptions', `${what} threw ${text}`);
}

/** A replay met a choice that the record does not hold at this place. */
export class ReplayMismatch extends Error {
  override readonly name = 'ReplayMismatch';
  constructor(
    readonly position: number,
    readonly expected: string | null,
    readonly came: string | null,
  ) {
    super(
      came === null
        ? `the run ended after ${position} choices, but the record goes on with "${expected}"`
        : expected === null
          ? `the record ends after ${position} choices, but the run asks for "${came}"`
          : `choice ${position + 1}: the record has "${expected}", the run asks for "${came}"`,
    );
  }
}

/** A bug of ours: the only kind of error that shows a stack. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}
