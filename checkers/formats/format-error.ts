import { shorten } from '../values.js';

export type FormatErrorCode =
  | 'empty'
  | 'unknown-format'
  | 'syntax'
  | 'truncated'
  | 'bad-event'
  | 'too-deep'
  | 'too-many-values'
  | 'token-too-long'
  | 'line-too-long';

export interface FormatFault {
  readonly code: FormatErrorCode;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What stands there, as text (cut when long). */
  readonly value: string;
  readonly expected: string;
  readonly hint: string;
  readonly file?: string;
}

const VALUE_CHARS_MAX = 60;

/** A history file that cannot be read: says where, what stands there, what was expected and what to do. */
export class FormatError extends Error implements FormatFault {
  readonly code: FormatErrorCode;
  readonly line: number;
  readonly column: number;
  readonly value: string;
  readonly expected: string;
  readonly hint: string;
  readonly file?: string;

  constructor(fault: FormatFault) {
    const value = shorten(printable(fault.value), VALUE_CHARS_MAX);
    const place =
      fault.file === undefined
        ? `line ${fault.line}, column ${fault.column}`
        : `${fault.file}:${fault.line}:${fault.column}`;
    super(`${place}: ${value === '' ? 'nothing' : value} where ${fault.expected} was expected`);
    this.name = 'FormatError';
    this.code = fault.code;
    this.line = fault.line;
    this.column = fault.column;
    this.value = value;
    this.expected = fault.expected;
    this.hint = fault.hint;
    if (fault.file !== undefined) this.file = fault.file;
  }

  /** The same with the file's name, for readers that saw only its text. */
  inFile(file: string): FormatError {
    return new FormatError({ ...this.fault, file });
  }

  private get fault(): FormatFault {
    const { code, line, column, value, expected, hint } = this;
    return { code, line, column, value, expected, hint };
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffd\u2028\u2029]/g;

/** Control and broken characters as escapes: what is printed is what is meant. */
function printable(text: string): string {
  const head = text.slice(0, 4 * VALUE_CHARS_MAX);
  return head.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Line and column of a place in a text, both from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
