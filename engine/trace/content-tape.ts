import { put } from '../content-copier.js';
import { keyText, type KnownKey } from '../known-key.js';
import type { Plain } from '../protocol.js';

const CHUNK_BITS = 15;
const CHUNK_WORDS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_WORDS - 1;

/** A word's low bits say what it is; the others a size, or the number of a text. */
const KIND_BITS = 4;
const KIND_MASK = (1 << KIND_BITS) - 1;

const NULL = 1;
const UNDEFINED = 2;
const FALSE = 3;
const TRUE = 4;
/** The next word. */
const INTEGER = 5;
/** The next two words. */
const DOUBLE = 6;
const STRING = 7;
const ARRAY = 8;
const OBJECT = 9;
const MAP = 10;
const SET = 11;

// A key is a word too: the number of its text, then one bit: does an integer follow, or a word that says what it is? A key
// without a number is below zero, and its text follows.
const INTEGER_FOLLOWS = 1;
const KEY_BY_TEXT = -1;

/**
 * The contents that a trace has, written one behind the other as they are copied and hashed: words, in chunks that never
 * move, and texts. If it kept the copies themselves, the collector of garbage would carry every message of a run along.
 */
export class ContentTape {
  /** Where the next content begins. */
  length = 0;
  private readonly chunks: Int32Array[] = [];
  private chunk = new Int32Array(0);
  private readonly texts: string[] = [];
  private latest = '';

  /** A value without parts: null, undefined, a boolean, a number or a string. */
  scalar(value: Plain): void {
    if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.string(value);
    else this.word(value === null ? NULL : value === undefined ? UNDEFINED : value === true ? TRUE : FALSE);
  }

  string(value: string): void {
    this.word((this.textIndex(value) << KIND_BITS) | STRING);
  }

  /** So many items follow. */
  array(size: number): void {
    this.word((size << KIND_BITS) | ARRAY);
  }

  /** So many pairs of a key and a value follow. */
  map(size: number): void {
    this.word((size << KIND_BITS) | MAP);
  }

  set(size: number): void {
    this.word((size << KIND_BITS) | SET);
  }

  /** Keys and values follow. @returns what `endObject` takes. */
  beginObject(): number {
    this.word(OBJECT);
    return this.length - 1;
  }

  /** A key, whose value follows. */
  key(key: KnownKey): void {
    if (key.number >= 0) {
      this.word(key.number << 1);
      return;
    }
    this.word(KEY_BY_TEXT);
    this.word(this.textIndex(key.text));
  }

  /** A key with an integer of 32 bits. */
  integerAt(key: KnownKey, value: number): void {
    if (key.number >= 0) {
      this.two((key.number << 1) | INTEGER_FOLLOWS, value);
      return;
    }
    this.key(key);
    this.number(value);
  }

  /** A key with a string. */
  stringAt(key: KnownKey, value: string): void {
    if (key.number >= 0) {
      this.two(key.number << 1, (this.textIndex(value) << KIND_BITS) | STRING);
      return;
    }
    this.key(key);
    this.string(value);
  }

  endObject(at: number, keys: number): void {
    this.chunks[at >> CHUNK_BITS]![at & CHUNK_MASK]! |= keys << KIND_BITS;
  }

  /** The content that begins there. */
  read(at: number): Plain {
    const { chunks, texts } = this;
    let position = at;
    const next = (): number => {
      const word = chunks[position >> CHUNK_BITS]![position & CHUNK_MASK]!;
      position++;
      return word;
    };
    const value = (): Plain => {
      const word = next();
      const size = word >> KIND_BITS;
      switch (word & KIND_MASK) {
        case NULL:
          return null;
        case UNDEFINED:
          return undefined;
        case FALSE:
          return false;
        case TRUE:
          return true;
        case INTEGER:
          return next();
        case DOUBLE:
          halves[0] = next();
          halves[1] = next();
          return double[0]!;
        case STRING:
          return texts[size]!;
        case ARRAY:
          return Array.from({ length: size }, value);
        case MAP:
          return new Map(Array.from({ length: size }, () => [value() as string | number, value()] as const));
        case SET:
          return new Set(Array.from({ length: size }, () => value() as string | number));
        default:
          return fields(size);
      }
    };
    const fields = (size: number): Plain => {
      const object: Record<string, Plain> = {};
      for (let i = 0; i < size; i++) {
        const key = next();
        const text = key === KEY_BY_TEXT ? texts[next()]! : keyText(key >> 1);
        const item = key !== KEY_BY_TEXT && (key & INTEGER_FOLLOWS) !== 0 ? next() : value();
        put(object, text, item);
      }
      return object;
    };
    return value();
  }

  private number(value: number): void {
    if ((value | 0) === value) {
      this.word(INTEGER);
      this.word(value);
      return;
    }
    double[0] = value;
    this.word(DOUBLE);
    this.word(halves[0]!);
    this.word(halves[1]!);
  }

  private textIndex(text: string): number {
    // The same text comes again and again: a type, the name of a node.
    if (text !== this.latest || this.texts.length === 0) {
      this.latest = text;
      this.texts.push(text);
    }
    return this.texts.length - 1;
  }

  private two(first: number, second: number): void {
    const at = this.length & CHUNK_MASK;
    if (at === 0 || at === CHUNK_MASK) {
      this.word(first);
      this.word(second);
      return;
    }
    const { chunk } = this;
    chunk[at] = first;
    chunk[at + 1] = second;
    this.length += 2;
  }

  private word(word: number): void {
    const at = this.length++ & CHUNK_MASK;
    if (at === 0) this.chunks.push((this.chunk = new Int32Array(CHUNK_WORDS)));
    this.chunk[at] = word;
  }
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
