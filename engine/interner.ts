/** Strings as small integers, in the order in which they were first seen. */
export class Interner {
  private readonly indices = new Map<string, number>();
  private readonly strings: string[] = [];
  /** Hears of every string that is seen for the first time. */
  onNew: ((text: string) => void) | null = null;

  private latest = '';
  private latestIndex = -1;

  index(text: string): number {
    // The same text comes again and again, mostly as the same string.
    if (text === this.latest && this.latestIndex >= 0) return this.latestIndex;
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.strings.push(text) - 1;
      this.indices.set(text, index);
      this.onNew?.(text);
    }
    this.latest = text;
    this.latestIndex = index;
    return index;
  }

  text(index: number): string {
    return this.strings[index]!;
  }

  get size(): number {
    return this.strings.length;
  }
}
