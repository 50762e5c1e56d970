/** Strings as small integers, in the order in which they were first seen. */
export class Interner {
  private readonly indices = new Map<string, number>();
  private readonly strings: string[] = [];

  index(text: string): number {
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.strings.push(text) - 1;
      this.indices.set(text, index);
    }
    return index;
  }

  text(index: number): string {
    return this.strings[index]!;
  }

  get size(): number {
    return this.strings.length;
  }
}
