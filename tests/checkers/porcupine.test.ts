import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { casRegister, certificateFault, kvText, linearizable, readHistory } from '../../checkers/index.js';

const FOLDER = path.resolve(import.meta.dirname, '../../../shared/data/porcupine');
const present = existsSync(path.join(FOLDER, 'verdicts.csv'));
const mustRun = process.env['CI'] === 'true';

function rows(): [file: string, verdict: string][] {
  const lines = readFileSync(path.join(FOLDER, 'verdicts.csv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.split(',') as [string, string]);
}

if (!present && !mustRun)
  console.warn("porcupine.test.ts: skipped, as Porcupine's test data is not beside the repository");

describe.skipIf(!present && !mustRun)("Porcupine's test data", () => {
  test('is there', () => {
    expect(present).toBe(true);
    expect(rows().length).toBe(44);
  });

  test.each(present ? rows() : [])('%s is %s', (file, verdict) => {
    const read = readHistory(readFileSync(path.join(FOLDER, file), 'utf8'), { file });
    expect(read.format).toBe(file.startsWith('etcd') ? 'etcd-log' : 'jepsen');
    const model = read.format === 'etcd-log' ? casRegister : kvText;
    const result = linearizable(read.history, model, { evidence: true });
    expect(result.verdict).toBe(verdict);
    expect(certificateFault(read.history, model, result)).toBeUndefined();
  });
});
