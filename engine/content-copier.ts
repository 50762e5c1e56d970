import type { Plain } from './protocol.js';

/** Copies and counts contents as `ContentWalker` does, and hashes nothing: for digests of headers only. */
export class ContentCopier {
  bytes = 0;

  copy(value: unknown): Plain {
    if (typeof value !== 'object' || value === null) {
      this.count(value);
      return value as Plain;
    }
    if (Array.isArray(value)) {
      this.bytes += 1;
      return value.map((item) => this.copy(item));
    }
    if (value instanceof Map) {
      const copy = new Map<string | number, Plain>();
      for (const [key, item] of value as ReadonlyMap<string | number, unknown>) {
        this.count(key);
        copy.set(key, this.copy(item));
      }
      return copy;
    }
    if (value instanceof Set) {
      for (const item of value) this.count(item);
      return new Set(value as ReadonlySet<string>);
    }
    const copy: Record<string, Plain> = {};
    for (const key in value) {
      this.bytes += 1;
      copy[key] = this.copy((value as Record<string, unknown>)[key]);
    }
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
