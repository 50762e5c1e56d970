import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../../cli/files.js';
import { UsageError } from '../../engine/index.js';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

function read(bytes: string | Uint8Array): string {
  try {
    return readText(place.path(place.write('f', bytes)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.replaceAll(`${place.folder}/`, '');
  }
}

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

describe('a text', () => {
  it('in UTF-8 is read, the sign for what is no text among it', () =>
    expect(read('naïve 🙈 \ufffd\n')).toBe('naïve 🙈 \ufffd\n'));
  it.each([
    ['a byte that is none', bytes('ab\n\ufffdc', 0xff, 'd'), 'f:2:3: the byte 0xff is no UTF-8'],
    ['half a character at the end', bytes('ab', 0xc3), 'f:1:3: the byte 0xc3 is no UTF-8'],
    ['Latin-1', bytes('na', 0xef, 've'), 'f:1:3: the byte 0xef is no UTF-8'],
    ['UTF-16', Buffer.from('\ufeffname: mine\n', 'utf16le'), 'f:1:1: this is UTF-16'],
  ])('with %s is refused with its place', (_, given, message) => expect(read(given)).toBe(message));
  it('is no folder', () => expect(() => readText(place.folder)).toThrow(/cannot read .*: it is a folder/));
});
