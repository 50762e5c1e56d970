import type { DeepReadonly, Session } from '../../engine/index.js';
import { copySessions, rememberResult, sessionState, type SessionState, type SessionTable } from './sessions.js';

/** What may be written. */
export type KeyValueScalar = string | number | null;

/** What a key holds. A key that was never written holds null. */
export type KeyValueDatum = KeyValueScalar | readonly number[];

/** The client interface that the replicated stores share: the `requests` part of a protocol's shape. */
export interface KeyValueRequests {
  read: { args: { key: string }; result: KeyValueDatum };
  write: { args: { key: string; value: KeyValueScalar }; result: null };
  /** Compare and set. False: the key did not hold `from`, nothing was changed. */
  cas: { args: { key: string; from: KeyValueScalar; to: KeyValueScalar }; result: boolean };
  /** Appends to a list; what holds something else begins a new one. */
  append: { args: { key: string; value: number }; result: null };
}

/** A request as it stands in a replicated log. `read` is for protocols that order reads like writes. */
export type KeyValueCommand =
  | { readonly op: 'read'; readonly key: string }
  | { readonly op: 'write'; readonly key: string; readonly value: KeyValueScalar }
  | { readonly op: 'cas'; readonly key: string; readonly from: KeyValueScalar; readonly to: KeyValueScalar }
  | { readonly op: 'append'; readonly key: string; readonly value: number };

export type KeyValueResult = KeyValueDatum | boolean;

export type KeyValueData = Map<string, KeyValueDatum>;

/** The replicated state machine: the data, and what makes retried commands safe. */
export interface KeyValueMachine {
  data: KeyValueData;
  sessions: SessionTable<KeyValueResult>;
}

export function emptyKeyValueMachine(): KeyValueMachine {
  return { data: new Map(), sessions: new Map() };
}

/** A copy that shares nothing with the original, lists included: for snapshots. */
export function copyKeyValueMachine({ data, sessions }: DeepReadonly<KeyValueMachine>): KeyValueMachine {
  const copy: KeyValueData = new Map();
  for (const [key, datum] of data) copy.set(key, copyResult(datum));
  return { data: copy, sessions: copySessions(sessions, copyResult) };
}

/** A result that shares nothing with the state that it came from. */
export function copyResult<R extends KeyValueResult>(result: R): R {
  return Array.isArray(result) ? ([...(result as readonly number[])] as unknown as R) : result;
}

export function readKey(data: ReadonlyMap<string, KeyValueDatum>, key: string): KeyValueDatum {
  return data.get(key) ?? null;
}

/** A key whose value differs, or null where the two hold the same: for checks of replicas. */
export function differingKey(
  a: ReadonlyMap<string, KeyValueDatum>,
  b: ReadonlyMap<string, KeyValueDatum>,
): string | null {
  for (const [key, datum] of a) if (!sameDatum(datum, b.get(key))) return key;
  for (const key of b.keys()) if (!a.has(key)) return key;
  return null;
}

function sameDatum(a: KeyValueDatum, b: KeyValueDatum | undefined): boolean {
  if (typeof a !== 'object' || a === null) return a === b;
  if (typeof b !== 'object' || b === null || a.length !== b.length) return false;
  return a.every((item, place) => item === b[place]);
}

/** Applies one command to the data, in place. Deterministic: the result depends on the data and the command only. */
export function applyCommand(data: KeyValueData, command: KeyValueCommand): KeyValueResult {
  switch (command.op) {
    case 'read':
      return readKey(data, command.key);
    case 'write':
      data.set(command.key, command.value);
      return null;
    case 'cas':
      if (readKey(data, command.key) !== command.from) return false;
      data.set(command.key, command.to);
      return true;
    case 'append': {
      const list = readKey(data, command.key);
      // A new list, as the old one may stand in a snapshot or in an answer.
      data.set(command.key, isList(list) ? [...list, command.value] : [command.value]);
      return null;
    }
  }
}

function isList(datum: KeyValueDatum): datum is readonly number[] {
  return Array.isArray(datum);
}

export interface Application {
  readonly session: SessionState;
  /** Null where the session is stale: nobody waits for it. */
  readonly result: KeyValueResult;
}

/**
 * Applies a command that may be a client's retry, in place: with a session it takes effect once, and a retry gets the
 * first result (Ongaro's thesis, section 6.3).
 *
 * @param position the command's place in the log.
 */
export function applyOnce(
  machine: KeyValueMachine,
  command: KeyValueCommand,
  session: Session | null,
  position: number,
  sessionsMax: number,
): Application {
  if (session === null) return { session: 'new', result: applyCommand(machine.data, command) };
  const state = sessionState(machine.sessions, session);
  if (state === 'new') {
    const result = applyCommand(machine.data, command);
    rememberResult(machine.sessions, session, result, position, sessionsMax);
    return { session: state, result };
  }
  const record = machine.sessions.get(session.client);
  return { session: state, result: state === 'repeated' && record !== undefined ? record.result : null };
}
