import { current, isDraft } from 'immer';
import { cloned, put, siteOf } from './content-copier.js';
import type { Digest } from './digest.js';
import { ProtocolFault } from './errors.js';
import type { Plain } from './protocol.js';

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

/** After a key whose value is no integer. */
const TAG_KEY = 12;

/** Copies and hashes contents into a digest, and counts their size. */
export class ContentWalker {
  /** Size of what was walked since it was last set to 0: 8 per number, a byte per character, 1 per key or item. */
  bytes = 0;

  /** @param drafts may contents hold drafts of states? */
  constructor(
    private readonly digest: Digest,
    private readonly drafts = true,
  ) {}

  /**
   * A deep copy that shares nothing mutable with `value`, hashed on the way. Reads through immer drafts.
   *
   * @throws ProtocolFault `plain-data` that names the path of what is no plain data.
   */
  copy(value: unknown): Plain {
    return this.walk(value, 0, true, siteOf(value));
  }

  /** Hashes without copying. */
  hash(value: unknown): void {
    this.walk(value, 0, false, 0);
  }

  private walk(value: unknown, depth: number, copying: boolean, site: number): Plain {
    const digest = this.digest;
    switch (typeof value) {
      case 'number':
        this.number(value);
        return value;
      case 'string':
        this.bytes += value.length;
        digest.word(TAG_STRING);
        digest.text(value);
        return value;
      case 'boolean':
        this.bytes += 1;
        digest.word(value ? TAG_TRUE : TAG_FALSE);
        return value;
      case 'undefined':
        digest.word(TAG_UNDEFINED);
        return undefined;
      case 'object':
        break;
      default:
        throw notPlain(value);
    }
    if (value === null) {
      digest.word(TAG_NULL);
      return null;
    }
    // What a draft holds unchanged need not be looked at through it.
    if (this.drafts && isDraft(value)) return this.walk(current(value), depth, copying, site);
    if (depth > DEPTH_MAX) throw new ContentProblem('a cycle, or nesting deeper than 100');
    if (Array.isArray(value)) return this.array(value, depth, copying, site);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.object(value as Record<string, unknown>, depth, copying, site);
    }
    if (value instanceof Map) return this.map(value, depth, copying, site);
    if (value instanceof Set) return this.set(value, copying);
    throw notPlain(value);
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

  private array(value: readonly unknown[], depth: number, copying: boolean, site: number): Plain {
    const length = value.length;
    this.bytes += 1;
    this.digest.pair(TAG_ARRAY, length);
    if (!copying) {
      for (let i = 0; i < length; i++) this.walk(value[i], depth + 1, false, site);
      return value as Plain;
    }
    const copy: Plain[] = [];
    for (let i = 0; i < length; i++) copy.push(this.walk(value[i], depth + 1, true, site));
    return copy;
  }

  private object(value: Record<string, unknown>, depth: number, copying: boolean, site: number): Plain {
    const digest = this.digest;
    const fields = copying ? cloned(value, site) : value;
    let keys = 0;
    let known = FIRST_KEY;
    for (const key in fields) {
      known = known.follower.text === key ? known.follower : followedBy(known, key);
      keys++;
      const item = fields[key];
      if (typeof item === 'number' && (item | 0) === item) {
        this.bytes += 8;
        digest.pair(known.hash, item);
        continue;
      }
      digest.pair(known.hash, TAG_KEY);
      const walked = this.walk(item, depth + 1, copying, site + key.length);
      if (walked !== item) put(fields as Record<string, Plain>, key, walked);
    }
    this.bytes += keys;
    digest.pair(TAG_OBJECT, keys);
    return fields as Plain;
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number, copying: boolean, site: number): Plain {
    this.digest.pair(TAG_MAP, value.size);
    const copy = new Map<string | number, Plain>();
    for (const [key, item] of value) {
      this.member(key, 'a Map key');
      const walked = this.walk(item, depth + 1, copying, site);
      if (copying) copy.set(key as string | number, walked);
    }
    return copying ? copy : (value as Plain);
  }

  private set(value: ReadonlySet<unknown>, copying: boolean): Plain {
    this.digest.pair(TAG_SET, value.size);
    for (const item of value) this.member(item, 'a Set member');
    return copying ? new Set(value as ReadonlySet<string | number>) : (value as Plain);
  }

  private member(key: unknown, what: string): void {
    if (typeof key === 'string') {
      this.bytes += key.length;
      this.digest.word(TAG_STRING);
      this.digest.text(key);
    } else if (typeof key === 'number') {
      this.number(key);
    } else {
      throw new ContentProblem(`${what} that is ${describe(key)} (a string or a number was expected)`);
    }
  }
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
      return typeof maker === 'function' && maker.name !== '' ? `an instance of ${maker.name}` : 'an exotic object';
    }
    default:
      return `a ${typeof value}`;
  }
}

/** Turns a problem met while walking `root` into a finding that says where: `what` is e.g. `n1's message Vote`. */
export function locateProblem(problem: unknown, root: unknown, what: string): unknown {
  if (!(problem instanceof ContentProblem)) return problem;
  return new ProtocolFault('plain-data', `${what} holds ${problem.message} at ${pathOfProblem(root) ?? 'its top'}`);
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

/** A key of an object, hashed once, and the key that came after it the last time: most likely it does again. */
class KnownKey {
  follower: KnownKey = this;

  constructor(
    readonly text: string,
    readonly hash: number,
  ) {}
}

/** Before the first key of every object. */
const FIRST_KEY = new KnownKey('', 0);
const knownKeys = new Map<string, KnownKey>();
const KNOWN_KEYS_MAX = 100_000;

/** Keys repeat for ever, so each is hashed once. The cache is bounded: state may use ever new keys. */
function followedBy(known: KnownKey, key: string): KnownKey {
  let next = knownKeys.get(key);
  if (next === undefined) {
    let hash = key.length;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 0x01000193) ^ key.charCodeAt(i)) | 0;
    next = new KnownKey(key, hash);
    if (knownKeys.size < KNOWN_KEYS_MAX) knownKeys.set(key, next);
    else return next;
  }
  known.follower = next;
  return next;
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
