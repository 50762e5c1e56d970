/**
 * What a terminal acts on, or hides, instead of showing it: control characters (ESC and the 8-bit CSI among them), line and
 * paragraph separators, halves of surrogate pairs, and what turns the direction of the text after it.
 */
const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text from elsewhere on one line, as it may be shown: what a terminal would act on is written as JSON writes it, so that
 * JSON stays the same JSON.
 *
 * @example
 * legible('a\u001b[31mb'); // => "a\\u001b[31mb"
 */
export function legible(text: string): string {
  return text.replace(UNSHOWN, escaped);
}

function escaped(character: string): string {
  if (character === '\n') return String.raw`\n`;
  if (character === '\r') return String.raw`\r`;
  if (character === '\t') return String.raw`\t`;
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
