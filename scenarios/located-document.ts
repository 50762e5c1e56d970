import {
  isAlias,
  isCollection,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';

/** A place in a text, lines and columns from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const ALIASES_MAX = 100;
const NESTING_MAX = 200;
/** Far beyond what a person writes or a campaign saves; the parser takes minutes for a tenfold of it. */
const CHARACTERS_MAX = 10_000_000;
const ERRORS_MAX = 5;

/** YAML, or JSON as a part of it, that remembers where everything stands. */
export class LocatedDocument {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  /** What the text says; undefined where `errors` says why there is nothing. */
  readonly content: unknown;
  readonly errors: readonly (Place & { readonly message: string })[];

  constructor(text: string) {
    const refused = tooLong(text) ?? nestedTooDeeply(text);
    // What nobody writes would only exhaust the parser's stack.
    this.document = parseDocument(refused === null ? text : '', {
      lineCounter: this.lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    if (refused !== null) {
      this.errors = [refused];
    } else if (this.document.errors.length > 0) {
      this.errors = this.document.errors.slice(0, ERRORS_MAX).map((error) => {
        return { ...this.placeAt(error.pos[0]), message: wording(error.code, error.message, text.slice(error.pos[0])) };
      });
    } else {
      const { content, problem } = contentOf(this.document);
      this.content = content;
      this.errors = problem === null ? [] : [{ line: 1, column: 1, message: problem }];
    }
  }

  /** Where a path leads, or the nearest place on the way there that exists. */
  place(path: readonly (string | number)[]): Place {
    let node: unknown = this.document.contents;
    let offset = offsetOf(node);
    for (const [depth, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (!isCollection(node)) break;
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(part));
      if (pair !== undefined && isPair(pair)) {
        const last = depth === path.length - 1;
        offset = offsetOf(
          last && isNode(pair.value) && pair.value.range?.[0] !== pair.value.range?.[1] ? pair.value : pair.key,
        );
        node = pair.value;
      } else {
        const next: unknown = node.get(part, true);
        if (next === undefined) break;
        node = next;
        offset = offsetOf(node);
      }
    }
    return this.placeAt(offset);
  }

  /** Where a key stands, whatever its value. */
  placeOfKey(path: readonly (string | number)[]): Place {
    let node: unknown = this.document.contents;
    for (const part of path.slice(0, -1)) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (!isCollection(node)) return this.place(path);
      node = node.get(part, true);
    }
    const pair = isCollection(node)
      ? node.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)))
      : undefined;
    return pair !== undefined && isPair(pair) ? this.placeAt(offsetOf(pair.key)) : this.place(path);
  }

  /** Where this value stands for the first time; null when it is nowhere. */
  placeOfValue(value: string): Place | null {
    let found: number | null = null;
    visit(this.document, {
      Scalar(key, node) {
        if (key === 'key' || !isScalar(node) || node.value !== value) return undefined;
        found = offsetOf(node);
        return visit.BREAK;
      },
    });
    return found === null ? null : this.placeAt(found);
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function contentOf(document: Document.Parsed): { content: unknown; problem: string | null } {
  try {
    return { content: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown, problem: null };
  } catch (error) {
    const aliases = (error as Error).message.includes('alias');
    const problem = aliases
      ? `aliases that stand for too much (at most ${ALIASES_MAX} uses are followed)`
      : firstLine((error as Error).message);
    return { content: undefined, problem };
  }
}

function tooLong({ length }: string): (Place & { readonly message: string }) | null {
  if (length <= CHARACTERS_MAX) return null;
  return { line: 1, column: 1, message: `the file has ${length} characters (at most ${CHARACTERS_MAX} were expected)` };
}

/** Where brackets nest deeper than anything that is meant to be read. */
function nestedTooDeeply(text: string): (Place & { readonly message: string }) | null {
  let depth = 0;
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\n') {
      line++;
      lineStart = i + 1;
    } else if (character === '[' || character === '{') {
      if (++depth > NESTING_MAX)
        return { line, column: i - lineStart + 1, message: `brackets nest deeper than ${NESTING_MAX}` };
    } else if (character === ']' || character === '}') {
      depth--;
    }
    // Lines that go deeper and deeper into the page nest as well: "- - - - -".
    if (i - lineStart === 0 && /^(?:[ \t]*[-?:] ){200}/.test(text.slice(i, i + 2_000))) {
      return { line, column: 1, message: `lists nest deeper than ${NESTING_MAX}` };
    }
  }
  return null;
}

function wording(code: string, message: string, rest: string): string {
  const key = /^[^:\n]{1,60}/.exec(rest)?.[0].trim();
  switch (code) {
    case 'DUPLICATE_KEY':
      return `the key ${JSON.stringify(key ?? '')} is there twice`;
    case 'TAB_AS_INDENT':
      return 'a tab indents this line (YAML wants spaces)';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (one was expected)';
    default:
      return firstLine(message);
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0]!;
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
