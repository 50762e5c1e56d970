import { UsageError, type AnyProtocol } from '../engine/index.js';
import { modelNamed, type AnyModel } from '../checkers/index.js';
import { strangers, unknownName } from './known-names.js';
import { excerpt, parseWith, type Problem } from './problems.js';
import { scenarioSchema, type ScenarioData, type ScenarioInput } from './schema.js';

/** What to run: a protocol, the world it runs in, what goes wrong there, how the outcome is judged. */
export interface Scenario extends ScenarioData {
  readonly kind: 'scenario';
  readonly protocol: AnyProtocol;
  readonly versions: Readonly<Record<string, AnyProtocol>>;
  /** The file it came from, where it is none of the catalogue. */
  readonly file: string | undefined;
  /** As it was written: what `--set` changes. */
  readonly input: ScenarioInput;
}

/** A scenario that makes no sense, with every problem found. */
export class ScenarioError extends UsageError {
  override readonly name = 'ScenarioError';
  constructor(
    what: string,
    readonly problems: readonly Problem[],
  ) {
    super('invalid-scenario', `${what}: ${problems.map(tell).join('; ')}`);
  }
}

function tell({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

export interface ScenarioParts {
  readonly protocol: AnyProtocol;
  /** Other versions by name, for `upgrade` faults. */
  readonly versions?: Readonly<Record<string, AnyProtocol>>;
  readonly file?: string;
}

/**
 * Declares a scenario.
 *
 * @throws ScenarioError with the path of everything that is wrong.
 * @example
 * defineScenario({ protocol: raft, name: 'raft/mine', summary: 'Two crashes', nodes: 5, until: '10s',
 *   faults: [{ do: 'crash', whom: 'leader', at: '1s', for: '500ms' }] });
 */
export function defineScenario(definition: ScenarioInput & ScenarioParts): Scenario {
  const { protocol, versions, file, ...input } = definition;
  return makeScenario(input, { protocol, ...(versions && { versions }), ...(file !== undefined && { file }) });
}

export function makeScenario(input: ScenarioInput, parts: ScenarioParts): Scenario {
  const parsed = parseWith(scenarioSchema, input);
  if ('problems' in parsed) throw new ScenarioError(parts.file ?? nameOf(input), parsed.problems);
  const data = parsed.data as ScenarioData;
  const problems = crossProblems(data, parts.protocol, Object.values(parts.versions ?? {}));
  if (problems.length > 0) throw new ScenarioError(parts.file ?? data.name, problems);
  return {
    ...data,
    kind: 'scenario',
    protocol: parts.protocol,
    versions: parts.versions ?? {},
    file: parts.file,
    input,
  };
}

function nameOf(input: ScenarioInput): string {
  const name = (input as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'scenario';
}

const OPTION_TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
};

/** What the schema cannot see: names that must be known to the protocol or to the scenario itself. */
function crossProblems(data: ScenarioData, protocol: AnyProtocol, versions: readonly AnyProtocol[]): Problem[] {
  const problems: Problem[] = [];
  const requests = Object.keys(protocol.onRequest);
  const need = (known: readonly string[], name: string, path: readonly (string | number)[], what: string): void => {
    problems.push(...unknownName(name, path, { what, owner: protocol.name, known }));
  };
  data.clients?.operations.forEach(({ request }, i) => {
    need(requests, request, ['clients', 'operations', i, 'request'], 'request');
  });
  data.script?.forEach(({ request }, i) => need(requests, request, ['script', i, 'request'], 'request'));
  data.check?.leaveOut?.forEach((name, i) => need(requests, name, ['check', 'leaveOut', i], 'request'));
  const options = Object.keys(protocol.options as object);
  const checkOptions = (given: Readonly<Record<string, unknown>>, path: readonly string[]): void => {
    for (const [option, value] of Object.entries(given)) {
      need(options, option, [...path, option], 'option');
      const usual = (protocol.options as Readonly<Record<string, unknown>>)[option];
      const expected = typeof usual === typeof value ? undefined : OPTION_TYPES[typeof usual];
      if (expected !== undefined)
        problems.push({ path: [...path, option], message: `${expected} was expected, found ${excerpt(value)}` });
    }
  };
  checkOptions(data.options ?? {}, ['options']);
  for (const [node, given] of Object.entries(data.nodeOptions ?? {})) checkOptions(given, ['nodeOptions', node]);
  if (
    data.clients !== undefined &&
    data.clients.count > 0 &&
    data.clients.operations.length === 0 &&
    !data.script?.length
  ) {
    problems.push({ path: ['clients', 'operations'], message: 'clients without operations have nothing to do' });
  }
  data.faults?.forEach((fault, i) => {
    if (fault.at === undefined && fault.when === undefined) {
      problems.push({
        path: ['faults', i],
        message: `a fault needs "at" (a time) or "when" (an event); ${fault.do} has neither`,
      });
    }
  });
  problems.push(...strangers(data, [protocol, ...versions]));
  if (data.check !== undefined && 'model' in data.check) {
    try {
      modelNamed(data.check.model);
    } catch (error) {
      problems.push({ path: ['check', 'model'], message: (error as Error).message });
    }
  }
  return problems;
}

/** The model that a scenario's history is judged by; null where it is not, or is one of transactions. */
export function modelOf(scenario: Scenario): AnyModel | null {
  return scenario.check !== undefined && 'model' in scenario.check ? modelNamed(scenario.check.model) : null;
}
