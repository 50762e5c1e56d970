import type { TraceFooter } from '../../engine/index.js';
import { isObject } from '../source/json-object.js';

/**
 * What the page understands of `Violation.evidence`; a checker may write more. All parts may be left out.
 */
export interface PageEvidence {
  /** The operations that fit nowhere, by the `index` of their `invoke` in the history. */
  readonly operations?: readonly number[];
  /** The object that the violation is about. */
  readonly key?: unknown;
  /** Why they do not fit, in a sentence or a few. */
  readonly explanation?: string;
}

export function readEvidence(evidence: unknown): PageEvidence {
  if (!isObject(evidence)) return {};
  const { operations, key, explanation } = evidence;
  return {
    ...(Array.isArray(operations)
      ? { operations: operations.filter((item): item is number => typeof item === 'number') }
      : {}),
    ...(key === undefined ? {} : { key }),
    ...(typeof explanation === 'string' ? { explanation } : {}),
  };
}

/** The invokes of all operations that some violation says fit nowhere. */
export function markedOperations(footer: TraceFooter): ReadonlySet<number> {
  return new Set(footer.violations.flatMap((violation) => readEvidence(violation.evidence).operations ?? []));
}
