import type { History, HistoryEvent, ProcessId } from '../../engine/history.js';
import { canonical, showValue } from '../values.js';

/** One thing that is wrong with a history, and where. */
export interface HistoryProblem {
  readonly code:
    | 'completion-without-invocation'
    | 'two-open-operations'
    | 'index-not-rising'
    | 'acts-after-info'
    | 'completion-of-another'
    | 'unknown-operation'
    | 'bad-input';
  /** Position of the event in the history, from 0 (a reader's `lineOf` turns it into a line). */
  readonly at: number;
  /** The event's own `index`. */
  readonly index: number;
  readonly message: string;
  readonly expected: string;
  readonly hint: string;
}

const PROBLEMS_SHOWN = 5;

/** The history is not one that clients could have seen, or not one of this model's operations: nothing can be said about it. */
export class HistoryError extends Error {
  readonly code = 'malformed-history';
  readonly hint: string;

  constructor(readonly problems: readonly HistoryProblem[]) {
    const shown = problems
      .slice(0, PROBLEMS_SHOWN)
      .map((p) => `event ${p.index}: ${p.message}; expected ${p.expected}`);
    const more = problems.length > PROBLEMS_SHOWN ? [`and ${problems.length - PROBLEMS_SHOWN} more`] : [];
    super([...shown, ...more].join('\n'));
    this.name = 'HistoryError';
    this.hint = problems[0]?.hint ?? '';
  }
}

/** @throws HistoryError with everything that is wrong. */
export function assertWellFormed(history: History): void {
  const problems = problemsOf(history);
  if (problems.length > 0) throw new HistoryError(problems);
}

/**
 * Everything that keeps this from being a history: completions of nothing, a process with two open operations or that
 * acts after `info`, indices that do not rise. The nemesis may do as it likes. Empty when all is well.
 */
export function problemsOf(history: History): HistoryProblem[] {
  const problems: HistoryProblem[] = [];
  const open = new Map<ProcessId, HistoryEvent>();
  const gone = new Map<ProcessId, HistoryEvent>();
  let last: HistoryEvent | undefined;
  for (const [at, event] of history.entries()) {
    const found =
      indexProblem(event, last) ?? (event.process === 'nemesis' ? undefined : processProblem(event, open, gone));
    if (found !== undefined) problems.push({ at, index: event.index, ...found });
    last = event;
    if (event.process === 'nemesis') continue;
    if (event.type === 'invoke') open.set(event.process, event);
    else open.delete(event.process);
    if (event.type === 'info') gone.set(event.process, event);
  }
  return problems;
}

type Found = Omit<HistoryProblem, 'at' | 'index'>;

function indexProblem(event: HistoryEvent, last: HistoryEvent | undefined): Found | undefined {
  const rising = last === undefined || event.index > last.index;
  if (Number.isSafeInteger(event.index) && event.index >= 0 && rising) return undefined;
  return {
    code: 'index-not-rising',
    message: `index ${showValue(event.index)} follows ${last === undefined ? 'nothing' : showValue(last.index)}`,
    expected: 'integers that rise from line to line',
    hint: 'Leave the indices out of a history from elsewhere, and they are counted from 0.',
  };
}

function processProblem(
  event: HistoryEvent,
  open: ReadonlyMap<ProcessId, HistoryEvent>,
  gone: ReadonlyMap<ProcessId, HistoryEvent>,
): Found | undefined {
  const left = gone.get(event.process);
  if (left !== undefined) {
    return {
      code: 'acts-after-info',
      message: `process ${event.process} acts again after the info at event ${left.index}`,
      expected: 'a new process: nobody knows when the old operation ends',
      hint: 'After info, let the client go on under a process number that was not used before.',
    };
  }
  const opened = open.get(event.process);
  if (event.type === 'invoke') {
    if (opened === undefined) return undefined;
    return {
      code: 'two-open-operations',
      message: `process ${event.process} invokes ${event.f} while its ${opened.f} of event ${opened.index} is open`,
      expected: 'ok, fail or info for the first one before',
      hint: 'A client that does several things at once is several processes.',
    };
  }
  if (opened === undefined) {
    return {
      code: 'completion-without-invocation',
      message: `${event.type} of ${event.f} by process ${event.process}, which has no open operation`,
      expected: 'an invoke of this process before',
      hint: 'Was the beginning of the history cut off?',
    };
  }
  return opened.f === event.f && sameKey(opened, event) ? undefined : otherOperation(event, opened);
}

// A completion may leave the key out, as the invocation has it.
function sameKey(invoke: HistoryEvent, end: HistoryEvent): boolean {
  return end.key === undefined || canonical(invoke.key) === canonical(end.key);
}

function otherOperation(event: HistoryEvent, opened: HistoryEvent): Found {
  const name = (e: HistoryEvent): string => (e.key === undefined ? e.f : `${e.f} ${showValue(e.key)}`);
  return {
    code: 'completion-of-another',
    message: `process ${event.process} completes ${name(event)}, but ${name(opened)} of event ${opened.index} is open`,
    expected: `a completion of ${name(opened)}`,
    hint: 'Were two histories mixed?',
  };
}
