import type { Operation } from '../history/operation.js';
import { describe, type AnyModel } from '../models/model.js';
import { canonical, sameValue, showValue } from '../values.js';

export interface Stuck {
  readonly model: AnyModel;
  /** The operation that fits nowhere. */
  readonly failing: Operation;
  /** The small part that shows it. */
  readonly part: readonly Operation[];
  /** Everything else about this key. */
  readonly all: readonly Operation[];
  /** What surely failed. */
  readonly aborted: readonly Operation[];
  /** In which the longest orders of the others end. */
  readonly states: readonly string[];
}

/** Says in words why the operation fits nowhere: the plainest true reason that is found. */
export function whyNowhere(stuck: Stuck): string {
  const { model, failing } = stuck;
  const wanted = model.rule(failing.f)?.reads?.(failing);
  if (wanted === undefined) return noRoom(stuck);
  return (
    neverThere(stuck, wanted) ??
    lacking(stuck, wanted) ??
    overwritten(stuck, wanted) ??
    seenToChange(stuck, wanted) ??
    noRoom(stuck)
  );
}

function writersOf(model: AnyModel, operations: readonly Operation[], value: unknown): Operation[] {
  return operations.filter((operation) => {
    const rule = model.rule(operation.f);
    if (rule?.writes === undefined) return false;
    const written = rule.writes(operation);
    return written !== undefined && sameValue(written, value);
  });
}

/** Does every update say what it writes? Otherwise a value can come about without a writer. */
function plainWriters(model: AnyModel, operations: readonly Operation[]): boolean {
  return operations.every((operation) => {
    const rule = model.rule(operation.f);
    return rule?.writes !== undefined || rule?.pure === true;
  });
}

function neverThere({ model, failing, all, aborted }: Stuck, wanted: unknown): string | undefined {
  if (sameValue(model.init(), wanted) || !plainWriters(model, all)) return undefined;
  const writers = writersOf(model, all, wanted);
  if (writers.some((writer) => writer.call < failing.return)) return undefined;
  const what = showValue(wanted);
  const failed = writersOf(model, aborted, wanted).find((writer) => writer.call < failing.return);
  if (failed !== undefined) return `saw ${what}, which only ${describe(model, failed)} wrote, and that failed`;
  const later = writers[0];
  if (later === undefined) return `saw ${what}, which nobody wrote`;
  return `returned before ${describe(model, later)} was called at ${moment(later.invokedAt, later.call, all)}`;
}

/** A list, or a text, without something whose append was acknowledged before. */
function lacking({ model, failing, part, all }: Stuck, seen: unknown): string | undefined {
  const items = typeof seen === 'string' ? seen : Array.isArray(seen) ? seen.map((item) => canonical(item)) : undefined;
  if (items === undefined && seen !== null) return undefined;
  const missing = part.filter((operation) => {
    if (operation.f !== 'append' || operation.return > failing.call) return false;
    const item = typeof items === 'string' ? (operation.input as string) : canonical(operation.input);
    return items === undefined || !items.includes(item);
  });
  const last = latest(missing);
  if (last === undefined) return undefined;
  return `returned without ${describe(model, last)}, acknowledged at ${moment(last.returnedAt, last.return, all)}`;
}

/** A stale value: another one was acknowledged in between. */
function overwritten({ model, failing, part, all }: Stuck, wanted: unknown): string | undefined {
  if (!plainWriters(model, part)) return undefined;
  const lastWritten = Math.max(-1, ...writersOf(model, part, wanted).map((writer) => writer.return));
  const between = part.filter((operation) => {
    const written = model.rule(operation.f)?.writes?.(operation);
    if (written === undefined || sameValue(written, wanted)) return false;
    return operation.call > lastWritten && operation.return < failing.call;
  });
  const last = latest(between);
  if (last === undefined) return undefined;
  return `returned after ${describe(model, last)} was acknowledged at ${moment(last.returnedAt, last.return, all)}`;
}

/** An old value: somebody else had already seen a newer one. */
function seenToChange({ model, failing, part, all }: Stuck, wanted: unknown): string | undefined {
  if (!plainWriters(model, part)) return undefined;
  const seen = part.filter((operation) => {
    const reads = model.rule(operation.f)?.reads?.(operation);
    return reads !== undefined && !sameValue(reads, wanted) && operation.return < failing.call;
  });
  const last = latest(seen);
  if (last === undefined) return undefined;
  return `was called after ${describe(model, last)} returned at ${moment(last.returnedAt, last.return, all)}`;
}

function noRoom({ states, failing }: Stuck): string {
  const object = failing.key === undefined ? 'the state' : showValue(failing.key);
  if (states.length === 0) return 'fits in no order of the others';
  const others = states.length === 1 ? '' : `, or ${states.length - 1} other state${states.length === 2 ? '' : 's'},`;
  return `fits nowhere: ${object} is ${states[0]}${others} wherever the others leave room for it`;
}

function latest(operations: readonly Operation[]): Operation | undefined {
  return operations.reduce<Operation | undefined>(
    (best, operation) => (best === undefined || operation.return > best.return ? operation : best),
    undefined,
  );
}

/** `1.204 s`, or the event's place where the history has no times. */
function moment(us: number | undefined, at: number, all: readonly Operation[]): string {
  const timed = us !== undefined && all.some((operation) => operation.invokedAt !== operation.call);
  return timed ? `${(us / 1_000_000).toFixed(3)} s` : `event ${at}`;
}
