import type { Plain } from './protocol.js';

/** Copies contents as `ContentWalker` does, and hashes nothing: for digests of headers only. */
export class ContentCopier {
  bytes = 0;

  copy(value: unknown): Plain {
    if (typeof value !== 'object' || value === null) return value as Plain;
    if (Array.isArray(value)) return value.map((item) => this.copy(item));
    if (value instanceof Map) {
      return new Map([...(value as ReadonlyMap<string, unknown>)].map(([key, item]) => [key, this.copy(item)]));
    }
    if (value instanceof Set) return new Set(value as ReadonlySet<string>);
    const copy: Record<string, Plain> = {};
    for (const key in value) copy[key] = this.copy((value as Record<string, unknown>)[key]);
    return copy;
  }

  hash(): void {
    // Nothing to hash.
  }
}
