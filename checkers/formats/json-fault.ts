/** Where and why a text is not JSON. */
export interface JsonFault {
  /** Offset in the text. */
  readonly at: number;
  readonly expected: string;
  /** The text ends where more was needed. */
  readonly truncated: boolean;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids control characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const STRING_START = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y; // eslint-disable-line no-control-regex -- the same
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Finds the first thing that keeps a text from being JSON. `JSON.parse` says it in other words in every engine, and often
 * without the place: this says it the same everywhere. Undefined when the text is JSON.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const nest: ('[' | '{')[] = [];
  let at = 0;
  let expects: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' = 'value';
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  for (;;) {
    match(SPACE);
    const char = text[at];
    const fault = (expected: string): JsonFault => ({ at, expected, truncated: at >= text.length });
    const closes = char !== undefined && char === (nest.at(-1) === '{' ? '}' : ']');
    if (expects === 'comma-or-end' && nest.length === 0)
      return char === undefined ? undefined : fault('the end of the line');
    if (closes && expects.endsWith('-or-end')) {
      nest.pop();
      at++;
      expects = 'comma-or-end';
    } else if (expects === 'comma-or-end') {
      if (char !== ',') return fault(`, or ${nest.at(-1) === '{' ? '}' : ']'}`);
      at++;
      expects = nest.at(-1) === '{' ? 'key' : 'value';
    } else if (expects === 'colon') {
      if (char !== ':') return fault(':');
      at++;
      expects = 'value';
    } else if (expects === 'key' || expects === 'key-or-end') {
      if (!match(STRING)) return stringFault(text, at) ?? fault('a field name in double quotes');
      expects = 'colon';
    } else if (char === '[' || char === '{') {
      nest.push(char);
      at++;
      expects = char === '[' ? 'value-or-end' : 'key-or-end';
    } else if (match(WORD) || match(NUMBER) || match(STRING)) {
      expects = 'comma-or-end';
    } else {
      return stringFault(text, at) ?? fault('a JSON value');
    }
  }
}

function stringFault(text: string, at: number): JsonFault | undefined {
  STRING_START.lastIndex = at;
  if (!STRING_START.test(text)) return undefined;
  const stop = STRING_START.lastIndex;
  const expected = text[stop] === '\\' ? 'an escape such as \\n or \\u00e4' : 'the closing " of a text';
  return { at: stop, expected, truncated: stop >= text.length };
}
