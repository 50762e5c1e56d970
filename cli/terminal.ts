import { styleText } from 'node:util';
import { legible } from '../checkers/index.js';

type Style = Parameters<typeof styleText>[0];

/**
 * Where the command writes. Prose and progress go to stderr, results to stdout. Whatever the text, a terminal gets nothing to
 * act on but line ends and our own colours.
 */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colours, where stdout is a terminal and `NO_COLOR` is not set. */
  readonly colour: boolean;
  paint(style: Style, text: string): string;
  readonly columns: number;
  /** Shows a line that the next one replaces; nothing where stderr is no terminal. */
  progress(text: string): void;
  /** Removes the progress line. */
  settle(): void;
}

/** What is written to: the process itself, unless a test looks on. */
export interface Outlet {
  readonly stdout: OutletStream;
  readonly stderr: OutletStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface OutletStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): void;
}

export function terminalOf({ stdout, stderr, env }: Outlet): Terminal {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const colour = (stdout.isTTY === true || forced) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let moving = false;
  const settle = (): void => {
    if (moving) stderr.write('\r\x1b[2K');
    moving = false;
  };
  return {
    colour,
    columns: stdout.columns ?? columnsFrom(env['COLUMNS']) ?? COLUMNS_ELSEWHERE,
    out(text) {
      settle();
      stdout.write(`${shown(text, colour)}\n`);
    },
    err(text) {
      settle();
      stderr.write(`${shown(text, colour)}\n`);
    },
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    progress(text) {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\x1b[2K${legible(text).slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      moving = true;
    },
    settle,
  };
}

/** Where nobody says how wide it is: a file, a pipe. */
const COLUMNS_ELSEWHERE = 120;

function columnsFrom(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value > 0 ? value : undefined;
}

const ESCAPE = '\u001b';
// Line ends, and what `paint` and the drawings of the checkers write.
const LINE_ENDS = /\n/g;
const LINE_ENDS_AND_COLOURS = new RegExp(String.raw`\n|${ESCAPE}\[(?:0|1|2|22|3[1-6]|39)m`, 'g');

function shown(text: string, colour: boolean): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(colour ? LINE_ENDS_AND_COLOURS : LINE_ENDS)) {
    result += legible(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return result + legible(text.slice(from));
}
