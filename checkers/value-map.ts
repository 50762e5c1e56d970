import { canonical } from './values.js';

/** A map whose keys are told apart as `canonical` does, by content; fast where they are no objects. */
export class ValueMap<T> {
  private readonly plain = new Map<unknown, T>();
  // Apart, or an object would be taken for the text that looks like it.
  private readonly byContent = new Map<string, T>();

  get(key: unknown): T | undefined {
    return isObject(key) ? this.byContent.get(canonical(key)) : this.plain.get(key);
  }

  set(key: unknown, value: T): void {
    if (isObject(key)) this.byContent.set(canonical(key), value);
    else this.plain.set(key, value);
  }

  /** As `set`. @returns false where there was a value already. */
  add(key: unknown, value: T): boolean {
    const map: Map<unknown, T> = isObject(key) ? this.byContent : this.plain;
    const { size } = map;
    map.set(isObject(key) ? canonical(key) : key, value);
    return map.size !== size;
  }

  *values(): Generator<T, void> {
    yield* this.plain.values();
    yield* this.byContent.values();
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
