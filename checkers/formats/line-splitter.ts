import { FormatError } from './format-error.js';

/** The longest line, in UTF-16 units, that a reader keeps in memory. */
export const LINE_CHARS_MAX = 16 * 1024 * 1024;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Cuts chunks of text into lines, holding one line at most. Takes `\n` and `\r\n`; drops a byte order mark. */
export class LineSplitter {
  private pending: string[] = [];
  private pendingChars = 0;
  private count = 0;

  constructor(private readonly charsMax = LINE_CHARS_MAX) {}

  /** @throws FormatError (`line-too-long`) */
  *push(chunk: string): Generator<Line, void> {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      this.hold(chunk, from, at);
      yield this.cut();
      from = at + 1;
    }
    this.hold(chunk, from, chunk.length);
  }

  /** The last line, where no line end follows it. */
  *end(): Generator<Line, void> {
    if (this.pendingChars > 0) yield this.cut();
  }

  private hold(chunk: string, from: number, to: number): void {
    this.pendingChars += to - from;
    if (this.pendingChars > this.charsMax) {
      throw new FormatError({
        code: 'line-too-long',
        line: this.count + 1,
        column: 1,
        value: (this.pending[0] ?? '') + chunk.slice(from, from + 80),
        expected: `a line of at most ${this.charsMax} characters`,
        hint: 'One event a line. Is this a history?',
      });
    }
    if (to > from) this.pending.push(chunk.slice(from, to));
  }

  private cut(): Line {
    const joined = this.pending.length === 1 ? (this.pending[0] as string) : this.pending.join('');
    this.pending = [];
    this.pendingChars = 0;
    this.count++;
    const unmarked = this.count === 1 && joined.startsWith('\ufeff') ? joined.slice(1) : joined;
    return { text: unmarked.endsWith('\r') ? unmarked.slice(0, -1) : unmarked, number: this.count };
  }
}
