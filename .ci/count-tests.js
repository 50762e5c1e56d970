// Reads vitest's JSON report and prints `passed failed`. A file that failed before its first test counts as one failure.

import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
);
console.log(`${report.numPassedTests} ${report.numFailedTests + brokenFiles.length}`);
