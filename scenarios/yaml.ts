import { UsageError } from '../engine/index.js';
import { LocatedDocument, type Place } from './located-document.js';
import { excerpt, type Problem } from './problems.js';
import { protocolNamed } from './registry.js';
import { makeScenario, ScenarioError, type Scenario } from './scenario.js';
import type { ScenarioInput } from './schema.js';

/** What is wrong with a scenario file, and where: lines and columns from 1. */
export class ScenarioFileError extends UsageError {
  override readonly name = 'ScenarioFileError';
  constructor(
    readonly file: string,
    readonly places: readonly (Place & { readonly message: string })[],
    hint?: string,
  ) {
    super(
      'scenario-file',
      places.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
      hint,
    );
  }
}

/**
 * Reads a scenario written in YAML: the same fields as `defineScenario`, the protocol by its name.
 *
 * @throws ScenarioFileError that points at every line that is wrong.
 */
export function readYamlScenario(text: string, file: string): Scenario {
  const document = new LocatedDocument(text);
  if (document.errors.length > 0) throw new ScenarioFileError(file, document.errors, hintOfCut(text, document.errors));
  const { content } = document;
  const located = (problems: readonly Problem[]): ScenarioFileError =>
    new ScenarioFileError(file, inOrder(document, problems));
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const message = `a mapping was expected (name, protocol, nodes, until, …), found ${excerpt(content ?? undefined)}`;
    throw located([{ path: [], message }]);
  }
  const { protocol, ...input } = content as { readonly protocol?: unknown };
  if (typeof protocol !== 'string') {
    const message =
      protocol === undefined
        ? 'protocol is missing (the name of one was expected, e.g. protocol: raft)'
        : `the name of a protocol was expected, found ${excerpt(protocol)}`;
    throw located([{ path: protocol === undefined ? [] : ['protocol'], message }]);
  }
  try {
    return makeScenario(input as ScenarioInput, { protocol: protocolNamed(protocol), file });
  } catch (error) {
    if (error instanceof ScenarioError) throw located(error.problems);
    if (error instanceof UsageError) {
      throw located([
        { path: ['protocol'], message: `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}` },
      ]);
    }
    throw error;
  }
}

/** What is wrong where the text ends may be right where it went on. */
function hintOfCut(text: string, errors: readonly Place[]): string | undefined {
  const lines = text.trimEnd().split('\n');
  const end = { line: lines.length, column: lines.at(-1)!.length + 1 };
  const atEnd = errors.some(({ line, column }) => line > end.line || (line === end.line && column >= end.column));
  return atEnd ? 'the file ends there: was it cut off?' : undefined;
}

/** Problems with their places, from the top of the file down. */
function inOrder(document: LocatedDocument, problems: readonly Problem[]): (Place & { message: string })[] {
  return problems
    .map(({ path, message }) => {
      const place = message.startsWith('unknown key') ? document.placeOfKey(path) : document.place(path);
      return { ...place, message: path.length === 0 ? message : `${path.join('.')}: ${message}` };
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Where in a scenario's text the name stands that a message quotes; null when it quotes none of it. */
export function placeOfName(text: string, message: string): Place | null {
  const name = /"([^"]+)"/.exec(message)?.[1];
  if (name === undefined) return null;
  const document = new LocatedDocument(text);
  return document.errors.length > 0 ? null : document.placeOfValue(name);
}
