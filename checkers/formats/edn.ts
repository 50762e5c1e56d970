import { canonical } from '../values.js';
import { FormatError, placeOf, type FormatErrorCode } from './format-error.js';

/** What EDN (github.com/edn-format/edn) can say. Integers are numbers up to 2^53 and bigints beyond. */
export type Edn =
  | null
  | boolean
  | number
  | bigint
  | string
  | { readonly kind: 'keyword' | 'symbol' | 'character' | 'ratio'; readonly name: string }
  | { readonly kind: 'list' | 'vector' | 'set'; readonly items: readonly Edn[] }
  | { readonly kind: 'map'; readonly entries: readonly EdnEntry[] }
  | { readonly kind: 'tagged'; readonly tag: string; readonly value: Edn };

export interface EdnEntry {
  readonly key: Edn;
  readonly value: Edn;
  /** Offset of the value in the text. */
  readonly at: number;
}

export interface EdnForm {
  readonly form: Edn;
  /** Offset in the text. */
  readonly at: number;
}

/** What a reader puts up with. Beyond it, one clear error. */
export interface EdnLimits {
  readonly depthMax: number;
  /** The longest text, number or name, in UTF-16 units. */
  readonly tokenCharsMax: number;
  /** Values within one form: bounds the memory of what is read at once (about 100 bytes each). */
  readonly valuesMax: number;
}

export const EDN_LIMITS: EdnLimits = Object.freeze({ depthMax: 100, tokenCharsMax: 1024 * 1024, valuesMax: 1_000_000 });

const DELIMITERS = new Uint8Array(128);
for (const char of '"()[]{};@^`~\\') DELIMITERS[char.charCodeAt(0)] = 1;
/** What is empty is one and the same: a million of them would else take longer, and more memory, than what surrounds them. */
const NONE: readonly never[] = Object.freeze([]);
const EMPTY_MAP: Edn = Object.freeze({ kind: 'map', entries: NONE });
/** A map with fewer keys is searched, key by key, for one that is there twice. */
const FEW_KEYS = 16;
const RATIO = /^[+-]?(?:0|[1-9]\d*)\/[1-9]\d*$/;
/** As in `#object[java.net.Socket 0x7d3e "…"]`, which Clojure writes for what has no other form. */
const HEXADECIMAL = /^[+-]?0[xX][0-9a-fA-F]+N?$/;
const INTEGER = /^[+-]?(?:0|[1-9]\d*)N?$/;
const DECIMAL = /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?M?$/;
const NAME = /^(?:[\p{L}.*+!\-_?$%&=<>|/'][\p{L}\p{N}.*+!\-_?$%&=<>|/:#']*)$/u;
const KEYWORD = /^:[\p{L}\p{N}.*+!\-_?$%&=<>|/'][\p{L}\p{N}.*+!\-_?$%&=<>|/:#']*$/u;
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const NAMED_CHARACTERS: Readonly<Record<string, string>> = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  formfeed: '\f',
  backspace: '\b',
};
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', b: '\b', f: '\f', '\\': '\\', '"': '"' };

/** Reads EDN forms from a text, one at a time; a list or vector at the top gives its items one at a time. */
export class EdnReader {
  private at = 0;
  private values = 0;

  constructor(
    private readonly text: string,
    private readonly limits: EdnLimits = EDN_LIMITS,
  ) {}

  /** @throws FormatError */
  *forms(): Generator<EdnForm, void> {
    for (;;) {
      this.values = 0;
      const at = this.skip(0);
      const char = this.text[at];
      if (char === undefined) return;
      if (char !== '[' && char !== '(') {
        yield { form: this.read(0), at };
        continue;
      }
      this.at = at + 1;
      while (!this.closes(CLOSERS[char] as string, at, 1)) {
        this.values = 0;
        const start = this.at;
        yield { form: this.read(1), at: start };
      }
    }
  }

  /** An error at a place of the text. */
  fault(code: FormatErrorCode, at: number, expected: string, hint: string, value?: string): FormatError {
    return new FormatError({ code, ...placeOf(this.text, at), value: value ?? this.word(at), expected, hint });
  }

  private word(at: number): string {
    const near = this.text.slice(at, at + 80);
    return /^[^\s,()[\]{}]+/.exec(near)?.[0] ?? near.slice(0, 1);
  }

  /** Moves to the next form: over blanks, comments and discarded forms. */
  private skip(depth: number): number {
    const { text } = this;
    for (;;) {
      while (isSpace(text.charCodeAt(this.at))) this.at++;
      if (text[this.at] === ';') {
        const end = text.indexOf('\n', this.at);
        this.at = end === -1 ? text.length : end;
      } else if (text[this.at] === '#' && text[this.at + 1] === '_') {
        const start = this.at;
        this.at += 2;
        this.checkDepth(depth, start);
        if (this.skip(depth + 1) >= text.length) throw this.cutOff(start, 'a form after #_');
        this.read(depth + 1);
      } else {
        return this.at;
      }
    }
  }

  private cutOff(start: number, expected: string): FormatError {
    const { line, column } = placeOf(this.text, start);
    return this.fault(
      'truncated',
      this.text.length,
      expected,
      `Opened in line ${line}, column ${column}. Was the file cut off?`,
      '',
    );
  }

  private checkDepth(depth: number, at: number): void {
    if (depth <= this.limits.depthMax) return;
    throw this.fault('too-deep', at, `at most ${this.limits.depthMax} levels of nesting`, 'Is this a history?');
  }

  private read(depth: number): Edn {
    const at = this.skip(depth);
    this.checkDepth(depth, at);
    if (++this.values > this.limits.valuesMax) {
      throw this.fault(
        'too-many-values',
        at,
        `at most ${this.limits.valuesMax} values in one form`,
        'One map an event. Is this a history?',
      );
    }
    const char = this.text[at];
    if (char === undefined) throw this.cutOff(at, 'a form');
    if (char === '"') return this.string();
    if (char === '\\') return this.character();
    if (char === '#') return this.dispatch(depth);
    if (char === '{') return this.map(depth);
    if (char === '(' || char === '[') {
      this.at++;
      return { kind: char === '(' ? 'list' : 'vector', items: this.items(CLOSERS[char] as string, at, depth) };
    }
    return this.atom();
  }

  /** Is this the end of what was opened at `opened`? Then moves behind it. */
  private closes(closer: string, opened: number, depth: number): boolean {
    const char = this.text[this.skip(depth)];
    if (char === undefined) throw this.cutOff(opened, closer);
    if (char === closer) {
      this.at++;
      return true;
    }
    if (char !== ')' && char !== ']' && char !== '}') return false;
    const { line, column } = placeOf(this.text, opened);
    throw this.fault('syntax', this.at, closer, `Closes what was opened in line ${line}, column ${column}.`, char);
  }

  private items(closer: string, opened: number, depth: number): readonly Edn[] {
    if (this.closes(closer, opened, depth + 1)) return NONE;
    const items: Edn[] = [this.read(depth + 1)];
    while (!this.closes(closer, opened, depth + 1)) items.push(this.read(depth + 1));
    return items;
  }

  private map(depth: number): Edn {
    const opened = this.at++;
    if (this.closes('}', opened, depth + 1)) return EMPTY_MAP;
    const entries: EdnEntry[] = [];
    const names: string[] = [];
    let many: Set<string> | undefined;
    do {
      const keyAt = this.at;
      const key = this.read(depth + 1);
      const name = typeof key === 'object' && key?.kind === 'keyword' ? `:${key.name}` : canonical(key);
      if (many === undefined ? names.includes(name) : many.has(name))
        throw this.fault('syntax', keyAt, 'each key once', 'A map with one key twice has two meanings.');
      if (names.length < FEW_KEYS) names.push(name);
      else (many ??= new Set(names)).add(name);
      if (this.closes('}', opened, depth + 1)) {
        throw this.fault('syntax', this.at - 1, 'a value for the last key', 'A map holds pairs.', '}');
      }
      const at = this.at;
      entries.push({ key, value: this.read(depth + 1), at });
    } while (!this.closes('}', opened, depth + 1));
    return { kind: 'map', entries };
  }

  private dispatch(depth: number): Edn {
    const start = this.at;
    if (this.text[start + 1] === '{') {
      this.at += 2;
      return { kind: 'set', items: this.items('}', start, depth) };
    }
    this.at++;
    const tag = this.token(start);
    if (tag === '#Inf' || tag === '#-Inf' || tag === '#NaN') {
      return tag === '#NaN' ? NaN : tag === '#Inf' ? Infinity : -Infinity;
    }
    if (!NAME.test(tag))
      throw this.fault('syntax', start, 'a tag, #{ or #_', 'Other reader macros of Clojure are not EDN.');
    if (this.skip(depth + 1) >= this.text.length) throw this.cutOff(start, `a form after #${tag}`);
    return { kind: 'tagged', tag, value: this.read(depth + 1) };
  }

  private token(start: number): string {
    const { text } = this;
    let end = this.at;
    while (end < text.length && !isDelimiter(text.charCodeAt(end))) {
      end++;
      if (end - start > this.limits.tokenCharsMax) throw this.tooLong(start);
    }
    const token = text.slice(this.at, end);
    this.at = end;
    return token;
  }

  private tooLong(start: number): FormatError {
    return this.fault(
      'token-too-long',
      start,
      `at most ${this.limits.tokenCharsMax} characters in one token`,
      'Is this a history?',
    );
  }

  private atom(): Edn {
    const start = this.at;
    const token = this.token(start);
    if (token === 'nil') return null;
    if (token === 'true' || token === 'false') return token === 'true';
    if (INTEGER.test(token) || HEXADECIMAL.test(token)) return this.integer(token);
    if (DECIMAL.test(token)) return Number(token.replace('M', ''));
    if (KEYWORD.test(token)) return { kind: 'keyword', name: token.slice(1) };
    if (NAME.test(token) && !/^[+-]?\d/.test(token)) return { kind: 'symbol', name: token };
    if (RATIO.test(token)) return { kind: 'ratio', name: token };
    throw this.fault('syntax', start, 'an EDN form', 'Is this an EDN file, and in UTF-8?');
  }

  private integer(token: string): number | bigint {
    const digits = token.endsWith('N') ? token.slice(0, -1) : token;
    const size = /^[+-]/.test(digits) ? digits.slice(1) : digits;
    const number = digits.startsWith('-') ? -Number(size) : Number(size);
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
    return digits.startsWith('-') ? -BigInt(size) : BigInt(size);
  }

  private string(): string {
    const { text } = this;
    const start = this.at;
    const parts: string[] = [];
    let from = start + 1;
    for (let at = from; ; at++) {
      if (at - start > this.limits.tokenCharsMax) throw this.tooLong(start);
      const char = text[at];
      if (char === undefined) throw this.cutOff(start, 'the closing "');
      if (char !== '"' && char !== '\\') continue;
      parts.push(text.slice(from, at));
      if (char === '"') {
        this.at = at + 1;
        return parts.join('');
      }
      const { value, length } = this.escape(at);
      parts.push(value);
      at += length - 1;
      from = at + 1;
    }
  }

  private escape(at: number): { value: string; length: number } {
    const char = this.text[at + 1] ?? '';
    const simple = ESCAPES[char];
    if (simple !== undefined) return { value: simple, length: 2 };
    const hex = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(at + 1, at + 6))?.[1];
    if (hex !== undefined) return { value: String.fromCharCode(parseInt(hex, 16)), length: 6 };
    if (char === '') throw this.cutOff(at, 'the rest of an escape');
    throw this.fault(
      'syntax',
      at,
      'an escape: \\n \\t \\r \\b \\f \\\\ \\" or \\u and four digits',
      'EDN knows no others.',
      `\\${char}`,
    );
  }

  private character(): Edn {
    const start = this.at;
    this.at += 2;
    if (start + 1 >= this.text.length) throw this.cutOff(start, 'a character');
    const name = (this.text[start + 1] as string) + this.token(start);
    const named = Object.hasOwn(NAMED_CHARACTERS, name) ? NAMED_CHARACTERS[name] : undefined;
    const hex = /^u([0-9a-fA-F]{4})$/.exec(name)?.[1];
    const value = named ?? (hex === undefined ? name : String.fromCharCode(parseInt(hex, 16)));
    if (value.length > 1)
      throw this.fault('syntax', start, 'a character such as \\a, \\newline or \\u00e4', 'Is a text in quotes meant?');
    return { kind: 'character', name: value };
  }
}

/** Blank as Clojure sees it: commas too, and a byte order mark. Not a number (the end of the text) is none. */
function isSpace(code: number): boolean {
  return code === 32 || code === 44 || (code >= 9 && code <= 13) || code === 0xfeff || code === 0xa0 || code === 0x2028;
}

function isDelimiter(code: number): boolean {
  return isSpace(code) || DELIMITERS[code] === 1;
}
