import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.js';

const LABEL_WIDTH = 13;
const COLUMNS_MAX = 120;

/** How wide prose may be. */
export function proseWidth(terminal: Terminal): number {
  return Math.max(40, Math.min(terminal.columns, COLUMNS_MAX));
}

export function label(name: string, text: string, terminal: Terminal): string {
  return `  ${terminal.paint('dim', name.padEnd(LABEL_WIDTH))}${text}`;
}

/** A label and items after it, on as many lines as they need. */
export function wrapped(name: string, items: readonly string[], terminal: Terminal, between = ', '): string[] {
  const width = proseWidth(terminal) - LABEL_WIDTH - 3;
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= width)
      lines[lines.length - 1] = `${last}${between}${item}`;
    else lines.push(item);
  }
  return lines.map((line, i) =>
    label(i === 0 ? name : '', `${line}${i < lines.length - 1 ? between.trimEnd() : ''}`, terminal),
  );
}

/** A label and a text, as it is where there is room; broken at its spaces where not, at wide ones first. */
export function flowed(name: string, text: string, terminal: Terminal): string[] {
  const width = proseWidth(terminal) - LABEL_WIDTH - 2;
  const lines = [''];
  const fits = (line: string): boolean => stripVTControlCharacters(line).length <= width;
  // What belongs together goes to the next line together, if it fits there.
  const pieces = text
    .split(/(?<=\S)(?= {2})/)
    .flatMap((part) => (fits(part.trimStart()) ? [part] : part.split(/(?<=\S)(?= )/)));
  for (const piece of pieces) {
    const longer = lines.at(-1)! + piece;
    if (fits(longer) || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(piece.trimStart());
  }
  return lines.map((line, i) => label(i === 0 ? name : '', line, terminal));
}

/** Prose in lines of the terminal's width, each indented. */
export function paragraph(text: string, indent: number, terminal: Terminal): string[] {
  return linesOf(text, proseWidth(terminal) - indent).map((line) => ' '.repeat(indent) + line);
}

/** Prose in lines of at most this width. */
export function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What to copy and paste: side by side where there is room. */
export function copyLines(reproduce: string, look: string | null, terminal: Terminal): string[] {
  const one = `  ${terminal.paint('dim', 'reproduce:')} ${reproduce}`;
  if (look === null) return [one];
  const two = `${terminal.paint('dim', 'look:')} ${look}`;
  const length = `  reproduce: ${reproduce}      look: ${look}`.length;
  return length <= proseWidth(terminal) ? [`${one}      ${two}`] : [one, `       ${two}`];
}

export function secondsText(us: number): string {
  return `${(us / 1e6).toFixed(us % 1e6 === 0 ? 0 : 2)} s`;
}

export function durationText(us: number): string {
  return us >= 1e6 ? `${(us / 1e6).toFixed(2)} s` : `${(us / 1e3).toFixed(us < 1e4 ? 1 : 0)} ms`;
}

export function roundText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4).replace(/\.?0+$/, '');
}

/** `1 operation`, `2 operations`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** Columns as wide as they need to be; numbers to the right. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  terminal: Terminal,
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? roundText(cell) : cell)));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => (row[i] ?? '').length)));
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    `    ${row.map((cell, i) => (numeric[i] === true ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('   ')}`.trimEnd();
  return [terminal.paint('dim', line(columns)), ...cells.map(line)];
}
