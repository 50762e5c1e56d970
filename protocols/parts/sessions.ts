import type { Session } from '../../engine/index.js';

/**
 * What a replicated state machine remembers of one client, so that a retried command takes effect once (Ongaro's thesis,
 * section 6.3). It is part of the replicated state: every replica remembers the same, and snapshots carry it.
 */
export interface SessionRecord<Result> {
  /** The last operation of this client that took effect. */
  sequence: number;
  /** What that operation returned. */
  result: Result;
  /** The position in the log at which that was. */
  usedAt: number;
}

/** What tells a command apart, whichever attempt of its client brought it into the log. */
export function commandName(session: Session | null, ref: string | null): string {
  return session === null ? `request ${ref}` : `${session.client} ${session.sequence}`;
}

export type SessionTable<Result> = Map<string, SessionRecord<Result>>;

/** `new`: do it. `repeated`: it was done, answer from the record. `stale`: its client has long gone on, nobody waits. */
export type SessionState = 'new' | 'repeated' | 'stale';

export function sessionState<R>(table: SessionTable<R>, session: Session): SessionState {
  const record = table.get(session.client);
  if (record === undefined || session.sequence > record.sequence) return 'new';
  return session.sequence === record.sequence ? 'repeated' : 'stale';
}

/**
 * Notes what a session's operation returned. Above `sessionsMax` clients the one that was silent for longest (in log
 * positions, so that every replica forgets the same one) is forgotten: should it still retry, its command runs again.
 */
export function rememberResult<R>(
  table: SessionTable<R>,
  session: Session,
  result: R,
  position: number,
  sessionsMax: number,
): void {
  table.set(session.client, { sequence: session.sequence, result, usedAt: position });
  if (table.size > sessionsMax) forgetOldest(table);
}

function forgetOldest<R>(table: SessionTable<R>): void {
  let oldest: string | null = null;
  let usedAt = Infinity;
  for (const [client, record] of table) {
    if (record.usedAt < usedAt) {
      oldest = client;
      usedAt = record.usedAt;
    }
  }
  if (oldest !== null) table.delete(oldest);
}

/** A copy that shares nothing with the original. */
export function copySessions<R>(
  table: ReadonlyMap<string, Readonly<SessionRecord<R>>>,
  copyResult: (result: R) => R,
): SessionTable<R> {
  const copy: SessionTable<R> = new Map();
  for (const [client, { sequence, result, usedAt }] of table) {
    copy.set(client, { sequence, result: copyResult(result), usedAt });
  }
  return copy;
}
