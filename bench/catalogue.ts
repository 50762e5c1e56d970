import { checkerSuite } from './checker-suite.js';
import { transactionsSuite } from './transactions-suite.js';
import { engineSuite } from './engine-suite.js';
import { kernelSuite } from './kernel-suite.js';
import { protocolsSuite } from './protocols-suite.js';
import { raftSuite } from './raft-suite.js';
import type { BenchSuite } from './suites.js';

/** What `npm run bench` times. A new suite is one line here. */
export const SUITES: readonly BenchSuite[] = [
  kernelSuite,
  engineSuite,
  raftSuite,
  protocolsSuite,
  checkerSuite,
  transactionsSuite,
];
