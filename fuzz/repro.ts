import { UsageError } from '../engine/index.js';
import {
  LocatedDocument,
  parseWith,
  REPRO_FORMAT,
  REPRO_VERSION,
  reproSchema,
  type Added,
  type Scenario,
  type ScenarioRun,
  type Settings,
} from '../scenarios/index.js';

/**
 * A failure in one small file that a person can read and edit: the scenario and seed, what was added to the scenario, and the
 * choices that were overridden by key (`net.loss n1>n2 AppendEntries#3`). What it does not say takes its usual way.
 */
export interface Repro extends Added {
  readonly format: typeof REPRO_FORMAT;
  readonly version: number;
  readonly scenario: string;
  /** The scenario's file, where it is none of the catalogue. */
  readonly file?: string;
  readonly seed: string;
  readonly bug?: string;
  readonly settings?: Settings;
  readonly overrides?: Readonly<Record<string, number>>;
  /** The run ends where its history is refuted. */
  readonly online?: boolean;
  /** What it shows; a replay that shows something else says so. */
  readonly property?: string;
  readonly digest?: string;
}

/** What a run that ends badly leaves behind. */
export interface Shown {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly bug: string | undefined;
  readonly property: string | undefined;
  /** Null for a run that never came to an end. */
  readonly digest: string | null;
  readonly online?: boolean;
}

export function makeRepro(run: ScenarioRun, settings: Settings): Repro {
  const { scenario, seed, bug, violations, result, added } = run;
  const shown = { property: violations[0]?.property, digest: result.digest, online: result.ending === 'stopped' };
  return reproOf({ scenario, seed, bug, ...shown }, settings, added);
}

export function reproOf(
  { scenario, seed, bug, property, digest, online }: Shown,
  settings: Settings,
  added: Added,
): Repro {
  return {
    format: REPRO_FORMAT,
    version: REPRO_VERSION,
    scenario: scenario.name,
    ...(scenario.file === undefined ? {} : { file: scenario.file }),
    seed,
    ...(bug === undefined ? {} : { bug }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...added,
    ...(online === true ? { online } : {}),
    ...(property === undefined ? {} : { property }),
    ...(digest === null ? {} : { digest }),
  };
}

/**
 * Reads a repro; times in it come out as microseconds.
 *
 * @throws UsageError that names file, line, column, the field, its value and what was expected, for all that is wrong.
 */
export function readRepro(text: string, file: string): Repro {
  const document = new LocatedDocument(text);
  const fail = (
    problems: readonly { readonly line: number; readonly column: number; readonly message: string }[],
  ): never => {
    throw new UsageError(
      'invalid-repro',
      problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    );
  };
  if (document.errors.length > 0) fail(document.errors);
  const { content } = document;
  const about = content as Readonly<Record<string, unknown>> | null;
  if (typeof about !== 'object' || about === null || about['format'] !== REPRO_FORMAT) {
    return fail([{ line: 1, column: 1, message: `this is no repro ("format": "${REPRO_FORMAT}" was expected)` }]);
  }
  const parsed = parseWith(reproSchema, content);
  if ('data' in parsed) return parsed.data as unknown as Repro;
  return fail(
    parsed.problems.map(({ path, message }) => {
      const place = message.startsWith('unknown key') ? document.placeOfKey(path) : document.place(path);
      return { ...place, message: path.length === 0 ? message : `${path.join('.')}: ${message}` };
    }),
  );
}
