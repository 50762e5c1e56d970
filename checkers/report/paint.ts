/** Marks parts of a text for a terminal, or leaves them as they are. */
export interface Painter {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly unsure: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** ANSI colours, or none. */
export function painter(colour: boolean): Painter {
  const wrap = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: wrap(32), bad: wrap(31), unsure: wrap(35), dim: wrap(2) };
}
