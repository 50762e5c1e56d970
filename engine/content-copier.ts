import type { Plain } from './protocol.js';

/** Copies and counts contents as `ContentWalker` does, and hashes nothing: for digests of headers only. */
export class ContentCopier {
  bytes = 0;
  /** It writes nothing down. */
  readonly tape = null;

  /** @param site the same for contents that are likely to be alike, such as the number of a message's type. */
  copy(value: unknown, site = -1): Plain {
    if (typeof value !== 'object' || value === null) {
      this.count(value);
      return value as Plain;
    }
    if (Array.isArray(value)) {
      this.bytes += 1;
      return value.map((item) => this.copy(item, site));
    }
    if (value instanceof Map) {
      const copy = new Map<string | number, Plain>();
      for (const [key, item] of value as ReadonlyMap<string | number, unknown>) {
        this.count(key);
        copy.set(key, this.copy(item, site));
      }
      return copy;
    }
    if (value instanceof Set) {
      for (const item of value) this.count(item);
      return new Set(value as ReadonlySet<string>);
    }
    const copy = cloned(value, site);
    let bytes = 0;
    for (const key in copy) {
      const item = copy[key];
      if (typeof item === 'number') bytes += 9;
      else if (typeof item === 'string') bytes += 1 + item.length;
      else {
        bytes += 1;
        if (typeof item !== 'object' || item === null) this.count(item);
        else put(copy, key, this.copy(item, site + key.length));
      }
    }
    this.bytes += bytes;
    return copy;
  }

  private count(value: unknown): void {
    if (typeof value === 'number') this.bytes += 8;
    else if (typeof value === 'string') this.bytes += value.length;
    else if (typeof value === 'boolean') this.bytes += 1;
  }

  hash(): void {
    // Nothing to hash.
  }
}

type Fields = Record<string, Plain>;

/**
 * A spread copies a whole hidden class at once, several times as fast as key after key, as long as it meets no more than
 * four classes at its place in the code. So there are several places, the same for what is likely to be alike.
 */
const CLONERS: readonly ((value: object) => object)[] = [
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
  (value) => ({ ...value }),
];
const SITES_MASK = 15;

/** A copy of an object, one level deep. */
export function cloned(value: object, site: number): Fields {
  return CLONERS[site & SITES_MASK]!(value) as Fields;
}

const OWN = { enumerable: true, configurable: true, writable: true };

/** Sets a field that the object has. Assigned, one key would change the prototype instead. */
export function put(target: Record<string, Plain>, key: string, value: Plain): void {
  if (key === '__proto__') Object.defineProperty(target, key, { ...OWN, value });
  else target[key] = value;
}
