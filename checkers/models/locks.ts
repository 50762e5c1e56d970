import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { leaseMonitor, type LeaseRole } from '../monitors/lease.js';
import { mutexMonitor } from '../monitors/mutex.js';
import { canonical, sameValue } from '../values.js';
import { defineModel, EVERYTHING, type Model, type OperationRule } from './model.js';

// A try that found the lock taken answers false, or fails saying so.
const TAKEN = /^\[?:?(taken|held|busy|locked)\b/;

function refused({ outcome, output, error }: Operation): boolean {
  return outcome === 'ok' ? output === false : outcome === 'failed' && error !== undefined && TAKEN.test(error);
}

const RELEASE_NAMES: readonly string[] = ['unlock'];

// Who holds it: the input of its acquire. The empty list: nobody.
type Holder = readonly Value[];

/**
 * A lock. The input of acquire and release names who asks (null where that is not known), and only the holder may release.
 * An acquire that answers `false`, or fails with the error `taken`, met a lock that was held.
 */
export const mutex = defineModel<Holder>({
  name: 'mutex',
  summary: 'a lock with acquire and release, whose inputs name who asks',
  init: () => [],
  operations: {
    acquire: {
      also: ['lock', 'try-acquire', 'try-lock'],
      step(holder, operation) {
        if (refused(operation)) return holder.length > 0 ? [holder] : [];
        return holder.length === 0 ? [[operation.input]] : [];
      },
      pure: refused,
      observed: refused,
      about: (operation) => (refused(operation) ? EVERYTHING : operation.input),
    },
    release: {
      also: RELEASE_NAMES,
      step: (holder, { input }) => (sameValue(holder, [input]) ? [[]] : []),
      about: ({ input }) => input,
    },
  },
  monitors: [
    mutexMonitor((operation) => {
      const { f, input } = operation;
      if (f === 'release' || RELEASE_NAMES.includes(f)) return { release: input };
      return refused(operation) ? 'refused' : { acquire: input };
    }),
  ],
  show: (holder) => (holder.length === 0 ? 'free' : `held by ${canonical(holder[0])}`),
});

/** As many may hold it at once as there are permits; the input is how many are asked for (null: one). */
export function semaphoreOf(permits: number): Model<number> {
  if (!Number.isSafeInteger(permits) || permits < 1) throw new RangeError(`a semaphore of ${permits} permits`);
  const asked = (input: Value): number => (typeof input === 'number' ? input : 1);
  const badInput = (input: Value): string | undefined =>
    input === null || (Number.isSafeInteger(input) && (input as number) > 0)
      ? undefined
      : 'a number of permits, or null for 1';
  const acquire: OperationRule<number> = {
    also: ['try-acquire'],
    step(free, operation) {
      const fits = asked(operation.input) <= free;
      if (refused(operation)) return fits ? [] : [free];
      return fits ? [free - asked(operation.input)] : [];
    },
    pure: refused,
    observed: refused,
    badInput,
  };
  return defineModel<number>({
    name: permits === SEMAPHORE_PERMITS ? 'semaphore' : `semaphore:${permits}`,
    summary: `a semaphore of ${permits} permits with acquire and release (semaphore:N for N of them)`,
    init: () => permits,
    operations: {
      acquire,
      release: {
        step: (free, { input }) => (free + asked(input) <= permits ? [free + asked(input)] : []),
        badInput,
      },
    },
    show: (free) => `${free} free`,
  });
}

const SEMAPHORE_PERMITS = 2;

export const semaphore = semaphoreOf(SEMAPHORE_PERMITS);

/** The highest token that was given, the highest that the store has seen, and what is stored. */
interface Fenced {
  readonly given: number;
  readonly seen: number;
  readonly value: Value;
}

const isStale = ({ output }: Operation): boolean => output === false;

/**
 * Leases with fencing tokens, and the store that they guard. A lease may run out at any time, so who acquires gets one
 * always, with a token (the output) above all that were given before. `write` takes `[token, value]`: a token that is below one
 * the store has seen is answered `false`, and any other is taken.
 */
export const lease = defineModel<Fenced>({
  name: 'lease',
  summary: 'a lease with fencing tokens: acquire gives rising tokens, write [token, value] refuses stale ones, read',
  init: () => ({ given: 0, seen: 0, value: null }),
  operations: {
    acquire: {
      // What token an unanswered one was given is not known, and no other depends on it.
      step: (state, { output }) => {
        if (output === undefined) return [state];
        return typeof output === 'number' && output > state.given ? [{ ...state, given: output }] : [];
      },
      about: ({ output }) => (output === undefined ? undefined : ['token', output]),
    },
    release: { pure: true, step: (state) => [state], about: () => undefined },
    write: {
      step(state, operation) {
        const [token, value] = operation.input as unknown as readonly [number, Value];
        if (isStale(operation)) return token < state.seen ? [state] : [];
        if (token >= state.seen) return [{ ...state, seen: token, value }];
        return operation.output === undefined ? [state] : [];
      },
      pure: isStale,
      // A stale one was refused because of some higher token, whatever was written with it.
      about: (operation) =>
        isStale(operation) ? EVERYTHING : ['value', (operation.input as unknown as readonly [number, Value])[1]],
      badInput: (input) =>
        Array.isArray(input) && input.length === 2 && typeof input[0] === 'number'
          ? undefined
          : 'a pair [token, value]',
    },
    read: {
      also: ['get', 'r'],
      pure: true,
      step: (state, { output }) => (output === undefined || sameValue(output, state.value) ? [state] : []),
      about: ({ output }) => (output === undefined ? undefined : ['value', output]),
    },
  },
  monitors: [leaseMonitor(leaseRole)],
});

function leaseRole(operation: Operation): LeaseRole {
  const { f, input, output } = operation;
  if (f === 'acquire') return { acquired: output };
  if (f === 'release') return 'nothing';
  if (f !== 'write') return { read: output as Value };
  const [token, value] = input as unknown as readonly [number, Value];
  return isStale(operation) ? { stale: token } : { written: value, token };
}
