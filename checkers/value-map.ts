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

  *values(): Generator<T, void> {
    yield* this.plain.values();
    yield* this.byContent.values();
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
