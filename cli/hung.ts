import type { Settings } from '../scenarios/index.js';
import { HungHandler } from './pool.js';
import type { HungReport } from './reports.js';

/** The property that a handler breaks which never comes back. */
export const HANDLERS_RETURN = 'handlers-return';

/** What there is to tell of a run that had to be ended from outside. Other errors pass. */
export function hungReport(
  error: unknown,
  run: { readonly scenario: string; readonly seed: string; readonly bug?: string; readonly settings: Settings },
  reproduce: string,
): HungReport {
  if (!(error instanceof HungHandler)) throw error;
  return {
    kind: 'hung',
    scenario: run.scenario,
    seed: run.seed,
    ...(run.bug === undefined ? {} : { bug: run.bug }),
    verdict: 'violation',
    expected: false,
    digest: null,
    violations: [{ property: HANDLERS_RETURN, message: error.message }],
    reproduce,
  };
}
