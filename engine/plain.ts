import { current, isDraft } from 'immer';
import { cloned, put } from './content-copier.js';
import type { Digest } from './digest.js';
import { isOutlived, OUTLIVED, ProtocolFault } from './errors.js';
import { shapeAt } from './known-key.js';
import type { Plain } from './protocol.js';
import type { ContentTape } from './trace/content-tape.js';

/**
 * Plain data: copied, hashed, compared, frozen, written down. One walk copies and hashes, since every message needs both.
 * The digest sees types, lengths, keys in their order, and values.
 */

const DEPTH_MAX = 100;

const TAG_NULL = 1;
const TAG_UNDEFINED = 2;
const TAG_FALSE = 3;
const TAG_TRUE = 4;
const TAG_INTEGER = 5;
const TAG_DOUBLE = 6;
const TAG_STRING = 7;
const TAG_ARRAY = 8;
const TAG_OBJECT = 9;
const TAG_MAP = 10;
const TAG_SET = 11;

/** After a key whose value is neither an integer nor a string. */
const TAG_KEY = 12;

/** A content that is no message. */
const NO_TYPE = -1;

/** Copies and hashes contents into a digest, counts their size, and writes them down where they are to be kept. */
export class ContentWalker {
  /** Size of what was walked since it was last set to 0: 8 per number, a byte per character, 1 per key or item. */
  bytes = 0;

  /**
   * @param drafts may contents hold drafts of states?
   * @param tape what is copied is written there, too
   * @param strict is an object with a prototype of somebody's own refused, even where its maker is `Object`?
   */
  constructor(
    private readonly digest: Digest,
    private readonly drafts = true,
    readonly tape: ContentTape | null = null,
    private readonly strict = true,
  ) {}

  /**
   * A deep copy that shares nothing mutable with `value`, hashed on the way. Reads through immer drafts.
   *
   * @param type a message's type, as the number that the event has which tells of it: so it is not hashed once more
   * @throws ProtocolFault `plain-data` that names the path of what is no plain data.
   */
  copy(value: unknown, type = NO_TYPE): Plain {
    if (type >= 0 && !this.drafts && typeof value === 'object' && value !== null && this.isObject(value)) {
      return this.object(value, 0, this.tape, true, type);
    }
    return this.walk(value, 0, this.tape, true, type);
  }

  /** Hashes without copying. */
  hash(value: unknown): void {
    this.walk(value, 0, null, false, NO_TYPE);
  }

  /** @param site the same for contents that are likely to be alike: of a message its type, else below 0 at the top */
  private walk(value: unknown, depth: number, tape: ContentTape | null, copying: boolean, site: number): Plain {
    const digest = this.digest;
    switch (typeof value) {
      case 'number':
        this.number(value);
        break;
      case 'string':
        this.bytes += value.length;
        digest.word(TAG_STRING);
        digest.text(value);
        break;
      case 'boolean':
        this.bytes += 1;
        digest.word(value ? TAG_TRUE : TAG_FALSE);
        break;
      case 'undefined':
        digest.word(TAG_UNDEFINED);
        break;
      case 'object':
        if (value !== null) return this.parts(value, depth, tape, copying, site);
        digest.word(TAG_NULL);
        break;
      default:
        throw notPlain(value);
    }
    if (tape !== null) tape.scalar(value);
    return value;
  }

  private parts(value: object, depth: number, tape: ContentTape | null, copying: boolean, site: number): Plain {
    // What a draft holds unchanged need not be looked at through it.
    if (this.drafts && isDraft(value)) return this.walk(current(value), depth, tape, copying, site);
    if (depth > DEPTH_MAX) throw new ContentProblem('a cycle, or nesting deeper than 100');
    if (Array.isArray(value)) return this.array(value, depth, tape, copying, site);
    if (this.isObject(value)) return this.object(value, depth, tape, copying, site);
    if (value instanceof Map) return this.map(value, depth, tape, copying, site);
    if (value instanceof Set) return this.set(value, tape, copying);
    throw notPlain(value);
  }

  /** To ask an object for its prototype is a slow call; its maker is a field like any other, and mostly says the same. */
  private isObject(value: object): value is Record<string, unknown> {
    return (!this.strict && value.constructor === Object) || hasPlainPrototype(value);
  }

  private number(value: number): void {
    this.bytes += 8;
    if ((value | 0) === value) {
      this.digest.pair(TAG_INTEGER, value);
      return;
    }
    if (value !== value || value === Infinity || value === -Infinity) throw notPlain(value);
    this.digest.word(TAG_DOUBLE);
    this.digest.double(value);
  }

  private array(
    value: readonly unknown[],
    depth: number,
    tape: ContentTape | null,
    copying: boolean,
    site: number,
  ): Plain {
    const length = value.length;
    this.bytes += 1;
    this.digest.pair(TAG_ARRAY, length);
    if (tape !== null) tape.array(length);
    if (!copying) {
      for (let i = 0; i < length; i++) this.walk(value[i], depth + 1, tape, false, site);
      return value as Plain;
    }
    const copy: Plain[] = [];
    for (let i = 0; i < length; i++) copy.push(this.walk(value[i], depth + 1, tape, true, site));
    return copy;
  }

  private object(
    value: Record<string, unknown>,
    depth: number,
    tape: ContentTape | null,
    copying: boolean,
    site: number,
  ): Plain {
    const digest = this.digest;
    const fields = copying ? cloned(value, site) : value;
    const shape = shapeAt(site);
    const begin = tape === null ? 0 : tape.beginObject();
    let keys = 0;
    let bytes = 0;
    for (const key in fields) {
      const known = shape.key(keys++, key);
      const item = fields[key];
      if (typeof item === 'number' && (item | 0) === item) {
        bytes += 9;
        digest.pair(known.hash, item);
        if (tape !== null) tape.integerAt(known, item);
        continue;
      }
      bytes += 1;
      if (typeof item === 'string') {
        bytes += item.length;
        if (tape !== null) tape.stringAt(known, item);
        if (depth === 0 && site >= 0 && key === 'type') continue;
        // Not what an integer of that number would be hashed as.
        digest.pair(~known.hash, TAG_STRING);
        digest.text(item);
        continue;
      }
      if (tape !== null) tape.key(known);
      digest.pair(known.hash, TAG_KEY);
      const walked = this.walk(item, depth + 1, tape, copying, site + key.length);
      if (walked !== item) put(fields as Record<string, Plain>, key, walked);
    }
    this.bytes += bytes;
    digest.pair(TAG_OBJECT, keys);
    if (tape !== null) tape.endObject(begin, keys);
    return fields as Plain;
  }

  private map(
    value: ReadonlyMap<unknown, unknown>,
    depth: number,
    tape: ContentTape | null,
    copying: boolean,
    site: number,
  ): Plain {
    this.digest.pair(TAG_MAP, value.size);
    if (tape !== null) tape.map(value.size);
    const copy = new Map<string | number, Plain>();
    for (const [key, item] of value) {
      this.member(key, tape, 'a Map key');
      const walked = this.walk(item, depth + 1, tape, copying, site);
      if (copying) copy.set(key as string | number, walked);
    }
    return copying ? copy : (value as Plain);
  }

  private set(value: ReadonlySet<unknown>, tape: ContentTape | null, copying: boolean): Plain {
    this.digest.pair(TAG_SET, value.size);
    if (tape !== null) tape.set(value.size);
    for (const item of value) this.member(item, tape, 'a Set member');
    return copying ? new Set(value as ReadonlySet<string | number>) : (value as Plain);
  }

  private member(key: unknown, tape: ContentTape | null, what: string): void {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new ContentProblem(`${what} that is ${describe(key)} (a string or a number was expected)`);
    }
    this.walk(key, 0, tape, false, NO_TYPE);
  }
}

function hasPlainPrototype(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Found while walking; `locate` finds the path afterwards, so that the walk itself need not keep it. */
class ContentProblem extends Error {}

function notPlain(value: unknown): ContentProblem {
  return new ContentProblem(describe(value));
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return value.name === '' ? 'a function' : `the function ${value.name}`;
    case 'number':
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      const maker: unknown = (value as { constructor?: unknown }).constructor;
      if (maker === Object && !hasPlainPrototype(value)) return 'an object with a prototype of its own';
      return typeof maker === 'function' && maker.name !== '' ? `an instance of ${maker.name}` : 'an exotic object';
    }
    default:
      return `a ${typeof value}`;
  }
}

/** Turns a problem met while walking `root` into a finding that says where: `what` is e.g. `n1's message Vote`. */
export function locateProblem(problem: unknown, root: unknown, what: string): unknown {
  if (isOutlived(problem))
    return new ProtocolFault('plain-data', `${what} holds, at ${pathOfProblem(root) ?? 'its top'}, ${OUTLIVED}`);
  if (!(problem instanceof ContentProblem)) return problem;
  return new ProtocolFault('plain-data', `${what} holds ${problem.message} at ${pathOfProblem(root) ?? 'its top'}`);
}

/** Such a draft cannot even be asked whether it is a list. */
function isProxyRevoked(value: object): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** The path of the first thing that is no plain data. */
function pathOfProblem(root: unknown): string | undefined {
  const open = new Set<object>();
  const visit = (value: unknown, path: string): string | undefined => {
    if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
      return undefined;
    if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
    if (typeof value !== 'object' || open.has(value)) return path;
    open.add(value);
    try {
      if (isProxyRevoked(value)) return path;
      if (Array.isArray(value)) return first(value.entries(), (i) => `${path}[${String(i)}]`);
      if (value instanceof Set) return first(value.entries(), () => path);
      if (value instanceof Map) return first(value.entries(), (key) => `${path}.get(${String(key)})`);
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return path;
      return first(Object.entries(value), (key) => (path === '' ? String(key) : `${path}.${String(key)}`));
    } finally {
      open.delete(value);
    }
  };
  const first = (items: Iterable<[unknown, unknown]>, name: (key: unknown) => string): string | undefined => {
    for (const [key, item] of items) {
      const found = visit(item, name(key));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const path = visit(root, '');
  return path === '' ? undefined : path;
}

/** Freezes a copied content, all the way down: whoever changes a message then hears of it at once. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map || value instanceof Set) {
    if (value instanceof Map) for (const item of value.values()) deepFreeze(item);
    // Freezing alone does not keep their content from being changed.
    for (const method of ['set', 'add', 'delete', 'clear'])
      Object.defineProperty(value, method, { value: refuseChange });
  } else {
    for (const key in value) deepFreeze((value as Record<string, unknown>)[key]);
  }
  return Object.freeze(value);
}

function refuseChange(): never {
  throw new TypeError('Cannot change a Map or Set that came in a message');
}

/** Equality of plain data, order of keys aside. */
export function plainEquals(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => plainEquals(item, b[i]));
  }
  if (a instanceof Map) {
    return b instanceof Map && a.size === b.size && [...a].every(([k, v]) => b.has(k) && plainEquals(v, b.get(k)));
  }
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((item) => b.has(item));
  if (Array.isArray(b) || b instanceof Map || b instanceof Set) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((k) => k in right && plainEquals(left[k], right[k]));
}

/** Plain data as JSON that can be read back: maps and sets become `{"#map": …}` and `{"#set": …}`. */
export function toJson(value: Plain): unknown {
  if (value instanceof Map) return { '#map': [...value].map(([k, v]) => [k, toJson(v)]) };
  if (value instanceof Set) return { '#set': [...value] };
  if (Array.isArray(value)) return value.map((item: Plain) => toJson(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toJson(v as Plain)]));
  }
  return value;
}

/** Reads what `toJson` wrote. */
export function fromJson(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value as Plain;
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [key, content] = entries[0]!;
    if (key === '#map') return new Map((content as [string | number, unknown][]).map(([k, v]) => [k, fromJson(v)]));
    if (key === '#set') return new Set(content as (string | number)[]);
  }
  return Object.fromEntries(entries.map(([k, v]) => [k, fromJson(v)]));
}
