import { UsageError, type AnyProtocol } from '../engine/index.js';
import { modelNamed, type AnyModel } from '../checkers/index.js';
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

/** One thing that is wrong with a scenario. */
export interface ScenarioProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A scenario that makes no sense, with every problem found. */
export class ScenarioError extends UsageError {
  override readonly name = 'ScenarioError';
  constructor(
    what: string,
    readonly problems: readonly ScenarioProblem[],
  ) {
    super('invalid-scenario', `${what}: ${problems.map(tell).join('; ')}`);
  }
}

function tell({ path, message }: ScenarioProblem): string {
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
  const parsed = scenarioSchema.safeParse(input);
  if (!parsed.success) {
    throw new ScenarioError(parts.file ?? nameOf(input), parsed.error.issues.flatMap(problemsOfIssue));
  }
  const data = parsed.data as ScenarioData;
  const problems = crossProblems(data, parts.protocol);
  if (problems.length > 0) throw new ScenarioError(parts.file ?? data.name, problems);
  return { ...data, kind: 'scenario', protocol: parts.protocol, versions: parts.versions ?? {}, file: parts.file, input };
}

function nameOf(input: ScenarioInput): string {
  const name = (input as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'scenario';
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
  readonly keys?: readonly string[];
}

/** Of a union, the branch that came nearest is told: the one whose problem lies deepest. */
function problemsOfIssue(issue: Issue): ScenarioProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key "${key}"` }));
  }
  if (issue.code === 'invalid_union' && issue.errors !== undefined && issue.errors.length > 0) {
    const branches = issue.errors.map((branch) => branch.flatMap(problemsOfIssue));
    const deepest = branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best));
    if (depth(deepest) > 0) return deepest.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
    const messages = [...new Set(branches.flat().map(({ message }) => message))];
    return [{ path, message: messages.join(', or ') }];
  }
  return [{ path, message: issue.message }];
}

function depth(problems: readonly ScenarioProblem[]): number {
  return problems.reduce((most, { path }) => Math.max(most, path.length), 0);
}

/** What the schema cannot see: names that must be known to the protocol or to the scenario itself. */
function crossProblems(data: ScenarioData, protocol: AnyProtocol): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  const requests = Object.keys(protocol.onRequest);
  const need = (known: readonly string[], name: string, path: readonly (string | number)[], what: string): void => {
    if (known.includes(name)) return;
    problems.push({ path, message: `unknown ${what} "${name}" (${protocol.name} knows: ${known.join(', ') || 'none'})` });
  };
  data.clients?.operations.forEach(({ request }, i) => {
    need(requests, request, ['clients', 'operations', i, 'request'], 'request');
  });
  data.script?.forEach(({ request }, i) => need(requests, request, ['script', i, 'request'], 'request'));
  const options = Object.keys(protocol.options as object);
  for (const option of Object.keys(data.options ?? {})) need(options, option, ['options', option], 'option');
  if (data.clients !== undefined && data.clients.count > 0 && data.clients.operations.length === 0 && !data.script?.length) {
    problems.push({ path: ['clients', 'operations'], message: 'clients without operations have nothing to do' });
  }
  data.faults?.forEach((fault, i) => {
    if (fault.at === undefined && fault.when === undefined) {
      problems.push({ path: ['faults', i], message: `a fault needs "at" (a time) or "when" (an event); ${fault.do} has neither` });
    }
  });
  if (data.check !== undefined) {
    try {
      modelNamed(data.check.model);
    } catch (error) {
      problems.push({ path: ['check', 'model'], message: (error as Error).message });
    }
  }
  return problems;
}

/** The model that a scenario's history is judged by. */
export function modelOf(scenario: Scenario): AnyModel | null {
  return scenario.check === undefined ? null : modelNamed(scenario.check.model);
}
