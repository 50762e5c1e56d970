import type { MessageOfType, NodeId } from '../../engine/index.js';
import { clock, waitedOut, type Site } from './lease-clock.js';
import { compareTokens, showToken, type Leases, type Token } from './shape.js';

/**
 * Who comes back knows none of the leases that it has granted, and waits until the longest of them is over: the term is all
 * that the paper asks the server to keep on its disk. A new epoch makes tokens of this life higher than all of the last.
 */
export function openForService(node: Site): void {
  const { durable, volatile, options } = node;
  const mayStillRun = node.bug('forgets-leases') ? 0 : durable.longestTermMs;
  volatile.service.freeAt = clock(node) + waitedOut(node, mayStillRun);
  if (!node.bug('reuses-tokens')) durable.epoch++;
  durable.longestTermMs = Math.max(durable.longestTermMs, options.termMs);
}

export function onAcquire(node: Site, { askedAt, token }: MessageOfType<Leases, 'Acquire'>, from: NodeId): void {
  const { service } = node.volatile;
  const { granted } = service;
  const isHolder = granted?.holder === from;
  if (!isHolder && clock(node) < service.freeAt) return node.send(from, { type: 'Held' });
  // Extension: the same lease goes on. A holder that has crashed asks without a token, and gets a lease of its own.
  const goesOn = isHolder && token !== null && compareTokens(token, granted.token) === 0;
  const given = goesOn ? granted.token : nextToken(node);
  service.granted = { holder: from, token: given };
  service.freeAt = clock(node) + waitedOut(node, node.options.termMs);
  if (!goesOn) node.mark('granted', { to: from, token: showToken(given) });
  node.send(from, { type: 'Granted', askedAt, token: given, termMs: node.options.termMs });
}

/** Given back before its time. */
export function onRelease(node: Site, { token }: MessageOfType<Leases, 'Release'>, from: NodeId): void {
  const { service } = node.volatile;
  if (service.granted?.holder !== from || compareTokens(service.granted.token, token) !== 0) return;
  service.granted = null;
  service.freeAt = clock(node);
}

/** Chubby, section 2.4: a sequencer has the lock's generation number. Here a number in memory, under an epoch on disk. */
function nextToken({ durable, volatile }: Site): Token {
  return { epoch: durable.epoch, number: ++volatile.service.grants };
}
