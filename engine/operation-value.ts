import { put } from './content-copier.js';
import type { Value } from './history.js';
import type { Plain } from './protocol.js';

/** The key that an operation is about. */
export function keyOf(args: Plain): Value | undefined {
  return isRecord(args) && 'key' in args ? (args['key'] as Value) : undefined;
}

/** Arguments that say which object, or how, and not what. */
const CIRCUMSTANCES = ['key', 'consistency'];

/** What a history shows of an operation's arguments: the value, `[from, to]`, whatever else there is, or null. */
export function valueOf(args: Plain): Value {
  if (!isRecord(args)) return (args ?? null) as Value;
  if ('value' in args) return args['value'] as Value;
  if ('from' in args && 'to' in args) return [args['from'] as Value, args['to'] as Value];
  const rest: Record<string, Plain> = {};
  let some = false;
  for (const name in args) {
    if (CIRCUMSTANCES.includes(name)) continue;
    put(rest, name, args[name]);
    some = true;
  }
  return some ? (rest as Value) : null;
}

export function isRecord(value: Plain): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}
