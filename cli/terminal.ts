import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where the command writes. Prose and progress go to stderr, results to stdout. */
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

export function realTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const colour = (stdout.isTTY || forced) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let moving = false;
  const settle = (): void => {
    if (moving) stderr.write('\r\x1b[2K');
    moving = false;
  };
  return {
    colour,
    columns: stdout.columns ?? 120,
    out(text) {
      settle();
      stdout.write(`${text}\n`);
    },
    err(text) {
      settle();
      stderr.write(`${text}\n`);
    },
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    progress(text) {
      if (!stderr.isTTY) return;
      stderr.write(`\r\x1b[2K${text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      moving = true;
    },
    settle,
  };
}
