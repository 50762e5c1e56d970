import { ms, type MessageOfType, type NodeId, type Request } from '../../engine/index.js';
import { clock, countedOn, type Site } from './lease-clock.js';
import { compareTokens, showToken, type Leases, type Section } from './shape.js';

/** Who comes then is sent away: clients give up, and what they asked for long ago would keep others from the lock. */
const WAITING_MAX = 10;

export function beginLife(node: Site): void {
  node.volatile.holder.notBefore = clock(node);
}

export function onAdd(node: Site, { ref }: Request<Leases, 'add'>): void {
  lapse(node);
  const { waiting } = node.volatile.holder;
  if (waiting.length >= WAITING_MAX) return node.fail(ref, 'too many are waiting for the lock');
  waiting.push(ref);
  proceed(node);
}

/** A lease counts from when it was asked for, on this node's clock: whatever the answer took, the service began later. */
export function onGranted(node: Site, { askedAt, token, termMs }: MessageOfType<Leases, 'Granted'>): void {
  const { holder } = node.volatile;
  lapse(node);
  if (askedAt <= holder.notBefore || (holder.lease !== null && compareTokens(token, holder.lease.token) < 0)) return;
  const from = node.bug('counts-from-reply') ? clock(node) : askedAt;
  const until = from + countedOn(node, termMs);
  if (until <= clock(node)) return; // Over before it came.
  holder.lease = { token, until, inDoubt: false };
  node.setTimer('lapse', until - clock(node));
  if (!isLeftEnough(node)) return;
  stopAsking(node);
  proceed(node);
}

/** Asks again after a while; sooner than an answer would be missed. */
export function onHeld(node: Site): void {
  lapse(node);
  const { patienceMs } = node.options;
  node.setTimer('askAgain', node.random.integer('ask-again', ms(patienceMs / 4), ms(patienceMs / 2)));
}

export function onAskAgain(node: Site): void {
  stopAsking(node);
  proceed(node);
}

/** The check: is the lease good for the work, and for the way of the write? Nothing after it can be sure of that any more. */
export function onReadOk(node: Site, { section: id, value }: MessageOfType<Leases, 'ReadOk'>): void {
  lapse(node);
  const { lease, section } = node.volatile.holder;
  if (section?.id !== id) return;
  const isGood = lease !== null && compareTokens(lease.token, section.token) === 0 && isLeftEnough(node);
  if (!isGood) return tryAgain(node, section);
  section.value = value;
  node.mark('checked-lease', { token: showToken(section.token) });
  node.setTimer('work', ms(node.options.workMs));
}

/** The work is done. Whatever has happened to this node or its lease since the check, it does not know of it. */
export function onWorkDone(node: Site): void {
  lapse(node);
  const { section } = node.volatile.holder;
  if (section === null || section.value === null) return;
  section.wrote = true;
  node.send(storageOf(node), { type: 'Write', section: section.id, token: section.token, value: section.value + 1 });
}

export function onWriteOk(node: Site, { section: id }: MessageOfType<Leases, 'WriteOk'>): void {
  lapse(node);
  const { section } = node.volatile.holder;
  if (section?.id !== id) return;
  node.reply(section.ref, section.value! + 1);
  endSection(node);
  proceed(node);
}

/** Somebody has a higher token: this lease was lost. What was refused has surely had no effect. */
export function onRefused(node: Site, { section: id }: MessageOfType<Leases, 'Refused'>): void {
  lapse(node);
  const { holder } = node.volatile;
  if (holder.section?.id !== id) return;
  if (holder.lease !== null && compareTokens(holder.lease.token, holder.section.token) === 0) drop(node);
  tryAgain(node, holder.section);
}

/** The storage does not answer. Who has written does not know whether it was written, and neither does its client. */
export function onPatience(node: Site, id: number): void {
  lapse(node);
  const { section, lease } = node.volatile.holder;
  if (section?.id !== id) return;
  if (!section.wrote) return tryAgain(node, section);
  node.mark('outcome-unknown', { token: showToken(section.token) });
  if (lease !== null) lease.inDoubt = true;
  endSection(node);
  proceed(node);
}

/** Takes up the next piece of work, asks for a lease that is good for it, or gives back one that is not needed. */
function proceed(node: Site): void {
  lapse(node);
  const { holder } = node.volatile;
  if (holder.section !== null) return;
  if (holder.waiting.length === 0) return giveBack(node);
  if (holder.lease === null || !isLeftEnough(node)) return holder.isAsking ? undefined : ask(node);
  holder.lastSection = Math.max(node.monotonic(), holder.lastSection + 1);
  const section = { id: holder.lastSection, ref: holder.waiting.shift()!, token: holder.lease.token };
  holder.section = { ...section, value: null, wrote: false };
  node.send(storageOf(node), { type: 'Read', section: section.id, token: section.token });
  node.setTimer('patience', ms(node.options.workMs + node.options.patienceMs), { section: section.id });
}

/** Once its own clock says that it is over, a node has no lease. */
export function lapse(node: Site): void {
  const { lease } = node.volatile.holder;
  if (lease !== null && clock(node) >= lease.until) drop(node);
}

function ask(node: Site): void {
  const { holder } = node.volatile;
  const askedAt = Math.max(clock(node), holder.notBefore + 1);
  node.send(lockServiceOf(node), { type: 'Acquire', askedAt, token: holder.lease?.token ?? null });
  holder.isAsking = true;
  node.setTimer('askAgain', ms(node.options.patienceMs));
}

function stopAsking(node: Site): void {
  node.volatile.holder.isAsking = false;
  node.cancelTimer('askAgain');
}

function giveBack(node: Site): void {
  const { lease } = node.volatile.holder;
  stopAsking(node);
  if (lease === null || lease.inDoubt) return;
  drop(node);
  node.send(lockServiceOf(node), { type: 'Release', token: lease.token });
}

function drop(node: Site): void {
  const { holder } = node.volatile;
  holder.lease = null;
  // An extension may be on its way; what it extends is gone.
  holder.notBefore = clock(node);
  node.cancelTimer('lapse');
}

function tryAgain(node: Site, section: Section): void {
  node.volatile.holder.waiting.unshift(section.ref);
  endSection(node);
  proceed(node);
}

function endSection(node: Site): void {
  node.volatile.holder.section = null;
  node.mark('left-section');
  node.cancelTimer('patience');
  node.cancelTimer('work');
}

function isLeftEnough(node: Site): boolean {
  const { lease } = node.volatile.holder;
  const { workMs, marginMs } = node.options;
  return lease !== null && lease.until - clock(node) >= ms(workMs + marginMs);
}

function lockServiceOf({ members }: Site): NodeId {
  return members[0]!;
}

function storageOf({ members }: Site): NodeId {
  return members[1]!;
}
