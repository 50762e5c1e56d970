import type { MessageOfType, NodeId } from '../../engine/index.js';
import { admits, store } from '../parts/fenced-storage.js';
import type { Site } from './lease-clock.js';
import { compareTokens, showToken, type Leases, type Token } from './shape.js';

/** A storage that keeps the highest token in memory begins every life without one. */
export function openStorage(node: Site): void {
  if (node.bug('storage-forgets-token')) node.durable.storage.highest = null;
}

/** Reads bring their token too: from the moment that a new holder has read, no older write may get through. */
export function onRead(node: Site, { section, token }: MessageOfType<Leases, 'Read'>, from: NodeId): void {
  if (!node.bug('reads-without-token') && !isAdmitted(node, token)) return refuse(node, section, token, from);
  node.send(from, { type: 'ReadOk', section, value: node.durable.storage.value });
}

export function onWrite(node: Site, { section, token, value }: MessageOfType<Leases, 'Write'>, from: NodeId): void {
  if (!isAdmitted(node, token)) return refuse(node, section, token, from);
  store(node.durable.storage, value, from);
  node.send(from, { type: 'WriteOk', section });
}

function isAdmitted(node: Site, token: Token): boolean {
  const { storage } = node.durable;
  if (!node.options.fencing || node.bug('checks-no-token')) return true;
  const asHigh = storage.highest !== null && compareTokens(token, storage.highest) === 0;
  return admits(storage, token, compareTokens) && !(asHigh && node.bug('refuses-equal-token'));
}

function refuse(node: Site, section: number, token: Token, from: NodeId): void {
  node.volatile.refused = token;
  node.mark('fenced', { from, token: showToken(token) });
  node.send(from, { type: 'Refused', section });
}
