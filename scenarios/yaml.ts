import { isAlias, isCollection, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { UsageError } from '../engine/index.js';
import { protocolNamed } from './registry.js';
import { makeScenario, ScenarioError, type Scenario, type ScenarioProblem } from './scenario.js';
import type { ScenarioInput } from './schema.js';

/** What is wrong with a scenario file, and where: lines and columns from 1. */
export class ScenarioFileError extends UsageError {
  override readonly name = 'ScenarioFileError';
  constructor(
    readonly file: string,
    readonly places: readonly { readonly line: number; readonly column: number; readonly message: string }[],
    hint?: string,
  ) {
    super('scenario-file', places.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'), hint);
  }
}

const SIZE_MAX = 10_000_000;
const EXCERPT = 60;

/**
 * Reads a scenario written in YAML: the same fields as `defineScenario`, the protocol by its name.
 *
 * @throws ScenarioFileError that points at every line that is wrong.
 */
export function readYamlScenario(text: string, file: string): Scenario {
  if (text.length > SIZE_MAX) {
    throw new ScenarioFileError(file, [{ line: 1, column: 1, message: `the file has ${text.length} characters (at most ${SIZE_MAX} were expected)` }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    throw new ScenarioFileError(file, document.errors.map((error) => ({ ...place(error.pos[0]), message: firstLine(error.message) })));
  }
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  const located = (problems: readonly ScenarioProblem[]): ScenarioFileError =>
    new ScenarioFileError(
      file,
      problems.map(({ path, message }) => {
        const { offset, value } = find(document, path);
        return { ...place(offset), message: `${path.join('.')}${path.length > 0 ? ': ' : ''}${message}${shown(value, message)}` };
      }),
    );
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw located([{ path: [], message: 'a mapping was expected: name, protocol, nodes, until, …' }]);
  }
  const { protocol, ...input } = content as { readonly protocol?: unknown };
  if (typeof protocol !== 'string') {
    throw located([{ path: protocol === undefined ? [] : ['protocol'], message: '"protocol" must name a protocol, e.g. protocol: raft' }]);
  }
  try {
    return makeScenario(input as ScenarioInput, { protocol: protocolNamed(protocol), file });
  } catch (error) {
    if (error instanceof ScenarioError) throw located(error.problems);
    if (error instanceof UsageError) {
      throw located([{ path: ['protocol'], message: `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}` }]);
    }
    throw error;
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0]!;
}

/** The offending value, unless the message names it already. */
function shown(value: unknown, message: string): string {
  if (value === undefined || message.includes('unknown')) return '';
  const text = JSON.stringify(value) ?? '';
  return `, found ${text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text}`;
}

/** Where a path leads in the document, or the nearest place on the way there that exists. */
function find(document: Document.Parsed, path: readonly (string | number)[]): { offset: number; value: unknown } {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (!isCollection(node)) return { offset, value: undefined };
    const pair = node.items.find((item) => isPair(item) && String(item.key) === String(part));
    const last = depth === path.length - 1;
    if (pair !== undefined && isPair(pair)) {
      offset = offsetOf(last && !isNode(pair.value) ? pair.key : last ? pair.value : pair.key);
      node = pair.value;
    } else {
      const next: unknown = node.get(part, true);
      if (next === undefined) return { offset, value: undefined };
      node = next;
      offset = offsetOf(node);
    }
  }
  return { offset, value: isNode(node) ? (node.toJSON() as unknown) : undefined };
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
