import { UsageError, type Fault, type NetworkConfig } from '../engine/index.js';
import { fault, type ScenarioRun, type Settings } from '../scenarios/index.js';

export const REPRO_FORMAT = 'splitbrain-repro';
export const REPRO_VERSION = 1;

/**
 * A failure in one small file that a person can read and edit: the scenario and seed, what was added to the scenario, and the
 * choices that were overridden by key (`net.loss n1>n2 AppendEntries#3`). What it does not say takes its usual way.
 */
export interface Repro {
  readonly format: typeof REPRO_FORMAT;
  readonly version: number;
  readonly scenario: string;
  /** The scenario's file, where it is none of the catalogue. */
  readonly file?: string;
  readonly seed: string;
  readonly bug?: string;
  readonly settings?: Settings;
  /** Added to the scenario's own faults. */
  readonly faults?: readonly Fault[];
  readonly network?: NetworkConfig;
  readonly overrides?: Readonly<Record<string, number>>;
  /** What it shows; a replay that shows something else says so. */
  readonly property?: string;
  readonly digest?: string;
}

export function makeRepro(
  run: ScenarioRun,
  settings: Settings,
  added: { readonly faults: readonly Fault[]; readonly network: NetworkConfig },
): Repro {
  const { scenario, seed, bug, violations, result } = run;
  const property = violations[0]?.property;
  return {
    format: REPRO_FORMAT,
    version: REPRO_VERSION,
    scenario: scenario.name,
    ...(scenario.file === undefined ? {} : { file: scenario.file }),
    seed,
    ...(bug === undefined ? {} : { bug }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(added.faults.length === 0 ? {} : { faults: added.faults }),
    ...(Object.keys(added.network).length === 0 ? {} : { network: added.network }),
    ...(property === undefined ? {} : { property }),
    digest: result.digest,
  };
}

/** @throws UsageError that names the field, its value and what was expected. */
export function readRepro(content: unknown): Repro {
  const repro = content as Record<string, unknown> | null;
  const fail = (field: string, expected: string): never => {
    const value = JSON.stringify((repro as Record<string, unknown>)[field])?.slice(0, 80) ?? 'missing';
    throw new UsageError('invalid-repro', `"${field}" is ${value} (${expected} was expected)`);
  };
  if (typeof repro !== 'object' || repro === null || repro['format'] !== REPRO_FORMAT) {
    throw new UsageError('invalid-repro', `this is no repro: "format": "${REPRO_FORMAT}" was expected`);
  }
  if (repro['version'] !== REPRO_VERSION) fail('version', `version ${REPRO_VERSION}`);
  if (typeof repro['scenario'] !== 'string') fail('scenario', 'the name of a scenario');
  if (typeof repro['seed'] !== 'string') fail('seed', 'a text');
  for (const field of ['bug', 'file', 'property', 'digest']) {
    if (repro[field] !== undefined && typeof repro[field] !== 'string') fail(field, 'a text');
  }
  const overrides = repro['overrides'] ?? {};
  if (typeof overrides !== 'object' || Array.isArray(overrides)) fail('overrides', 'an object of choices by key');
  for (const [key, value] of Object.entries(overrides as object)) {
    if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
      throw new UsageError('invalid-repro', `the choice ${JSON.stringify(key)} is ${JSON.stringify(value)} (a number in [0, 1) was expected)`);
    }
  }
  const faults = repro['faults'] ?? [];
  if (!Array.isArray(faults)) fail('faults', 'a list of faults');
  (faults as unknown[]).forEach((given, i) => {
    const parsed = fault.safeParse(given);
    if (parsed.success) return;
    const issue = parsed.error.issues[0]!;
    throw new UsageError('invalid-repro', `faults.${i}.${issue.path.join('.')}: ${issue.message}`);
  });
  return repro as unknown as Repro;
}
